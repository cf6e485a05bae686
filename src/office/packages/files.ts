import { eq } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { sendBytes } from '../../documents/files.ts'
import { notFound } from '../../http/errors.ts'
import { organizations } from '../../identity/tables.ts'
import type { CmsEvidence, PackageState, Participant } from '../../signing/model.ts'
import { signatureFields } from '../../signing/signature-fields.ts'
import { chain } from '../../signing/store.ts'
import { packageObject } from '../../signing/stub.ts'
import { loadPackage } from './load.ts'
import { filesOf } from './present.ts'

export const listFiles = async (ctx: Ctx, id: string) => ({ items: filesOf(await loadPackage(ctx, id)) })

/** A file of a package: an original as it was sent, a stamped version, the certificate. */
export function sendPackageFile(ctx: Ctx, state: PackageState, fileId: string): Promise<Response> {
  const file = filesOf(state).find((f) => f.id === fileId)
  if (!file) throw notFound()
  const name = file.type === 'stamped' ? file.name.replace(/(\.pdf)?$/i, ' (подписан).pdf') : file.name
  return sendBytes(ctx, { ...file, name, orgId: state.orgId, mime: 'application/pdf' })
}
export const getPackageFile = async (ctx: Ctx, id: string, fileId: string) => sendPackageFile(ctx, await loadPackage(ctx, id), fileId)

export interface Found {
  participant: Participant
  cms: CmsEvidence
}

/** The signatures over one original, in the order in which they were made. */
export function signaturesOf(state: PackageState, documentId: string): Found[] {
  return state.participants
    .flatMap((participant) => (participant.signature?.cms ?? []).map((cms) => ({ participant, cms })))
    .filter(({ cms }) => cms.documentId === documentId)
    .toSorted((a, b) => ((a.participant.actedAt ?? '') < (b.participant.actedAt ?? '') ? -1 : 1))
}

async function timeZoneOf(ctx: Ctx, orgId: number): Promise<string> {
  const [row] = await ctx.db.select({ timeZone: organizations.timeZone }).from(organizations).where(eq(organizations.id, orgId))
  return row?.timeZone ?? ctx.settings.TIME_ZONE
}

function present({ participant, cms }: Found, timeZone: string) {
  const { signature } = participant
  if (!signature) throw new Error('evidence without a signature')
  const { certificate: c, format, revocation, timestamp } = cms
  const { person, method, at: signedAt, ip, consent } = signature
  const facts = { person, method, signedAt, certificate: c, format, revocation, timestamp, timeZone, ip, consent }
  return {
    id: cms.fileId,
    participant_id: participant.id,
    method,
    format,
    signed_at: signedAt,
    certificate:
      method === 'sms'
        ? null
        : {
            serial: c.serialNumber,
            subject: c.subject,
            issuer: c.issuer,
            not_before: c.notBefore,
            not_after: c.notAfter,
            thumbprint: c.sha256,
          },
    fields: signatureFields(facts),
  }
}

/** Signatures over an original, each in typed form: field and value (document 002, 6.3). */
export async function listSignatures(ctx: Ctx, id: string, fileId: string) {
  const state = await loadPackage(ctx, id)
  if (!filesOf(state).some((f) => f.id === fileId)) throw notFound()
  const timeZone = await timeZoneOf(ctx, state.orgId)
  return { items: signaturesOf(state, fileId).map((found) => present(found, timeZone)) }
}

/** The detached CMS (`.p7s`) itself. */
export async function getSignature(ctx: Ctx, id: string, fileId: string, signatureId: string): Promise<Response> {
  const state = await loadPackage(ctx, id)
  const found = signaturesOf(state, fileId).find(({ cms }) => cms.fileId === signatureId)
  const document = state.documents.find((d) => d.id === fileId)
  if (!found || !document) throw notFound()
  return sendSignature(ctx, state.orgId, document.name, found.cms)
}

export async function sendSignature(ctx: Ctx, orgId: number, documentName: string, { sha256 }: CmsEvidence): Promise<Response> {
  return sendBytes(ctx, { orgId, sha256, name: `${documentName}.p7s`, mime: 'application/pkcs7-signature' })
}

/** The trail of a package from its object, and whether its chain holds. */
export async function listEvents(ctx: Ctx, id: string) {
  await loadPackage(ctx, id)
  const items = await packageObject(ctx, id).events()
  let previous = '0'.repeat(64)
  const valid = items.every(({ hash, ...event }, i) => {
    const holds = event.seq === i + 1 && event.prev_hash === previous && chain(event).hash === hash
    previous = hash
    return holds
  })
  return { items, valid }
}
