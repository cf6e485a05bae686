import { and, eq, lt } from 'drizzle-orm'
import { logUnknown } from './log.ts'
import type { Ctx } from '../context.ts'
import { keyedHash, seal, sha256Hex, unseal } from '../lib/hash.ts'
import { actorName } from '../identity/roles.ts'
import { AppError } from './errors.ts'
import type { ErrorShape } from './shapes.ts'
import { idempotencyKeys } from './tables.ts'

const KEPT_MS = 24 * 3_600_000
/** A call that has not ended by then was cut off; its key may be used again. */
const RUNNING_MS = 120_000
const REPLAYED_HEADERS = ['content-type', 'location'] as const
const MAX_KEPT = 256 * 1024

/** Refusals that say nothing about the call itself are not kept: trying again may well succeed. */
const keeps = (status: number) => status < 500 && ![401, 408, 425, 429].includes(status)

export interface Call {
  ctx: Ctx
  errors: ErrorShape
  operation: string
  key: string
  /** What was sent, in a form that is the same for the same request. */
  said: string
  /** By which secret of the body a caller without a token is known: strangers must not meet under one key. */
  known: string
}

/**
 * Runs `answer` once for a key: the same key and body give the first answer again for 24 hours, another body 422, a call still running 409
 * (draft-ietf-httpapi-idempotency-key-header). The stored answer is sealed with the key, which is not stored.
 */
export async function answerOnce({ ctx, errors, operation, key, said, known }: Call, answer: () => Promise<Response>): Promise<Response> {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new AppError('bad_request', 'Idempotency-Key must be 1 to 255 visible ASCII characters.')
  const org = 'orgId' in ctx.actor ? String(ctx.actor.orgId) : ''
  const caller = sha256Hex(ctx.actor.kind === 'anonymous' ? `anonymous:${known}` : `${org}:${actorName(ctx.actor)}`)
  const row = {
    caller,
    key: sha256Hex(`${operation}\n${key}`),
    // Keyed: a plain hash would let whoever sees the table try passwords against a body whose other fields are known.
    bodyHash: await keyedHash(ctx.settings.APP_SECRET, 'idempotency', said),
    state: 'running' as const,
    createdAt: ctx.now.toISOString(),
  }
  const mine = and(eq(idempotencyKeys.caller, row.caller), eq(idempotencyKeys.key, row.key))
  const label = `idempotency:${row.caller}:${key}`

  for (let tries = 0; tries < 2; tries++) {
    const [claimed] = await ctx.db.insert(idempotencyKeys).values(row).onConflictDoNothing().returning({ key: idempotencyKeys.key })
    if (claimed) break
    const [found] = await ctx.db.select().from(idempotencyKeys).where(mine)
    const age = found ? ctx.now.getTime() - Date.parse(found.createdAt) : Infinity
    if (found && age >= 0 && age < (found.state === 'done' ? KEPT_MS : RUNNING_MS)) {
      if (found.bodyHash !== row.bodyHash) throw new AppError('unprocessable', 'This Idempotency-Key was used with another request.')
      if (found.state === 'running')
        throw new AppError('conflict', 'The first call with this Idempotency-Key is still running.', { retryAfter: 1 })
      const body = found.answer === null ? null : await unseal(ctx.settings.APP_SECRET, label, found.answer)
      return new Response(body, { status: found.status ?? 200, headers: { ...found.headers, 'idempotency-replayed': 'true' } })
    }
    if (found) await ctx.db.delete(idempotencyKeys).where(and(mine, eq(idempotencyKeys.createdAt, found.createdAt)))
  }

  const forget = () => ctx.db.delete(idempotencyKeys).where(and(mine, eq(idempotencyKeys.state, 'running')))
  const keep = async (status: number, headers: Headers, text: string) => {
    const kept = Object.fromEntries(REPLAYED_HEADERS.flatMap((h) => (headers.get(h) ? [[h, headers.get(h) ?? '']] : [])))
    const sealed = text === '' ? null : await seal(ctx.settings.APP_SECRET, label, text)
    await ctx.db.update(idempotencyKeys).set({ state: 'done', status, headers: kept, answer: sealed }).where(mine)
  }
  let response: Response
  try {
    response = await worded(answer, (error) => errors(error, ctx.requestId))
  } catch (error) {
    await forget()
    throw error
  }
  try {
    const text = await response.clone().text()
    if (keeps(response.status) && text.length <= MAX_KEPT) await keep(response.status, response.headers, text)
    else await forget()
  } catch (error) {
    // The work is done: its answer is given, and the key stays taken, so that the work is not done again.
    logUnknown(error, ctx.requestId, 'idempotency')
  }
  return response
}

/** A refusal is an answer, too: a wrong code that is sent again under its key is not counted again. */
async function worded(answer: () => Promise<Response>, word: (error: AppError) => Response): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof AppError) return word(error)
    throw error
  }
}

/** Drops answers older than a day. */
export async function sweepIdempotencyKeys(ctx: Ctx): Promise<void> {
  await ctx.db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, new Date(ctx.now.getTime() - KEPT_MS).toISOString()))
}
