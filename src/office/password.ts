import { nodeCrypto } from '../lib/node.ts'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { fromBase64, toBase64 } from '../lib/ids.ts'
import { keyedHash } from '../lib/hash.ts'
import { officeClients } from './tables.ts'

const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 12

/** A password to be read from a screen and typed: 59 random bits, no letters that look like others. */
export function newPassword(): string {
  let out = ''
  while (out.length < LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1))
    // 248 is the largest multiple of 31 in a byte: above it the first letters would come more often.
    if (byte < 248) out += ALPHABET[byte % ALPHABET.length] ?? ''
  }
  return out
}

const PARAMETERS = 'scrypt$16384$8$1'
const KEY_BYTES = 32
/** Base64 of the key, at the end of a hash. */
const KEY_CHARS = 44
/** Recipes that one phone can have: one for each change of the parameters or of APP_SECRET. */
const MAX_RECIPES = 4

/**
 * Everything of a hash but the key: `scrypt$N$r$p$salt$`. All clients of one phone share a salt, so that one login costs one scrypt
 * however many organizations the phone is a client of; other phones have others, and nobody can tell them without APP_SECRET.
 */
async function recipeOf(ctx: Ctx, phone: string): Promise<string> {
  const salt = fromBase64(await keyedHash(ctx.settings.APP_SECRET, 'office.client.salt', phone)).subarray(0, 16)
  return `${PARAMETERS}$${toBase64(salt)}$`
}

function cook(recipe: string, password: string): Promise<string> {
  const [, n, r, p, salt = ''] = recipe.split('$')
  const [N, blocks, lanes] = [Number(n), Number(r), Number(p)]
  const options = { N, r: blocks, p: lanes, maxmem: 256 * N * blocks }
  return new Promise((resolve, reject) => {
    nodeCrypto().scrypt(password.normalize('NFKC'), Buffer.from(salt, 'base64'), KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(recipe + key.toString('base64')),
    )
  })
}

/** scrypt (RFC 7914) in the form of `identity/password.ts`, with the salt of the phone. */
export const hashClientPassword = async (ctx: Ctx, phone: string, password: string) => cook(await recipeOf(ctx, phone), password)

/** The clients with this phone whose password it is, found by the hash itself: what is compared is scrypt's output, which a guesser can't steer. */
export async function clientsByPassword(ctx: Ctx, phone: string, password: string): Promise<string[]> {
  const kept = await ctx.db
    .selectDistinct({ recipe: sql<string>`substr(${officeClients.passwordHash}, 1, length(${officeClients.passwordHash}) - ${KEY_CHARS})` })
    .from(officeClients)
    .where(eq(officeClients.phone, phone))
    .limit(MAX_RECIPES)
  // A phone that nobody has costs as much as one that somebody has.
  const recipes = kept.length > 0 ? kept.map((k) => k.recipe) : [await recipeOf(ctx, phone)]
  const hashes: string[] = []
  for (const recipe of recipes) hashes.push(await cook(recipe, password))
  const rows = await ctx.db
    .select({ id: officeClients.id })
    .from(officeClients)
    .where(and(eq(officeClients.phone, phone), inArray(officeClients.passwordHash, hashes)))
  return rows.map((row) => row.id)
}
