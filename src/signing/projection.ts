import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { chunks, type Write } from '../db/client.ts'
import type { PackageState } from './model.ts'
import type { ChainedEvent } from './store.ts'
import { packageEvents, packageFiles, packageParticipants, packages, packageSignatures } from './tables.ts'

/** The writes that make D1 say what the object says. Repeating them changes nothing, and an older state never overwrites a newer one. */
export function projection(ctx: Ctx, state: PackageState, events: ChainedEvent[]): Write[] {
  const { id, orgId, subject, title, status, version, createdAt, finishedAt } = state
  const newer = sql`excluded.version > ${packages.version}`
  const writes: Write[] = [
    ctx.db
      .insert(packages)
      .values({ id, orgId, subjectType: subject.type, subjectId: subject.id, title, status, version, createdAt, finishedAt })
      .onConflictDoUpdate({ target: packages.id, set: { title, status, version, finishedAt }, setWhere: newer }),
  ]
  for (const p of state.participants) {
    const row = {
      fullName: p.person?.fullName ?? '',
      identifier: p.person?.identifier ?? null,
      phone: p.person?.phone ?? null,
      status: p.status,
      method: p.signature?.method ?? null,
      actedAt: p.signature?.at ?? null,
    }
    writes.push(
      ctx.db
        .insert(packageParticipants)
        .values({ id: p.id, packageId: id, order: p.order, role: p.role, ...row })
        .onConflictDoUpdate({
          target: packageParticipants.id,
          set: row,
          setWhere: sql`(select version from packages where id = ${id}) <= ${version}`,
        }),
    )
  }
  const originals = state.documents.map((d) => ({
    id: d.id,
    packageId: id,
    type: 'original' as const,
    name: d.name,
    fileId: d.fileId,
    sha256: d.sha256,
    size: d.size,
  }))
  const stamped = (state.sealed ?? []).map((d) => {
    const name = state.documents.find((x) => x.id === d.documentId)?.name ?? ''
    return { id: d.fileId, packageId: id, type: 'stamped' as const, name, fileId: d.fileId, sha256: d.sha256, size: d.size }
  })
  for (const rows of chunks([...originals, ...stamped], 7)) writes.push(ctx.db.insert(packageFiles).values(rows).onConflictDoNothing())
  const made = state.participants.flatMap((p) =>
    (p.signature?.cms ?? []).map((c) => ({
      id: c.fileId,
      packageId: id,
      participantId: p.id,
      documentId: c.documentId,
      fileId: c.fileId,
      certificate: c.certificate,
      revocation: c.revocation,
      signedAt: p.signature?.at ?? '',
    })),
  )
  for (const rows of chunks(made, 8)) writes.push(ctx.db.insert(packageSignatures).values(rows).onConflictDoNothing())
  const trail = events.map((e) => ({
    packageId: id,
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
  for (const rows of chunks(trail, 10)) writes.push(ctx.db.insert(packageEvents).values(rows).onConflictDoNothing())
  return writes
}
