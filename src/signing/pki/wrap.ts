import { utf8 } from '../../lib/hash.ts'
import { fromBase64, toBase64 } from '../../lib/ids.ts'

/** The algorithm that every key we hold has; part of what is authenticated with the wrapped key. */
export const KEY_ALG = 'ES256'
const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const IV_BYTES = 12

/** Key-encryption keys: the first wraps, all unwrap. */
export interface KeyRing {
  first: string
  keys: Map<string, CryptoKey>
}

/** A private key at rest. Base64 everywhere; nothing of it is secret to who lacks the key-encryption key. */
export interface WrappedKey {
  v: 1
  /** Identity of the key, authenticated: a record moved to another id does not open. */
  keyId: string
  alg: typeof KEY_ALG
  /** Which key-encryption key wraps the data key. */
  kid: string
  /** AES-256 data key under AES-KW (RFC 3394). */
  dek: string
  iv: string
  /** PKCS#8 under AES-256-GCM. */
  key: string
}

/** A wrapped key could not be opened: altered, moved to another id, or wrapped by a key that is not in the ring. */
export class KeyCustodyError extends Error {
  override readonly name = 'KeyCustodyError'
}

/**
 * Reads the secret `KEY_ENCRYPTION_KEYS`: a JSON object from kid to a base64 key of 32 bytes, the wrapping one first. A kid is not all
 * digits, as JSON objects list such names out of order.
 *
 * @throws KeyCustodyError without a word of the secret in it
 */
export async function importKeyRing(secret: string): Promise<KeyRing> {
  const keys = new Map<string, CryptoKey>()
  for (const [kid, encoded] of Object.entries(parseObject(secret))) {
    if (!/^[\w.-]{1,64}$/.test(kid) || /^\d+$/.test(kid)) throw new KeyCustodyError('A kid has letters, and digits . _ - beside them')
    const raw = typeof encoded === 'string' ? decode(encoded) : null
    if (raw?.length !== 32) throw new KeyCustodyError(`The key-encryption key ${kid} is not 32 bytes of base64`)
    keys.set(kid, await crypto.subtle.importKey('raw', raw, 'AES-KW', false, ['wrapKey', 'unwrapKey']))
  }
  const [first] = keys.keys()
  if (first === undefined) throw new KeyCustodyError('There is no key-encryption key')
  return { first, keys }
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below, without the text.
  }
  throw new KeyCustodyError('KEY_ENCRYPTION_KEYS is not a JSON object')
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64(text)
  } catch {
    return null
  }
}

/**
 * Makes a P-256 key pair, wrapped at once. The extractable handle that wrapping needs does not leave this function; what it returns
 * signs and verifies, and cannot be exported.
 */
export async function generateWrappedKey(
  ring: KeyRing,
  keyId: string,
): Promise<{ wrapped: WrappedKey; privateKey: CryptoKey; publicKey: CryptoKey }> {
  // The runtime's types do not tell pairs from keys.
  const pair = (await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])) as CryptoKeyPair
  const wrapped = await wrapKey(ring, keyId, pair.privateKey)
  return { wrapped, privateKey: await unwrapKey(ring, keyId, wrapped), publicKey: pair.publicKey }
}

/** Wraps an extractable P-256 private key: PKCS#8 under a fresh AES-256-GCM key, that one under the ring's first key by AES-KW. */
export async function wrapKey(ring: KeyRing, keyId: string, privateKey: CryptoKey): Promise<WrappedKey> {
  const dek = (await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['wrapKey'])) as CryptoKey
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const key = await crypto.subtle.wrapKey('pkcs8', privateKey, dek, { name: 'AES-GCM', iv, additionalData: boundTo(keyId, KEY_ALG) })
  const dekUnderKek = await crypto.subtle.wrapKey('raw', dek, kek(ring, ring.first), 'AES-KW')
  return {
    v: 1,
    keyId,
    alg: KEY_ALG,
    kid: ring.first,
    dek: toBase64(new Uint8Array(dekUnderKek)),
    iv: toBase64(iv),
    key: toBase64(new Uint8Array(key)),
  }
}

/**
 * Opens a wrapped key for signing; the handle cannot be exported.
 *
 * @param keyId the identity under which the caller looked the record up, not the one that the record claims
 * @throws KeyCustodyError
 */
export async function unwrapKey(ring: KeyRing, keyId: string, wrapped: WrappedKey): Promise<CryptoKey> {
  const dek = await openDek(ring, wrapped, { extractable: false })
  const [iv, key] = [decode(wrapped.iv), decode(wrapped.key)]
  if (!iv || !key || iv.length !== IV_BYTES) throw new KeyCustodyError(`The record of the key ${keyId} is damaged`)
  const gcm = { name: 'AES-GCM', iv, additionalData: boundTo(keyId, wrapped.alg) }
  return refusing(keyId, crypto.subtle.unwrapKey('pkcs8', key, dek, gcm, P256, false, ['sign']))
}

/** Moves a record to the ring's first key. Only the data key is wrapped anew: the private key is not opened, its ciphertext stays. */
export async function rewrapKey(ring: KeyRing, wrapped: WrappedKey): Promise<WrappedKey> {
  if (wrapped.kid === ring.first) return wrapped
  const dek = await openDek(ring, wrapped, { extractable: true })
  const under = await crypto.subtle.wrapKey('raw', dek, kek(ring, ring.first), 'AES-KW')
  return { ...wrapped, kid: ring.first, dek: toBase64(new Uint8Array(under)) }
}

function openDek(ring: KeyRing, wrapped: WrappedKey, { extractable }: { extractable: boolean }): Promise<CryptoKey> {
  const dek = decode(wrapped.dek)
  if (!dek) throw new KeyCustodyError(`The record of the key ${wrapped.keyId} is damaged`)
  const under = kek(ring, wrapped.kid)
  return refusing(wrapped.keyId, crypto.subtle.unwrapKey('raw', dek, under, 'AES-KW', 'AES-GCM', extractable, ['unwrapKey']))
}

async function refusing<T>(keyId: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (cause) {
    throw Object.assign(new KeyCustodyError(`The key ${keyId} cannot be opened`), { cause })
  }
}

function kek(ring: KeyRing, kid: string): CryptoKey {
  const key = ring.keys.get(kid)
  if (!key) throw new KeyCustodyError(`There is no key-encryption key ${kid}`)
  return key
}

/** Additional data of the AEAD. Length-prefixed by JSON, so that no two pairs read the same. */
const boundTo = (keyId: string, alg: string) => utf8(JSON.stringify(['qoltanba.key', keyId, alg]))
