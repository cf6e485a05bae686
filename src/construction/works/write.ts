import { eq, sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { batch, sqliteMessage, type Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { applyCoefficients } from '../coefficients/apply.ts'
import { coefficientsFor } from '../coefficients/candidates.ts'
import { contractors } from '../contractors/tables.ts'
import { projectContracts } from '../contracts/tables.ts'
import { writeOffsOf } from '../materials/movements.ts'
import { materials } from '../materials/tables.ts'
import { personReference } from '../people/people.ts'
import { projectReference } from '../projects/access.ts'
import { findMissing, stillThere, type Reference } from '../registry/references.ts'
import { invalid } from '../registry/registry.ts'
import { projects } from '../projects/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { costOf, lineTotal, type Cost, type Known } from './cost.ts'
import type { WorkRow } from './present.ts'
import { completedWorks, workMaterials } from './tables.ts'

/** What a work is done with, as a body says it. */
export interface SentMaterial {
  material_id: number
  quantity: number
  unit_price?: number | null | undefined
  total_amount?: number | null | undefined
  notes?: string | null | undefined
}
export interface Line {
  materialId: number
  quantity: number
  unitPrice: number | null
  totalAmount: number | null
  notes: string | null
}

export const linesOf = (sent: readonly SentMaterial[]): Line[] =>
  sent.map((m, i) => {
    const line = { quantity: m.quantity, unitPrice: m.unit_price ?? null, totalAmount: m.total_amount ?? null }
    return { ...line, materialId: m.material_id, notes: m.notes ?? null, totalAmount: lineTotal(line, `materials.${i}.quantity`) }
  })

/** What a body names; undefined where it does not. `projectId` is the work's project in any case, said or not. */
export interface Named {
  projectId: number
  contractId?: number | null | undefined
  contractorId?: number | null | undefined
  workTypeId?: number | undefined
  userId?: number | undefined
  materials?: readonly SentMaterial[] | undefined
}

/** All that is named must be the organization's, and the contract of that project. */
const referencesOf = (ctx: Ctx, named: Named): Reference[] => [
  projectReference(ctx, named.projectId),
  {
    path: 'contract_id',
    table: projectContracts,
    id: named.contractId,
    where: eq(projectContracts.projectId, named.projectId),
    message: 'Контракт не относится к этому проекту.',
  },
  { path: 'contractor_id', table: contractors, id: named.contractorId, message: 'Подрядчик не найден в вашей организации.' },
  { path: 'work_type_id', table: workTypes, id: named.workTypeId, message: 'Вид работ не найден в вашей организации.' },
  personReference(ctx, named.userId),
  ...(named.materials ?? []).map((m, i) => ({
    path: `materials.${i}.material_id`,
    table: materials,
    id: m.material_id,
    message: 'Выбранный материал не найден.',
  })),
]

/** @throws AppError validation for what is not known */
export async function mustBeKnown(ctx: Ctx, named: Named): Promise<void> {
  const issues = await findMissing(ctx, referencesOf(ctx, named))
  if (issues.length > 0) throw invalid(issues)
}

/** The same for the moment of the write. */
export const stillKnown = (ctx: Ctx, named: Named): SQL => stillThere(ctx, referencesOf(ctx, named))

/** Where and when a work is priced. */
export interface Place {
  date: string
  projectId: number
  workTypeId: number
  materialIds: readonly number[]
}

/** The cost with the coefficients that fit: one trip, and none where the total was said. */
export async function priceWork(ctx: Ctx, known: Known, place: Place): Promise<Cost> {
  if (known.total !== null) return costOf(known, (amount) => applyCoefficients(amount, [], place))
  const [coefficients, [type], categories] = await Promise.all([
    coefficientsFor(ctx, place),
    ctx.db.select({ category: workTypes.category }).from(workTypes).where(eq(workTypes.id, place.workTypeId)),
    ctx.db
      .selectDistinct({ category: materials.category })
      .from(materials)
      .where(sql`${materials.id} in (select value from json_each(${JSON.stringify(place.materialIds)}))`),
  ])
  const priced = {
    ...place,
    workTypeCategory: type?.category ?? null,
    materialCategories: categories.map(({ category }) => category).filter((category) => category !== null),
  }
  return costOf(known, (amount) => applyCoefficients(amount, coefficients, priced))
}

/** The list of materials becomes this one and no other; a material that stays keeps the day it was entered. */
export function materialWrites(ctx: Ctx, workId: number | SQL<number>, lines: readonly Line[]): Write[] {
  const at = ctx.now.toISOString()
  const list = JSON.stringify(lines.map((l) => [l.materialId, l.quantity, l.unitPrice, l.totalAmount, l.notes]))
  return [
    ctx.db.run(sql`delete from ${workMaterials} where work_id = ${workId}
      and material_id not in (select json_extract(value, '$[0]') from json_each(${list}))`),
    ctx.db.run(sql`insert into ${workMaterials} (work_id, material_id, quantity, unit_price, total_amount, notes, created_at, updated_at)
      select ${workId}, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'),
        json_extract(value, '$[4]'), ${at}, ${at} from json_each(${list}) where true
      on conflict (work_id, material_id) do update set quantity = excluded.quantity, unit_price = excluded.unit_price,
        total_amount = excluded.total_amount, notes = excluded.notes, updated_at = excluded.updated_at`),
  ]
}

/** The head of the project, where it is another organization. */
export const hostOf = (ctx: Ctx, projectId: number): SQL<number | null> =>
  sql`(select nullif(org_id, ${orgOf(ctx)}) from ${projects} where id = ${projectId})`

/** The write did not find what it was decided on. */
export class Overtaken extends Error {}

export const WORK_IN_ACT = 'Работа включена в акт и не может быть изменена.'

const REFUSALS: Record<string, string> = {
  contract_closed: 'Контракт завершён или расторгнут: работы по нему больше не принимаются.',
  work_in_act: WORK_IN_ACT,
}

/** Writes a work with what follows from it, and gives it as it is then; what triggers refuse becomes 400. @throws Overtaken */
export async function writeWork(ctx: Ctx, workId: number | SQL<number>, writes: Write[], limit: string): Promise<WorkRow | undefined> {
  const read = ctx.db
    .select()
    .from(completedWorks)
    .where(sql`${completedWorks.id} = ${workId}`)
  try {
    const results = await batch(ctx.db, [...writes, ...writeOffsOf(ctx, workId), read])
    return (results.at(-1) as WorkRow[])[0]
  } catch (error) {
    const said = sqliteMessage(error)
    if (said.includes('contract_limit')) throw new AppError('bad_request', limit)
    const refusal = Object.entries(REFUSALS).find(([text]) => said.includes(text))?.[1]
    if (refusal) throw new AppError('bad_request', refusal)
    throw said.includes('NOT NULL constraint failed: completed_works.version') ? new Overtaken() : error
  }
}

export const conflict = () => new AppError('conflict', 'Данные изменились во время записи, повторите запрос.')
