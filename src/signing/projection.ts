import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { chunks, type Write } from '../db/client.ts'
import { fileWrite, type FileRow } from '../documents/files.ts'
import { currentOrder } from './machine-parts.ts'
import { CERTIFICATE_NAME, type PackageState, type Participant, type StoredFile } from './model.ts'
import type { ChainedEvent } from './store.ts'
import { packageEvents, packageFiles, packageParticipants, packages, packageSignatures } from './tables.ts'

/** What D1 has not been told yet. */
export interface News {
  /** Nothing of the package is there. */
  first: boolean
  participants: { position: number; participant: Participant }[]
  events: ChainedEvent[]
}

function participantWrites(ctx: Ctx, state: PackageState, news: News): Write[] {
  const rows = news.participants.map(({ position, participant: p }) => ({
    id: p.id,
    packageId: state.id,
    position,
    order: p.order,
    role: p.role,
    fullName: p.person?.fullName ?? '',
    identifier: p.person?.identifier ?? p.person?.inn ?? null,
    phone: p.person?.phone ?? null,
    clientId: p.clientId,
    companyId: p.companyId,
    status: p.status,
    method: p.signature?.method ?? null,
    actedAt: p.actedAt,
  }))
  const { fullName, identifier, phone, clientId, companyId, status, method, actedAt } = packageParticipants
  const changing = { fullName, identifier, phone, clientId, companyId, status, method, actedAt }
  const set = Object.fromEntries(Object.entries(changing).map(([key, column]) => [key, sql.raw(`excluded."${column.name}"`)]))
  return chunks(rows, 13).map((some) =>
    ctx.db
      .insert(packageParticipants)
      .values(some)
      .onConflictDoUpdate({
        target: packageParticipants.id,
        set,
        setWhere: sql`(select version from packages where id = ${state.id}) <= ${state.version}`,
      }),
  )
}

function fileWrites(ctx: Ctx, state: PackageState, { first }: News): Write[] {
  const packageId = state.id
  const row = (file: StoredFile, type: 'original' | 'stamped' | 'certificate', id: string, position: number) => {
    const { fileId, sha256, size } = file
    return { id, packageId, type, position, fileId, sha256, size }
  }
  const originals = state.documents.map((d, i) => ({ ...row(d, 'original', d.id, i), documentId: d.id, name: d.name }))
  const stamped = (state.sealed ?? []).map((d, i) => {
    const name = state.documents.find(({ id }) => id === d.documentId)?.name ?? ''
    return { ...row(d, 'stamped', d.fileId, i), documentId: d.documentId, name }
  })
  const { certificate } = state
  const made = certificate ? [{ ...row(certificate, 'certificate', certificate.fileId, 0), documentId: null, name: CERTIFICATE_NAME }] : []
  return chunks([...(first ? originals : []), ...stamped, ...made], 9).map((rows) =>
    ctx.db.insert(packageFiles).values(rows).onConflictDoNothing(),
  )
}

/** The rows by which files are found; the originals of a contract have theirs already. */
function fileRows(state: PackageState, news: News): FileRow[] {
  const row = ({ fileId: id, sha256, size }: StoredFile, name: string, mime: string, createdAt: string): FileRow => ({
    id,
    orgId: state.orgId,
    sha256,
    name,
    mime,
    size,
    createdAt,
  })
  const pdf = 'application/pdf'
  const nameOf = (documentId: string) => state.documents.find((d) => d.id === documentId)?.name ?? ''
  const originals = news.first ? state.documents.map((d) => row(d, d.name, pdf, state.createdAt)) : []
  const made = news.participants.flatMap(({ participant: { signature } }) =>
    (signature?.cms ?? []).flatMap((c) =>
      c.size === undefined
        ? []
        : [row({ ...c, size: c.size }, `${nameOf(c.documentId)}.p7s`, 'application/pkcs7-signature', signature?.at ?? state.updatedAt)],
    ),
  )
  const stamped = (state.sealed ?? []).map((d) => row(d, nameOf(d.documentId), pdf, state.updatedAt))
  const certificate = state.certificate ? [row(state.certificate, CERTIFICATE_NAME, pdf, state.updatedAt)] : []
  return [...originals, ...made, ...stamped, ...certificate]
}

function signatureWrites(ctx: Ctx, state: PackageState, news: News): Write[] {
  const rows = news.participants.flatMap(({ participant: { id: participantId, signature } }) =>
    (signature?.cms ?? []).map((c) => ({
      id: c.fileId,
      packageId: state.id,
      participantId,
      documentId: c.documentId,
      fileId: c.fileId,
      certificate: c.certificate,
      revocation: c.revocation,
      signedAt: signature?.at ?? '',
      method: signature?.method ?? ('cms' as const),
      format: c.format,
      timestamp: c.timestamp,
    })),
  )
  return chunks(rows, 11).map((some) => ctx.db.insert(packageSignatures).values(some).onConflictDoNothing())
}

function eventWrites(ctx: Ctx, state: PackageState, { events }: News): Write[] {
  const trail = events.map((e) => ({
    packageId: state.id,
    seq: e.seq,
    type: e.type,
    at: e.at,
    actor: e.actor,
    ip: e.ip,
    userAgent: e.user_agent,
    data: e.data ?? null,
    prevHash: e.prev_hash,
    hash: e.hash,
  }))
  return chunks(trail, 10).map((rows) => ctx.db.insert(packageEvents).values(rows).onConflictDoNothing())
}

/** The writes that make D1 say what the object says. Repeating them changes nothing, and an older state never overwrites a newer one. */
export function projection(ctx: Ctx, state: PackageState, news: News): Write[] {
  const { id, orgId, subject, title, status, version, createdAt, updatedAt, finishedAt, deadline, metadata } = state
  const row = { title, status, version, updatedAt, finishedAt, deadline, currentOrder: currentOrder(state) }
  return [
    ctx.db
      .insert(packages)
      .values({ id, orgId, subjectType: subject.type, subjectId: subject.id, createdAt, metadata, ...row })
      .onConflictDoUpdate({ target: packages.id, set: row, setWhere: sql`excluded.version > ${packages.version}` }),
    ...chunks(fileRows(state, news), 7).map((rows) => fileWrite(ctx, rows)),
    ...participantWrites(ctx, state, news),
    ...fileWrites(ctx, state, news),
    ...signatureWrites(ctx, state, news),
    ...eventWrites(ctx, state, news),
  ]
}
