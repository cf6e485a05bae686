import { and, eq } from 'drizzle-orm'
import { audit, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { personOf } from '../../construction/person.ts'
import { isoStamp } from '../../construction/stamps.ts'
import { dashboardOrg } from './organization.ts'
import { defaultItems, inStep, refusalOf, type Refusal, type SavedItem } from './settings-rules.ts'
import { dashboardSettings as table } from './tables.ts'
import { REGISTRY_VERSION, widgetsOf, type Widget } from './widgets.ts'

const SIMPLE = 'simple'

const roleOf = ({ actor }: Pick<Ctx, 'actor'>) => (actor.kind === 'user' ? actor.role : undefined)
const ownWidgets = (ctx: Ctx): Widget[] => widgetsOf(roleOf(ctx))

export async function showWidgets(ctx: Ctx, asked: number | undefined) {
  await dashboardOrg(ctx, asked)
  return { version: REGISTRY_VERSION, widgets: ownWidgets(ctx) }
}

export async function showDefaults(ctx: Ctx, asked: number | undefined) {
  await dashboardOrg(ctx, asked)
  return { version: REGISTRY_VERSION, layout_mode: SIMPLE, items: defaultItems(ownWidgets(ctx)), updated_at: null }
}

const present = (ctx: Ctx, row: { layoutMode: string; items: SavedItem[]; updatedAt: string }) => ({
  version: REGISTRY_VERSION,
  layout_mode: row.layoutMode,
  items: inStep(row.items, ownWidgets(ctx)),
  updated_at: isoStamp(row.updatedAt),
})

const ofPerson = (userId: number, orgId: number) => and(eq(table.userId, userId), eq(table.orgId, orgId))

/** What the person has saved; undefined when nothing. */
export async function showSettings(ctx: Ctx, asked: number | undefined) {
  const { userId } = personOf(ctx)
  const orgId = await dashboardOrg(ctx, asked)
  const [row] = await ctx.db.select().from(table).where(ofPerson(userId, orgId))
  return row && present(ctx, row)
}

interface Said {
  version: number
  layout_mode?: string | null | undefined
  items: SavedItem[]
}

/** Saves the person's arrangement, or says why not. */
export async function saveSettings(ctx: Ctx, asked: number | undefined, { version, layout_mode: mode, items }: Said) {
  const { userId } = personOf(ctx)
  const orgId = await dashboardOrg(ctx, asked)
  const refused: Refusal | undefined = refusalOf(version, items, ownWidgets(ctx))
  if (refused) return { refused, settings: undefined }
  const said = { version, layoutMode: mode ?? SIMPLE, items, updatedAt: ctx.now.toISOString() }
  await batch(ctx.db, [
    ctx.db
      .insert(table)
      .values({ userId, orgId, ...said })
      .onConflictDoUpdate({ target: [table.userId, table.orgId], set: said }),
    audit(ctx, orgId, 'dashboard_settings.saved', `user:${userId}`),
  ])
  // As it was sent; what has been left out comes by itself when it is read.
  const sent = new Set(items.map(({ id }) => id))
  const shown = present(ctx, said)
  return { refused: undefined, settings: { ...shown, items: shown.items.filter(({ id }) => sent.has(id)) } }
}

export async function resetSettings(ctx: Ctx, asked: number | undefined): Promise<void> {
  const { userId } = personOf(ctx)
  const orgId = await dashboardOrg(ctx, asked)
  await batch(ctx.db, [
    ctx.db.delete(table).where(ofPerson(userId, orgId)),
    audit(ctx, orgId, 'dashboard_settings.reset', `user:${userId}`),
  ])
}
