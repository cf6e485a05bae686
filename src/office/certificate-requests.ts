import { and, eq, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch, type Write } from '../db/client.ts'
import { putFile, sendBytes } from '../documents/files.ts'
import { AppError, notFound } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { uuidv7 } from '../lib/ids.ts'
import { announce } from '../queue/outbox.ts'
import { revokeKept } from '../signing/keys/kept.ts'
import { issuedCertificates, keptKeys } from '../signing/keys/tables.ts'
import { linkUrl } from '../signing/links.ts'
import type { NewPackage, PackageState } from '../signing/model.ts'
import { originOf } from '../signing/origin.ts'
import { granted, packageObject } from '../signing/stub.ts'
import { loadCompany } from './companies.ts'
import { issueCertificate, maySignFor, tellStep } from './issue-certificate.ts'
import { presentCertificate } from './issued-certificate.ts'
import { loadClient } from './load-client.ts'
import { sendSignature, signaturesOf } from './packages/files.ts'
import { certificateRequests, officeEmployees } from './tables.ts'

type RequestRow = typeof certificateRequests.$inferSelect

const LINK_SECONDS = 86_400
const TITLE = 'Оферта и акт признания ключа'

const noRight = () => new AppError('forbidden', 'The client has no right to sign for this company.')
const blocked = () => new AppError('conflict', 'The client is blocked.')

