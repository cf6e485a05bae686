import { eq, inArray, asc } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { organizations } from '../../identity/tables.ts'
import { contractors } from '../contractors/tables.ts'
import { materials } from '../materials/tables.ts'
import { projects } from '../projects/tables.ts'
import { measurementUnits } from '../units/tables.ts'
import { completedWorks, workMaterials } from '../works/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { divideHalfUp } from '../../lib/money.ts'
import { QUANTITY_SCALE } from '../../http/numbers.ts'
import type { Loaded } from './load-act.ts'
import { actWorks } from './tables.ts'

export interface ActParty {
  name: string
  /** INN, address, telephone: what is known. */
  facts: string[]
}
export interface ActLine {
  workId: number
  code: string
  name: string
  unit: string
  /** Four digits after the point. */
  quantity: number
  price: number
  amount: number
  date: string
  notes: string | null
}
export interface ActMaterial {
  work: string
  name: string
  unit: string
  quantity: number
  price: number | null
  amount: number | null
}
/** What the documents of an act say. Money in minor units. */
export interface ActPaper {
  id: number
  number: string
  date: string
  /** First and last day of the works; the act's day where it has none. */
  period: { from: string; to: string }
  investor: ActParty | null
  customer: ActParty
  contractor: ActParty
  site: string
  object: string
  contract: { number: string; date: string; total: number }
  lines: ActLine[]
  materials: ActMaterial[]
  total: number
}

/** Of a part, the price of one unit is what the part costs. */
const unitPrice = (amount: number, quantity: number): number =>
  quantity === 0 ? 0 : Number(divideHalfUp(BigInt(amount) * 10n ** BigInt(QUANTITY_SCALE), BigInt(quantity)))

const known = (facts: (string | null | undefined | false)[]): string[] => facts.filter((fact): fact is string => Boolean(fact))

/** Everything that the documents of acts say. */
export async function papersOf(ctx: Ctx, loaded: readonly Loaded[]): Promise<ActPaper[]> {
  const [first] = loaded
  if (!first) return []
  const ids = loaded.map(({ act }) => act.id)
  const [[organization], places, firms, lines, used] = await Promise.all([
    ctx.db.select().from(organizations).where(eq(organizations.id, first.act.orgId)),
    ctx.db
      .select()
      .from(projects)
      .where(
        inArray(
          projects.id,
          loaded.map(({ contract }) => contract.projectId ?? 0),
        ),
      ),
    ctx.db
      .select()
      .from(contractors)
      .where(
        inArray(
          contractors.id,
          loaded.map(({ contract }) => contract.contractorId),
        ),
      ),
    ctx.db
      .select({ actId: actWorks.actId, included: actWorks, work: completedWorks, type: workTypes, unit: measurementUnits.shortName })
      .from(actWorks)
      .innerJoin(completedWorks, eq(completedWorks.id, actWorks.workId))
      .innerJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
      .leftJoin(measurementUnits, eq(measurementUnits.id, workTypes.measurementUnitId))
      .where(inArray(actWorks.actId, ids))
      .orderBy(asc(completedWorks.completionDate), asc(completedWorks.id)),
    ctx.db
      .select({ actId: actWorks.actId, row: workMaterials, name: materials.name, unit: measurementUnits.shortName, work: workTypes.name })
      .from(actWorks)
      .innerJoin(workMaterials, eq(workMaterials.workId, actWorks.workId))
      .innerJoin(materials, eq(materials.id, workMaterials.materialId))
      .innerJoin(completedWorks, eq(completedWorks.id, actWorks.workId))
      .innerJoin(workTypes, eq(workTypes.id, completedWorks.workTypeId))
      .leftJoin(measurementUnits, eq(measurementUnits.id, materials.measurementUnitId))
      .where(inArray(actWorks.actId, ids))
      .orderBy(asc(completedWorks.completionDate), asc(completedWorks.id), asc(workMaterials.id)),
  ])
  const customer: ActParty = {
    name: organization?.name ?? '',
    facts: known([organization?.phone && `тел. ${organization.phone}`, organization?.email]),
  }
  return loaded.map(({ act, contract }) => {
    const project = places.find((p) => p.id === contract.projectId)
    const firm = firms.find((f) => f.id === contract.contractorId)
    const own = lines.filter((line) => line.actId === act.id)
    const days = own.map(({ work }) => work.completionDate).toSorted()
    return {
      id: act.id,
      number: act.number,
      date: act.actDate,
      period: { from: days[0] ?? act.actDate, to: days.at(-1) ?? act.actDate },
      investor: project?.customer ? { name: project.customer, facts: [] } : null,
      customer,
      contractor: firm
        ? {
            name: firm.name,
            facts: known([
              firm.inn && `ИНН/БИН ${firm.inn}`,
              firm.kpp && `КПП ${firm.kpp}`,
              firm.legalAddress,
              firm.phone && `тел. ${firm.phone}`,
            ]),
          }
        : customer,
      site: known([project?.name, project?.address]).join(', '),
      object: contract.subject ?? project?.name ?? '',
      contract: { number: contract.number, date: contract.date, total: contract.totalAmount },
      lines: own.map(({ included, work, type, unit }) => ({
        workId: work.id,
        code: type.code ?? '',
        name: type.name,
        unit: unit ?? '',
        quantity: included.includedQuantity,
        price: unitPrice(included.includedAmount, included.includedQuantity),
        amount: included.includedAmount,
        date: work.completionDate,
        notes: included.notes ?? work.notes,
      })),
      materials: used
        .filter((m) => m.actId === act.id)
        .map(({ row, name, unit, work }) => ({
          work,
          name,
          unit: unit ?? '',
          quantity: row.quantity,
          price: row.unitPrice,
          amount: row.totalAmount,
        })),
      total: act.amount,
    }
  })
}
