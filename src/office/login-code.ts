import { and, eq, gt, gte, inArray, isNull, lt, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { keyedHash } from '../lib/hash.ts'
import { randomDigits, uuidv7 } from '../lib/ids.ts'
import { languagesFor } from '../notifications/languages.ts'
import { announce, machineNow, makeJob } from '../queue/outbox.ts'
import { loadClient } from './load-client.ts'
import { loginCodeMessage } from './messages.ts'
import { organizationName } from './organization.ts'
import { officeClients, officeLoginCodes } from './tables.ts'

/** Wrong codes that end an attempt. */
const MAX_WRONG_CODES = 5
/** Calls bring the time at which they began: of two side by side, the earlier may be heard later. */
const SKEW_SECONDS = 30

/** What a code is good for: nothing else, and nobody else's phone. */
const hashOf = (ctx: Ctx, phone: string, code: string) => keyedHash(ctx.settings.APP_SECRET, `office.login:${phone}`, code)

/** Seconds until a new code may be asked for; none left where the clock was moved far back. */
function secondsToWait(sentAt: string | undefined, now: Date, resendSeconds: number): number {
  if (sentAt === undefined) return 0
  const wait = resendSeconds - (now.getTime() - Date.parse(sentAt)) / 1000
  return wait > 0 && wait <= resendSeconds + SKEW_SECONDS ? Math.min(wait, resendSeconds) : 0
}

const tooSoon = (retryAfter: number) => new AppError('too_many_requests', 'A code was sent a moment ago.', { retryAfter })

/** Sends a client a code to log in with; the one before ends. */
export async function sendLoginCode(ctx: Ctx, clientId: string): Promise<{ expires_at: string }> {
  const { orgId, phone, status, iin, inn } = await loadClient(ctx, clientId)
  if (status === 'blocked') throw new AppError('conflict', 'The client is blocked.')
  const { CODE_TTL_SECONDS: ttl, CODE_RESEND_SECONDS: resend } = ctx.settings
  const [last] = await ctx.db.select().from(officeLoginCodes).where(eq(officeLoginCodes.clientId, clientId))
  const wait = secondsToWait(last?.sentAt, ctx.now, resend)
  if (wait > 0) throw tooSoon(wait)

  const code = randomDigits(6)
  const expiresAt = new Date(ctx.now.getTime() + ttl * 1000).toISOString()
  const row = {
    clientId,
    id: uuidv7(ctx.now.getTime()),
    codeHash: await hashOf(ctx, phone, code),
    sentAt: ctx.now.toISOString(),
    expiresAt,
  }
  const text = loginCodeMessage(languagesFor({ phone, identifier: iin, inn }), code, await organizationName(ctx, orgId))
  const job = await makeJob(ctx, 'sms.send', { orgId, to: phone, text, code, until: machineNow().getTime() + ttl * 1000 })
  try {
    // Only the code that was seen is replaced: of two calls side by side the second finds another one in its place, and all of it fails.
    await batch(ctx.db, [
      ctx.db.delete(officeLoginCodes).where(and(eq(officeLoginCodes.clientId, clientId), eq(officeLoginCodes.id, last?.id ?? ''))),
      ctx.db.insert(officeLoginCodes).values(row),
      audit(ctx, orgId, 'client.login_code_sent', `client:${clientId}`),
      job.write,
    ])
  } catch (error) {
    if (isUniqueViolation(error, 'client_id')) throw tooSoon(resend)
    throw error
  }
  await announce(ctx.env, [job])
  return { expires_at: expiresAt }
}

/**
 * The clients whose code it is, the newest code first; the code is spent. One statement compares and counts, so that no number of guesses
 * at once is more than five. A guess counts against every code that the phone has. Too many: 429.
 */
export async function spendLoginCode(ctx: Ctx, phone: string, code: string): Promise<string[]> {
  const hash = await hashOf(ctx, phone, code)
  const now = ctx.now.toISOString()
  const { clientId, codeHash, wrong, usedAt, expiresAt, sentAt } = officeLoginCodes
  const ofPhone = inArray(clientId, ctx.db.select({ id: officeClients.id }).from(officeClients).where(eq(officeClients.phone, phone)))
  const tried = await ctx.db
    .update(officeLoginCodes)
    .set({ wrong: sql`${wrong} + (${codeHash} <> ${hash})`, usedAt: sql`case when ${codeHash} = ${hash} then ${now} end` })
    .where(and(ofPhone, isNull(usedAt), lt(wrong, MAX_WRONG_CODES), gt(expiresAt, now)))
    .returning({ clientId, usedAt, sentAt })
  if (tried.length === 0) {
    const [ended] = await ctx.db
      .select({ clientId })
      .from(officeLoginCodes)
      .where(and(ofPhone, isNull(usedAt), gte(wrong, MAX_WRONG_CODES)))
      .limit(1)
    if (ended) throw new AppError('too_many_requests', 'This attempt has ended; ask for a new code.')
  }
  const right = tried.filter((t) => t.usedAt !== null)
  return right.sort((a, b) => (a.sentAt < b.sentAt ? 1 : -1)).map((t) => t.clientId)
}
