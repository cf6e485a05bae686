import { and, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { organizations, users } from '../../identity/tables.ts'
import { dayIn } from '../../lib/dates.ts'
import { announce, type Job } from '../../queue/outbox.ts'
import { administratorsOf, shownName } from '../people/people.ts'
import { mailTo } from './create.ts'
import { overdueLetter, reminderLetter, type Letter } from './letters.ts'
import { advanceSettings, advanceTransactions as table } from './tables.ts'
import type { AdvanceRow } from './transactions.ts'

/** Nobody is written to at night: letters go out from eight in the morning on, where the organization is. */
const MORNING_MS = 8 * 3_600_000
const PER_TICK = 200

const zone = (ctx: Ctx) => sql<string>`coalesce(${organizations.timeZone}, ${ctx.settings.TIME_ZONE})`
const daysBefore = (day: string, days: SQL) => sql`date(${day}, '-' || ${days} || ' days')`

interface Due {
  row: AdvanceRow
  holder: string
  email: string
  deadlineDays: number | null
}

/** Issues without a report in the organizations of one zone, for which a condition holds today. */
const dueIn = (ctx: Ctx, name: string, told: 'reminded_at' | 'overdue_told_at', when: SQL): Promise<Due[]> =>
  ctx.db
    .select({
      row: table,
      holder: shownName(sql`advance_transactions.org_id`).as('shown_name'),
      email: users.email,
      deadlineDays: advanceSettings.reportDeadlineDays,
    })
    .from(advanceSettings)
    .innerJoin(
      organizations,
      and(eq(organizations.id, advanceSettings.orgId), isNull(organizations.deletedAt), sql`${zone(ctx)} = ${name}`),
    )
    .innerJoin(
      table,
      and(
        eq(table.orgId, advanceSettings.orgId),
        sql`${table.type} = 'issue' and ${table.status} = 'pending' and ${table.deletedAt} is null and ${table}.${sql.identifier(told)} is null`,
      ),
    )
    .innerJoin(users, and(eq(users.id, table.userId), isNull(users.deletedAt)))
    .where(and(isNotNull(advanceSettings.reportDeadlineDays), when))
    .limit(PER_TICK)

/** Notes that it was told and writes the letters, in one transaction: of two ticks at once, one does. */
async function tell(ctx: Ctx, { row }: Due, told: 'remindedAt' | 'overdueToldAt', emails: string[], letter: Letter): Promise<Job[]> {
  const mails = await mailTo(ctx, row.orgId, emails, letter, { key: `advance-${told}:${row.id}`, when: sql`changes() > 0` })
  await batch(ctx.db, [
    ctx.db
      .update(table)
      .set({ [told]: ctx.now.toISOString() })
      .where(and(eq(table.id, row.id), eq(table.status, 'pending'), isNull(table.deletedAt), isNull(table[told]))),
    ...mails.map((job) => job.write),
  ])
  return mails
}

async function inZone(ctx: Ctx, name: string): Promise<Job[]> {
  const today = dayIn(ctx.now, name)
  if (dayIn(new Date(ctx.now.getTime() - MORNING_MS), name) !== today) return []
  const { reportDeadlineDays, reminderDaysBefore, notifyOverdue } = advanceSettings
  const last = daysBefore(today, sql`${reportDeadlineDays}`)
  // A report that is late is not reminded of: its holder's administrators are told.
  const soon = sql`${table.countsFrom} >= ${last} and ${table.countsFrom} <= ${daysBefore(today, sql`max(0, ${reportDeadlineDays} - ${reminderDaysBefore})`)}`
  const late = sql`${notifyOverdue} = 1 and ${table.countsFrom} < ${last}`
  const [reminders, overdue] = await Promise.all([dueIn(ctx, name, 'reminded_at', soon), dueIn(ctx, name, 'overdue_told_at', late)])
  const jobs: Job[] = []
  for (const due of reminders)
    jobs.push(...(await tell(ctx, due, 'remindedAt', [due.email], reminderLetter(due.row, due.deadlineDays ?? 0))))
  const administrators = new Map<number, string[]>()
  for (const due of overdue) {
    const { orgId } = due.row
    const emails = administrators.get(orgId) ?? (await administratorsOf(ctx, orgId)).map((a) => a.email)
    administrators.set(orgId, emails)
    jobs.push(...(await tell(ctx, due, 'overdueToldAt', emails, overdueLetter(due.row, due.holder, due.deadlineDays ?? 0))))
  }
  return jobs
}

/** Reminds people of reports that are due soon, and tells administrators of those that are late: of each once, on the organization's day. */
export async function remindOfReports(ctx: Ctx): Promise<void> {
  const zones = await ctx.db
    .selectDistinct({ name: zone(ctx) })
    .from(advanceSettings)
    .innerJoin(organizations, and(eq(organizations.id, advanceSettings.orgId), isNull(organizations.deletedAt)))
    .where(isNotNull(advanceSettings.reportDeadlineDays))
  for (const { name } of zones) await announce(ctx.env, await inZone(ctx, name))
}
