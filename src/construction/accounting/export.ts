import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { moneyText } from '../../http/numbers.ts'
import { AppError } from '../../http/errors.ts'
import { users } from '../../identity/tables.ts'
import { addDays, nextDay, startOfDay } from '../../lib/dates.ts'
import { advanceTransactions as table } from '../advances/tables.ts'
import { memberships } from '../people/tables.ts'
import { projects } from '../projects/tables.ts'
import { invalid } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { todayIn, zoneOf } from '../zone.ts'
import { exchange } from './runs.ts'
import type { AccountingSystem } from './system.ts'

const PERIOD_DAYS = 30
/** One run's worth; what is left goes with the next. */
const MOST = 500
const AT_ONCE = 5

export interface ExportStats {
  total: number
  exported: number
  errors: number
  [outcome: string]: number
}

/** The same transaction has the same key for ever, so that one that was taken there, but not noted here, is not taken twice. */
const keyOf = (orgId: number, id: number) => `qoltanba-${orgId}-${id}`

const unsent = (ctx: Ctx, from: string, to: string) =>
  ctx.db
    .select({
      row: table,
      user: { name: sql<string | null>`coalesce(${memberships.name}, ${users.name})`.as('user_name') },
      member: {
        externalCode: sql<string | null>`${memberships.externalCode}`.as('member_code'),
        employeeId: sql<string | null>`${memberships.employeeId}`.as('member_employee'),
      },
      project: {
        name: sql<string | null>`${projects.name}`.as('project_name'),
        externalCode: sql<string | null>`${projects.externalCode}`.as('project_code'),
      },
    })
    .from(table)
    .leftJoin(users, eq(users.id, table.userId))
    .leftJoin(memberships, and(eq(memberships.orgId, table.orgId), eq(memberships.userId, table.userId)))
    .leftJoin(projects, eq(projects.id, table.projectId))
    .where(
      and(
        eq(table.orgId, orgOf(ctx)),
        eq(table.status, 'approved'),
        isNull(table.externalCode),
        isNull(table.deletedAt),
        sql`${table.createdAt} >= ${from} and ${table.createdAt} < ${to}`,
      ),
    )
    .orderBy(asc(table.id))
    .limit(MOST)
type Unsent = Awaited<ReturnType<typeof unsent>>[number]

async function sendOne(ctx: Ctx, system: AccountingSystem, { row, user, member, project }: Unsent): Promise<void> {
  const orgId = orgOf(ctx)
  const stamp = (at: string | null) => (at === null ? null : isoStamp(at))
  const externalCode = await system.send(
    {
      id: row.id,
      type: row.type,
      amount: moneyText(row.amount),
      description: row.description,
      document_number: row.documentNumber,
      document_date: row.documentDate,
      reported_at: stamp(row.reportedAt),
      approved_at: stamp(row.approvedAt),
      user: { external_code: member.externalCode, employee_id: member.employeeId, name: user.name ?? '' },
      project: row.projectId === null ? null : { external_code: project.externalCode, name: project.name ?? '' },
    },
    orgId,
    keyOf(orgId, row.id),
  )
  await batch(ctx.db, [
    ctx.db
      .update(table)
      .set({ externalCode, updatedAt: ctx.now.toISOString() })
      .where(and(eq(table.id, row.id), eq(table.orgId, orgId), isNull(table.externalCode))),
    audit(ctx, orgId, 'advance_transaction.exported', `advance_transaction:${row.id}`, sql`changes() > 0`),
  ])
}

async function sendAll(ctx: Ctx, system: AccountingSystem, rows: Unsent[]): Promise<ExportStats> {
  const stats: ExportStats = { total: rows.length, exported: 0, errors: 0 }
  const waiting = [...rows]
  let silent: AppError | undefined
  const take = async () => {
    for (let one = waiting.shift(); one !== undefined && silent === undefined; one = waiting.shift())
      try {
        await sendOne(ctx, system, one)
        stats.exported++
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        // A refusal is of this one; whoever does not answer will not answer the next one either.
        if (error.code === 'unavailable') silent = error
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, take))
  if (silent && stats.exported === 0) throw silent
  return { ...stats, errors: stats.total - stats.exported }
}

/** Hands over what was approved and has not been handed over, once each. */
export async function exportTransactions(
  ctx: Ctx,
  input: { start_date?: string | null | undefined; end_date?: string | null | undefined },
): Promise<ExportStats> {
  const zone = await zoneOf(ctx)
  const end = input.end_date ?? (await todayIn(ctx))
  const start = input.start_date ?? addDays(end, -PERIOD_DAYS)
  if (end < start) throw invalid([{ path: 'end_date', message: 'Конец периода раньше его начала.' }])
  return exchange(ctx, 'transactions', async (system) =>
    sendAll(ctx, system, await unsent(ctx, startOfDay(start, zone), startOfDay(nextDay(end), zone))),
  )
}
