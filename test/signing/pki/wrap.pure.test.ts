import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from '../../../src/lib/ids.ts'
import { generateWrappedKey, importKeyRing, KeyCustodyError, rewrapKey, unwrapKey } from '../../../src/signing/pki/wrap.ts'
import type { WrappedKey } from '../../../src/signing/pki/wrap.ts'

const kek = () => toBase64(crypto.getRandomValues(new Uint8Array(32)))
const [k1, k2] = [kek(), kek()]
const ring = (keys: Record<string, string>) => importKeyRing(JSON.stringify(keys))
const ES256 = { name: 'ECDSA', hash: 'SHA-256' }
const data = new Uint8Array([1, 2, 3])
const flipped = (base64: string) => {
  const bytes = fromBase64(base64)
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  return toBase64(bytes)
}

describe('key custody', () => {
  it('gives back a key that signs and cannot be exported', async () => {
    const keys = await ring({ k1 })
    const { wrapped, privateKey, publicKey } = await generateWrappedKey(keys, 'employee:7')
    const opened = await unwrapKey(keys, 'employee:7', wrapped)
    for (const key of [privateKey, opened]) {
      expect(await crypto.subtle.verify(ES256, publicKey, await crypto.subtle.sign(ES256, key, data), data)).toBe(true)
      expect([key.extractable, key.usages, key.type]).toEqual([false, ['sign'], 'private'])
      await expect(crypto.subtle.exportKey('pkcs8', key)).rejects.toThrow(/extractable/)
      await expect(crypto.subtle.exportKey('jwk', key)).rejects.toThrow(/extractable/)
    }
    // Base64 of a PKCS#8 P-256 key starts with its header; the record shows nothing of the kind.
    expect(JSON.stringify(wrapped)).not.toContain('MIGHAgEAMBMGByqGSM49')
    expect(JSON.parse(JSON.stringify(wrapped))).toEqual(wrapped)
  })

  it('rotates by wrapping the data key anew, and the old key-encryption key may then go', async () => {
    const { wrapped, publicKey } = await generateWrappedKey(await ring({ k1 }), 'a')
    const both = await ring({ k2, k1 })
    const moved = await rewrapKey(both, wrapped)
    expect(moved).toMatchObject({ kid: 'k2', key: wrapped.key, iv: wrapped.iv })
    expect(moved.dek).not.toBe(wrapped.dek)
    expect(await rewrapKey(both, moved)).toBe(moved)
    const opened = await unwrapKey(await ring({ k2 }), 'a', moved)
    expect(await crypto.subtle.verify(ES256, publicKey, await crypto.subtle.sign(ES256, opened, data), data)).toBe(true)
    await expect(unwrapKey(await ring({ k2 }), 'a', wrapped)).rejects.toThrow('no key-encryption key k1')
  })

  it('wraps the same key id differently each time', async () => {
    const keys = await ring({ k1 })
    const [a, b] = [await generateWrappedKey(keys, 'a'), await generateWrappedKey(keys, 'a')]
    expect(a.wrapped.iv).not.toBe(b.wrapped.iv)
    expect(a.wrapped.dek).not.toBe(b.wrapped.dek)
  })

  it('refuses a record that was moved, mixed or altered', async () => {
    const keys = await ring({ k1 })
    const { wrapped } = await generateWrappedKey(keys, 'a')
    const other = (await generateWrappedKey(keys, 'b')).wrapped
    const bad: [string, string, WrappedKey][] = [
      ['looked up under another id', 'b', wrapped],
      ['moved with its id changed', 'b', { ...wrapped, keyId: 'b' }],
      ['with another algorithm', 'a', { ...wrapped, alg: 'ES384' as 'ES256' }],
      ['with another data key', 'a', { ...wrapped, dek: other.dek }],
      ['altered ciphertext', 'a', { ...wrapped, key: flipped(wrapped.key) }],
      ['altered data key', 'a', { ...wrapped, dek: flipped(wrapped.dek) }],
      ['altered IV', 'a', { ...wrapped, iv: flipped(wrapped.iv) }],
      ['short IV', 'a', { ...wrapped, iv: 'AAAA' }],
      ['not base64', 'a', { ...wrapped, key: '%%%' }],
      ['unknown kid', 'a', { ...wrapped, kid: 'k9' }],
    ]
    for (const [what, id, record] of bad) {
      await expect(
        Promise.resolve().then(() => unwrapKey(keys, id, record)),
        what,
      ).rejects.toThrow(KeyCustodyError)
    }
    // The right kid, but another key behind it.
    await expect(unwrapKey(await ring({ k1: k2 }), 'a', wrapped)).rejects.toThrow('cannot be opened')
  })

  it('refuses a malformed secret without repeating it', async () => {
    const secrets = ['', '[]', '{}', 'null', '{"k1":"short"}', `{"k1":"${toBase64(new Uint8Array(16))}"}`, '{"k1":5}', `{"1":"${k1}"}`]
    for (const secret of secrets) {
      const refusal: unknown = await importKeyRing(secret).catch((error: unknown) => error)
      expect(refusal, secret).toBeInstanceOf(KeyCustodyError)
      if (secret.length > 20) expect(String(refusal)).not.toContain(secret.slice(7, 20))
    }
  })
})
