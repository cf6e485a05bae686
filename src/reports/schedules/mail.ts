import { and, eq, isNull, or, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { getFile } from '../../documents/files.ts'
import { organizations, users } from '../../identity/tables.ts'
import { formatDateTime } from '../../lib/dates.ts'
import { makeJob, type Job } from '../../queue/outbox.ts'
import { escapeHtml } from '../../http/html.ts'
import type { ReportRow } from '../custom/reports.ts'
import { customReports as reports } from '../custom/tables.ts'
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

/** One column of plain paragraphs: what every mail client shows. Its colours are whole, so that none is turned over by itself in the dark. */
const layout = (paragraphs: string[], foot: string) =>
  `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light only"><title></title></head>` +
  `<body style="margin:0;padding:24px;background:#f1f5f9;font-family:Arial,Helvetica,sans-serif;color:#0f172a">` +
  `<table role="presentation" width="100%" style="max-width:560px;margin:0 auto;background:#ffffff;border-radius:8px;table-layout:fixed"><tr><td style="padding:24px;font-size:15px;line-height:1.5;overflow-wrap:break-word;word-break:break-word">` +
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
          scheduleId: schedule.id,
        },
        { id: `report-mail:${run.id}:${to.toLowerCase()}` },
      )
    }),
  )
}

/** Who hears of a schedule: its author, or those who run the organization when the author has left, or reads no mail. */
async function keepersOf(ctx: Ctx, { userId, orgId }: ScheduleRow, deaf?: string): Promise<string[]> {
  const people = await ctx.db
    .select({ id: users.id, email: users.email, role: users.role })
    .from(users)
    .where(
      and(eq(users.orgId, orgId), eq(users.isActive, true), isNull(users.deletedAt), or(eq(users.id, userId), eq(users.role, 'owner'))),
    )
  const reached = people.filter(({ email }) => email.toLowerCase() !== deaf?.toLowerCase())
  const author = reached.filter(({ id }) => id === userId)
  return (author.length > 0 ? author : reached).map(({ email }) => email)
}

interface Notice {
  subject: string
  lines: string[]
  id: string
  /** To whom it would be in vain. */
  deaf?: string
  when?: SQL
}

/** A letter to those who keep a schedule. */
async function noticeTo(ctx: Ctx, schedule: ScheduleRow, { subject, lines, id, deaf, when }: Notice): Promise<Job[]> {
  return Promise.all(
    (await keepersOf(ctx, schedule, deaf)).map((to) =>
      makeJob(
        ctx,
        'mail.send',
        { orgId: schedule.orgId, to, subject, text: lines.join('\n'), html: layout(lines.map(escapeHtml), 'Qoltanba'), attachments: [] },
        { id: `${id}:${to.toLowerCase()}`, ...(when ? { when } : {}) },
      ),
    ),
  )
}

async function reportName(ctx: Ctx, { reportId }: ScheduleRow): Promise<string> {
  const [report] = await ctx.db.select({ name: reports.name }).from(reports).where(eq(reports.id, reportId))
  return report?.name ?? ''
}

/** Tells that a schedule rests, and of which report. */
export async function noticeOfPause(ctx: Ctx, schedule: ScheduleRow, reason: string, failures: number): Promise<Job[]> {
  const name = await reportName(ctx, schedule)
  return noticeTo(ctx, schedule, {
    subject: `Расписание отчёта приостановлено: ${name}`,
    lines: [
      `Отчёт «${name}» по расписанию не удалось составить ${failures} раз подряд, и расписание приостановлено.`,
      `Причина: ${reason}`,
      `Получатели: ${schedule.recipients.join(', ')}.`,
      'Исправьте отчёт и включите расписание снова.',
    ],
    id: `report-paused:${schedule.id}:${schedule.lastRunAt ?? ''}`,
  })
}

/** Tells that a recipient was taken off a schedule, since mail to it came back for good. */
export async function noticeOfFailure(
  ctx: Ctx,
  schedule: ScheduleRow,
  { address, code, sentAt, when }: { address: string; code: string; sentAt: string; when: SQL },
): Promise<Job[]> {
  const name = await reportName(ctx, schedule)
  const alone = schedule.recipients.every((one) => one.toLowerCase() === address.toLowerCase())
  return noticeTo(ctx, schedule, {
    subject: `Отчёт не доходит до получателя: ${name}`,
    lines: [
      `Почтовый сервер не принимает отчёт «${name}» на адрес ${address} и сообщил, что повторять бесполезно (код ${code}).`,
      alone
        ? 'Адрес убран из получателей; других у расписания нет, и оно приостановлено.'
        : 'Адрес убран из получателей расписания; остальным отчёт приходит по-прежнему.',
      'Проверьте адрес. Чтобы отправлять на него снова, добавьте его в получатели ещё раз.',
    ],
    id: `report-undelivered:${schedule.id}:${sentAt}:${address.toLowerCase()}`,
    deaf: address,
    when,
  })
}
