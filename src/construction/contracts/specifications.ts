import { and, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { batch } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { showMoney } from '../../http/numbers.ts'
import { definePages } from '../../http/page-list.ts'
import { mine, said, verbsOf } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { contracts } from './contracts.ts'
import { annexed, differs, mustBeFree, paperFixed, SPECIFICATION_PAPER, specificationMustBeFree } from './held.ts'
import type { ChangeSpecification, NewSpecification } from './part-schemas.ts'
import { contractSpecifications as links, projectContracts, specifications as t } from './tables.ts'

type Change = z.output<typeof ChangeSpecification>

export const specificationPages = definePages({ counted: 'specifications', key: t.id, sorts: { created_at: t.createdAt } })

const columnsOf = (input: Change) =>
  said({
    number: input.number,
    specDate: input.spec_date,
    totalAmount: input.total_amount,
    scopeItems: input.scope_items,
    status: input.status,
  })

/** When each was attached last to a contract that still is there. */
async function attachedAt(ctx: Ctx, ids: number[]): Promise<Map<number, string>> {
  const rows = await ctx.db
    .select({ id: links.specificationId, at: sql<string>`max(${links.attachedAt})` })
    .from(asked(ids))
    .crossJoin(links)
    .crossJoin(projectContracts)
    .where(and(isAsked(links.specificationId), eq(projectContracts.id, links.contractId), sql`${projectContracts.deletedAt} is null`))
    .groupBy(links.specificationId)
  return new Map(rows.map(({ id, at }) => [id, at]))
}

export const specifications = verbsOf({
  table: t,
  noun: 'specification',
  missing: 'Спецификация не найдена',
  list: specificationPages,
  columns: (input: z.output<typeof NewSpecification>) => columnsOf(input),
  changes: columnsOf,
  // What a contract that is out, or signed, has annexed stays as it is there.
  check: async (input, { ctx, before }) => {
    if (before && differs(SPECIFICATION_PAPER, columnsOf(input), before)) await specificationMustBeFree(ctx, before.id)
    return []
  },
  holds: (input, { ctx, before }) => (differs(SPECIFICATION_PAPER, columnsOf(input), before) ? sql`not ${annexed(ctx)}` : undefined),
  unique: { 'specifications.number': { path: 'number', message: 'Спецификация с таким номером уже существует.' } },
  // Whether a contract uses it is asked where it is deleted: one may attach it at that moment.
  refusals: {
    'specification has contracts': () => new AppError('conflict', 'Невозможно удалить спецификацию, так как она используется в контрактах'),
  },
  related: (ctx, rows) =>
    attachedAt(
      ctx,
      rows.map(({ id }) => id),
    ),
  present: (row, attached) => {
    const at = attached.get(row.id)
    return {
      id: row.id,
      number: row.number,
      spec_date: row.specDate,
      total_amount: showMoney(row.totalAmount),
      status: row.status,
      scope_items: row.scopeItems,
      attached_at: at === undefined ? null : isoStamp(at),
      created_at: isoStamp(row.createdAt),
      updated_at: isoStamp(row.updatedAt),
    }
  },
})

/** A contract of the organization whose annexes may change at this moment. */
const openContract = (ctx: Ctx, id: number) =>
  sql`exists (select 1 from ${projectContracts} where ${projectContracts.id} = ${id} and ${mine(ctx, projectContracts)} and not ${paperFixed(ctx)})`
const isAnnexed = (contractId: number, id: number) => and(eq(links.contractId, contractId), eq(links.specificationId, id))

/** Attaching what is attached changes nothing. Both must be there when it is written. */
export async function attachSpecification(ctx: Ctx, contractId: number, id: number) {
  await contracts.load(ctx, contractId)
  await specifications.load(ctx, id)
  const [, , there] = await batch(ctx.db, [
    ctx.db.run(sql`insert into ${links} (contract_id, specification_id, attached_at)
      select ${contractId}, ${id}, ${ctx.now.toISOString()} where exists (select 1 from ${t} where ${t.id} = ${id} and ${mine(ctx, t)})
        and ${openContract(ctx, contractId)} on conflict do nothing`),
    audit(ctx, orgOf(ctx), 'specification.attached', `project_contract:${contractId}`, sql`changes() > 0`),
    ctx.db.select({ id: links.specificationId }).from(links).where(isAnnexed(contractId, id)),
  ])
  if ((there as unknown[]).length === 0) {
    await mustBeFree(ctx, contractId, { own: true, named: false })
    throw notFound('Спецификация не найдена')
  }
  return specifications.get(ctx, id)
}

export async function detachSpecification(ctx: Ctx, contractId: number, id: number): Promise<void> {
  await contracts.load(ctx, contractId)
  await specifications.load(ctx, id)
  const [gone, , still] = await batch(ctx.db, [
    ctx.db
      .delete(links)
      .where(and(isAnnexed(contractId, id), openContract(ctx, contractId)))
      .returning(),
    audit(ctx, orgOf(ctx), 'specification.detached', `project_contract:${contractId}`, sql`changes() > 0`),
    ctx.db.select({ id: links.specificationId }).from(links).where(isAnnexed(contractId, id)),
  ])
  if ((gone as unknown[]).length > 0) return
  if ((still as unknown[]).length > 0) await mustBeFree(ctx, contractId, { own: true, named: false })
  throw notFound('Спецификация не прикреплена к этому контракту')
}
