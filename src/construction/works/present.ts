import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { fileLink } from '../../documents/file-link.ts'
import { orNull, showMoney, showQuantity, showRate } from '../../http/numbers.ts'
import { contractors } from '../contractors/tables.ts'
import { completionOf, showPercent } from '../contracts/money.ts'
import { projectContracts } from '../contracts/tables.ts'
import { materials } from '../materials/tables.ts'
import { namesQuery } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { sqlStamp } from '../stamps.ts'
import { presentUnit } from '../units/units.ts'
import { workTypes } from '../work-types/tables.ts'
import type { completedWorks, UsedMaterial } from './tables.ts'

export type WorkRow = typeof completedWorks.$inferSelect
type WorkTypeRow = typeof workTypes.$inferSelect

/** How long the address of a person's picture opens it. */
const AVATAR_SECONDS = 3600

const byId = <T extends { id: number }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]))

/** What the answers about works show besides their rows, for all of them in one trip. What was deleted is still named. */
export async function relatedToWorks(ctx: Ctx, works: readonly WorkRow[]) {
  if (works.length === 0) return
  const { db } = ctx
  const of = (key: 'projectId' | 'contractId' | 'workTypeId' | 'contractorId') => asked(works.map((work) => work[key]))
  const [places, agreed, types, people, firms, used] = await db.batch([
    db
      .select({ id: projects.id, name: projects.name, address: projects.address, status: projects.status })
      .from(of('projectId'))
      .crossJoin(projects)
      .where(isAsked(projects.id)),
    db
      .select({
        id: projectContracts.id,
        number: projectContracts.number,
        totalAmount: projectContracts.totalAmount,
        completedAmount: projectContracts.completedAmount,
        status: projectContracts.status,
        contractor: projectContracts.contractorName,
      })
      .from(of('contractId'))
      .crossJoin(projectContracts)
      .where(isAsked(projectContracts.id)),
    db.select().from(of('workTypeId')).crossJoin(workTypes).where(isAsked(workTypes.id)),
    namesQuery(
      ctx,
      works.map(({ userId }) => userId),
    ),
    db
      .select({ id: contractors.id, name: contractors.name, inn: contractors.inn, contact_person: contractors.contactPerson })
      .from(of('contractorId'))
      .crossJoin(contractors)
      .where(isAsked(contractors.id)),
    db
      .select({ id: materials.id, name: materials.name, unit: materials.unitName })
      .from(asked(works.flatMap((work) => work.usedMaterials.map((used) => used.material_id))))
      .crossJoin(materials)
      .where(isAsked(materials.id)),
  ])
  return {
    projects: byId(places),
    contracts: byId(agreed),
    workTypes: new Map(types.map(({ work_types: type }) => [type.id, presentWorkTypeOfWork(type)])),
    users: byId(await Promise.all(people.map(({ avatarId, ...user }) => withAvatar(ctx, user, avatarId)))),
    contractors: byId(firms),
    materials: byId(used),
  }
}

const withAvatar = async <T extends object>(ctx: Ctx, user: T, fileId: string | null) => ({
  ...user,
  avatar_url: fileId === null ? null : await fileLink(ctx, fileId, AVATAR_SECONDS, 'inline'),
})

type Related = NonNullable<Awaited<ReturnType<typeof relatedToWorks>>>

const presentMaterial = (used: UsedMaterial, { name, unit }: { name: string; unit: string | null }) => ({
  material_id: used.material_id,
  material_name: name,
  measurement_unit: unit,
  quantity: showQuantity(used.quantity),
  unit_price: orNull(used.unit_price, showMoney),
  total_amount: orNull(used.total_amount, showMoney),
  notes: used.notes,
  created_at: sqlStamp(used.created_at),
  updated_at: sqlStamp(used.updated_at),
})

/** As works and projects show a work type: in camelCase. */
export const presentWorkTypeOfWork = (row: WorkTypeRow) => ({
  id: row.id,
  name: row.name,
  code: row.code,
  category: row.category,
  description: row.description,
  defaultPrice: orNull(row.defaultPrice, showMoney),
  isActive: row.isActive,
  organizationId: row.orgId,
  measurementUnit: presentUnit(there(row.unit ?? undefined, 'unit of the type', row.id)),
  createdAt: sqlStamp(row.createdAt),
  updatedAt: sqlStamp(row.updatedAt),
})

/** Rows refer to rows that are never removed, so one that is not there is a defect. */
function there<T>(found: T | undefined, what: string, id: number): T {
  if (found === undefined) throw new Error(`the ${what} ${id} of a completed work is not there`)
  return found
}

/** A completed work as works, acts, contracts and projects show it. */
function presentWork(work: WorkRow, related: Related) {
  const contract = work.contractId === null ? undefined : related.contracts.get(work.contractId)
  const user = there(related.users.get(work.userId), 'user', work.userId)
  return {
    id: work.id,
    organization_id: work.orgId,
    project: there(related.projects.get(work.projectId), 'project', work.projectId),
    contract: contract
      ? {
          id: contract.id,
          number: contract.number,
          total_amount: showMoney(contract.totalAmount),
          status: contract.status,
          completion_percentage: showPercent(completionOf(contract.completedAmount, contract.totalAmount)),
          contractor_name: contract.contractor,
        }
      : null,
    work_type: there(related.workTypes.get(work.workTypeId), 'type', work.workTypeId),
    user,
    contractor: (work.contractorId === null ? undefined : related.contractors.get(work.contractorId)) ?? null,
    contract_id: work.contractId,
    contractor_id: work.contractorId,
    quantity: showQuantity(work.quantity),
    price: orNull(work.price, showMoney),
    total_amount: showMoney(work.totalAmount),
    completion_date: work.completionDate,
    notes: work.notes,
    status: work.status,
    additional_info: work.additionalInfo,
    applied_coefficients: (work.coefficients ?? []).map((c) => ({ ...c, value: showRate(c.value) })),
    materials: work.usedMaterials.map((used) =>
      presentMaterial(used, there(related.materials.get(used.material_id), 'material', used.material_id)),
    ),
    created_at: sqlStamp(work.createdAt),
    updated_at: sqlStamp(work.updatedAt),
  }
}
export type ShownWork = ReturnType<typeof presentWork>

/** Completed works as they are shown everywhere, with all that they name: one trip for all of them. */
export async function presentWorksFull(ctx: Ctx, works: readonly WorkRow[]): Promise<ShownWork[]> {
  const related = await relatedToWorks(ctx, works)
  return related ? works.map((work) => presentWork(work, related)) : []
}
