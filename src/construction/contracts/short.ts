import { sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { showMoney } from '../../http/numbers.ts'
import type { Reference } from '../registry/references.ts'
import { completionOf, showPercent } from './money.ts'
import { projectContracts as t } from './tables.ts'

/** How many of a contract's children an answer names; there is a list of contracts for more. */
const CHILDREN = 100

const columns = {
  id: t.id,
  number: t.number,
  totalAmount: t.totalAmount,
  completedAmount: t.completedAmount,
  status: t.status,
  projectId: t.projectId,
  contractorId: t.contractorId,
  parentId: t.parentId,
  contractorName: t.contractorName,
}

const shorts = (ctx: Ctx, from: SQL) => ctx.db.select(columns).from(from).crossJoin(t)

/** Contracts that rows name, in short, for a batch with other queries; deleted ones too, since rows keep naming them. */
export const shortContractsQuery = (ctx: Ctx, ids: readonly (number | null)[]) => shorts(ctx, asked(ids)).where(isAsked(t.id))

export type ShortRow = Awaited<ReturnType<typeof shortContractsQuery>>[number]

/** The first of each contract's living children, in no order. */
export const childrenQuery = (ctx: Ctx, parents: readonly number[]) =>
  shorts(ctx, asked(parents)).where(
    sql`${isAsked(t.parentId)} and ${t.deletedAt} is null and ${t.id} < coalesce((select c.id from ${t} as c
      where c.parent_contract_id = asked.column1 and c.deleted_at is null order by c.id limit 1 offset ${CHILDREN}), 9e18)`,
  )

export const presentShort = (row: ShortRow) => ({
  id: row.id,
  number: row.number,
  total_amount: showMoney(row.totalAmount),
  status: row.status,
  completion_percentage: showPercent(completionOf(row.completedAmount, row.totalAmount)),
  contractor_name: row.contractorName,
})

/** A contract that a body names. */
export const contractReference = (id: number | null | undefined, path = 'contract_id'): Reference => ({
  path,
  table: t,
  id,
  message: 'Выбранный контракт не найден.',
})
