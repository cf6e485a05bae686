import { hasUnit } from '../billing/balances.ts'
import type { Ctx } from '../context.ts'
import { sendBytes } from '../documents/files.ts'
import { AppError, notFound } from '../http/errors.ts'
import { heardLang } from '../http/lang.ts'
import { organizationName } from '../office/organization.ts'
import { loadParty } from '../office/party.ts'
import { filesOf } from '../office/packages/present.ts'
import { readToken } from './links.ts'
import { MAX_WRONG_CODES } from './machine.ts'
import { keepSignerCms } from './methods/keep.ts'
import type { PackageState, Participant } from './model.ts'
import type { Opened } from './object.ts'
import { originOf } from './origin.ts'
import { sealSoon } from './seal-soon.ts'
import { granted, packageObject } from './stub.ts'

interface AtLink extends Opened {
  participant: Participant
}

const noLink = () => notFound('There is no such link.')

/**
 * What a link's token opens. Unknown: 404; expired, withdrawn, replaced or revoked: 410. With `reader` its holder's language is remembered:
 * the page's script sends the one that the page is in.
 */
export async function openLink(ctx: Ctx, token: string, { visit = false, reader = false } = {}): Promise<AtLink> {
  const read = readToken(token)
  if (!read) throw noLink()
  const lang = reader ? heardLang(ctx.acceptLanguage) : undefined
  const opened = granted(await packageObject(ctx, read.packageId).openLink(read.tokenHash, originOf(ctx), { visit, lang }))
  const participant = opened.state.participants.find((p) => p.id === opened.participantId)
  if (!participant) throw noLink()
  return { ...opened, participant }
}

/** Who acts by a link, as the trail names them. */
const originAt = (ctx: Ctx, { participant, link }: AtLink, consent = false) => ({
  ...originOf(ctx),
  linkId: link.id,
  actor: `participant:${participant.id}`,
  ...(consent ? { consent } : {}),
})

/** `+7 ••• ••• 45 67`: enough to know one's own phone by. */
export const phoneHint = (phone: string | null): string | null =>
  phone && `${phone.slice(0, 2)} ••• ••• ${phone.slice(-4, -2)} ${phone.slice(-2)}`

/** The code that may be typed in now: neither expired nor ended by wrong ones. */
const codeOf = ({ challenge }: Participant, resendSeconds: number, now: Date) =>
  challenge && challenge.wrong < MAX_WRONG_CODES && challenge.expiresAt > now.toISOString()
    ? { expires_at: challenge.expiresAt, resend_at: new Date(Date.parse(challenge.sentAt) + resendSeconds * 1000).toISOString() }
    : null

/** What the page shows: the documents, who asks, and what this participant may do. No other participant's phone, name or link. */
export async function showPackage(ctx: Ctx, token: string) {
  const at = await openLink(ctx, token, { visit: true, reader: true })
  const { state: s, participant: p, link } = at
  const [organization, company] = await Promise.all([
    organizationName(ctx, s.orgId),
    p.companyId ? loadParty(ctx, s.orgId, p.companyId) : undefined,
  ])
  return {
    package: {
      id: s.id,
      title: s.title,
      status: s.status,
      organization,
      subject: s.subject.type === 'certificate_request' ? ('certificate_request' as const) : ('package' as const),
      deadline: s.deadline,
      documents: s.documents.map(({ id, name, size, sha256 }) => ({ id, name, size, sha256 })),
      results: filesOf(s).flatMap(({ id, name, size, type }) => (type === 'original' ? [] : [{ id, name, size, type }])),
    },
    participant: {
      id: p.id,
      full_name: p.person?.fullName ?? '',
      role: p.role,
      status: p.status,
      phone_hint: phoneHint(p.person?.phone ?? null),
      company: company?.name ?? null,
    },
    methods: p.methods.filter((m) => m !== 'server'),
    expires_at: link.expiresAt,
    code: codeOf(p, ctx.settings.CODE_RESEND_SECONDS, ctx.now),
  }
}

export async function sendLinkFile(ctx: Ctx, token: string, fileId: string): Promise<Response> {
  const { state } = await openLink(ctx, token)
  const file = filesOf(state).find((f) => f.id === fileId)
  if (!file) throw notFound()
  return sendBytes(ctx, { ...file, orgId: state.orgId, mime: 'application/pdf' }, 'inline')
}

