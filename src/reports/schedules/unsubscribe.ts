import { and, eq, isNull } from 'drizzle-orm'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { escapeHtml } from '../../http/html.ts'
import { langOf, type Lang } from '../../http/lang.ts'
import { operation } from '../../http/operation.ts'
import { plainPage } from '../../http/plain-page.ts'
import { keyedHash, sameText, utf8 } from '../../lib/hash.ts'
import { fromBase64, toBase64Url } from '../../lib/ids.ts'
import { reportSchedules } from './tables.ts'

const macOf = (ctx: Pick<Ctx, 'settings'>, said: string) => keyedHash(ctx.settings.APP_SECRET, 'unsubscribe', said)

/** An address that takes one recipient off one schedule: nobody can make one for somebody else. */
export async function unsubscribeLink(ctx: Pick<Ctx, 'settings'>, scheduleId: number, email: string): Promise<string> {
  const said = toBase64Url(utf8(JSON.stringify([scheduleId, email])))
  return `${ctx.settings.PUBLIC_URL ?? ''}/unsubscribe/${said}.${await macOf(ctx, said)}`
}

/** Whom a link is for; undefined for one that is none of ours. */
async function readLink(ctx: Ctx, token: string): Promise<{ scheduleId: number; email: string } | undefined> {
  const [said = '', mac = '', ...more] = token.split('.')
  if (more.length > 0 || !sameText(mac, await macOf(ctx, said))) return undefined
  const [scheduleId, email] = JSON.parse(new TextDecoder().decode(fromBase64(said))) as [number, string]
  return { scheduleId, email }
}

/** Takes a recipient off; a schedule without any rests. Doing it again changes nothing. */
async function unsubscribe(ctx: Ctx, { scheduleId, email }: { scheduleId: number; email: string }): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const [row] = await ctx.db.select().from(reportSchedules).where(eq(reportSchedules.id, scheduleId))
    if (!row || !row.recipients.some((one) => one.toLowerCase() === email.toLowerCase())) return
    const left = row.recipients.filter((one) => one.toLowerCase() !== email.toLowerCase())
    const changed = await ctx.db
      .update(reportSchedules)
      .set({ recipients: left, ...(left.length === 0 ? { isActive: false, nextRunAt: null } : {}) })
      .where(and(eq(reportSchedules.id, scheduleId), eq(reportSchedules.recipients, row.recipients), isNull(reportSchedules.deletedAt)))
      .returning({ id: reportSchedules.id })
    if (changed.length > 0) return
  }
}

interface Words {
  ask: string
  to: string
  button: string
  done: string
  after: string
  none: string
}
const WORDS: Record<Lang, Words> = {
  ru: {
    ask: 'Больше не получать отчёт?',
    to: 'Он приходит на адрес',
    button: 'Отписаться',
    done: 'Готово',
    after: 'Этот отчёт больше не будет приходить на адрес',
    none: 'Такой ссылки нет',
  },
  kk: {
    ask: 'Есепті енді алмайсыз ба?',
    to: 'Ол мына мекенжайға келеді:',
    button: 'Жазылымнан бас тарту',
    done: 'Дайын',
    after: 'Бұл есеп мына мекенжайға енді келмейді:',
    none: 'Мұндай сілтеме жоқ',
  },
  en: {
    ask: 'Stop receiving this report?',
    to: 'It is sent to',
    button: 'Unsubscribe',
    done: 'Done',
    after: 'This report will no longer be sent to',
    none: 'There is no such link',
  },
}

const lead = (said: string, email: string) => `<p class="lead">${escapeHtml(said)} <strong>${escapeHtml(email)}</strong></p>`
const unknown = (lang: Lang) => plainPage({ status: 404, lang, title: WORDS[lang].none, main: '', switch: true })

const path = '/unsubscribe/{token}'
const params = z.object({ token: z.string().max(1000) })
const common = { path, tag: 'Service', access: 'public', params, returns: { 200: { media: ['text/html'] } }, errors: [404] } as const

export const unsubscribeRoutes = [
  // Mail scanners follow links: opening one changes nothing yet.
  operation(
    { ...common, id: 'get-unsubscribe', method: 'get', summary: 'Ask whether to stop a scheduled report' },
    async (ctx, { params: p, request }) => {
      const lang = langOf(request)
      const link = await readLink(ctx, p.token)
      if (!link) return unknown(lang)
      const { ask, to, button } = WORDS[lang]
      const form = `<form method="post"><button class="button">${escapeHtml(button)}</button></form>`
      return plainPage({ lang, title: ask, main: `${lead(to, link.email)}\n${form}`, switch: true })
    },
  ),
  // Also what mail clients do by themselves (RFC 8058).
  operation(
    { ...common, id: 'post-unsubscribe', method: 'post', summary: 'Stop a scheduled report for one recipient' },
    async (ctx, { params: p, request }) => {
      const lang = langOf(request)
      const link = await readLink(ctx, p.token)
      if (!link) return unknown(lang)
      await unsubscribe(ctx, link)
      return plainPage({ lang, title: WORDS[lang].done, main: lead(WORDS[lang].after, link.email) })
    },
  ),
]
