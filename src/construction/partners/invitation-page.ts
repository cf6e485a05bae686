import { eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { authenticate } from '../../http/auth.ts'
import { AppError } from '../../http/errors.ts'
import { escapeHtml } from '../../http/html.ts'
import { langOf, type Lang } from '../../http/lang.ts'
import { operation } from '../../http/operation.ts'
import { plainPage } from '../../http/plain-page.ts'
import { logIn, logOut } from '../../identity/sessions.ts'
import { may } from '../../identity/roles.ts'
import { formatDateTime } from '../../lib/dates.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { acceptInvitation } from './accept.ts'
import { INVITATION_TEXTS, type Said } from './invitation-texts.ts'
import { declineInvitation, liveInvitation } from './invitations.ts'
import { contractorInvitations as table, organizationProfiles } from './tables.ts'

const inviting = alias(organizationProfiles, 'inviting')
const invited = alias(organizationProfiles, 'invited')

/** What the page tells whoever holds the link: organizations and words, no people. Undefined: there is no such link; null: it is over. */
async function openInvitation(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      message: table.message,
      expiresAt: table.expiresAt,
      invitedOrgId: table.invitedOrgId,
      isLive: liveInvitation(ctx).mapWith(Boolean),
      from: inviting.name,
      to: invited.name,
    })
    .from(table)
    .innerJoin(inviting, eq(inviting.orgId, table.orgId))
    .innerJoin(invited, eq(invited.orgId, table.invitedOrgId))
    .where(eq(table.tokenHash, sha256Hex(token)))
  return row?.isLive === false ? null : row
}

type Open = NonNullable<Awaited<ReturnType<typeof openInvitation>>>

const STATUS: Record<Said, number> = { accepted: 200, declined: 200, closed: 410, notFound: 404 }

function sayPage(lang: Lang, said: Said): Response {
  const { title, text } = INVITATION_TEXTS[lang].said[said]
  return plainPage({ status: STATUS[said], lang, title, main: `<p class="lead">${escapeHtml(text)}</p>`, switch: true })
}

function askPage(ctx: Ctx, lang: Lang, row: Open, refused?: { status: number; text: string; email: string }): Response {
  const t = INVITATION_TEXTS[lang]
  const until = formatDateTime(row.expiresAt, ctx.settings.TIME_ZONE)
  const field = (name: string, type: string, label: string, attributes: string) =>
    `<div class="field"><label for="${name}">${escapeHtml(label)}</label><input id="${name}" name="${name}" type="${type}" required maxlength="254" ${attributes}></div>`
  const button = (answer: string, label: string, kind: string) =>
    `<button class="${kind}" name="answer" value="${answer}">${escapeHtml(label)}</button>`
  return plainPage({
    status: refused?.status ?? 200,
    lang,
    title: t.title,
    switch: true,
    main: `<p class="lead">${escapeHtml(t.asks(row.from, row.to))}</p>
${row.message === null ? '' : `<blockquote class="notice">${escapeHtml(row.message)}</blockquote>`}
<p class="hint">${escapeHtml(`${t.means} ${t.until(until)}`)}</p>
<form method="post" enctype="multipart/form-data" action="?lang=${lang}">
<p class="lead">${escapeHtml(t.logIn(row.to))}</p>
${refused ? `<p class="error" role="alert">${escapeHtml(refused.text)}</p>` : ''}
${field('email', 'email', t.email, `autocomplete="username" value="${escapeHtml(refused?.email ?? '')}"`)}
${field('password', 'password', t.password, 'autocomplete="current-password"')}
<p>${button('accept', t.accept, 'button')}${button('decline', t.decline, 'button secondary')}</p>
</form>`,
  })
}

const Answer = z.object({ email: z.string().max(254), password: z.string().max(200), answer: z.enum(['accept', 'decline']) })

/** Logs the person in for this one answer, and out again. @throws as logging in and answering do. */
async function answerAs(ctx: Ctx, token: string, row: Open, { email, password, answer }: z.output<typeof Answer>): Promise<void> {
  const { access } = await logIn(ctx, { email }, password, '')
  const actor = await authenticate(ctx, `Bearer ${access}`)
  if (!actor) throw new AppError('unauthenticated', '')
  const person = { ...ctx, actor }
  try {
    if (actor.kind !== 'user' || actor.orgId !== row.invitedOrgId) throw new AppError('not_found', '')
    if (!may(actor, 'admin.partners.edit')) throw new AppError('forbidden', '')
    await (answer === 'accept' ? acceptInvitation : declineInvitation)(person, token)
  } finally {
    await logOut(person)
  }
}

/** Why an answer was not taken, in the reader's words; other errors are the surface's to tell. */
function refusalOf(lang: Lang, row: Open, error: unknown): { status: number; text: string } | undefined {
  const { refusals: t } = INVITATION_TEXTS[lang]
  if (!(error instanceof AppError)) return undefined
  if (error.code === 'unauthenticated') return { status: 401, text: t.wrong }
  if (error.code === 'not_found') return { status: 403, text: t.stranger(row.to) }
  if (error.code === 'forbidden') return { status: 403, text: t.forbidden }
  if (error.code === 'too_many_requests') return { status: 429, text: t.tooMany }
  return undefined
}

const path = '/invitations/accept/{token}'
const params = z.object({ token: z.string().regex(/^[\w-]{43}$/) })
const common = { path, tag: 'Service', access: 'public', params } as const
const returns = { 200: { media: ['text/html'] } } as const

export const invitationPageRoutes = [
  operation(
    {
      ...common,
      id: 'get-invitation-page',
      method: 'get',
      summary: 'The page of an invitation to become a contractor',
      returns,
      errors: [404, 410],
    },
    async (ctx, { params: p, request }) => {
      const lang = langOf(request)
      const row = await openInvitation(ctx, p.token)
      return row ? askPage(ctx, lang, row) : sayPage(lang, row === null ? 'closed' : 'notFound')
    },
  ),
  operation(
    {
      ...common,
      id: 'post-invitation-page',
      method: 'post',
      summary: 'Answer an invitation with e-mail and password',
      login: true,
      body: Answer,
      bodyAs: 'form',
      returns,
      errors: [401, 403, 404, 410, 429],
    },
    async (ctx, { params: p, body, request }) => {
      const lang = langOf(request)
      const row = await openInvitation(ctx, p.token)
      if (!row) return sayPage(lang, row === null ? 'closed' : 'notFound')
      try {
        await answerAs(ctx, p.token, row, body)
      } catch (error) {
        // Somebody else answered meanwhile.
        if (error instanceof AppError && error.code === 'bad_request') return sayPage(lang, 'closed')
        const refused = refusalOf(lang, row, error)
        if (!refused) throw error
        return askPage(ctx, lang, row, { ...refused, email: body.email })
      }
      return sayPage(lang, body.answer === 'accept' ? 'accepted' : 'declined')
    },
  ),
]
