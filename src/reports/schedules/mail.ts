import { eq } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { getFile } from '../../documents/files.ts'
import { organizations, users } from '../../identity/tables.ts'
import { formatDateTime } from '../../lib/dates.ts'
import { makeJob, type Job } from '../../queue/outbox.ts'
import { escapeHtml } from '../../http/html.ts'
import type { ReportRow } from '../custom/reports.ts'
import type { ScheduleRow } from './schedules.ts'
import type { scheduleRuns } from './tables.ts'
import { unsubscribeLink } from './unsubscribe.ts'

interface Sent {
  run: typeof scheduleRuns.$inferSelect
  schedule: ScheduleRow
  report: ReportRow
  fileId: string
}

async function organizationOf(ctx: Ctx, orgId: number): Promise<{ name: string; zone: string }> {
  const [row] = await ctx.db
    .select({ name: organizations.name, zone: organizations.timeZone })
    .from(organizations)
    .where(eq(organizations.id, orgId))
  return { name: row?.name ?? '', zone: row?.zone ?? ctx.settings.TIME_ZONE }
}

/** One column of plain paragraphs: what every mail client shows. */
const layout = (paragraphs: string[], foot: string) =>
  `<!doctype html><html lang="ru"><body style="margin:0;padding:24px;background:#f1f5f9;font-family:Arial,Helvetica,sans-serif;color:#0f172a">` +
  `<table role="presentation" width="100%" style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px"><tr><td style="padding:24px;font-size:15px;line-height:1.5">` +
  paragraphs.map((p) => `<p style="margin:0 0 12px">${p}</p>`).join('') +
  `</td></tr><tr><td style="padding:0 24px 24px;font-size:12px;color:#64748b">${foot}</td></tr></table></body></html>`

/** The mails of a run, one to each recipient, with the file attached. The same run makes the same jobs, so that each goes out once. */
export async function reportMails(ctx: Ctx, { run, schedule, report, fileId }: Sent): Promise<Job[]> {
  const { name, zone } = await organizationOf(ctx, schedule.orgId)
  const file = await getFile(ctx, fileId)
  const at = formatDateTime(run.createdAt, zone)
  return Promise.all(
    schedule.recipients.map(async (to) => {
      const stop = await unsubscribeLink(ctx, schedule.id, to)
      const lines = [`Отчёт «${report.name}» организации «${name}» — во вложении.`, `Составлен ${at}.`]
      return makeJob(
        ctx,
        'mail.send',
        {
          orgId: schedule.orgId,
          to,
          subject: `Отчёт: ${report.name}`,
          text: [...lines, '', `Больше не получать этот отчёт: ${stop}`].join('\n'),
          html: layout(lines.map(escapeHtml), `<a href="${escapeHtml(stop)}" style="color:#64748b">Больше не получать этот отчёт</a>`),
          attachments: [{ fileId, filename: file.name }],
          unsubscribe: stop,
        },
        { id: `report-mail:${run.id}:${to.toLowerCase()}` },
      )
    }),
  )
}

/** Tells whoever made a schedule that it rests. */
export async function noticeOfPause(ctx: Ctx, schedule: ScheduleRow, reason: string, failures: number): Promise<Job[]> {
  const [owner] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, schedule.userId))
  if (!owner) return []
  const lines = [
    `Отчёт по расписанию не удалось составить ${failures} раз подряд, и расписание приостановлено.`,
    `Причина: ${reason}`,
    'Исправьте отчёт и включите расписание снова.',
  ]
  const job = await makeJob(
    ctx,
    'mail.send',
    {
      orgId: schedule.orgId,
      to: owner.email,
      subject: 'Расписание отчёта приостановлено',
      text: lines.join('\n'),
      html: layout(lines.map(escapeHtml), 'Qoltanba'),
      attachments: [],
    },
    { id: `report-paused:${schedule.id}:${schedule.lastRunAt ?? ''}` },
  )
  return [job]
}
