import { and, getTableColumns, getTableName, sql } from 'drizzle-orm'
import * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation, sqliteMessage, type Write } from '../../db/client.ts'
import { readTable } from '../../documents/spreadsheet/read-table.ts'
import { AppError } from '../../http/errors.ts'
import { FORBIDDEN } from '../../http/body.ts'
import { searchable } from '../../lib/search-text.ts'
import { insertRows, updateRows, type Values } from './bulk.ts'
import { planImport, type Known, type LineError, type Numbered, type Plan, type Rules } from './import-plan.ts'
import { mine, type OwnedTable } from './registry.ts'

/** How rows of somewhere else become records of a registry. */
export interface Importer<Row, Lookups> extends Rules<Row, Lookups> {
  table: OwnedTable
  /** As the audit trail names what comes in. */
  noun: string
  /** What rows name that is found elsewhere, in as few trips as there can be. */
  lookups: (ctx: Ctx, rows: readonly Row[]) => Promise<Lookups>
}

/** The same of a file: which columns it has, and what a row of text must be. */
export interface FileImporter<Row, Lookups> extends Importer<Row, Lookups> {
  /** By which headings a field is known, in any case; the template has the first. */
  columns: Record<string, readonly [string, ...string[]]>
  required: readonly string[]
  /** Of fields as text, without the empty ones. Its messages are read by people. */
  schema: z.ZodType<Row>
}

export interface Imported {
  imported: number
  updated: number
  /** «Строка 5: …», numbered as in the file, whose heading is line 1. */
  errors: string[]
}

/** The answer of all imports. */
export const ImportAnswer = z
  .object({ success: z.literal(true), imported: z.int(), updated: z.int(), errors: z.array(z.string()) })
  .meta({ id: 'ImportAnswer' })

/** How often others may come in between before the import gives up. */
const ATTEMPTS = 4
const KEYS_AT_ONCE = 1000

/** A field of text in a file. */
export const cellText = (max: number) =>
  z
    .string()
    .max(max, `длиннее ${max} символов`)
    .refine((text) => !FORBIDDEN.test(text), 'содержит недопустимые символы')
/** The same in one line. */
export const cellLine = (max: number) => cellText(max).refine((text) => !/[\n\r\t]/.test(text), 'должно быть одной строкой')

/** Takes a CSV or XLSX in. Good rows go in though others are bad. @throws AppError `bad_file` where the file itself can't be read */
export async function importFile<Row, Lookups>(ctx: Ctx, importer: FileImporter<Row, Lookups>, file: File): Promise<Imported> {
  const { header, rows } = await readTable(new Uint8Array(await file.arrayBuffer()))
  const fields = fieldsOf(importer, header)
  const good: Numbered<Row>[] = []
  const errors: LineError[] = []
  for (const { line, cells } of rows) {
    const said = Object.fromEntries(fields.flatMap(({ field, at }) => (cells[at] ? [[field, cells[at]]] : [])))
    const nameOf = (field: string) => header[fields.find((f) => f.field === field)?.at ?? -1] ?? field
    const missing = importer.required.find((field) => said[field] === undefined)
    const parsed = missing === undefined ? importer.schema.safeParse(said) : undefined
    if (missing !== undefined) errors.push({ line, message: `отсутствует обязательное поле '${nameOf(missing)}'` })
    else if (parsed?.success) good.push({ line, row: parsed.data })
    else
      errors.push({ line, message: (parsed?.error.issues ?? []).map((i) => `поле '${nameOf(String(i.path[0]))}' ${i.message}`).join('; ') })
  }
  return importRows(ctx, importer, good, errors)
}

function fieldsOf({ columns, required }: Pick<FileImporter<never, never>, 'columns' | 'required'>, header: readonly string[]) {
  const headings = header.map((heading) => searchable(heading).replaceAll(/\s+/g, ' ').trim())
  const fields = Object.entries(columns).flatMap(([field, names]) => {
    const places = headings.flatMap((heading, at) => (names.some((name) => searchable(name) === heading) ? [at] : []))
    if (places.length > 1) throw new AppError('bad_file', `Колонка «${names[0]}» встречается в файле дважды.`)
    return places.map((at) => ({ field, at }))
  })
  const missing = required.find((field) => !fields.some((f) => f.field === field))
  if (missing !== undefined) throw new AppError('bad_file', `В файле нет колонки «${columns[missing]?.[0] ?? missing}».`)
  return fields
}