async function present(ctx: Ctx, row: RequestRow) {
  const [issued] =
    row.serial === null
      ? []
      : await ctx.db
          .select({ certificate: issuedCertificates.certificate })
          .from(issuedCertificates)
          .where(eq(issuedCertificates.serial, row.serial))
  return {
    id: row.id,
    status: row.status,
    kind: row.kind,
    client_id: row.clientId,
    company_id: row.companyId,
    documents: row.documents.map(({ id, kind, name, size }) => ({ id, kind, name, size })),
    certificate: issued ? await presentCertificate(issued.certificate) : null,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}

/** A request of the caller's organization; anybody else's does not exist. */
async function load(ctx: Ctx, id: string): Promise<RequestRow> {
  const [row] = await ctx.db
    .select()
    .from(certificateRequests)
    .where(and(eq(certificateRequests.id, id), eq(certificateRequests.orgId, orgOf(ctx))))
  if (!row) throw notFound()
  return row
}

export const getCertificateRequest = async (ctx: Ctx, id: string) => present(ctx, await load(ctx, id))

/** The company that the certificate is to name, and what the client is there. */
async function employment(ctx: Ctx, companyId: string | undefined, clientId: string) {
  if (companyId === undefined) return { company: null, position: null }
  const company = await loadCompany(ctx, companyId)
  const [employee] = await ctx.db
    .select({ position: officeEmployees.position })
    .from(officeEmployees)
    .where(maySignFor(companyId, clientId))
  if (!employee) throw noRight()
  return { company, position: employee.position }
}

interface Input {
  client_id: string
  company_id?: string | undefined
  kind: 'nep' | 'kep'
}

/** Makes a request for a client's certificate with the two documents that the client signs for it. */
export async function createCertificateRequest(ctx: Ctx, { client_id: clientId, company_id: companyId, kind }: Input) {
  const orgId = orgOf(ctx)
  const client = await loadClient(ctx, clientId)
  const { company, position } = await employment(ctx, companyId, clientId)
  if (kind === 'kep')
    throw new AppError('validation', 'The request is not valid.', {
      issues: [{ path: 'kind', message: 'qualified certificates come from accredited authorities only; nep is made here' }],
    })
  if (client.status === 'blocked') throw blocked()
  const [org] = await ctx.db
    .select({ name: organizations.name, timeZone: organizations.timeZone })
    .from(organizations)
    .where(eq(organizations.id, orgId))
  const now = ctx.now.getTime()
  const at = ctx.now.toISOString()
  const id = uuidv7(now)
  const { requestDocuments } = await import('./certificate-documents.ts')
  const made = await requestDocuments({
    id,
    createdAt: at,
    timeZone: org?.timeZone ?? ctx.settings.TIME_ZONE,
    platform: ctx.settings.PLATFORM_NAME,
    organization: org?.name ?? '',
    client,
    company,
    position,
  })
  const writes: Write[] = []
  const documents: RequestRow['documents'] = []
  for (const { kind: of, name, bytes } of made) {
    const { file, write } = await putFile(ctx, orgId, bytes, name, 'application/pdf')
    writes.push(write)
    documents.push({ id: uuidv7(now), kind: of, name: file.name, fileId: file.id, sha256: file.sha256, size: file.size })
  }
  const row: RequestRow = {
    id,
    orgId,
    clientId,
    companyId: company?.id ?? null,
    kind,
    status: 'created',
    packageId: uuidv7(now),
    documents,
    serial: null,
    createdAt: at,
    updatedAt: at,
  }
  await batch(ctx.db, [
    ...writes,
    ctx.db.insert(certificateRequests).values(row),
    audit(ctx, orgId, 'certificate_request.created', `certificate_request:${id}`),
  ])
  return present(ctx, row)
}

async function newPackage(ctx: Ctx, request: RequestRow): Promise<NewPackage> {
  const client = await loadClient(ctx, request.clientId)
  if (client.status === 'blocked') throw blocked()
  const { fullName, iin, inn, phone, email } = client
  return {
    id: request.packageId,
    orgId: request.orgId,
    subject: { type: 'certificate_request', id: request.id },
    title: TITLE,
    documents: request.documents.map(({ id, name, fileId, sha256, size }) => ({ id, name, fileId, sha256, size })),
    participants: [
      {
        id: uuidv7(ctx.now.getTime()),
        order: 1,
        role: 'signer',
        methods: ['sms'],
        person: { fullName, identifier: iin, inn, phone, email },
        clientId: client.id,
        // The client signs for itself, whatever company the certificate names.
        companyId: null,
      },
    ],
  }
}

const signerOf = (state: PackageState): string => state.participants[0]?.id ?? ''

/** Sends the documents to be signed: a code to the client's phone, and a link to read and sign them without an account. Again, anew. */
export async function sendRequestDocuments(ctx: Ctx, id: string) {
  const request = await load(ctx, id)
  if (request.status === 'issued') throw new AppError('conflict', 'The certificate has been issued.')
  const object = packageObject(ctx, request.packageId)
  const origin = originOf(ctx)
  const { state } = granted(await object.open(await newPackage(ctx, request), origin))
  granted(await object.requestCode(signerOf(state), null, origin))
  const link = granted(await object.createLink(signerOf(state), LINK_SECONDS, origin))
  const created = sql`exists (select 1 from ${certificateRequests} where ${and(eq(certificateRequests.id, id), eq(certificateRequests.status, 'created'))})`
  const { writes, jobs } = await tellStep(ctx, request, 'documents_sent', created)
  await batch(ctx.db, [
    ...writes,
    audit(ctx, request.orgId, 'certificate_request.documents_sent', `certificate_request:${id}/link:${link.id}`),
    ctx.db
      .update(certificateRequests)
      .set({ status: 'documents_sent', updatedAt: ctx.now.toISOString() })
      .where(and(eq(certificateRequests.id, id), created)),
  ])
  await announce(ctx.env, jobs)
  return { ...(await getCertificateRequest(ctx, id)), sign_url: linkUrl(ctx.settings, link.token), expires_at: link.expiresAt }
}

/** Signs the documents with the code that the client got, and issues the certificate. */
export async function completeCertificateRequest(ctx: Ctx, id: string, code: string) {
  const request = await load(ctx, id)
  if (request.status === 'issued') throw new AppError('conflict', 'The certificate has been issued.')
  const object = packageObject(ctx, request.packageId)
  const origin = originOf(ctx)
  const state = await object.view(origin)
  if (!state) throw new AppError('conflict', 'The documents have not been sent yet.')
  if ((await loadClient(ctx, request.clientId)).status === 'blocked') throw blocked()
  await employment(ctx, request.companyId ?? undefined, request.clientId)
  // Signed already, on the page or by a call that was cut off: only the certificate is left to make.
  if (state.status !== 'signed') granted(await object.signByCode(signerOf(state), null, code, origin))
  // The package tells it, too; whoever comes first issues.
  await issueCertificate(ctx, id)
  const done = await load(ctx, id)
  if (done.status !== 'issued') throw noRight()
  return present(ctx, done)
}

function documentOf(request: RequestRow, fileId: string) {
  const document = request.documents.find((d) => d.id === fileId)
  if (!document) throw notFound()
  return document
}

export async function getRequestDocument(ctx: Ctx, id: string, fileId: string): Promise<Response> {
  const request = await load(ctx, id)
  const { name, sha256 } = documentOf(request, fileId)
  return sendBytes(ctx, { orgId: request.orgId, sha256, name, mime: 'application/pdf' })
}

/** The detached CMS (`.p7s`) over a document. */
export async function getRequestSignature(ctx: Ctx, id: string, fileId: string): Promise<Response> {
  const request = await load(ctx, id)
  const { name } = documentOf(request, fileId)
  const state = await packageObject(ctx, request.packageId).view(originOf(ctx))
  const [found] = state ? signaturesOf(state, fileId) : []
  if (!found) throw new AppError('conflict', 'The document is not signed yet.')
  return sendSignature(ctx, request.orgId, name, found.cms)
}

/** Revokes the certificate of a request and destroys its key: for a client who lost the phone, or asks for it. */
export async function revokeRequestCertificate(ctx: Ctx, id: string): Promise<void> {
  const { orgId, serial } = await load(ctx, id)
  if (serial === null) throw notFound()
  const which = and(eq(keptKeys.serial, serial), eq(keptKeys.orgId, orgId))
  const active = sql`exists (select 1 from ${keptKeys} where ${and(which, eq(keptKeys.status, 'active'))})`
  const results = await batch(ctx.db, [
    audit(ctx, orgId, 'certificate.revoked', `certificate_request:${id}/certificate:${serial}`, active),
    ...revokeKept(ctx, which, 'unspecified'),
  ])
  if ((results.at(-1) as unknown[]).length === 0) throw notFound()
}