/** A hint for a clear refusal before a code is sent or a signature looked at; the decision is made when the signature is accepted. */
async function needUnit(ctx: Ctx, { orgId, subject }: PackageState, method: 'sms' | 'ecp'): Promise<void> {
  if (subject.type === 'certificate_request' || (await hasUnit(ctx, orgId, method))) return
  throw new AppError('payment_required', 'The sender has no prepaid signature left.')
}

export async function sendCode(ctx: Ctx, token: string) {
  const at = await openLink(ctx, token, { reader: true })
  granted(await packageObject(ctx, at.state.id).maySign(at.participantId, 'sms', originAt(ctx, at), 'code'))
  await needUnit(ctx, at.state, 'sms')
  const { expiresAt } = granted(await packageObject(ctx, at.state.id).requestCode(at.participantId, null, originAt(ctx, at)))
  return { expires_at: expiresAt }
}

const acted = (state: PackageState, id: string) => ({
  participant_status: state.participants.find((p) => p.id === id)?.status ?? 'current',
  package_status: state.status,
})

export interface SignAtLink {
  method: 'sms' | 'cms'
  code?: string | undefined
  signatures?: { file_id: string; cms: string }[] | undefined
}

/** The signatures of all documents, in the package's order: each document its own, and none twice. */
function ordered(state: PackageState, signatures: NonNullable<SignAtLink['signatures']>) {
  const refuse = (message: string) => new AppError('unprocessable', message, { issues: [{ path: 'signatures', message }] })
  if (new Set(signatures.map((s) => s.file_id)).size !== signatures.length) throw refuse('A document has two signatures.')
  if (signatures.some((s) => !state.documents.some((d) => d.id === s.file_id)))
    throw refuse('A signature is of no document of this package.')
  return state.documents.map((document) => {
    const index = signatures.findIndex((s) => s.file_id === document.id)
    const cms = signatures[index]?.cms
    if (cms === undefined) throw refuse('Each document needs a signature of its own.')
    return { document, cms, index }
  })
}

async function signByKey(ctx: Ctx, at: AtLink, signatures: NonNullable<SignAtLink['signatures']>): Promise<PackageState> {
  const { state, participant } = at
  const object = packageObject(ctx, state.id)
  granted(await object.maySign(participant.id, 'cms', originAt(ctx, at, true)))
  await needUnit(ctx, state, 'ecp')
  const documents = ordered(state, signatures)
  const company = participant.companyId ? await loadParty(ctx, state.orgId, participant.companyId) : undefined
  const { identifier = null, inn = null } = participant.person ?? {}
  const evidence = await keepSignerCms(ctx, documents, { orgId: state.orgId, identifier, inn, companyInn: company?.inn ?? null }, (i) => ({
    code: 'unprocessable',
    path: `signatures.${documents[i]?.index ?? i}.cms`,
  }))
  return granted(await object.signByKey(participant.id, null, evidence, originAt(ctx, at, true))).state
}

/** Signs by a link: with the code that came by SMS, or with the signer's own key over every document. */
export async function signAtLink(ctx: Ctx, token: string, { method, code, signatures }: SignAtLink) {
  const at = await openLink(ctx, token)
  const byCode = async () =>
    granted(await packageObject(ctx, at.state.id).signByCode(at.participantId, null, code ?? '', originAt(ctx, at, true))).state
  const after = await (method === 'cms' ? signByKey(ctx, at, signatures ?? []) : byCode())
  sealSoon(ctx, after)
  return acted(after, at.participantId)
}

export async function approveAtLink(ctx: Ctx, token: string) {
  const at = await openLink(ctx, token)
  const { state } = granted(await packageObject(ctx, at.state.id).approve(at.participantId, originAt(ctx, at, true)))
  sealSoon(ctx, state)
  return acted(state, at.participantId)
}

export async function declineAtLink(ctx: Ctx, token: string, reason: string) {
  const at = await openLink(ctx, token)
  const { state } = granted(await packageObject(ctx, at.state.id).decline(at.participantId, reason.trim(), originAt(ctx, at)))
  return acted(state, at.participantId)
}
