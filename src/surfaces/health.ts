import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { Reply } from '../http/operation.ts'

async function works(check: Promise<unknown>): Promise<'ok' | 'failed'> {
  try {
    await check
    return 'ok'
  } catch {
    return 'failed'
  }
}

/** Really asks each store; 503 when one does not answer. */
export async function health(ctx: Ctx): Promise<Reply> {
  const [d1, r2, durableObjects] = await Promise.all([
    works(ctx.db.all(sql`select id from organizations limit 1`)),
    works(ctx.env.FILES.head('health')),
    works(ctx.env.SESSIONS.getByName('health').check('health', 'health')),
  ])
  const ok = [d1, r2, durableObjects].every((x) => x === 'ok')
  return new Reply(ok ? 200 : 503, {
    status: ok ? 'ok' : 'degraded',
    checks: { d1, r2, durable_objects: durableObjects },
    time: ctx.now.toISOString(),
  })
}
