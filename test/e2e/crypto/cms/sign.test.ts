// What we sign, and stamp: accepted by openssl and by ourselves.
import { beforeAll, describe, expect, it } from 'vitest'
import { readAsn1 } from '../../../../src/lib/der.ts'
import { sameBytes } from '../../../../src/lib/der-write.ts'
import { addTimestamp, signDetachedCms, type SigningHash, timestampDigest, timestampImprint } from '../../../../src/signing/cms/sign.ts'
import { digest } from '../../../../src/signing/cms/algorithms.ts'
import { parseSignedData } from '../../../../src/signing/cms/signed-data.ts'
import { verifyTimestamp } from '../../../../src/signing/cms/timestamp.ts'
import { verifyDetachedCms, type VerifyOptions } from '../../../../src/signing/cms/verify.ts'
import {
  accepts,
  AUTHORITY,
  fresh,
  get,
  importKey,
  issue,
  type Issued,
  type KeyKind,
  openssl,
  opensslVerifies,
  put,
  sign,
} from './openssl.ts'

const content = new TextEncoder().encode('Акт выполненных работ\n'.repeat(100))
const changed = content.map((octet, i) => (i === 7 ? octet ^ 1 : octet))

const TSA = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n'

/** `openssl ts -reply` for a query that openssl makes of `data`; the token alone. */
function stamp(tsa: Issued, data: Uint8Array, { hash = 'sha256', certReq = true } = {}): Uint8Array {
  const config = put(
    `[tsa]\ndefault_tsa=t\n[t]\nserial=${put('01\n')}\nsigner_cert=${tsa.pem}\nsigner_key=${tsa.key}\nsigner_digest=sha256\n` +
      `default_policy=1.2.3.4.1\ndigests=sha1,sha256,sha512\nordering=yes\naccuracy=secs:1\ness_cert_id_alg=sha256\n`,
  )
  const query = fresh('query')
  openssl('ts', '-query', '-data', put(data), `-${hash}`, ...(certReq ? ['-cert'] : []), '-out', query)
  const token = fresh('token')
  openssl('ts', '-reply', '-config', config, '-section', 't', '-queryfile', query, '-token_out', '-out', token)
  return get(token)
}

