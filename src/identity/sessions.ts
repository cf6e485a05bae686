import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { sameText } from '../lib/hash.ts'
import { randomHex } from '../lib/ids.ts'
import { verifyPassword } from './password.ts'
import { loginSucceeded, takeLoginTry } from './throttle.ts'
import { organizations, users } from './tables.ts'
import { ACCESS_SECONDS, readToken, REFRESH_SECONDS, signToken } from './tokens.ts'

export type LoginBy = { email: string } | { phone: string }

export interface LoggedIn {
  /** The person; the operator has no row, so 0 and no organization. */
  user: { id: number; staffId: string; name: string; email: string; phone: string | null; position: string | null; role: string }
  org: { id: number; name: string; email: string; phone: string } | null
  access: string
  refresh: string
}

export const normalizeEmail = (email: string) => email.trim().toLowerCase()

const objectOf = (ctx: Ctx, orgId: number | null) => ctx.env.SESSIONS.getByName(orgId === null ? 'operator' : String(orgId))
const wrong = (message: string) => new AppError('unauthenticated', message)

async function openSession(ctx: Ctx, subject: string, userId: number, orgId: number | null): Promise<{ access: string; refresh: string }> {
  const [sessionId, accessId, refreshId] = [randomHex(16), randomHex(16), randomHex(16)]
  const now = ctx.now.getTime()
  await objectOf(ctx, orgId).open({ id: sessionId, userId, refreshId, expiresAt: now + REFRESH_SECONDS * 1000, now })
  const [access, refresh] = await Promise.all([
    signToken(ctx.settings, 'access', { subject, orgId, sessionId, tokenId: accessId }, ctx.now),
    signToken(ctx.settings, 'refresh', { subject, orgId, sessionId, tokenId: refreshId }, ctx.now),
  ])
  return { access, refresh }
}

async function asOperator(ctx: Ctx, password: string, email: string): Promise<LoggedIn | undefined> {
  // As slow as any other account: time must not tell which e-mail is the operator's.
  await verifyPassword(password, null)
  if (!sameText(password, ctx.settings.OPERATOR_PASSWORD)) return undefined
  const user = { id: 0, staffId: '00000000', name: 'Platform operator', email, phone: null, position: null, role: 'operator' }
  return { user, org: null, ...(await openSession(ctx, 'operator', 0, null)) }
}

/** Logs a person in. Wrong in any way: 401 with the surface's own words, after the same work; too often: 429. `admit` may refuse a role. */
export async function logIn(
  ctx: Ctx,
  by: LoginBy,
  password: string,
  refusal: string,
  admit: (role: string) => void = () => {},
): Promise<LoggedIn> {
  const account = 'email' in by ? normalizeEmail(by.email) : by.phone
  await takeLoginTry(ctx, account)
  if (account === normalizeEmail(ctx.settings.OPERATOR_EMAIL)) {
    const operator = await asOperator(ctx, password, account)
    if (!operator) throw wrong(refusal)
    await loginSucceeded(ctx, account)
    return operator
  }
  const [row] = await ctx.db
    .select({ user: users, org: organizations })
    .from(users)
    .innerJoin(organizations, and(eq(organizations.id, users.orgId), isNull(organizations.deletedAt)))
    .where(and('email' in by ? eq(users.email, account) : eq(users.phone, account), isNull(users.deletedAt)))
  const right = await verifyPassword(password, row?.user.passwordHash ?? null)
  if (!row || !right || !row.user.isActive) throw wrong(refusal)
  await loginSucceeded(ctx, account)
  admit(row.user.role)
  const { user, org } = row
  const [tokens] = await Promise.all([
    openSession(ctx, `user:${user.id}`, user.id, org.id),
    ctx.db.update(users).set({ lastLoginAt: ctx.now.toISOString() }).where(eq(users.id, user.id)),
  ])
  return { user, org, ...tokens }
}

