import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../../../src/context.ts'
import { toBase64 } from '../../../src/lib/ids.ts'
import { parseCertificate } from '../../../src/signing/cms/certificate.ts'
import { checkChain } from '../../../src/signing/cms/chain.ts'
import { parseCrl } from '../../../src/signing/cms/crl.ts'
import { buildOcspRequest, checkOcsp, parseOcspResponse } from '../../../src/signing/cms/ocsp.ts'
import { makeKept } from '../../../src/signing/keys/kept.ts'
import { platformAnchors, platformKey } from '../../../src/signing/keys/platform.ts'
import { publishedList } from '../../../src/signing/keys/publish.ts'
import { answerOcsp } from '../../../src/signing/keys/responder.ts'
import { rewrapKeys } from '../../../src/signing/keys/rewrap.ts'
import { issueCrl } from '../../../src/signing/pki/crl.ts'
import { issueAuthority, issueRoot, randomSerial, type Issuer } from '../../../src/signing/pki/issue.ts'
import type { Subject } from '../../../src/signing/pki/names.ts'
import { importKeyRing, wrapKey } from '../../../src/signing/pki/wrap.ts'
import { batch } from '../../../src/db/client.ts'
import { newCtx } from '../../factories.ts'
import { count } from '../../office/kit.ts'

const DAY = 86_400_000
const newPair = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
const named = (commonName: string): Subject => ({ kind: 'plain', commonName, organization: 'Qoltanba' })
const times = (days: number, now: Date, until = 3000) => ({
  notBefore: new Date(now.getTime() - days * DAY),
  notAfter: new Date(now.getTime() + until * DAY),
})
const pem = (der: Uint8Array) => `-----BEGIN CERTIFICATE-----\n${toBase64(der)}\n-----END CERTIFICATE-----\n`

let ring: string
let root: Issuer
beforeAll(async () => {
  const { now, settings } = await newCtx()
  ring = settings.KEY_ENCRYPTION_KEYS
  const { privateKey: key, publicKey } = await newPair()
  root = { key, certificate: await issueRoot({ subject: named('Root'), publicKey, serial: randomSerial(), ...times(900, now, 4000) }, key) }
})

/** What `.tools/new-authority.ts` prints, of an authority whose time began some days ago. */
async function newSetting(days: number) {
  const { now } = await newCtx()
  const { privateKey, publicKey } = await newPair()
  const keyId = crypto.randomUUID()
  const der = await issueAuthority(root, { subject: named(`Authority ${days}`), publicKey, serial: randomSerial(), ...times(days, now) })
  return { root: pem(root.certificate), certificate: pem(der), key: await wrapKey(await importKeyRing(ring), keyId, privateKey) }
}

/** Another isolate, of production. */
async function isolate(settings: Partial<Ctx['settings']>): Promise<Ctx> {
  const ctx = await newCtx()
  return { ...ctx, env: { ...env }, settings: { ...ctx.settings, ENVIRONMENT: 'production', ...settings } }
}

