import { contentDisposition } from '../../http/content-disposition.ts'
import { AppError } from '../../http/errors.ts'
import { csvOf } from './write-csv.ts'
import type { Cell, Column } from './columns.ts'

// The one way out for tables, of the whole service:
//
//   writeTable(table, { format: 'csv' | 'xlsx', zone? }) → ReadableStream<Uint8Array>, rows are pulled as it is read
//   sendTable(table, { format, filename, zone? })        → Response with type and name, for `operation` with `raw` answers
//   writeBook([table, …], { zone? })                     → Promise<Uint8Array>, XLSX of several sheets, in memory
//   bytesOf(stream)                                      → Promise<Uint8Array>, for files that are kept or mailed; 422 where they would be too large
//   mustFit(rows)                                        → 422 where there are more rows than a file has
//   inPages(pages)                                       → rows of an AsyncIterable of pages
//
//   table = { name, columns: [{ header, kind, width?, scale? }], rows: (Async)Iterable<Cell[]>, totals?: Cell[] | () => Cell[] }
//   kind: text · integer · money (minor units) · quantity (4 digits) · percent (2 digits; `scale` says otherwise) · date 'YYYY-MM-DD' · instant ISO, UTC
//   Cell = string | number | null, in the order of the columns, as the service keeps them: nothing is turned into a fraction on the way.

export type { Cell, Column, Kind } from './columns.ts'
export type Format = 'csv' | 'xlsx'

export interface Table {
  /** Of the sheet. */
  name: string
  columns: readonly Column[]
  rows: AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>
  /** The last row; as a function it is asked after all rows were written, so that it may have added them up. */
  totals?: readonly Cell[] | (() => readonly Cell[])
}

export interface Written {
  /** Where instants are told; UTC unless said. */
  zone?: string
}

export const TYPES: Record<Format, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** The rows and, after the last of them, the totals. */
export async function* withTotals(table: Table): AsyncGenerator<readonly Cell[]> {
  yield* table.rows
  const { totals } = table
  if (totals) yield typeof totals === 'function' ? totals() : totals
}

const streamOf = (parts: AsyncGenerator<Uint8Array>) =>
  new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done } = await parts.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        await parts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )

/**
 * A table as it is read, in memory of its own size never: CSV (RFC 4180; UTF-8 with its mark, semicolons, a decimal comma) or XLSX. What a cell says is never
 * a formula: CSV guards what a spreadsheet would take for one, XLSX writes it as text.
 */
export function writeTable(table: Table, { format, zone = 'UTC' }: Written & { format: Format }): ReadableStream<Uint8Array> {
  if (format === 'csv') return streamOf(csvOf(table, zone))
  return streamOf(
    (async function* () {
      // Loaded when it is wanted: most requests never write a workbook.
      yield* (await import('./write-xlsx.ts')).xlsxOf(table, zone)
    })(),
  )
}

/** Several tables, a sheet each, in one workbook. It is made in memory: for what people read, not for 100,000 rows. */
export async function writeBook(tables: readonly Table[], { zone = 'UTC' }: Written = {}): Promise<Uint8Array> {
  return (await import('./write-xlsx.ts')).bookOf(tables, zone)
}

/** What a spreadsheet is still pleasant with, and a Worker has the time for. */
export const MOST_ROWS = 100_000
/** A file that is kept is in memory as it is put away, twice at its end; a Worker has 128 MB for everything. */
const MOST_BYTES = 32 * 1_048_576

/** @throws AppError unprocessable for more rows than a file has */
export function mustFit(rows: number): void {
  if (rows > MOST_ROWS)
    throw new AppError('unprocessable', `В файле было бы больше ${MOST_ROWS} строк: сузьте период или добавьте фильтры.`)
}

/** A file whole. @throws AppError unprocessable for one that would be too large to keep; it is not written any further */
export async function bytesOf(stream: ReadableStream<Uint8Array>, most = MOST_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the stream.
  for await (const part of stream) {
    size += part.byteLength
    if (size > most)
      throw new AppError('unprocessable', `Файл был бы больше ${Math.floor(most / 1_048_576)} МБ: сузьте период или добавьте фильтры.`)
    parts.push(part)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** `filename` without its ending; names in any script (RFC 6266). */
export function sendTable(table: Table, { filename, format, zone }: Written & { format: Format; filename: string }): Response {
  return new Response(writeTable(table, { format, ...(zone === undefined ? {} : { zone }) }), {
    headers: { 'content-type': TYPES[format], 'content-disposition': contentDisposition(`${filename}.${format}`) },
  })
}

/** The rows of pages. */
export async function* inPages(pages: AsyncIterable<Iterable<readonly Cell[]>>): AsyncGenerator<readonly Cell[]> {
  for await (const page of pages) yield* page
}
