import { orgOf, type Ctx } from '../../context.ts'
import { rawRows, sqliteMessage, type Stored } from '../../db/client.ts'
import { AppError, type FieldIssue } from '../../http/errors.ts'
import { zoneOf } from '../../construction/zone.ts'
import type { Output } from './columns.ts'
import { compile, type Query } from './compile.ts'
import type { Definition, Filters } from './definition.ts'
import { shownValue } from './show.ts'

/** What one run may give, and how long it may take. */
export const MAX_ROWS = 10_000
const MAX_MS = 5_000
/** Letters that a result may have: ten thousand rows of long notes are more than a Worker's memory. */
const MAX_LETTERS = 8_000_000

export interface Result {
  columns: Output[]
  /** Cells as they are kept, in the order of the columns. */
  cells: Stored[][]
  /** Whether there are more rows than were asked for. */
  more: boolean
}

export const wrongDefinition = (issues: FieldIssue[]) =>
  new AppError('validation', issues[0]?.message ?? 'Конфигурация отчёта не годится.', { issues })

const tooLong = () => new AppError('unprocessable', `Отчёт считается дольше ${MAX_MS / 1000} секунд: сузьте его фильтрами.`)

/** What a query gives, unless it takes too long: also where no timer fires meanwhile, as in a runtime that keeps its database in its own thread. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const started = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLong()), MAX_MS)
  })
  try {
    const found = await Promise.race([work, over])
    if (Date.now() - started > MAX_MS) throw tooLong()
    return found
  } finally {
    clearTimeout(timer)
  }
}

/** The query, ended by the row with which its result has too many letters: what is beyond it is never sent. */
function bounded({ sql, columns }: Query): string {
  const names = columns.map((_, i) => `c${i}`)
  const letters = names.map((name) => `coalesce(length(${name}), 0)`).join(' + ')
  // A query with a limit keeps its order within another.
  return `select ${names.join(', ')} from (select *, sum(${letters}) over (rows between unbounded preceding and 1 preceding) as before from (${sql}))
    where coalesce(before, 0) <= ${MAX_LETTERS}`
}
const lettersOf = (cells: readonly Stored[][]): number =>
  cells.reduce((sum, row) => sum + row.reduce<number>((n, cell) => n + (typeof cell === 'string' ? cell.length : 0), 0), 0)

/** Runs a definition over the caller's organization. @throws AppError validation, or unprocessable where it takes too long or gives too much */
export async function runDefinition(ctx: Ctx, definition: Definition, filters: Filters, limit: number): Promise<Result> {
  const { query, errors } = compile(definition, orgOf(ctx), filters, { limit: limit + 1, zone: await zoneOf(ctx) })
  if (!query) throw wrongDefinition(errors)
  try {
    const cells = await inTime(rawRows(ctx.db, bounded(query), query.params))
    if (lettersOf(cells) > MAX_LETTERS)
      throw new AppError('unprocessable', 'В отчёте слишком много текста: уберите колонки с ним или сузьте отчёт фильтрами.')
    return { columns: query.columns, cells: cells.slice(0, limit), more: cells.length > limit }
  } catch (error) {
    // Sums beyond 64 bits are the one thing that a right definition can still trip over.
    if (/integer overflow/i.test(sqliteMessage(error))) throw new AppError('unprocessable', 'Сумма в отчёте слишком велика.')
    throw error
  }
}

/** Rows as objects, by the keys of the columns. */
export const rowsOf = ({ columns, cells }: Pick<Result, 'columns' | 'cells'>): Record<string, unknown>[] =>
  cells.map((row) => Object.fromEntries(columns.map((column, i) => [column.key, shownValue(column, row[i])])))

export const shownColumns = (columns: Output[]) =>
  columns.map(({ key, label, format }) => ({ field: key, label, format: format ?? 'text' }))