describe('our signatures', () => {
  const root = issue(undefined)
  const middle = issue(root, { ext: AUTHORITY, subject: '/CN=Issuing' })
  const judge = (cms: Uint8Array, options: Partial<VerifyOptions> = {}, of = content) =>
    verifyDetachedCms(cms, of, { anchors: [root.certificate], at: new Date(), ...options })

  describe.each<[KeyKind, SigningHash, { name: string; namedCurve?: string; hash?: string }]>([
    ['p256', 'SHA-256', { name: 'ECDSA', namedCurve: 'P-256' }],
    ['p384', 'SHA-384', { name: 'ECDSA', namedCurve: 'P-384' }],
    ['rsa', 'SHA-256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
    ['rsa', 'SHA-512', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }],
  ])('with %s and %s', (kind, hash, algorithm) => {
    const signer = issue(middle, { kind })
    const make = async (signingTime?: Date) =>
      signDetachedCms({
        content,
        certificate: signer.certificate,
        chain: [middle.certificate],
        key: await importKey(signer.key, algorithm),
        hash,
        ...(signingTime ? { signingTime } : {}),
      })

    it('hold for openssl as CAdES', async () => {
      for (const cms of [await make(), await make(new Date())]) {
        expect(opensslVerifies(cms, content, root, '-cades')).toBe(true)
        expect(opensslVerifies(cms, changed, root, '-cades')).toBe(false)
      }
    })
    it('hold for us', async () => {
      const at = new Date()
      const verdict = await judge(await make(at))
      expect(verdict.reasons).toEqual([])
      expect(verdict.signers[0]).toMatchObject({
        format: 'CAdES-BES',
        digestAlgorithm: hash,
        signingTime: new Date(Math.floor(at.getTime() / 1000) * 1000),
      })
      expect((await judge(await make(), {}, changed)).reasons.map(({ code }) => code)).toEqual(['digest-mismatch'])
      expect((await judge(await make())).signers[0]?.signingTime).toBeUndefined()
    })
    it('can be made from the hash alone', async () => {
      const key = await importKey(signer.key, algorithm)
      const cms = await signDetachedCms({
        content: { digest: digest(hash, content) },
        certificate: signer.certificate,
        chain: [middle.certificate],
        key,
        hash,
      })
      expect(opensslVerifies(cms, content, root, '-cades')).toBe(true)
    })
  })

  it('are in DER', async () => {
    const signer = issue(root)
    const key = await importKey(signer.key, { name: 'ECDSA', namedCurve: 'P-256' })
    const cms = await signDetachedCms({ content, certificate: signer.certificate, chain: [root.certificate, middle.certificate], key })
    const walk = (node: ReturnType<typeof readAsn1>): void => {
      if (!node.constructed) return
      for (const child of node.children) walk(child)
    }
    expect(() => walk(readAsn1(cms))).not.toThrow()
    const [again] = [openssl('cms', '-cmsout', '-inform', 'DER', '-in', put(cms), '-outform', 'DER')]
    expect(sameBytes(new Uint8Array(again), cms)).toBe(true)
  })

  it('are not made with a hash that the key is not for', async () => {
    const signer = issue(root, { kind: 'rsa' })
    const key = await importKey(signer.key, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' })
    await expect(signDetachedCms({ content, certificate: signer.certificate, key, hash: 'SHA-512' })).rejects.toThrow(TypeError)
  })

  describe('time stamps', () => {
    const tsaRoot = issue(undefined)
    const tsa = issue(tsaRoot, { ext: TSA, subject: '/CN=TSA' })
    const signer = issue(root)
    const options = { timestampAnchors: [tsaRoot.certificate] }
    let plain: Uint8Array
    let stamped: Uint8Array

    beforeAll(async () => {
      const key = await importKey(signer.key, { name: 'ECDSA', namedCurve: 'P-256' })
      plain = await signDetachedCms({ content, certificate: signer.certificate, key })
      stamped = addTimestamp(plain, stamp(tsa, timestampImprint(plain)))
    })

    it('make CAdES-T of ours and of openssl’s, without touching what is signed', async () => {
      const verdict = await judge(stamped, options)
      expect(verdict).toMatchObject({
        ok: true,
        signers: [{ format: 'CAdES-T', timestamp: { ok: true, info: { policy: '1.2.3.4.1', hash: 'SHA-256' } } }],
      })
      expect(opensslVerifies(stamped, content, root, '-cades')).toBe(true)
      const [before, after] = [parseSignedData(plain).signers[0], parseSignedData(stamped).signers[0]]
      expect(after?.signed?.octets).toEqual(before?.signed?.octets)
      expect(timestampImprint(stamped)).toEqual(timestampImprint(plain))
      expect(timestampDigest(plain)).toEqual(digest('SHA-256', timestampImprint(plain)))

      const streamed = sign(signer, content, '-cades', '-stream', '-nodetach')
      const both = addTimestamp(
        addTimestamp(streamed, stamp(tsa, timestampImprint(streamed))),
        stamp(tsa, timestampImprint(streamed), { hash: 'sha512' }),
      )
      expect(parseSignedData(both).signers[0]?.unsigned.length).toBe(2)
      expect(await judge(both, { ...options, embedded: 'same' })).toMatchObject({ ok: true, signers: [{ format: 'CAdES-T' }] })
    })

    it('are themselves what openssl accepts', () => {
      const [token] = parseSignedData(stamped).signers[0]?.unsigned[0]?.values ?? []
      const file = put(token?.raw ?? new Uint8Array())
      const of = (data: Uint8Array) => accepts('ts', '-verify', '-data', put(data), '-in', file, '-token_in', '-CAfile', tsaRoot.pem)
      expect([of(timestampImprint(stamped)), of(content)]).toEqual([true, false])
    })

    it('stamp one of several signers', async () => {
      const second = issue(root, { kind: 'rsa' })
      const cms = sign(signer, content, '-cades', '-signer', second.pem, '-inkey', second.key)
      const one = addTimestamp(cms, stamp(tsa, timestampImprint(cms, 1)), 1)
      const verdict = await judge(one, options)
      expect([verdict.ok, verdict.signers.map(({ format }) => format).sort()]).toEqual([true, ['CAdES-BES', 'CAdES-T']])
      expect(() => addTimestamp(cms, stamp(tsa, content), 2)).toThrow('no such signer')
      expect(() => addTimestamp(cms, plain)).toThrow('no time stamp')
    })

    it('of something else, or changed, are refused', async () => {
      const foreign = await judge(addTimestamp(plain, stamp(tsa, content)), options)
      expect(foreign.reasons.map(({ code }) => code)).toEqual(['timestamp-wrong'])
      const token = stamp(tsa, timestampImprint(plain))
      token[token.length - 1] = (token.at(-1) ?? 0) ^ 1
      expect((await judge(addTimestamp(plain, token), options)).reasons.map(({ code }) => code)).toEqual(['timestamp-wrong'])
      const weak = await verifyTimestamp(stamp(tsa, content, { hash: 'sha1' }), content, { anchors: [tsaRoot.certificate], at: new Date() })
      expect(weak).toMatchObject({ ok: false, intact: false, reasons: [{ code: 'algorithm-refused' }] })
    })

    it('from an unknown authority, or a key for something else, do not count but do not refuse', async () => {
      const verdict = await judge(stamped)
      expect(verdict).toMatchObject({ ok: true, signers: [{ format: 'CAdES-BES', timestamp: { ok: false, intact: true } }] })
      expect(verdict.signers[0]?.warnings.map(({ code }) => code)).toEqual(['timestamp-untrusted'])
      // openssl itself refuses to stamp with such a key, so that the token is made with one and judged as if from another.
      const loose = { ...tsa.certificate, extensions: { ...tsa.certificate.extensions, extendedKeyUsageCritical: false } }
      const { timestampUsage } = await import('../../../../src/signing/cms/usage.ts')
      expect(timestampUsage(loose).map(({ code }) => code)).toEqual(['key-usage'])
      expect(timestampUsage(signer.certificate).map(({ code }) => code)).toEqual(['key-usage'])
      expect(timestampUsage(tsa.certificate)).toEqual([])
    })

    it('without the certificate of the authority need it from elsewhere', async () => {
      const token = stamp(tsa, content, { certReq: false })
      const known = { anchors: [tsaRoot.certificate], at: new Date() }
      expect(await verifyTimestamp(token, content, known)).toMatchObject({ ok: false, reasons: [{ code: 'timestamp-wrong' }] })
      expect(await verifyTimestamp(token, content, { ...known, intermediates: [tsa.certificate] })).toMatchObject({ ok: true })
    })

    it('keep a signature good after its certificate has expired', async () => {
      const later = new Date(Date.now() + 60 * 86_400_000)
      expect((await judge(plain, { ...options, at: later })).reasons.map(({ code }) => code)).toEqual(['expired', 'expired'])
      expect(await judge(stamped, { ...options, at: later })).toMatchObject({ ok: true, signers: [{ format: 'CAdES-T' }] })
    })

    it('cannot be from the future', async () => {
      const earlier = new Date(Date.now() - 3_600_000)
      const { reasons } = await verifyTimestamp(stamp(tsa, content), content, { anchors: [tsaRoot.certificate], at: earlier })
      expect(reasons.map(({ detail }) => detail)).toEqual(['The time stamp is from the future'])
    })
  })
})
