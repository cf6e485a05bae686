import type { Settings } from '../env.ts'
import { keyedHash, sha256Hex } from '../lib/hash.ts'
import { fromBase64, toBase64Url, toHex } from '../lib/ids.ts'
import type { Link, PackageState } from './model.ts'

/**
 * A link's token: the package's id, by which its object is found, and 256 random bits, base64url, 64 characters. Only its SHA-256 is kept;
 * so much randomness needs no slower hash.
 */
export function makeToken(packageId: string, secret: Uint8Array = crypto.getRandomValues(new Uint8Array(32))): string {
  const id = Uint8Array.from(packageId.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (id.length !== 16 || secret.length !== 32) throw new TypeError('A token has an id of 16 bytes and a secret of 32')
  const whole = new Uint8Array(48)
  whole.set(id)
  whole.set(secret, 16)
  return toBase64Url(whole)
}

/** The token of a reminder, a function of its cause: a reminder that is sent again says the same link. */
export const reminderToken = async (settings: Settings, packageId: string, participantId: string, at: string): Promise<string> =>
  makeToken(packageId, fromBase64(await keyedHash(settings.APP_SECRET, 'reminder-link', `${packageId}:${participantId}:${at}`)))

/** Where a token leads; undefined for a text that cannot be one. */
export function readToken(token: string): { packageId: string; tokenHash: string } | undefined {
  if (!/^[\w-]{64}$/.test(token)) return undefined
  const hex = toHex(fromBase64(token).subarray(0, 16))
  const packageId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  return { packageId, tokenHash: sha256Hex(token) }
}

/** Whether a link opens nothing any more: expired, withdrawn, its participant replaced, or its package revoked. */
export const isGone = (link: Link, state: Pick<PackageState, 'status'>, now: string): boolean =>
  link.revokedAt !== null || link.expiresAt <= now || state.status === 'revoked'

export const linkUrl = (settings: Settings, token: string) => `${settings.PUBLIC_URL ?? ''}/sign/${token}`
