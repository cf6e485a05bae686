/** What organizations entrust to us, at rest: AES-256-GCM under a data key of each organization's own, that one wrapped under `KEY_ENCRYPTION_KEYS`. */
import { and, eq, inArray, ne } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { utf8 } from '../lib/hash.ts'
import { fromBase64, toBase64, toBase64Url } from '../lib/ids.ts'
import type { KeyRing } from '../signing/pki/wrap.ts'
import { dataKeys } from './tables.ts'

const IV_BYTES = 12
const AT_ONCE = 200

type Row = typeof dataKeys.$inferSelect

const rings = new Map<string, KeyRing>()

/** The key-encryption keys of the settings, imported once an isolate. */
async function ringOf({ settings }: Pick<Ctx, 'settings'>): Promise<KeyRing> {
  const secret = settings.KEY_ENCRYPTION_KEYS
  const known = rings.get(secret)
  if (known) return known
  const { importKeyRing } = await import('../signing/pki/wrap.ts')
  const ring = await importKeyRing(secret)
  rings.set(secret, ring)
  return ring
}

/** What cannot be opened is the operator's to mend: the log says which key, the caller gets 503. */
function locked(what: string): AppError {
  console.error(what)
  return new AppError('unavailable', 'The stored data can’t be opened now.')
}

function unwrap(ring: KeyRing, { orgId, kid, dek }: Row, extractable: boolean): Promise<CryptoKey> {
  const key = ring.keys.get(kid)
  if (!key) throw locked(`There is no key-encryption key ${kid}`)
  return crypto.subtle
    .unwrapKey('raw', fromBase64(dek), key, 'AES-KW', 'AES-GCM', extractable, ['encrypt', 'decrypt'])
    .catch(() => Promise.reject(locked(`The data key of organization ${orgId} cannot be opened`)))
}

async function wrap(ring: KeyRing, key: CryptoKey): Promise<Pick<Row, 'kid' | 'dek'>> {
  const first = ring.keys.get(ring.first)
  if (!first) throw locked('There is no key-encryption key')
  return { kid: ring.first, dek: toBase64(new Uint8Array(await crypto.subtle.wrapKey('raw', key, first, 'AES-KW'))) }
}

async function rowOf(ctx: Ctx, orgId: number): Promise<Row> {
  const find = async () => (await ctx.db.select().from(dataKeys).where(eq(dataKeys.orgId, orgId)))[0]
  const known = await find()
  if (known) return known
  const key = (await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])) as CryptoKey
  const wrapped = await wrap(await ringOf(ctx), key)
  // Of two that make it at once the first one's stands.
  await ctx.db
    .insert(dataKeys)
    .values({ orgId, ...wrapped, createdAt: ctx.now.toISOString() })
    .onConflictDoNothing()
  const made = await find()
  if (!made) throw new Error('the data key was not written')
  return made
}

export interface Vault {
  seal: (label: string, content: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>
  open: (label: string, sealed: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>
  /** The same for JSON, as base64url. */
  sealJson: (label: string, value: unknown) => Promise<string>
  openJson: (label: string, sealed: string) => Promise<unknown>
}

/**
 * Opens an organization's data key; it is made on first use. What is sealed is bound to the organization and to a label of what it is, so that
 * nothing opens in another's place.
 *
 * @throws AppError `unavailable` where the key does not open
 */
export async function vaultOf(ctx: Ctx, orgId: number): Promise<Vault> {
  const key = await unwrap(await ringOf(ctx), await rowOf(ctx, orgId), false)
  const gcm = (iv: Uint8Array<ArrayBuffer>, label: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: utf8(JSON.stringify(['qoltanba.data', orgId, label])),
  })
  const seal = async (label: string, content: Uint8Array) => {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
    const cipher = new Uint8Array(await crypto.subtle.encrypt(gcm(iv, label), key, content))
    const whole = new Uint8Array(IV_BYTES + cipher.length)
    whole.set(iv)
    whole.set(cipher, IV_BYTES)
    return whole
  }
  const open = async (label: string, sealed: Uint8Array<ArrayBuffer>) => {
    try {
      return new Uint8Array(await crypto.subtle.decrypt(gcm(sealed.slice(0, IV_BYTES), label), key, sealed.subarray(IV_BYTES)))
    } catch {
      throw locked(`Data of organization ${orgId} does not open: ${label}`)
    }
  }
  return {
    seal,
    open,
    sealJson: async (label, value) => toBase64Url(await seal(label, utf8(JSON.stringify(value)))),
    openJson: async (label, sealed) => JSON.parse(new TextDecoder().decode(await open(label, fromBase64(sealed)))) as unknown,
  }
}

/**
 * Moves data keys to the first key-encryption key, some at a time: after a rotation the old one may be dropped when no row names it any longer.
 * What they seal stays as it is.
 */
export async function rewrapDataKeys(ctx: Ctx): Promise<void> {
  const ring = await ringOf(ctx)
  const older = [...ring.keys.keys()].filter((kid) => kid !== ring.first)
  if (older.length === 0) return
  const rows = await ctx.db.select().from(dataKeys).where(inArray(dataKeys.kid, older)).limit(AT_ONCE)
  for (const row of rows) {
    // One that does not open is told of in the log and left; it does not hold up the others.
    const key = await unwrap(ring, row, true).catch(() => null)
    if (!key) continue
    const wrapped = await wrap(ring, key)
    await ctx.db
      .update(dataKeys)
      .set(wrapped)
      .where(and(eq(dataKeys.orgId, row.orgId), eq(dataKeys.dek, row.dek), ne(dataKeys.kid, ring.first)))
  }
}
