import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { rewrapDataKeys, vaultOf } from '../../src/agreements/vault.ts'
import type { Ctx } from '../../src/context.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import { platformKey } from '../../src/signing/keys/platform.ts'
import { signWith } from '../../src/signing/pades/cms.ts'
import { sealPdf } from '../../src/signing/pades/seal.ts'
import { call, must } from '../app.ts'
import { newCompany, newCtx, onePage, operatorToken, type Company } from '../factories.ts'
import { BASE, bytesOf, PNG, png, readyAgreement, review, saved, status, submit, type Refusal } from './kit.ts'

const MB = 1_048_576
/** The smallest JPEG that says it is a picture: SOI, JFIF, one frame header of 8 × 8, EOI. */
const JPEG = new Uint8Array(Buffer.from('ffd8ffe000104a46494600010100000100010000ffc0000b080008000801011100ffd9', 'hex'))
const bytesFrom = (...parts: (Uint8Array | string)[]) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))))
const file = (bytes: Uint8Array, name: string, type: string) => new File([bytes.slice()], name, { type })
const pdf = (bytes: Uint8Array = onePage(), name = 'подписан.pdf') => file(bytes, name, 'application/pdf')
const upload = (company: Company, files: [string, File | string][]) => {
  const form = new FormData()
  for (const [name, value] of files) form.append(name, value)
  return call<Refusal & { success: boolean; signatures?: { signer: string; format: string }[] }>('POST', `${BASE}/upload`, {
    token: company.token,
    raw: form,
  })
}

describe('files of an agreement', () => {
  it('are taken as PNG, JPEG and PDF, and given back as they came', async () => {
    const company = await newCompany()
    const given = {
      file_passport: file(PNG, 'Паспорт «1».png', 'image/png'),
      file_registration: file(JPEG, 'a.jpg', 'image/jpg'),
      file_selfie: pdf(),
    }
    expect((await submit(company, 'fiz', given)).status).toBe(200)
    const agreement = await saved(company, 'fiz')
    for (const [name, sent] of Object.entries(given)) {
      const { bytes, headers, status: code } = await bytesOf(`${BASE}/files/${agreement[name]}`, company.token)
      expect([code, bytes]).toEqual([200, new Uint8Array(await sent.arrayBuffer())])
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename=/)
      expect(headers.get('content-security-policy')).toContain('sandbox')
    }
    const path = `${BASE}/files/${agreement.file_passport}`
    expect((await bytesOf(path, (await newCompany()).token)).status).toBe(404)
    expect((await bytesOf(path, await operatorToken())).status).toBe(200)
  })

  it('may have behind them what telephones put there', async () => {
    const photo = bytesFrom(JPEG, 'SEFH', new Uint8Array(300), 'SEFT')
    expect((await submit(await newCompany(), 'fiz', { file_selfie: file(photo, 'a.jpg', 'image/jpeg') })).status).toBe(200)
  })

  const half = PNG.slice(0, 40)
  const bad: [string, File][] = [
    ['empty', file(new Uint8Array(), 'a.png', 'image/png')],
    ['text', file(new TextEncoder().encode('not a picture'), 'a.png', 'image/png')],
    ['a page that runs scripts', file(new TextEncoder().encode('<svg onload="alert(1)"/>'), 'a.svg', 'image/svg+xml')],
    ['a picture that was cut off', file(half, 'a.png', 'image/png')],
    ['a picture called a PDF', file(PNG, 'a.pdf', 'application/pdf')],
    ['a picture called a page', file(PNG, 'a.html', 'text/html')],
    ['a PDF that is none', pdf(new TextEncoder().encode('%PDF-1.7\n%%EOF'))],
    ['a JPEG without a frame', file(new Uint8Array([0xff, 0xd8, 0xff, 0xd9]), 'a.jpg', 'image/jpeg')],
    [
      'a picture of no size',
      file(
        Uint8Array.from(PNG, (b, i) => (i >= 16 && i < 20 ? 0 : b)),
        'a.png',
        'image/png',
      ),
    ],
    ['a page behind a picture', file(bytesFrom(PNG, '<script>alert(1)</script>'), 'a.png', 'image/png')],
    ['an archive behind a picture that says it ends', file(bytesFrom(PNG, `PK\u0003\u0004${'x'.repeat(500)}IEND`), 'a.png', 'image/png')],
    [
      'a page between the head and the end of a picture',
      file(bytesFrom(PNG.slice(0, 33), '<script>alert(1)</script>', PNG.slice(-12)), 'a.png', 'image/png'),
    ],
    ['a picture of nothing', file(bytesFrom(PNG.slice(0, 33), PNG.slice(-12)), 'a.png', 'image/png')],
    ['a PDF behind a page', pdf(bytesFrom('<script>alert(1)</script>', onePage()))],
    ['a JPEG that was cut off', file(JPEG.slice(0, -2), 'a.jpg', 'image/jpeg')],
    [
      'a JPEG of which only the preview is whole',
      file(
        bytesFrom(JPEG.slice(0, 2), new Uint8Array([0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9]), JPEG.slice(2, -2)),
        'a.jpg',
        'image/jpeg',
      ),
    ],
    ['a GIF', file(new TextEncoder().encode('GIF89a'), 'a.gif', 'image/gif')],
  ]
  it.each(bad)('are not taken: %s', async (_, given) => {
    const company = await newCompany()
    const answer = await submit(company, 'ip', { file_selfie: given })
    expect([answer.status, Object.keys(answer.body.errors ?? {}), answer.body.code]).toEqual([400, ['file_selfie'], 400])
    expect((await status(company)).status).toBe('empty')
  })

  it('are 10 MiB at most, 32 together', async () => {
    const company = await newCompany()
    const big = (size: number) => {
      const bytes = new Uint8Array(size)
      bytes.set(PNG)
      return file(bytes, 'a.png', 'image/png')
    }
    const one = await submit(company, 'fiz', { file_selfie: big(10 * MB + 1) })
    expect([one.status, one.body]).toEqual([413, { message: 'The file is too large.', code: 413 }])
    const all = await submit(company, 'fiz', { file_passport: big(11 * MB), file_selfie: big(11 * MB), file_registration: big(11 * MB) })
    expect(all.status).toBe(413)
    expect((await status(company)).status).toBe('empty')
  })
})