/** Changes a refresh token for a new pair; the old one is spent, and using it again ends the session. */
export async function refreshSession(ctx: Ctx, token: string, refusal: string): Promise<{ access: string; refresh: string }> {
  const claims = await readToken(ctx.settings, 'refresh', token, ctx.now)
  if (!claims) throw wrong(refusal)
  const { subject, orgId, sessionId } = claims
  const [accessId, refreshId] = [randomHex(16), randomHex(16)]
  const outcome = await objectOf(ctx, orgId).rotate(sessionId, claims.tokenId, refreshId, ctx.now.getTime() + REFRESH_SECONDS * 1000)
  if (!outcome.ok) throw wrong(refusal)
  if (orgId !== null) {
    const [row] = await ctx.db
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, outcome.userId), eq(users.isActive, true), isNull(users.deletedAt)))
    if (!row) throw wrong(refusal)
  }
  const [access, refresh] = await Promise.all([
    signToken(ctx.settings, 'access', { subject, orgId, sessionId, tokenId: accessId }, ctx.now),
    signToken(ctx.settings, 'refresh', { subject, orgId, sessionId, tokenId: refreshId }, ctx.now),
  ])
  return { access, refresh }
}

function sessionOf(ctx: Ctx) {
  const { actor } = ctx
  if (actor.kind !== 'user' && actor.kind !== 'operator') throw new AppError('forbidden', 'Only a person has a session.')
  return {
    ...actor,
    orgId: actor.kind === 'user' ? actor.orgId : null,
    subject: actor.kind === 'user' ? `user:${actor.userId}` : 'operator',
  }
}

/** Changes the access token of this call for a new one that lives an hour; this one stops. */
export async function exchangeToken(ctx: Ctx, refusal: string): Promise<string> {
  const { orgId, subject, sessionId, tokenId, expiresAt } = sessionOf(ctx)
  const alive = await objectOf(ctx, orgId).exchange(sessionId, tokenId, expiresAt, ctx.now.getTime() + ACCESS_SECONDS * 1000)
  if (!alive) throw wrong(refusal)
  return signToken(ctx.settings, 'access', { subject, orgId, sessionId, tokenId: randomHex(16) }, ctx.now)
}

/** Ends the session of this call at once, on every surface. */
export async function logOut(ctx: Ctx): Promise<void> {
  const { orgId, sessionId } = sessionOf(ctx)
  await objectOf(ctx, orgId).end(sessionId)
}

const clientObject = (ctx: Ctx, clientId: string) => ctx.env.SESSIONS.getByName(`client:${clientId}`)

/** Opens a session of a client of the office: an access token and no refresh. Each client has an object of its own, of which it is the only user. */
export async function openClientSession(ctx: Ctx, clientId: string, orgId: number): Promise<string> {
  const [sessionId, tokenId] = [randomHex(16), randomHex(16)]
  const now = ctx.now.getTime()
  await clientObject(ctx, clientId).open({ id: sessionId, userId: 0, refreshId: null, expiresAt: now + ACCESS_SECONDS * 1000, now })
  return signToken(ctx.settings, 'access', { subject: `client:${clientId}`, orgId, sessionId, tokenId }, ctx.now)
}

/** Whether an access token of a client still opens anything. */
export const checkClientSession = (ctx: Ctx, clientId: string, sessionId: string, tokenId: string): Promise<boolean> =>
  clientObject(ctx, clientId).check(sessionId, tokenId)

/** Ends all sessions of a client. */
export async function endClientSessions(ctx: Ctx, clientId: string): Promise<void> {
  await clientObject(ctx, clientId).endAll(null)
}

/** Ends all sessions of a user (of the whole organization, when null), but the one given. */
export async function endSessions(ctx: Ctx, orgId: number, userId: number | null, except: string | null = null): Promise<void> {
  await objectOf(ctx, orgId).endAll(userId, except)
}
