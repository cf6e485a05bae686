import { and, eq, isNull } from 'drizzle-orm'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { operation } from '../../http/operation.ts'
import { keyedHash, sameText, utf8 } from '../../lib/hash.ts'
import { fromBase64, toBase64Url } from '../../lib/ids.ts'
import { reportSchedules } from './tables.ts'

const macOf = (ctx: Pick<Ctx, 'settings'>, said: string) => keyedHash(ctx.settings.APP_SECRET, 'unsubscribe', said)

/** An address that takes one recipient off one schedule: nobody can make one for somebody else. */
export async function unsubscribeLink(ctx: Pick<Ctx, 'settings'>, scheduleId: number, email: string): Promise<string> {
  const said = toBase64Url(utf8(JSON.stringify([scheduleId, email])))
  return `${ctx.settings.PUBLIC_URL ?? ''}/unsubscribe/${said}.${await macOf(ctx, said)}`
}

async function readLink(ctx: Ctx, token: string): Promise<{ scheduleId: number; email: string }> {
  const [said = '', mac = ''] = token.split('.')
  if (!sameText(mac, await macOf(ctx, said))) throw notFound()
  const [scheduleId, email] = JSON.parse(new TextDecoder().decode(fromBase64(said))) as [number, string]
  return { scheduleId, email }
}

/** Takes a recipient off; a schedule without any rests. Doing it again changes nothing. */
async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  const { scheduleId, email } = await readLink(ctx, token)
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

const page = (body: string) =>
  new Response(
    `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Отписка</title></head><body style="font-family:sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem;line-height:1.5">${body}</body></html>`,
    {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
      },
    },
  )

const path = '/unsubscribe/{token}'
const params = z.object({ token: z.string().max(1000) })
const common = { path, tag: 'Service', access: 'public', params, returns: { 200: { media: ['text/html'] } }, errors: [404] } as const

export const unsubscribeRoutes = [
  // Mail scanners follow links: opening one changes nothing yet.
  operation(
    { ...common, id: 'get-unsubscribe', method: 'get', summary: 'Ask whether to stop a scheduled report' },
    async (ctx, { params: p }) => {
      await readLink(ctx, p.token)
      return page(
        '<h1>Больше не получать отчёт?</h1><form method="post"><button style="font:inherit;padding:.6rem 1.2rem">Отписаться</button></form>',
      )
    },
  ),
  // Also what mail clients do by themselves (RFC 8058).
  operation(
    { ...common, id: 'post-unsubscribe', method: 'post', summary: 'Stop a scheduled report for one recipient' },
    async (ctx, { params: p }) => {
      await unsubscribe(ctx, p.token)
      return page('<h1>Готово</h1><p>Этот отчёт больше не будет приходить на ваш адрес.</p>')
    },
  ),
]
