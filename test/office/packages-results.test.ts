import { env, runInDurableObject, SELF } from 'cloudflare:test'
import { unzipSync } from 'fflate'
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { platformAnchors } from '../../src/signing/keys/platform.ts'
import { sealPackage } from '../../src/signing/seal.ts'
import { call, must, resetClock } from '../app.ts'
import { newCompany, newCtx, newIin, onePage, type Company } from '../factories.ts'
import { stubOf } from '../signing/object-kit.ts'
import { NOBODY } from './kit.ts'
import {
  aPerson,
  approves,
  askAt,
  atLink,
  bySms,
  documentOf,
  door,
  employ,
  eventsOf,
  filesOf,
  giveKey,
  idOf,
  look,
  newFirm,
  newPackage,
  on,
  PACKAGES,
  serverSign,
  signAt,
  signedPackage,
  signs,
  type File_,
  type Opened,
  type Package,
} from './packages-kit.ts'

afterEach(resetClock)

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
async function bytesAt(token: string | null, path: string): Promise<{ status: number; headers: Headers; bytes: Uint8Array }> {
  const response = await SELF.fetch(`http://qoltanba.test${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} })
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) }
}
interface Signature {
  id: string
  participant_id: string
  method: string
  format: string
  signed_at: string
  certificate: { serial: string; subject: string; thumbprint: string } | null
  fields: { field: string; value: string }[]
}
const signaturesOf = async (company: Company, p: Package, file: File_) =>
  (await must<{ items: Signature[] }>(200, 'GET', `${PACKAGES}/${p.id}/files/${file.id}/signatures`, { token: company.token })).items

/** Two documents, signed by an employee's kept key and by SMS. */
async function twoByTwo(): Promise<{ company: Company; p: Package; phone: string; iin: string }> {
  const company = await newCompany({ name: 'ТОО «Отправитель»' })
  const firm = await newFirm(company)
  const head = await employ(company, firm, 'head')
  await giveKey(company, firm, head)
  const one = aPerson('Первый Подписант', { iin: newIin() })
  const made = await newPackage(
    company,
    [
      { order: 1, role: 'signer', client_id: head.id, company_id: firm.id, methods: ['server'] },
      approves(1, aPerson('Согласующий')),
      signs(2, one),
    ],
    { documents: [documentOf('Agreement', 'Договор.pdf'), documentOf('Annex', 'Приложение.pdf')], metadata: { crm: 'D-15' } },
  )
  expect((await serverSign(company, made, head, firm)).status).toBe(200)
  expect((await atLink(await door(company, made, 1), 'approve', { consent: true })).status).toBe(200)
  expect((await signAt(company, made, 2, one.phone)).body.package_status).toBe('signed')
  await sealPackage(await newCtx(), made.id)
  return { company, p: await look(company, made), phone: one.phone, iin: one.iin ?? '' }
}

describe('what is left of a signed package', () => {
  it('files: originals as they were sent, a stamped version of each, one certificate', async () => {
    const { company, p } = await twoByTwo()
    const files = await filesOf(company, p)
    expect(files.map((f) => f.type)).toEqual(['original', 'original', 'stamped', 'stamped', 'certificate'])
    for (const f of files) {
      const { status, headers, bytes } = await bytesAt(company.token, `${PACKAGES}/${p.id}/files/${f.id}`)
      expect([status, headers.get('content-type'), sha256(bytes), bytes.length]).toEqual([200, 'application/pdf', f.sha256, f.size])
      expect(new TextDecoder().decode(bytes.subarray(0, 5))).toBe('%PDF-')
    }
    expect(files.slice(0, 2).map((f) => f.sha256)).toEqual([onePage('Agreement'), onePage('Annex')].map(sha256))
    expect((await on(company, p)('GET', `files/${NOBODY}`)).status).toBe(404)
    // By the link the same, once there is something.
    const { items } = await eventsOf(company, p)
    expect(items.filter((e) => e.type === 'package.sealed').map((e) => e.data)).toEqual([
      { documents: files.filter((f) => f.type === 'stamped').map((f) => f.sha256), certificate: files.at(-1)?.sha256 },
    ])
  })

  it('signatures: each over its original and no other, told field by field', async () => {
    const { company, p, phone, iin } = await twoByTwo()
    const [first, second] = p.documents
    if (!first || !second) throw new Error('no documents')
    const anchors = await platformAnchors(await newCtx())
    const originals = [onePage('Agreement'), onePage('Annex')]
    for (const [i, document] of [first, second].entries()) {
      const signatures = await signaturesOf(company, p, document)
      expect(signatures.map((s) => [s.method, s.participant_id])).toEqual([
        ['server', idOf(p, 0)],
        ['sms', idOf(p, 2)],
      ])
      // A code is no certificate; the employee's own is told.
      expect([signatures[0]?.certificate?.subject, signatures[1]?.certificate]).toEqual([expect.stringMatching(/сериков/i), null])
      const fields = Object.fromEntries((signatures[1]?.fields ?? []).map(({ field, value }) => [field, value]))
      expect(Object.values(fields)).toContain('Первый Подписант')
      expect(JSON.stringify(fields)).toContain(iin)
      for (const s of signatures) {
        const { status, headers, bytes } = await bytesAt(company.token, `${PACKAGES}/${p.id}/files/${document.id}/signatures/${s.id}`)
        expect([status, headers.get('content-type')]).toEqual([200, 'application/pkcs7-signature'])
        const ctx = await newCtx()
        const judge = (content: Uint8Array) => verifyDetachedCms(bytes, content, { anchors, at: ctx.now })
        expect(await judge(originals[i] ?? new Uint8Array())).toMatchObject({ ok: true })
        expect(await judge(originals[1 - i] ?? new Uint8Array())).toMatchObject({ ok: false })
      }
      expect((await on(company, p)('GET', `files/${document.id}/signatures/${NOBODY}`)).status).toBe(404)
    }
    const [one] = await signaturesOf(company, p, first)
    // Of another document it is not.
    expect((await on(company, p)('GET', `files/${second.id}/signatures/${one?.id}`)).status).toBe(404)
    expect((await on(company, p)('GET', `files/${NOBODY}/signatures`)).status).toBe(404)
    expect(phone).not.toBe('')
  })

  it('an archive with all of it, each name once, of the very bytes', async () => {
    const { company, p } = await twoByTwo()
    const { status, headers, bytes } = await bytesAt(company.token, `${PACKAGES}/${p.id}/archive`)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/zip'])
    expect(headers.get('content-disposition')).toContain('.zip')
    const entries = unzipSync(bytes)
    const names = Object.keys(entries)
    expect(new Set(names.map((n) => n.normalize('NFC'))).size).toBe(names.length)
    expect(names.filter((n) => n.endsWith('.p7s'))).toHaveLength(4)
    expect(names.every((n) => !n.startsWith('/') && !n.includes('..') && !n.includes('\\'))).toBe(true)
    const hashes = new Set(Object.values(entries).map(sha256))
    for (const f of await filesOf(company, p)) expect(hashes.has(f.sha256), f.name).toBe(true)
    for (const document of p.documents)
      for (const s of await signaturesOf(company, p, document)) {
        const alone = await bytesAt(company.token, `${PACKAGES}/${p.id}/files/${document.id}/signatures/${s.id}`)
        expect(hashes.has(sha256(alone.bytes))).toBe(true)
      }
    const read = (name: string) => JSON.parse(new TextDecoder().decode(entries[name])) as unknown
    expect(read('package.json')).toEqual(await look(company, p))
    expect(read('events.json')).toEqual((await eventsOf(company, p)).items)
  })

  it('is there for the one who signed, by its link', async () => {
    const company = await newCompany()
    const one = aPerson('Первый')
    const made = await newPackage(company, [signs(1, one)])
    const token = await door(company, made, 0)
    expect((await atLink<Opened>(token, 'package')).body.package.results).toEqual([])
    await atLink(token, 'sign', bySms(await askAt(token, one.phone)))
    await sealPackage(await newCtx(), made.id)
    const { body } = await atLink<Opened>(token, 'package')
    const results = (await filesOf(company, made)).slice(1)
    expect(body.package.results).toEqual(results.map(({ id, name, size, type }) => ({ id, name, size, type })))
    for (const file of results) {
      const { status, bytes } = await bytesAt(null, `/sign/${token}/files/${file.id}`)
      expect([status, sha256(bytes)]).toEqual([200, file.sha256])
    }
  })

  it('is checked by anybody who holds the id, with no phone or whole number told', async () => {
    const { p, phone, iin } = await twoByTwo()
    const answer = await call<{ valid: boolean; signatures: unknown[] }>('GET', `/api/v1/verify/${p.id}`)
    expect(answer.body).toMatchObject({ valid: true, status: 'signed' })
    expect(answer.body.signatures).toHaveLength(2)
    const page = await call('GET', `/verify/${p.id}`)
    for (const text of [answer.text, page.text])
      for (const secret of [phone, iin, 'Первый Подписант', 'Сериков Айбек']) expect(text).not.toContain(secret)
  })
})

describe('before everybody has signed', () => {
  it('there is no archive, no stamped version, and no signature but those that were made', async () => {
    const company = await newCompany()
    const [one, two] = [aPerson('Первый'), aPerson('Второй')]
    const p = await newPackage(company, [signs(1, one), signs(2, two)])
    expect((await on(company, p)('GET', 'archive')).status).toBe(409)
    const [document] = p.documents
    if (!document) throw new Error('no document')
    expect(await signaturesOf(company, p, document)).toEqual([])
    await signAt(company, p, 0, one.phone)
    expect((await on(company, p)('GET', 'archive')).status).toBe(409)
    expect((await signaturesOf(company, p, document)).map((s) => s.participant_id)).toEqual([idOf(p, 0)])
    expect((await filesOf(company, p)).map((f) => f.type)).toEqual(['original'])
    await on(company, p)('POST', 'revoke')
    expect((await on(company, p)('GET', 'archive')).status).toBe(409)
  })
})

describe('the trail', () => {
  it('is chained and says so; what was changed in the object shows', async () => {
    const company = await newCompany()
    const { p } = await signedPackage(company)
    const { items, valid } = await eventsOf(company, p)
    expect([valid, items.map((e) => e.seq)]).toEqual([true, items.map((_, i) => i + 1)])
    const canonical = (value: unknown): string =>
      Array.isArray(value)
        ? `[${value.map(canonical).join(',')}]`
        : typeof value === 'object' && value !== null
          ? `{${Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
              .join(',')}}`
          : JSON.stringify(value)
    let previous = '0'.repeat(64)
    for (const { hash, ...event } of items) {
      expect(event.prev_hash).toBe(previous)
      expect(hash).toBe(sha256(new TextEncoder().encode(previous + canonical(event))))
      previous = hash
    }
    expect(items.map((e) => e.type)).toEqual([
      'package.created',
      'package.sent',
      'link.created',
      'code.sent',
      'participant.signed',
      'package.signed',
      'package.sealed',
    ])
    await runInDurableObject(stubOf(p.id), (_, { storage }) => {
      const [row] = storage.sql.exec<{ value: string }>('select value from events where seq = 5').toArray()
      storage.sql.exec(
        'update events set value = ? where seq = 5',
        (row?.value ?? '').replace('"code_checked":true', '"code_checked":false'),
      )
    })
    expect((await eventsOf(company, p)).valid).toBe(false)
  })

  it('a stamped version that was exchanged in the store is not passed off as ours', async () => {
    const company = await newCompany()
    const { p } = await signedPackage(company)
    const stamped = (await filesOf(company, p)).find((f) => f.type === 'stamped')
    await env.FILES.put(`organizations/${company.id}/${stamped?.sha256}`, onePage('Forged'))
    expect((await call<{ valid: boolean }>('GET', `/api/v1/verify/${p.id}`)).body.valid).toBe(false)
  })
})
