import { nodeCrypto } from './node.ts'
import { fromBase64, toBase64Url } from './ids.ts'

const encoder = new TextEncoder()
export const utf8 = (text: string) => encoder.encode(text)

/** SHA-256 (FIPS 180-4), lowercase hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return nodeCrypto().createHash('sha256').update(data).digest('hex')
}

/** Compares two strings in time that does not depend on where they differ. */
export function sameText(a: string, b: string): boolean {
  return nodeCrypto().timingSafeEqual(
    nodeCrypto().createHash('sha256').update(a).digest(),
    nodeCrypto().createHash('sha256').update(b).digest(),
  )
}

/** RFC 8785 canonical JSON of values that came from, or go to, JSON (no floats beyond what JSON.stringify writes the same way). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v === undefined ? null : v)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`
}

async function derive(
  secret: string,
  label: string,
  usages: ('sign' | 'encrypt' | 'decrypt')[],
  algorithm: 'HMAC' | 'AES-GCM',
): Promise<CryptoKey> {
  const root = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey'])
  const target = algorithm === 'HMAC' ? { name: 'HMAC', hash: 'SHA-256', length: 256 } : { name: 'AES-GCM', length: 256 }
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8(label) }, root, target, false, usages)
}

/** HMAC-SHA-256 under a key derived (HKDF, RFC 5869) from `secret` for `label`; base64url. For one-time codes and the like, which are too short to be hashed plainly. */
export async function keyedHash(secret: string, label: string, text: string): Promise<string> {
  const key = await derive(secret, label, ['sign'], 'HMAC')
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text))))
}

/** AES-256-GCM under a key derived from `secret` for `label`; base64url of IV and ciphertext. */
export async function seal(secret: string, label: string, text: string): Promise<string> {
  const key = await derive(secret, label, ['encrypt'], 'AES-GCM')
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8(text)))
  const whole = new Uint8Array(12 + sealed.length)
  whole.set(iv)
  whole.set(sealed, 12)
  return toBase64Url(whole)
}

/** Opens what `seal` made with the same secret and label; throws when it was altered. */
export async function unseal(secret: string, label: string, text: string): Promise<string> {
  const key = await derive(secret, label, ['decrypt'], 'AES-GCM')
  const whole = fromBase64(text)
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: whole.subarray(0, 12) }, key, whole.subarray(12))
  return new TextDecoder().decode(plain)
}

/** A UUID (RFC 9562, version 8) that is a function of `text`: the same cause makes the same id, so that doing it twice does nothing. */
export function uuidOf(text: string): string {
  const hex = sha256Hex(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
