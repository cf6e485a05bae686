import { and, asc, eq, inArray, lte, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { fileKey } from '../../documents/files.ts'
import { files } from '../../documents/tables.ts'
import { droppedBytes } from './tables.ts'

/**
 * How long bytes outlive their last file. Whoever stores the same bytes again puts them first and writes the row after: within this time the row is there, so that
 * nothing is taken from under it.
 */
const GRACE_MS = 3_600_000
const PER_TICK = 100

/**
 * Deletes the rows of files whose ids a query gives, however many, and leaves their bytes to cron. To be put into the batch that deletes what names
 * them, before those writes. Links to the files end with their rows.
 */
export function dropFiles(ctx: Pick<Ctx, 'db' | 'now'>, ids: SQL): Write[] {
  const dueAt = new Date(ctx.now.getTime() + GRACE_MS).toISOString()
  return [
    ctx.db.run(sql`insert into ${droppedBytes} (org_id, sha256, due_at)
      select org_id, sha256, ${dueAt} from files where id in (${ids})`),
    ctx.db.run(sql`delete from files where id in (${ids})`),
  ]
}

/** Bytes that were put into R2 for a row that was then refused. */
export const dropBytes = (ctx: Pick<Ctx, 'db' | 'now'>, orgId: number, sha256: string): Write =>
  ctx.db.insert(droppedBytes).values({ orgId, sha256, dueAt: new Date(ctx.now.getTime() + GRACE_MS).toISOString() })

/** Removes from R2 what no file needs any more. */
export async function sweepDroppedBytes(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select()
    .from(droppedBytes)
    .where(lte(droppedBytes.dueAt, ctx.now.toISOString()))
    .orderBy(asc(droppedBytes.dueAt))
    .limit(PER_TICK)
  if (due.length === 0) return
  const asked = JSON.stringify(due.map(({ orgId, sha256 }) => ({ orgId, sha256 })))
  const needed = await ctx.db
    .select({ orgId: files.orgId, sha256: files.sha256 })
    .from(files)
    .innerJoin(
      sql`json_each(${asked}) as asked`,
      and(eq(files.orgId, sql`asked.value ->> 'orgId'`), eq(files.sha256, sql`asked.value ->> 'sha256'`)),
    )
  const kept = new Set(needed.map((f) => fileKey(f.orgId, f.sha256)))
  const unneeded = [...new Set(due.map((d) => fileKey(d.orgId, d.sha256)))].filter((key) => !kept.has(key))
  // Somebody may have put them anew a moment ago, without a row yet: those wait for the next time.
  const heads = await Promise.all(unneeded.map(async (key) => ({ key, head: await ctx.env.FILES.head(key) })))
  const fresh = new Set(heads.filter(({ head }) => head && head.uploaded.getTime() > ctx.now.getTime() - GRACE_MS).map(({ key }) => key))
  const gone = heads.filter(({ key, head }) => head && !fresh.has(key)).map(({ key }) => key)
  if (gone.length > 0) await ctx.env.FILES.delete(gone)
  const [done, later] = [
    due.filter((d) => !fresh.has(fileKey(d.orgId, d.sha256))),
    due.filter((d) => fresh.has(fileKey(d.orgId, d.sha256))),
  ]
  const idsOf = (rows: { id: number }[]) =>
    inArray(droppedBytes.id, sql`(select value from json_each(${JSON.stringify(rows.map((r) => r.id))}))`)
  await batch(ctx.db, [
    ctx.db.delete(droppedBytes).where(idsOf(done)),
    ctx.db
      .update(droppedBytes)
      .set({ dueAt: new Date(ctx.now.getTime() + GRACE_MS).toISOString() })
      .where(idsOf(later)),
  ])
}