/** Takes rows in, whatever they came from; `errors` are those of rows that did not get here. */
export async function importRows<Row, Lookups>(
  ctx: Ctx,
  importer: Importer<Row, Lookups>,
  rows: readonly Numbered<Row>[],
  errors: readonly LineError[] = [],
): Promise<Imported> {
  const lookups = await importer.lookups(
    ctx,
    rows.map(({ row }) => row),
  )
  for (let attempt = 1; ; attempt++) {
    const { known, firstId } = await loadKnown(ctx, importer, rows)
    const plan = planImport(importer, rows, known, lookups, firstId)
    try {
      if (plan.created.length + plan.changed.length > 0) await batch(ctx.db, writesOf(ctx, importer, plan))
      return {
        imported: plan.imported,
        updated: plan.updated,
        errors: [...errors, ...plan.errors].toSorted((a, b) => a.line - b.line).map(({ line, message }) => `Строка ${line}: ${message}`),
      }
    } catch (error) {
      // Somebody wrote between our reading and our writing: what is there now is read again.
      if (!isUniqueViolation(error) && !sqliteMessage(error).includes('parent')) throw error
      if (attempt === ATTEMPTS) throw new AppError('conflict', 'Данные меняются одновременно с загрузкой. Повторите её позже.')
    }
  }
}

function writesOf<Row, Lookups>(ctx: Ctx, { table, noun }: Importer<Row, Lookups>, { created, changed, moved }: Plan): Write[] {
  const orgId = orgOf(ctx)
  const at = ctx.now.toISOString()
  const wasThere = new Set(changed.map(({ id }) => id))
  return [
    // Changes first: they may free the names that new records take.
    ...updateRows(
      ctx,
      table,
      changed.map((values) => ({ ...values, updatedAt: at })),
    ),
    ...insertRows(
      ctx,
      table,
      created.map((values) => ({ ...values, orgId, createdAt: at, updatedAt: at })),
    ),
    // All that move are taken out of the tree before the first is put in, so that no order of them makes a circle on the way.
    ...updateRows(
      ctx,
      table,
      moved.filter(({ id }) => wasThere.has(id)).map(({ id }) => ({ id, parentId: null })),
    ),
    ...updateRows(ctx, table, moved),
    audit(ctx, orgId, `${noun}.imported`, noun),
  ]
}

const pieces = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / KEYS_AT_ONCE) }, (_, i) => list.slice(i * KEYS_AT_ONCE, (i + 1) * KEYS_AT_ONCE))

/** The organization's records that the rows may mean, with their keys; of a tree also all above them. And the next free id. */
async function loadKnown<Row, Lookups>(ctx: Ctx, importer: Importer<Row, Lookups>, rows: readonly Numbered<Row>[]) {
  const { table, keys, parentOf } = importer
  const columns = getTableColumns(table)
  const wanted = new Map(keys.map((key) => [key, new Set<string>()]))
  for (const { row } of rows)
    for (const { key, value } of [...importer.identify(row), parentOf?.(row) ?? []].flat()) wanted.get(key)?.add(value)

  const shown = Object.fromEntries(
    ['id', ...keys, ...(parentOf ? ['parentId'] : [])].flatMap((key) => (columns[key] ? [[key, columns[key]]] : [])),
  )
  const sequence = ctx.db
    .select({ id: sql<number>`coalesce((select seq from sqlite_sequence where name = ${getTableName(table)}), 0) + 1` })
    .from(sql`(select 1)`)
  const queries = [...wanted].flatMap(([key, values]) =>
    pieces([...values]).map((piece) =>
      ctx.db
        .select(shown)
        .from(table)
        .where(and(mine(ctx, table), sql`${columns[key]} in (select value from json_each(${JSON.stringify(piece)}))`))
        .orderBy(table.id),
    ),
  )
  const [[next], ...found] = await ctx.db.batch([sequence, ...queries])
  const known = new Map((found.flat() as Known[]).map((row) => [row.id, row]))
  if (parentOf && known.size > 0)
    for (const above of await loadAbove(ctx, table, [...known.keys()])) if (!known.has(above.id)) known.set(above.id, above)
  return { known: [...known.values()].toSorted((a, b) => a.id - b.id), firstId: next?.id ?? 1 }
}

/** Ids of all that is above records of a tree, each with its parent. */
async function loadAbove(ctx: Ctx, table: OwnedTable, ids: readonly number[]): Promise<Known[]> {
  const name = sql.identifier(getTableName(table))
  const rows = await ctx.db.all<{ id: number; parentId: number | null }>(sql`with recursive up(id, parent_id) as (
      select id, parent_id from ${name} where id in (select value from json_each(${JSON.stringify(ids)}))
      union select t.id, t.parent_id from ${name} t join up on t.id = up.parent_id)
    select id, parent_id as "parentId" from up`)
  return rows.map((row): Known => ({ ...row }) satisfies Values & Known)
}
