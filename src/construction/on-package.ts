import { and, eq, isNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { organizations } from '../identity/tables.ts'
import { dayIn } from '../lib/dates.ts'
import type { PackageState } from '../signing/model.ts'
import type { News } from '../signing/subjects.ts'
import { approveSigned } from './acts/change-act.ts'
import { performanceActs } from './acts/tables.ts'
import { projectContracts } from './contracts/tables.ts'

/** What of construction is signed by a package: nothing, as a rule. It was attached before the package was sent. */
export const waitingFor = (ctx: Pick<Ctx, 'db'>, packageId: string) =>
  ctx.db
    .select({ id: performanceActs.id })
    .from(performanceActs)
    .where(eq(performanceActs.packageId, packageId))
    .unionAll(ctx.db.select({ id: projectContracts.id }).from(projectContracts).where(eq(projectContracts.packageId, packageId)))

/**
 * What the end of its package does to a thing of construction: an act that everybody has signed is approved on that day, a contract that was a draft becomes active.
 * A refusal changes nothing: it may be sent again.
 */
export async function onPackage(ctx: Ctx, state: PackageState, news: News): Promise<void> {
  if (news !== 'signed') return
  const [org] = await ctx.db.select({ zone: organizations.timeZone }).from(organizations).where(eq(organizations.id, state.orgId))
  await approveSigned(ctx, state.id, dayIn(state.finishedAt ?? ctx.now, org?.zone ?? ctx.settings.TIME_ZONE))
  await ctx.db
    .update(projectContracts)
    .set({ status: 'active', updatedAt: ctx.now.toISOString() })
    .where(and(eq(projectContracts.packageId, state.id), eq(projectContracts.status, 'draft'), isNull(projectContracts.deletedAt)))
}
