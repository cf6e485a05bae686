import { and, eq, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import type { Write } from '../../db/client.ts'
import { longStamp } from '../../construction/stamps.ts'
import { mailDeliveries } from '../../notifications/tables.ts'
import type { Job } from '../../queue/outbox.ts'
import { noticeOfFailure } from './mail.ts'
import { reportSchedules as table } from './tables.ts'

interface Failed {
  scheduleId: number
  address: string
  /** When the mail left. */
  createdAt: string
}

/**
 * Takes a recipient whose mail came back for good off its schedule, as if it had taken itself off, and tells who keeps the schedule: whoever adds the address again
 * has it tried again. To be written in one batch after a statement that changed something. A mail that left before the schedule was last changed says nothing of who
 * has been put on it since.
 */
export async function takeOff(
  ctx: Ctx,
  { scheduleId, address, createdAt }: Failed,
  code: string,
): Promise<{ writes: Write[]; notices: Job[] }> {
  const [schedule] = await ctx.db.select().from(table).where(eq(table.id, scheduleId))
  if (!schedule) return { writes: [], notices: [] }
  const key = address.toLowerCase()
  const others = sql`select j.value from json_each(${table.recipients}) j where lower(j.value) <> ${key}`
  const off = sql`update ${table} set recipient_emails = (select json_group_array(value) from (${others})),
      is_active = iif(exists (${others}), is_active, 0), next_run_at = iif(exists (${others}), next_run_at, null)
    where id = ${scheduleId} and deleted_at is null and updated_at <= ${createdAt} and changes() > 0
      and exists (select 1 from json_each(${table.recipients}) j where lower(j.value) = ${key})`
  return {
    writes: [
      ctx.db.run(off),
      audit(ctx, schedule.orgId, 'report_schedule.recipient_failed', `report_schedule:${scheduleId}`, sql`changes() > 0`),
    ],
    notices: await noticeOfFailure(ctx, schedule, { address, code, sentAt: createdAt, when: sql`changes() > 0` }),
  }
}

export interface Undelivered {
  email: string
  status: 'failed' | 'delayed'
  code: string
  at: string
}

/** Of each schedule the addresses that the last mail did not reach, as far as servers have told. */
export async function undeliveredOf(ctx: Ctx, scheduleIds: readonly number[]): Promise<Map<number, Undelivered[]>> {
  const d = mailDeliveries
  const rows = await ctx.db
    .select({ scheduleId: d.scheduleId, address: d.address, failure: d.failure, code: d.code, at: d.failedAt })
    .from(asked(scheduleIds))
    .crossJoin(d)
    .where(
      and(
        isAsked(d.scheduleId),
        sql`${d.failure} is not null`,
        sql`not exists (select 1 from mail_deliveries l where l.schedule_id = ${d.scheduleId} and l.address = ${d.address} and l.created_at > ${d.createdAt})`,
      ),
    )
    .orderBy(d.address)
  const found = new Map<number, Undelivered[]>()
  for (const { scheduleId, address, failure, code, at } of rows) {
    if (scheduleId === null || code === null || at === null) continue
    const told = { email: address, status: failure === 'permanent' ? 'failed' : 'delayed', code, at: longStamp(at) } as const
    found.set(scheduleId, [...(found.get(scheduleId) ?? []), told])
  }
  return found
}