describe('the operator’s authority', () => {
  it('is taken, with a root whose key is not there, and followed by a newer one', async () => {
    const [first, second] = [await newSetting(30), await newSetting(20)]
    const isolates = await Promise.all(Array.from({ length: 4 }, () => isolate({ PLATFORM_AUTHORITY: first })))
    const seals = await Promise.all(isolates.map((ctx) => platformKey(ctx, 'seal')))
    expect(new Set(seals.map((s) => s.certificate.serial)).size).toBe(1)
    const [seal] = seals
    if (!seal) throw new Error('no seal')
    const ctx = await isolate({ PLATFORM_AUTHORITY: first })
    const anchors = await platformAnchors(ctx)
    expect(anchors.map((a) => a.der)).toEqual([root.certificate])
    expect((await checkChain(seal.certificate, { anchors, intermediates: seal.chain, at: ctx.now })).reasons).toEqual([])
    expect(await count("select count(*) as n from platform_keys where purpose = 'root' and key is null")).toBe(1)

    const { certificate: before, writes } = await makeKept(
      ctx,
      { orgId: 1, clientId: 'c', companyId: null, purpose: 'client' },
      named('Клиент'),
    )
    await batch(ctx.db, writes)
    const after = await isolate({ PLATFORM_AUTHORITY: second })
    const renewed = await platformKey(after, 'seal')
    expect(renewed.chain[0]?.subject.key).toContain('authority 20')
    // An isolate that has not heard of the change does not turn it back.
    expect((await platformKey(await isolate({ PLATFORM_AUTHORITY: first }), 'seal')).certificate.serial).toBe(renewed.certificate.serial)
    // What the old one issued is still answered for.
    const [issuer] = seal.chain
    if (!issuer) throw new Error('no issuer')
    const answer = parseOcspResponse(await answerOcsp(after, buildOcspRequest(before, issuer)))
    expect(await checkOcsp(answer, before, issuer, { at: after.now })).toMatchObject({ status: 'good' })
    const name = /authority-[0-9a-f]{16}/.exec(before.extensions.crlUrls[0] ?? '')?.[0] ?? ''
    expect(parseCrl(await publishedList(after, name)).issuer.key).toBe(issuer.subject.key)
    expect(parseCrl(await publishedList(after, 'authority')).issuer.key).toBe(renewed.chain[0]?.subject.key)
  })

  it('publishes the list that was made with the root’s key', async () => {
    const setting = { PLATFORM_AUTHORITY: await newSetting(10) }
    const { now } = await newCtx()
    const list = await issueCrl(root, { number: 1, thisUpdate: now, nextUpdate: new Date(now.getTime() + DAY), revoked: [] })
    expect(await publishedList(await isolate({ ...setting, PLATFORM_ROOT_CRL: toBase64(list) }), 'root')).toEqual(list)
    for (const given of [undefined, 'AAAA', toBase64(parseCertificate(root.certificate).der)]) {
      const ctx = await isolate({ ...setting, PLATFORM_ROOT_CRL: given })
      await expect(publishedList(ctx, 'root')).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('must be one: nothing is signed, and responder and pages stay polite, without', async () => {
    const good = await newSetting(5)
    const { privateKey, publicKey } = await newPair()
    const { now } = await newCtx()
    const stranger = await issueRoot({ subject: named('Root'), publicKey, serial: randomSerial(), ...times(1, now, 4000) }, privateKey)
    const bad = [
      undefined,
      { ...good, root: pem(stranger) },
      { ...good, certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    ]
    for (const PLATFORM_AUTHORITY of bad) {
      const ctx = await isolate({ PLATFORM_AUTHORITY })
      await expect(platformKey(ctx, 'seal')).rejects.toMatchObject({ code: 'unavailable' })
      expect(await answerOcsp(ctx, new Uint8Array())).toEqual(new Uint8Array([0x30, 3, 0x0a, 1, 3]))
    }
    const late = await isolate({ PLATFORM_AUTHORITY: good })
    await expect(platformKey({ ...late, now: new Date(now.getTime() + 3001 * DAY) }, 'authority')).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})

describe('rewrapKeys', () => {
  it('moves every record to the first key-encryption key, after which the old one is not needed', async () => {
    const setting = { PLATFORM_AUTHORITY: await newSetting(3) }
    const ctx = await isolate(setting)
    await platformKey(ctx, 'seal')
    const { id, writes } = await makeKept(ctx, { orgId: 1, clientId: 'd', companyId: null, purpose: 'client' }, named('Клиент'))
    await batch(ctx.db, writes)
    const fresh = { fresh: toBase64(crypto.getRandomValues(new Uint8Array(32))) }
    const rotated = { ...setting, KEY_ENCRYPTION_KEYS: JSON.stringify({ ...fresh, ...(JSON.parse(ring) as object) }) }
    await rewrapKeys(await isolate(rotated))
    const left = "where key is not null and json_extract(key, '$.kid') <> 'fresh'"
    expect(await count(`select count(*) as n from platform_keys ${left}`)).toBe(0)
    expect(await count(`select count(*) as n from kept_keys ${left}`)).toBe(0)
    expect(await count("select count(*) as n from kept_keys where id = ? and json_extract(key, '$.kid') = 'fresh'", id)).toBe(1)
    const alone = await isolate({ ...setting, KEY_ENCRYPTION_KEYS: JSON.stringify(fresh) })
    expect((await platformKey(alone, 'seal')).key.type).toBe('private')
    // Without the new one nothing can be moved, and nothing is lost.
    await rewrapKeys(await isolate({ ...setting, KEY_ENCRYPTION_KEYS: ring }))
    expect(await count(`select count(*) as n from platform_keys ${left}`)).toBe(0)
  })
})
