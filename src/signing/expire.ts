import { asc, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { logUnknown } from '../http/log.ts'
import { originOf } from './origin.ts'
import { packageObject } from './stub.ts'
import { packages } from './tables.ts'

/** Looks at packages whose deadline has passed: their objects wake by themselves, but not where the service's clock was moved. */
export async function expirePackages(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select({ id: packages.id })
    .from(packages)
    .where(sql`status = 'in_progress' and deadline is not null and deadline <= ${ctx.now.toISOString()}`)
    .orderBy(asc(packages.deadline))
    .limit(200)
  for (const { id } of due) {
    try {
      await packageObject(ctx, id).view({ ...originOf(ctx), actor: 'service' })
    } catch (error) {
      logUnknown(error, ctx.requestId, 'expire package')
    }
  }
}
