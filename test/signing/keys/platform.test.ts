import { env } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { handle } from '../../../src/app.ts'
import { isSignedBy, type Certificate } from '../../../src/signing/cms/certificate.ts'
import { checkChain } from '../../../src/signing/cms/chain.ts'
import { verifyDetachedCms } from '../../../src/signing/cms/verify.ts'
import { verifyTimestamp } from '../../../src/signing/cms/timestamp.ts'
import { sha256Hex, utf8 } from '../../../src/lib/hash.ts'
import { platformAnchors, platformKey, type OwnPurpose } from '../../../src/signing/keys/platform.ts'
import { signOriginal } from '../../../src/signing/keys/sign.ts'
import { hasExternalTsa, stampBytes } from '../../../src/signing/keys/stamp.ts'
import type { Ctx } from '../../../src/context.ts'
import { toBase64 } from '../../../src/lib/ids.ts'
import { POLICY } from '../../../src/signing/pki/extensions.ts'
import { randomSerial } from '../../../src/signing/pki/issue.ts'
import { answerTimestampQuery } from '../../../src/signing/tsa/authority.ts'
import { newCtx } from '../../factories.ts'
import { count } from '../../office/kit.ts'

const PURPOSES: OwnPurpose[] = ['authority', 'seal', 'time_stamping', 'ocsp']
const DAY = 86_400_000
const fresh = async () => {
  // An isolate of its own: what is remembered hangs on `env`.
  const ctx = await newCtx()
  return { ...ctx, env: { ...env } }
}
const serials = (certificates: { certificate: Certificate }[]) => new Set(certificates.map((c) => c.certificate.serial)).size

describe('platformKey', () => {
  it('comes to one key for each purpose, however many isolates make it at once', async () => {
    const isolates = await Promise.all(Array.from({ length: 6 }, fresh))
    const made = await Promise.all(isolates.flatMap((ctx) => PURPOSES.map((purpose) => platformKey(ctx, purpose))))
    expect(serials(made)).toBe(PURPOSES.length)
    expect(await count('select count(*) as n from platform_keys')).toBe(5)
    expect(await count('select count(*) as n from platform_keys where retired_at is null')).toBe(5)
    // Only what is in use was issued.
    expect(await count('select count(*) as n from issued_certificates')).toBe(4)
    expect(await count("select count(*) as n from audit_log where action like 'platform_key.in_use:%'")).toBe(5)
  })

  it('leads to the root, and says where to ask', async () => {
    const ctx = await newCtx()
    const anchors = await platformAnchors(ctx)
    for (const purpose of PURPOSES) {
      const { certificate, chain } = await platformKey(ctx, purpose)
      const found = await checkChain(certificate, { anchors, intermediates: chain, at: ctx.now })
      expect(found.reasons).toEqual([])
      const above = chain[0]
      expect(above && (await isSignedBy(certificate, above))).toBe(true)
      expect(chain).toHaveLength(purpose === 'authority' ? 1 : 2)
      const { crlUrls, issuerUrls, ocspUrls } = certificate.extensions
      const name = purpose === 'authority' ? 'root' : 'authority'
      expect(crlUrls).toEqual([expect.stringMatching(new RegExp(`^http://127.0.0.1:8787/pki/${name}-[0-9a-f]{16}\\.crl$`))])
      expect(issuerUrls).toEqual([crlUrls[0]?.replace('.crl', '.cer')])
      expect(ocspUrls).toEqual(purpose === 'authority' ? [] : ['http://127.0.0.1:8787/pki/ocsp'])
    }
  })

  it('is renewed in time, with the authority where need be; what is past still leads to its root', async () => {
    const ctx = await fresh()
    const before = await platformKey(ctx, 'seal')
    const soon = { ...(await fresh()), now: new Date(ctx.now.getTime() + 2 * 365 * DAY) }
    expect((await platformKey(soon, 'seal')).certificate.serial).toBe(before.certificate.serial)
    const later = { ...(await fresh()), now: new Date(ctx.now.getTime() + 4 * 365 * DAY) }
    const renewed = await platformKey(later, 'seal')
    expect(renewed.certificate.serial).not.toBe(before.certificate.serial)
    expect(renewed.chain.map((c) => c.serial)).toEqual(before.chain.map((c) => c.serial))
    const muchLater = { ...(await fresh()), now: new Date(ctx.now.getTime() + 20 * 365 * DAY) }
    const anew = await platformKey(muchLater, 'seal')
    expect(anew.certificate.notAfter.getTime()).toBeGreaterThan(muchLater.now.getTime() + 2 * 365 * DAY)
    const anchors = await platformAnchors(muchLater)
    for (const { certificate, chain } of [before, renewed, anew]) {
      const at = new Date(certificate.notBefore.getTime() + 401 * DAY)
      expect((await checkChain(certificate, { anchors, intermediates: chain, at })).ok).toBe(true)
    }
    const authorityNow = await platformKey(muchLater, 'authority')
    expect(anew.chain[0]?.serial).toBe(authorityNow.certificate.serial)
  })

  it('does not open under another key-encryption key', async () => {
    await platformKey(await fresh(), 'seal')
    const ctx = await fresh()
    const other = JSON.stringify({ k2: btoa('x'.repeat(32)) })
    const blind = { ...ctx, settings: { ...ctx.settings, KEY_ENCRYPTION_KEYS: other } }
    await expect(platformKey(blind, 'seal')).rejects.toMatchObject({ code: 'unavailable' })
    const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} } as unknown as ExecutionContext
    const blinded = { ...env, KEY_ENCRYPTION_KEYS: other }
    const asked = (path: string, init: RequestInit = {}) =>
      handle(new Request(`http://qoltanba.test/pki/${path}`, init), blinded, execution)
    expect((await asked('authority.crl')).status).toBe(503)
    expect((await asked('authority.cer')).status).toBe(200)
    const answer = await asked('ocsp', { method: 'POST', body: 'x' })
    expect([answer.status, new Uint8Array(await answer.arrayBuffer())]).toEqual([200, new Uint8Array([0x30, 3, 0x0a, 1, 3])])
    // Rotated: the new one wraps from now on, the old one still opens.
    const [kid, key] = Object.entries(JSON.parse(ctx.settings.KEY_ENCRYPTION_KEYS) as Record<string, string>)[0] ?? []
    const both = JSON.stringify({ k2: btoa('x'.repeat(32)), [kid ?? '']: key })
    const rotated = { ...(await fresh()), settings: { ...ctx.settings, KEY_ENCRYPTION_KEYS: both } }
    expect((await platformKey(rotated, 'seal')).key.extractable).toBe(false)
  })
})

