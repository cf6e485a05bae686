// A signed package as D1 and R2 hold it: rows, files and trail written here, so that each of them can be spoilt.
import { PDFDocument, StandardFonts } from 'pdf-lib'
import type { Ctx } from '../../src/context.ts'
import { batch, chunks, type Write } from '../../src/db/client.ts'
import { putFile } from '../../src/documents/files.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import { uuidv7 } from '../../src/lib/ids.ts'
import { platformKey } from '../../src/signing/keys/platform.ts'
import { factsOf, signOriginal } from '../../src/signing/keys/sign.ts'
import type { CmsEvidence, PackageStatus, SigningMethod } from '../../src/signing/model.ts'
import { signWith } from '../../src/signing/pades/cms.ts'
import { sealPdf } from '../../src/signing/pades/seal.ts'
import { stampCms } from '../../src/signing/keys/stamp.ts'
import { chain } from '../../src/signing/store.ts'
import { packageEvents, packageFiles, packageParticipants, packages, packageSignatures } from '../../src/signing/tables.ts'
import { newCompany, newCtx, newPhone, type Company } from '../factories.ts'
import type { Authority, Holder } from './authority.ts'

export async function pdfOf(text: string): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage().drawText(text, { font: await document.embedFont(StandardFonts.Helvetica), x: 50, y: 700 })
  return new Uint8Array(await document.save())
}

/** Sealed by the platform, with its time stamp. */
export async function sealed(ctx: Ctx, bytes: Uint8Array): Promise<Uint8Array> {
  const key = await platformKey(ctx, 'seal')
  return sealPdf(bytes, { ...signWith(key, async (cms) => (await stampCms(ctx, cms)).cms), at: ctx.now, name: 'Qoltanba' })
}

interface Wanted {
  status?: PackageStatus
  documents?: number
  people?: { name: string; method: SigningMethod | null; by?: Holder }[]
  authority?: Authority
  company?: Company
}

export async function signedPackage({
  status = 'signed',
  documents: count = 2,
  people = [{ name: 'Сериков Айбек Маратович', method: 'sms' }],
  authority,
  company,
}: Wanted = {}) {
  const ctx = await newCtx()
  const { id: orgId } = company ?? (await newCompany())
  const id = crypto.randomUUID()
  const at = ctx.now.toISOString()
  const writes: Write[] = [
    ctx.db.insert(packages).values({
      id,
      orgId,
      subjectType: 'package',
      subjectId: id,
      title: 'Сделка 15 – Договор',
      status,
      version: 9,
      createdAt: at,
      updatedAt: at,
      finishedAt: at,
    }),
  ]
  const keep = async (bytes: Uint8Array, name: string, mime = 'application/pdf') => {
    const { file, write } = await putFile(ctx, orgId, bytes, name, mime)
    writes.push(write)
    return file
  }
  const originals: { id: string; bytes: Uint8Array; sha256: string }[] = []
  const stamped: Uint8Array[] = []
  for (let position = 0; position < count; position++) {
    const bytes = await pdfOf(`Contract ${position} of ${id}`)
    const documentId = crypto.randomUUID()
    const file = await keep(bytes, `Договор ${position}.pdf`)
    const base = { packageId: id, documentId, position, name: file.name }
    writes.push(
      ctx.db
        .insert(packageFiles)
        .values({ ...base, id: documentId, type: 'original', fileId: file.id, sha256: file.sha256, size: file.size }),
    )
    originals.push({ id: documentId, bytes, sha256: file.sha256 })
    if (status !== 'signed') continue
    const marked = await sealed(ctx, bytes)
    const { id: fileId, sha256, size } = await keep(marked, file.name)
    writes.push(ctx.db.insert(packageFiles).values({ ...base, id: fileId, type: 'stamped', fileId, sha256, size }))
    stamped.push(marked)
  }
  const certificate = await sealed(ctx, await pdfOf(`Certificate of ${id}`))
  if (status === 'signed') {
    const { id: fileId, sha256, size } = await keep(certificate, 'Сертификат.pdf')
    const row = { id: fileId, packageId: id, documentId: null, position: 0, name: 'Сертификат.pdf', fileId, sha256, size }
    writes.push(ctx.db.insert(packageFiles).values({ ...row, type: 'certificate' }))
  }

  const hashes = originals.map((d) => d.sha256)
  const events: { type: string; data?: Record<string, unknown> }[] = [
    { type: 'package.created', data: { documents: hashes } },
    { type: 'package.sent' },
  ]
  for (const [position, { name, method, by }] of people.entries()) {
    const participantId = uuidv7(ctx.now.getTime())
    const row = {
      id: participantId,
      packageId: id,
      order: position + 1,
      role: method ? 'signer' : 'approver',
      fullName: name,
      phone: newPhone(),
    }
    const done = method ? 'signed' : 'approved'
    writes.push(ctx.db.insert(packageParticipants).values({ ...row, position, status: done, method, actedAt: at }))
    if (!method) {
      events.push({ type: 'participant.approved', data: { participant_id: participantId, documents: hashes } })
      continue
    }
    const cms: string[] = []
    for (const document of originals) {
      const own = authority && by ? await authority.sign(by, document.bytes) : undefined
      const stampedCms = own && (await stampCms(ctx, own))
      const made =
        stampedCms && by
          ? {
              bytes: stampedCms.cms,
              format: 'CAdES-T' as const,
              certificate: await factsOf(by.certificate),
              timestamp: stampedCms.timestamp,
            }
          : await signOriginal(ctx, await platformKey(ctx, 'seal'), document.sha256)
      const file = await keep(made.bytes, 'x.p7s', 'application/pkcs7-signature')
      const revocation: CmsEvidence['revocation'] = by ? 'unknown' : 'good'
      writes.push(
        ctx.db.insert(packageSignatures).values({
          id: file.id,
          packageId: id,
          participantId,
          documentId: document.id,
          fileId: file.id,
          certificate: made.certificate,
          revocation,
          signedAt: at,
          method,
          format: made.format,
          timestamp: made.timestamp,
        }),
      )
      cms.push(file.sha256)
    }
    events.push({ type: 'participant.signed', data: { participant_id: participantId, method, documents: hashes, signatures: cms } })
  }
  events.push({ type: 'package.signed' })
  if (status === 'signed')
    events.push({ type: 'package.sealed', data: { documents: stamped.map((b) => sha256Hex(b)), certificate: sha256Hex(certificate) } })
  let previous = '0'.repeat(64)
  const trail = events.map(({ type, data }, i) => {
    const event = chain({
      seq: i + 1,
      type,
      at,
      actor: 'service',
      ip: null,
      user_agent: null,
      ...(data ? { data } : {}),
      prev_hash: previous,
    })
    previous = event.hash
    const { user_agent: userAgent, prev_hash: prevHash, ...rest } = event
    return { ...rest, data: data ?? null, userAgent, prevHash, packageId: id }
  })
  for (const rows of chunks(trail, 10)) writes.push(ctx.db.insert(packageEvents).values(rows))
  await batch(ctx.db, writes)
  return { id, orgId, originals, stamped, certificate }
}
