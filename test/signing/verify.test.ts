// What anybody learns of a package by its id, and of a file by its bytes.
import { env } from 'cloudflare:test'
import { PDFDocument } from 'pdf-lib'
import { beforeAll, describe, expect, it } from 'vitest'
import { signWith } from '../../src/signing/pades/cms.ts'
import { sealPdf } from '../../src/signing/pades/seal.ts'
import { call, must } from '../app.ts'
import { newCtx, newIin } from '../factories.ts'
import { kzPerson, newAuthority, type Authority, type Holder } from './authority.ts'
import { pdfOf, sealed, signedPackage } from './signed-package.ts'

interface Answer {
  valid: boolean
  status: string
  documents: { name: string; sha256: string; stamped_sha256: string | null }[]
  certificate_sha256: string | null
  signatures: {
    full_name: string
    method: string
    valid: boolean
    issuer: string | null
    revocation: string | null
    timestamp: { internal: boolean } | null
  }[]
}
interface FileAnswer {
  known: boolean
  valid: boolean
  sha256: string
  package_id: string | null
  signatures: { format: string; valid: boolean; signer: string; signed_at: string | null }[]
}

const packageOf = (id: string) => must<Answer>(200, 'GET', `/api/v1/verify/${id}`)
async function send(bytes: Uint8Array | string, name = 'doc.pdf') {
  const form = new FormData()
  form.set('file', new File([typeof bytes === 'string' ? bytes : bytes.slice()], name))
  return call<FileAnswer>('POST', '/api/v1/verify', { raw: form })
}
async function fileOf(bytes: Uint8Array): Promise<FileAnswer> {
  const { status, body, text } = await send(bytes)
  expect([status, text.slice(0, 200)]).toEqual([200, expect.anything()])
  return body
}
const spoilt = (bytes: Uint8Array, at = Math.floor(bytes.length / 3)) => bytes.map((b, i) => (i === at ? b ^ 1 : b))

let ca: Authority
let person: Holder
beforeAll(async () => {
  ca = await newAuthority(new Date())
  await ca.trust()
  person = await ca.issue(kzPerson(newIin()))
})

const PEOPLE = [
  { name: 'Сериков Айбек Маратович', method: 'sms' as const },
  { name: 'Ахметова Дана', method: null },
]

