import { and, eq, isNull, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { sha256Hex } from '../lib/hash.ts'
import { randomToken, uuidv7 } from '../lib/ids.ts'
import { SCOPES } from './roles.ts'
import { apiKeys } from './tables.ts'

const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  scopes: apiKeys.scopes,
  created_at: apiKeys.createdAt,
  last_used_at: apiKeys.lastUsedAt,
  expires_at: apiKeys.expiresAt,
}
const MAX_KEYS = 100

/** Makes a key; the answer is the only place where it ever shows. */
export async function createApiKey(ctx: Ctx, input: { name: string; scopes: string[]; expires_at?: string | undefined }) {
  const orgId = orgOf(ctx)
  const unknown = input.scopes.filter((s) => !(SCOPES as readonly string[]).includes(s))
  if (unknown.length > 0)
    throw new AppError('validation', 'A scope is not known.', {
      issues: [{ path: 'scopes', message: `unknown scope; known: ${SCOPES.join(', ')}` }],
    })
  const expiresAt = input.expires_at === undefined ? null : new Date(input.expires_at).toISOString()
  if (expiresAt && expiresAt <= ctx.now.toISOString())
    throw new AppError('validation', 'The key would be expired.', { issues: [{ path: 'expires_at', message: 'is in the past' }] })
  const key = `qk_${randomToken(32)}`
  const row = {
    id: uuidv7(ctx.now.getTime()),
    orgId,
    name: input.name,
    prefix: key.slice(0, 9),
    hash: sha256Hex(key),
    scopes: [...new Set(input.scopes)],
    expiresAt,
    createdAt: ctx.now.toISOString(),
  }
  const createdBy = ctx.actor.kind === 'user' ? ctx.actor.userId : 0
  // Counted where it is written: of many that are made at once none is too many.
  const tooMany = sql`(select count(*) from ${apiKeys} where org_id = ${orgId} and revoked_at is null) > ${MAX_KEYS}`
  const [, over] = await batch(ctx.db, [
    ctx.db.insert(apiKeys).values({ ...row, createdBy }),
    ctx.db
      .delete(apiKeys)
      .where(and(eq(apiKeys.id, row.id), tooMany))
      .returning({ id: apiKeys.id }),
    audit(ctx, orgId, 'api_key.created', `api_key:${row.id}`, sql`exists (select 1 from ${apiKeys} where id = ${row.id})`),
  ])
  if ((over as unknown[]).length > 0) throw new AppError('conflict', `A company has at most ${MAX_KEYS} keys.`)
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    created_at: row.createdAt,
    last_used_at: null,
    expires_at: expiresAt,
    key,
  }
}

export async function listApiKeys(ctx: Ctx) {
  return {
    items: await ctx.db
      .select(shown)
      .from(apiKeys)
      .where(and(eq(apiKeys.orgId, orgOf(ctx)), isNull(apiKeys.revokedAt)))
      .orderBy(apiKeys.id)
      .limit(MAX_KEYS),
  }
}

/** Revokes a key: the next call with it is refused. */
export async function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  const orgId = orgOf(ctx)
  const mine = and(eq(apiKeys.id, id), eq(apiKeys.orgId, orgId), isNull(apiKeys.revokedAt))
  const [row] = await ctx.db.select({ id: apiKeys.id }).from(apiKeys).where(mine)
  if (!row) throw notFound()
  await batch(ctx.db, [
    ctx.db.update(apiKeys).set({ revokedAt: ctx.now.toISOString() }).where(mine),
    audit(ctx, orgId, 'api_key.revoked', `api_key:${id}`),
  ])
}