describe('signOriginal', () => {
  it('makes a detached CAdES-T that leads to the platform’s root', async () => {
    const ctx = await newCtx()
    const document = utf8('Договор')
    const seal = await platformKey(ctx, 'seal')
    const { bytes, format, certificate, timestamp } = await signOriginal(ctx, seal, sha256Hex(document))
    const verdict = await verifyDetachedCms(bytes, document, { anchors: await platformAnchors(ctx), at: ctx.now })
    expect(verdict.reasons).toEqual([])
    expect(verdict.signers[0]).toMatchObject({ format: 'CAdES-T', keyUsageOk: true })
    expect(format).toBe('CAdES-T')
    expect(certificate).toMatchObject({ subject: 'C=KZ,O=Qoltanba,CN=Qoltanba Seal', issuer: 'C=KZ,O=Qoltanba,CN=Qoltanba Issuing CA' })
    expect(timestamp).toMatchObject({ internal: true, authority: 'C=KZ,O=Qoltanba,CN=Qoltanba Time Stamping (internal)' })
    expect(Math.abs(Date.parse(timestamp.at) - ctx.now.getTime())).toBeLessThan(1000)
    const wrong = await verifyDetachedCms(bytes, utf8('Договор!'), { anchors: await platformAnchors(ctx), at: ctx.now })
    expect(wrong.ok).toBe(false)
  })
})

describe('stampBytes', () => {
  it('is of the built-in authority where none is set', async () => {
    const ctx = await newCtx()
    expect(hasExternalTsa(ctx)).toBe(false)
    const data = utf8('что стоит под штампом')
    const { token, at, internal } = await stampBytes(ctx, data)
    expect(internal).toBe(true)
    const verdict = await verifyTimestamp(token, data, { anchors: await platformAnchors(ctx), at: ctx.now })
    expect(verdict.reasons).toEqual([])
    expect(verdict.info?.time).toEqual(at)
  })

  it('is of the authority that is set, when it leads to whom the setting says', async () => {
    const ctx = await newCtx()
    const { certificate, chain, key } = await platformKey(ctx, 'time_stamping')
    const asked: (string | null)[] = []
    const authority = { certificate: certificate.der, chain: chain.map(({ der }) => der), key }
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      asked.push(new Headers(init.headers).get('authorization'))
      const answer = await answerTimestampQuery(init.body as Uint8Array, authority, { serial: randomSerial(), now: ctx.now })
      return new Response(new Uint8Array(answer), { headers: { 'content-type': 'application/timestamp-reply' } })
    })
    const pem = `-----BEGIN CERTIFICATE-----\n${toBase64((chain.at(-1) ?? certificate).der)}\n-----END CERTIFICATE-----\n`
    const stamp = (more: Partial<Ctx['settings']>) =>
      stampBytes(
        { ...ctx, settings: { ...ctx.settings, TSA_URL: 'https://tsa.example/', TSA_AUTHORIZATION: 'Bearer x', ...more } },
        utf8('x'),
      )
    try {
      const stamped = await stamp({ TSA_CERTIFICATES: pem })
      expect(stamped).toMatchObject({ internal: false, authority: expect.stringContaining('CN=Qoltanba Time Stamping') })
      expect((await stamp({ TSA_CERTIFICATES: pem, TSA_POLICY: POLICY.internalTimeStamp })).internal).toBe(false)
      expect(asked).toEqual(['Bearer x', 'Bearer x'])
      await expect(stamp({ TSA_CERTIFICATES: pem, TSA_POLICY: '1.2.3' })).rejects.toMatchObject({ code: 'unavailable' })
      // Without the setting only the operator's anchors count, of which there are none.
      await expect(stamp({})).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('fails closed where the one that is set does not answer', async () => {
    const ctx = await newCtx()
    const set = { ...ctx, settings: { ...ctx.settings, TSA_URL: 'http://127.0.0.1:1/' } }
    expect(hasExternalTsa(set)).toBe(true)
    await expect(stampBytes(set, utf8('x'))).rejects.toMatchObject({ code: 'unavailable' })
    const unreadable = { ...set, settings: { ...set.settings, TSA_CERTIFICATES: '-----BEGIN CERTIFICATE-----' } }
    await expect(stampBytes(unreadable, utf8('x'))).rejects.toMatchObject({ code: 'unavailable' })
  })
})