describe('a package', () => {
  it('that is signed: who signed, by what, on whose word; approvals are no signatures', async () => {
    const { id, stamped } = await signedPackage({
      authority: ca,
      people: [...PEOPLE, { name: 'Қасымов Әлихан', method: 'cms', by: person }],
    })
    const answer = await packageOf(id)
    expect(answer).toMatchObject({ valid: true, status: 'signed', certificate_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(answer.signatures).toMatchObject([
      { full_name: 'С. А. М.', method: 'sms', valid: true, issuer: expect.stringContaining('Issuing CA'), revocation: 'good' },
      {
        full_name: 'Қ. Ә.',
        method: 'cms',
        valid: true,
        issuer: expect.stringContaining('Authority'),
        revocation: 'unknown',
        timestamp: { internal: true },
      },
    ])
    expect(new Set(answer.documents.map((d) => d.stamped_sha256)).size).toBe(stamped.length)
    const page = await call('GET', `/verify/${id}?lang=ru`)
    expect(page.status).toBe(200)
    for (const text of [
      'С. А. М.',
      'А. Д.',
      'согласовал(а)',
      'не был ли сертификат отозван',
      'внутренняя отметка',
      'Сертификат подписания',
    ])
      expect(page.text).toContain(text)
    for (const secret of ['Сериков', 'Ахметова', 'Қасымов', '+7701']) expect(page.text).not.toContain(secret)
  })
  it.each(['in_progress', 'declined', 'revoked', 'expired'] as const)('that is %s: how it stands, and nobody’s name', async (status) => {
    const { id } = await signedPackage({ status, people: PEOPLE })
    expect(await packageOf(id)).toMatchObject({ valid: false, status, signatures: [] })
    const page = await call('GET', `/verify/${id}?lang=en`)
    expect([page.status, page.text.includes('С. А. М.'), page.text.includes(`badge ${status}`)]).toEqual([200, false, true])
  })
  it('that is a draft, or none at all, is not there', async () => {
    const { id } = await signedPackage({ status: 'draft' })
    for (const unknown of [id, crypto.randomUUID()]) {
      await must(404, 'GET', `/api/v1/verify/${unknown}`)
      expect((await call('GET', `/verify/${unknown}`)).status).toBe(404)
    }
    expect((await call('GET', '/verify/none')).status).toBe(404)
  })

  describe('is not confirmed when', () => {
    it.each<[string, string]>([
      ['an event is changed', "update package_events set at = '2020-01-01T00:00:00.000Z' where seq = 2 and package_id = ?"],
      ['an event is left out', "delete from package_events where type = 'package.signed' and package_id = ?"],
      ['the trail is gone', 'delete from package_events where package_id = ?'],
      [
        'a document is exchanged for another',
        "update package_files set sha256 = (select sha256 from package_files where type = 'stamped' limit 1) where type = 'original' and package_id = ?",
      ],
      ['a stamped version is left out', "delete from package_files where type = 'stamped' and package_id = ?"],
      ['the certificate is left out', "delete from package_files where type = 'certificate' and package_id = ?"],
      [
        'a signature is left out',
        'delete from package_signatures where id = (select min(id) from package_signatures where package_id = ?)',
      ],
      ['a signature is of another participant', "update package_signatures set participant_id = 'x' where package_id = ?"],
      ['another is said to have signed', "update package_participants set status = 'signed' where status = 'approved' and package_id = ?"],
      ['nobody signed', 'delete from package_participants where package_id = ?'],
    ])('%s', async (_, change) => {
      const { id } = await signedPackage({ people: PEOPLE })
      expect((await packageOf(id)).valid).toBe(true)
      await env.DB.prepare(change).bind(id).run()
      const answer = await packageOf(id)
      expect(answer.valid).toBe(false)
      const page = await call('GET', `/verify/${id}`)
      expect(page.text).toContain('badge broken')
    })
    it.each(['original', 'stamped', 'certificate', 'p7s'])('the bytes of a file are others (%s)', async (type) => {
      const { id, orgId } = await signedPackage()
      const row = await env.DB.prepare(
        type === 'p7s'
          ? 'select f.sha256 from package_signatures s join files f on f.id = s.file_id where s.package_id = ?'
          : 'select sha256 from package_files where package_id = ? and type = ?',
      )
        .bind(...(type === 'p7s' ? [id] : [id, type]))
        .first<{ sha256: string }>()
      await env.FILES.put(`organizations/${orgId}/${row?.sha256}`, 'другое')
      const answer = await packageOf(id)
      expect([answer.valid, answer.signatures.map((s) => s.valid)]).toEqual([false, [type !== 'p7s']])
    })
  })
})

describe('a file', () => {
  it('that is stamped or a certificate: the seal, if the package holds', async () => {
    const { id, stamped, certificate } = await signedPackage()
    for (const bytes of [...stamped, certificate]) {
      const answer = await fileOf(bytes)
      expect(answer).toMatchObject({ known: true, valid: true, package_id: id })
      expect(answer.signatures).toMatchObject([{ format: 'PAdES', valid: true, signer: expect.stringContaining('Seal') }])
      expect(Date.parse(answer.signatures[0]?.signed_at ?? '')).toBeGreaterThan(0)
    }
    await env.DB.prepare('delete from package_events where seq = 1 and package_id = ?').bind(id).run()
    expect(await fileOf(stamped[0] ?? new Uint8Array())).toMatchObject({ known: true, valid: false })
  })
  it('that is an original: the signatures over it, without names', async () => {
    const { id, originals } = await signedPackage({
      authority: ca,
      people: [...PEOPLE, { name: 'Қасымов Әлихан', method: 'cms', by: person }],
    })
    const [original] = originals
    if (!original) throw new Error('no original')
    const answer = await fileOf(original.bytes)
    expect(answer).toMatchObject({ known: true, valid: true, package_id: id, sha256: original.sha256 })
    expect(answer.signatures).toMatchObject([
      { format: 'CAdES-T', valid: true, signer: 'С. А. М.' },
      { format: 'CAdES-T', valid: true, signer: 'Қ. Ә.' },
    ])
    // Another document's signature in the place of this one's.
    const { results } = await env.DB.prepare('select id, file_id, document_id from package_signatures where package_id = ?')
      .bind(id)
      .all<{ id: string; file_id: string; document_id: string }>()
    const other = results.find((r) => r.document_id !== original.id)
    await env.DB.prepare('update package_signatures set file_id = ? where document_id = ? and package_id = ?')
      .bind(other?.file_id, original.id, id)
      .run()
    expect((await fileOf(original.bytes)).signatures.map((s) => s.valid)).toEqual([false, false])
  })
  it.each(['in_progress', 'declined', 'revoked', 'expired'] as const)('of a package that is %s is known, and no more', async (status) => {
    const { id, originals } = await signedPackage({ status, documents: 1 })
    expect(await fileOf(originals[0]?.bytes ?? new Uint8Array())).toMatchObject({
      known: true,
      valid: false,
      package_id: id,
      signatures: [],
    })
  })
  it('of a draft is not known', async () => {
    const { originals } = await signedPackage({ status: 'draft', documents: 1 })
    expect(await fileOf(originals[0]?.bytes ?? new Uint8Array())).toMatchObject({ known: false, valid: false, package_id: null })
  })
  it('with a broken byte, or something added, does not hold', async () => {
    const { stamped } = await signedPackage({ documents: 1 })
    const [bytes = new Uint8Array()] = stamped
    for (const at of [20, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2), bytes.length - 40])
      expect(await fileOf(spoilt(bytes, at))).toMatchObject({ known: false, valid: false, package_id: null })
    const longer = new Uint8Array([...bytes, ...new TextEncoder().encode('\n% more\n')])
    expect(await fileOf(longer)).toMatchObject({ known: false, valid: false })
  })
  it('that nobody here knows: valid when all its signatures are', async () => {
    const ctx = await newCtx()
    const byPlatform = await sealed(ctx, await pdfOf(crypto.randomUUID()))
    expect(await fileOf(byPlatform)).toMatchObject({ known: false, valid: true, signatures: [{ format: 'PAdES', valid: true }] })
    const key = { ...person, chain: [ca.authority.certificate] }
    const signed = await sealPdf(await pdfOf('theirs'), { ...signWith(key), at: ctx.now })
    expect(await fileOf(signed)).toMatchObject({
      valid: true,
      signatures: [{ valid: true, signer: 'ҚАСЫМОВ ӘЛИХАН', signed_at: `${ctx.now.toISOString().slice(0, 19)}.000Z` }],
    })
    const stranger = await newAuthority(new Date())
    const theirs = await stranger.issue(kzPerson(newIin()))
    const both = await sealPdf(signed, {
      ...signWith({ ...theirs, chain: [stranger.authority.certificate] }),
      at: ctx.now,
      fieldName: 'Second',
    })
    expect(await fileOf(both)).toMatchObject({ valid: false, signatures: [{ valid: true }, { valid: false }] })
  })
  it('that was changed after it was signed, does not hold', async () => {
    const ctx = await newCtx()
    const signed = await sealPdf(await pdfOf('before'), { ...signWith({ ...person, chain: [ca.authority.certificate] }), at: ctx.now })
    const document = await PDFDocument.load(signed, { updateMetadata: false })
    document.addPage()
    expect(await fileOf(new Uint8Array(await document.save()))).toMatchObject({ valid: false })
  })
  it('without signatures is not valid', async () => {
    expect(await fileOf(await pdfOf(crypto.randomUUID()))).toMatchObject({ known: false, valid: false, signatures: [] })
  })
  it('that is no PDF, or too large, or missing, is refused', async () => {
    expect((await send('no PDF at all')).status).toBe(422)
    expect((await send(new Uint8Array(17 * 1_048_576))).status).toBe(413)
    expect((await call('POST', '/api/v1/verify', { raw: new FormData() })).status).toBe(400)
    expect((await call('POST', '/api/v1/verify', { body: { file: 'x' } })).status).toBe(400)
  })
})