describe('what lies in the stores', () => {
  it('is readable with the organization’s own key alone', async () => {
    const company = await newCompany()
    const secret = 'Ёлкина-Палкина'
    expect((await submit(company, 'fiz', { last_name: secret, file_selfie: png('Ёлкина.png') })).status).toBe(200)
    const { objects } = await env.FILES.list({ prefix: `vault/${company.id}/` })
    expect(objects).toHaveLength(4)
    for (const { key } of objects) {
      const bytes = new Uint8Array((await (await env.FILES.get(key))?.arrayBuffer()) ?? new ArrayBuffer())
      const text = new TextDecoder('latin1').decode(bytes)
      for (const plain of ['PNG', '%PDF', 'IHDR']) expect(text).not.toContain(plain)
    }
    const row = await env.DB.prepare('select data from agreements where org_id = ?').bind(company.id).first<{ data: string }>()
    expect(Buffer.from(row?.data ?? '', 'base64url').toString()).not.toContain(secret)
    const key = await env.DB.prepare('select * from data_keys where org_id = ?').bind(company.id).first<{ kid: string; dek: string }>()
    expect(key?.dek).toMatch(/^[A-Za-z0-9+/]{54}==$|^[A-Za-z0-9+/]{52,56}={0,2}$/)
  })

  it('opens for nobody else, in no other place, and not when it was changed', async () => {
    const [a, b] = [await newCompany(), await newCompany()]
    const ctx = await newCtx()
    const [vault, other] = [await vaultOf(ctx, a.id), await vaultOf(ctx, b.id)]
    const content = new TextEncoder().encode('паспорт 4500 123456')
    const sealed = await vault.seal('file:1', content)
    expect(await vault.open('file:1', sealed)).toEqual(content)
    expect(await vault.seal('file:1', content)).not.toEqual(sealed)
    const spoilt = sealed.slice()
    spoilt[20] = (spoilt[20] ?? 0) ^ 1
    for (const open of [() => other.open('file:1', sealed), () => vault.open('file:2', sealed), () => vault.open('file:1', spoilt)])
      await expect(open()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('moves to a new key-encryption key without being touched', async () => {
    const company = await newCompany()
    const ctx = await newCtx()
    const sealed = await (await vaultOf(ctx, company.id)).seal('x', new Uint8Array([1, 2, 3]))
    const ring = JSON.parse(ctx.settings.KEY_ENCRYPTION_KEYS) as Record<string, string>
    const fresh = { new1: Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64') }
    const withRing = (keys: object): Ctx => ({ ...ctx, settings: { ...ctx.settings, KEY_ENCRYPTION_KEYS: JSON.stringify(keys) } })
    const kid = async () =>
      (await env.DB.prepare('select kid from data_keys where org_id = ?').bind(company.id).first<{ kid: string }>())?.kid
    await rewrapDataKeys(withRing({ ...fresh, ...ring }))
    expect(await kid()).toBe('new1')
    expect(await (await vaultOf(withRing(fresh), company.id)).open('x', sealed)).toEqual(new Uint8Array([1, 2, 3]))
    await expect(vaultOf(ctx, company.id)).rejects.toMatchObject({ code: 'unavailable' })
    // And back, for the other tests of this file.
    await rewrapDataKeys(withRing({ ...ring, ...fresh }))
    expect(await kid()).toBe(Object.keys(ring)[0])
  })

  it('has one key for an organization, however many ask at once', async () => {
    const company = await newCompany()
    const ctx = await newCtx()
    const vaults = await Promise.all(Array.from({ length: 6 }, () => vaultOf(ctx, company.id)))
    const sealed = await vaults[0]?.seal('x', new Uint8Array([7]))
    for (const vault of vaults) expect(await vault.open('x', sealed ?? new Uint8Array())).toEqual(new Uint8Array([7]))
  })
})

describe('the signed file', () => {
  let sealedPdf: Uint8Array
  beforeAll(async () => {
    const ctx = await newCtx()
    sealedPdf = await sealPdf(onePage(), { ...signWith(await platformKey(ctx, 'seal')), at: ctx.now, name: 'Qoltanba' })
  })

  it('is taken when the agreement may be signed, and given out from then on', async () => {
    const company = await newCompany()
    const early = await upload(company, [['files', pdf()]])
    expect([early.status, early.body]).toEqual([409, { message: 'File not ready for download' }])
    expect((await submit(company, 'fiz')).status).toBe(200)
    expect((await upload(company, [['files', pdf()]])).body).toEqual({ message: 'The agreement is not ready to be signed' })
    await review(company, 'fiz', 'ready')
    for (const files of [[['other', 'x']], [['files', 'x']]] as [string, string][][]) {
      const none = await upload(company, files)
      expect([none.status, Object.keys(none.body.errors ?? {})], JSON.stringify(files)).toEqual([400, ['files']])
    }
    const picture = await upload(company, [['files', png()]])
    expect(picture.body).toMatchObject({ code: 400, errors: { files: ['The files must be a file of type: pdf.'] } })
    const scan = pdf()
    expect(
      (
        await upload(company, [
          ['files[]', scan],
          ['files[]', pdf()],
        ])
      ).body,
    ).toEqual({ success: true })
    expect(await status(company)).toMatchObject({ status: 'signed', title: 'Подписан' })
    expect((await bytesOf(`${BASE}/download`, company.token)).bytes).toEqual(new Uint8Array(await scan.arrayBuffer()))
    expect((await upload(company, [['files', pdf()]])).body).toEqual({ message: 'The agreement is signed' })
  })

  it('has its signatures verified, and is refused when one does not hold', async () => {
    const company = await newCompany()
    await readyAgreement(company, 'jur')
    const broken = sealedPdf.slice()
    const at = Buffer.from(broken).indexOf('MediaBox')
    broken[at + 10] = (broken[at + 10] ?? 0) ^ 1
    const added = new Uint8Array([...sealedPdf, ...new TextEncoder().encode('\n9 0 obj\n<<>>\nendobj\n')])
    for (const bytes of [broken, added]) {
      const answer = await upload(company, [['files', pdf(bytes)]])
      expect([answer.status, Object.keys(answer.body.errors ?? {})]).toEqual([400, ['files']])
    }
    expect((await status(company)).status).toBe('ready')
    const good = await upload(company, [['files', pdf(sealedPdf)]])
    expect(good.body).toMatchObject({ success: true, signatures: [{ format: 'PAdES' }] })
    const shown = await must<{ files: { kind: string; sha256: string; signatures: object[] }[] }>(
      200,
      'GET',
      `${BASE}/reviews/${company.id}/jur`,
      {
        token: await operatorToken(),
      },
    )
    expect(shown.files.filter((f) => f.kind === 'signed')).toMatchObject([
      { sha256: sha256Hex(sealedPdf), signatures: [{ format: 'PAdES' }] },
    ])
  })

  it('is one of ten at most', async () => {
    const company = await newCompany()
    await readyAgreement(company, 'fiz')
    const many = await upload(
      company,
      Array.from({ length: 11 }, () => ['files', pdf()] as [string, File]),
    )
    expect([many.status, Object.keys(many.body.errors ?? {})]).toEqual([400, ['files']])
  })
})
