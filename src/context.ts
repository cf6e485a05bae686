import { eq, sql, type SQL } from 'drizzle-orm'
import { openDb, type Db, type DbSession, type Start, type Write } from './db/client.ts'
import { devState } from './dev/tables.ts'
import { settingsOf, type Settings } from './env.ts'
import { AppError, notFound } from './http/errors.ts'
import { actorName, type Actor } from './identity/roles.ts'

/** What every verb gets besides its input: made from a request, a queue message, a cron tick or a Durable Object's call. */
export interface Ctx {
  env: Env
  settings: Settings
  db: Db
  /** The service's time; nothing else may ask a clock. */
  now: Date
  requestId: string
  actor: Actor
  /** From where the call came: address and user agent; null for the service itself. */
  address: string | null
  userAgent: string | null
  /** The languages that the caller asks for, as the header says them; null for the service itself. */
  acceptLanguage: string | null
  /** Keeps work going after the answer has left. */
  waitUntil: (work: Promise<unknown>) => void
}

/** How far the clock was moved, as far as this isolate knows; other isolates learn of it within a second. */
let moved: { ms: number; readAt: number } | undefined

export function noteClock(ms: number): void {
  moved = { ms, readAt: Date.now() }
}

/** The service's clock: in development it can be moved (`POST /dev/clock`). */
export async function serviceNow(settings: Settings, db: Db): Promise<Date> {
  if (settings.ENVIRONMENT !== 'development') return new Date()
  if (!moved || Math.abs(Date.now() - moved.readAt) > 1000) {
    const [row] = await db.select({ value: devState.value }).from(devState).where(eq(devState.name, 'clock'))
    noteClock(row?.value ?? 0)
  }
  return new Date(Date.now() + (moved?.ms ?? 0))
}

/** A context of the service itself, for queue, cron and Durable Objects; it reads and writes the primary. */
export async function serviceContext(
  env: Env,
  waitUntil: Ctx['waitUntil'],
  start: Start = 'first-primary',
): Promise<Ctx & { session: DbSession }> {
  const settings = settingsOf(env)
  const session = openDb(env, start)
  const now = await serviceNow(settings, session.db)
  return {
    env,
    settings,
    db: session.db,
    session,
    now,
    requestId: crypto.randomUUID(),
    actor: { kind: 'anonymous' },
    address: null,
    userAgent: null,
    acceptLanguage: null,
    waitUntil,
  }
}

/** The caller's organization; the operator has none and is refused. */
export function orgOf(ctx: Pick<Ctx, 'actor'>): number {
  if (ctx.actor.kind === 'user' || ctx.actor.kind === 'key') return ctx.actor.orgId
  throw new AppError('forbidden', 'This is for members of a company.')
}

/** Lets the organization itself through, and the operator; for anybody else the organization does not exist. */
export function mustSeeOrg(ctx: Pick<Ctx, 'actor'>, orgId: number): number {
  if (ctx.actor.kind === 'operator') return orgId
  if ((ctx.actor.kind === 'user' || ctx.actor.kind === 'key') && ctx.actor.orgId === orgId) return orgId
  throw notFound()
}

/** The audit row of a mutation, to be written in its batch; with `when`, only if that holds then. */
export function audit(ctx: Ctx, orgId: number | null | SQL<number>, action: string, subject: string, when: SQL = sql`true`): Write {
  return ctx.db.run(sql`insert into audit_log (org_id, actor, action, subject, request_id, address, at)
    select ${orgId}, ${actorName(ctx.actor)}, ${action}, ${subject}, ${ctx.requestId}, ${ctx.address}, ${ctx.now.toISOString()} where ${when}`)
}
