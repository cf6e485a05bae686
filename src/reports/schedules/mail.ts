import { and, eq, isNull, or, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { getFile } from '../../documents/files.ts'
import { organizations, users } from '../../identity/tables.ts'
import { formatDateTime } from '../../lib/dates.ts'
import { makeJob, type Job } from '../../queue/outbox.ts'
import type { Lang } from '../../http/lang.ts'
import { languagesFor } from '../../notifications/languages.ts'
import { letter, withEnglish } from '../../notifications/mail/letter.ts'
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

async function organizationOf(ctx: Ctx, orgId: number): Promise<{ name: string; zone: string; phone: string | null }> {
  const [row] = await ctx.db
    .select({ name: organizations.name, zone: organizations.timeZone, phone: organizations.phone })
    .from(organizations)
    .where(eq(organizations.id, orgId))
  return { name: row?.name ?? '', zone: row?.zone ?? ctx.settings.TIME_ZONE, phone: row?.phone ?? null }
}

interface ReportTexts {
  subject: (report: string) => string
  lines: (report: string, organization: string, at: string) => string[]
  stop: string
}

/** To recipients, who may be anybody; those who keep the schedule work in the back office, and read Russian as it does. */
const TEXTS: Readonly<Record<Lang, ReportTexts>> = {
  ru: {
    subject: (report) => `Отчёт: ${report}`,
    lines: (report, organization, at) => [`Отчёт «${report}» организации «${organization}» — во вложении.`, `Составлен ${at}.`],
    stop: 'Больше не получать этот отчёт',
  },
  kk: {
    subject: (report) => `Есеп: ${report}`,
    lines: (report, organization, at) => [`«${organization}» ұйымының «${report}» есебі хатқа тіркелді.`, `Жасалған уақыты: ${at}.`],
    stop: 'Бұл есепті енді алмау',
  },
  en: {
    subject: (report) => `Report: ${report}`,
    lines: (report, organization, at) => [`The report “${report}” of ${organization} is attached. It was made at ${at}.`],
    stop: 'Stop receiving this report',
  },
}

/** The mails of a run, one to each recipient, with the file attached. The same run makes the same jobs, so that each goes out once. */
export async function reportMails(ctx: Ctx, { run, schedule, report, fileId }: Sent): Promise<Job[]> {
  const { name, zone, phone } = await organizationOf(ctx, schedule.orgId)
  const languages = withEnglish(languagesFor({ phone: null }, phone))
  const file = await getFile(ctx, fileId)
  const at = formatDateTime(run.createdAt, zone)
  return Promise.all(
    schedule.recipients.map(async (to) => {
      const stop = await unsubscribeLink(ctx, schedule.id, to)
      const subject = TEXTS[languages[0]].subject(report.name)
      const say = (lang: Lang) => {
        const { lines, stop: label } = TEXTS[lang]
        return { lines: lines(report.name, name, at), stop: { label, url: stop } }
      }
      return makeJob(
        ctx,
        'mail.send',
        {
          orgId: schedule.orgId,
          to,
          subject,
          ...letter(languages, subject, say),
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
        { orgId: schedule.orgId, to, subject, ...letter(['ru'], subject, () => ({ lines })), attachments: [] },
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
