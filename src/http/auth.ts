import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { openDb, type Db } from '../db/client.ts'
import type { Actor } from '../identity/roles.ts'
import { apiKeys, organizations, users } from '../identity/tables.ts'
import { checkClientSession } from '../identity/sessions.ts'
import { readToken, type Claims } from '../identity/tokens.ts'
import { sha256Hex } from '../lib/hash.ts'
import { officeClients } from '../office/tables.ts'

/** How long a key's `last_used_at` may lag behind, so that not every call writes. */
const USE_NOTED_EVERY_MS = 60_000

async function byKey(ctx: Ctx, key: string): Promise<Actor | undefined> {
  // The primary answers: a revoked key must stop at once, also where a replica lags.
  const { db } = openDb(ctx.env, 'first-primary')
  const [row] = await db
    .select({
      id: apiKeys.id,
      orgId: apiKeys.orgId,
      timeZone: organizations.timeZone,
      scopes: apiKeys.scopes,
      expiresAt: apiKeys.expiresAt,
      lastUsedAt: apiKeys.lastUsedAt,
    })
    .from(apiKeys)
    .innerJoin(organizations, and(eq(organizations.id, apiKeys.orgId), isNull(organizations.deletedAt)))
    .where(and(eq(apiKeys.hash, sha256Hex(key)), isNull(apiKeys.revokedAt)))
  const now = ctx.now.toISOString()
  if (!row || (row.expiresAt && row.expiresAt <= now)) return undefined
  if (!row.lastUsedAt || Date.parse(row.lastUsedAt) + USE_NOTED_EVERY_MS < ctx.now.getTime()) {
    ctx.waitUntil(Promise.resolve(db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, row.id))))
  }
  return { kind: 'key', keyId: row.id, orgId: row.orgId, timeZone: row.timeZone, scopes: row.scopes }
}

const CLIENT = 'client:'

async function byClientToken(ctx: Ctx, { subject, sessionId, tokenId, expiresAt }: Claims, orgId: number): Promise<Actor | undefined> {
  const clientId = subject.slice(CLIENT.length)
  const find = (db: Db) =>
    db
      .select({ id: officeClients.id })
      .from(officeClients)
      .innerJoin(organizations, and(eq(organizations.id, officeClients.orgId), isNull(organizations.deletedAt)))
      .where(and(eq(officeClients.id, clientId), eq(officeClients.orgId, orgId), eq(officeClients.status, 'active')))
  const [ok, [near]] = await Promise.all([checkClientSession(ctx, clientId, sessionId, tokenId), find(ctx.db)])
  if (!ok) return undefined
  const row = near ?? (await find(openDb(ctx.env, 'first-primary').db))[0]
  return row && { kind: 'client', clientId, orgId, sessionId, tokenId, expiresAt }
}

async function byToken(ctx: Ctx, token: string): Promise<Actor | undefined> {
  const claims = await readToken(ctx.settings, 'access', token, ctx.now)
  if (!claims) return undefined
  const { sessionId, tokenId, expiresAt, orgId } = claims
  if (orgId !== null && claims.subject.startsWith(CLIENT)) return byClientToken(ctx, claims, orgId)
  const alive = ctx.env.SESSIONS.getByName(orgId === null ? 'operator' : String(orgId)).check(sessionId, tokenId)
  if (orgId === null)
    return claims.subject === 'operator' && (await alive) ? { kind: 'operator', sessionId, tokenId, expiresAt } : undefined
  const userId = Number(claims.subject.slice('user:'.length))
  const find = (db: Db) =>
    db
      .select({ staffId: users.staffId, role: users.role, name: users.name, timeZone: organizations.timeZone })
      .from(users)
      .innerJoin(organizations, and(eq(organizations.id, users.orgId), isNull(organizations.deletedAt)))
      .where(and(eq(users.id, userId), eq(users.orgId, orgId), eq(users.isActive, true), isNull(users.deletedAt)))
  const [ok, [near]] = await Promise.all([alive, find(ctx.db)])
  if (!ok) return undefined
  // A replica may not have heard of a new account yet; its session is the proof that it exists.
  const row = near ?? (await find(openDb(ctx.env, 'first-primary').db))[0]
  return row && { kind: 'user', userId, orgId, sessionId, tokenId, expiresAt, ...row }
}

/** Who calls: undefined when a credential was sent that is not (or no longer) good; anonymous when none was. */
export async function authenticate(ctx: Ctx, authorization: string | undefined): Promise<Actor | undefined> {
  if (!authorization) return { kind: 'anonymous' }
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (!token) return undefined
  return token.startsWith('qk_') ? byKey(ctx, token) : byToken(ctx, token)
}
