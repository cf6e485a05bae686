import { and, eq, inArray, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import type { FieldIssue } from '../http/errors.ts'
import type { ItemInput } from './document-schemas.ts'
import type { Line, Snapshot, Sums } from './model.ts'
import { smartProducts, smartWorks } from './tables.ts'
import { addUp, lineSums } from './totals.ts'

type Thing = Pick<typeof smartWorks.$inferSelect, 'id' | 'name' | 'measure' | 'price'>

/** The works or products of the organization among these ids. */
async function loadThings(ctx: Ctx, table: typeof smartWorks | typeof smartProducts, ids: string[]): Promise<Map<string, Thing>> {
  if (ids.length === 0) return new Map()
  const { id, name, measure, price } = table
  const rows = await ctx.db
    .select({ id, name, measure, price })
    .from(table as typeof smartWorks)
    .where(and(eq(table.orgId, orgOf(ctx)), inArray(table.id, sql`(select value from json_each(${JSON.stringify(ids)}))`)))
  return new Map(rows.map((row) => [row.id, row]))
}

function sumsOf<T>(compute: () => T, issues: FieldIssue[], path: string): T | undefined {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    issues.push({ path, message: 'the amount is too large' })
    return undefined
  }
}

/** The lines of a document with what they come to; what is wrong is told in `issues`. */
export async function resolveLines(
  ctx: Ctx,
  items: readonly ItemInput[],
  vat: Snapshot['vat'],
  issues: FieldIssue[],
): Promise<{ lines: Line[]; totals: Sums }> {
  const [works, products] = await Promise.all([
    loadThings(ctx, smartWorks, [...new Set(items.flatMap((i) => i.work ?? []))]),
    loadThings(ctx, smartProducts, [...new Set(items.flatMap((i) => i.product ?? []))]),
  ])
  const lines = items.flatMap((item, i): Line[] => {
    const [source, id] = item.work === undefined ? (['product', item.product ?? ''] as const) : (['work', item.work] as const)
    const thing = (source === 'work' ? works : products).get(id)
    if (vat.mode === 'none' && typeof item.vat_rate === 'number')
      issues.push({ path: `items.${i}.vat_rate`, message: 'the document is without VAT: send vat.mode' })
    if (!thing) issues.push({ path: `items.${i}.${source}`, message: `Invalid pk "${id}" - object does not exist.` })
    const price = item.price ?? thing?.price ?? 0
    const vatRate = vat.mode === 'none' ? null : item.vat_rate === undefined ? vat.rate : item.vat_rate
    const sums = sumsOf(() => lineSums({ price, quantity: item.quantity }, vat.mode, vatRate), issues, `items.${i}.quantity`)
    if (!thing || !sums) return []
    const { name, measure } = thing
    const { quantity, date = null, report = null } = item
    return [{ code: id, source, name, measure, quantity, price, vatRate, date, report, ...sums }]
  })
  return { lines, totals: sumsOf(() => addUp(lines), issues, 'items') ?? { net: 0, vat: 0, total: 0 } }
}
