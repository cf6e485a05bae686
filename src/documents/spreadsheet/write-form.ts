import { writeXlsx, writeXlsxStream, type Cell as StyledCell, type CellStyle, type CellValue, type ColumnDef } from 'hucre/xlsx'
import { formatOf, xlsxText, xlsxValue, type Cell, type Kind } from './columns.ts'

/** A cell of a form: what it says and how it looks. */
export interface FormCell {
  value: Cell
  kind?: Kind
  bold?: boolean
  size?: number
  align?: 'left' | 'center' | 'right'
  /** `box` all round, `under` to write on. */
  edge?: 'box' | 'under'
}
/** A row of a form, from the first column on; null leaves a place free. */
export type FormRow = readonly (FormCell | null)[]

const EDGE = { style: 'thin' } as const
const BOX = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE }

const NUMERIC = new Set<Kind>(['integer', 'money', 'quantity', 'percent'])

/** Texts in frames wrap, so that their rows grow; others run over the free places beside them, as headings do. */
const styleOf = ({ kind = 'text', bold = false, size = 10, edge, align = NUMERIC.has(kind) ? 'right' : 'left' }: FormCell): CellStyle => ({
  font: { name: 'Arial', size, bold },
  alignment: { horizontal: align, vertical: edge === 'box' ? 'center' : 'bottom', wrapText: edge === 'box' },
  numFmt: formatOf({ kind }),
  ...(edge === 'box' ? { border: BOX } : edge === 'under' ? { border: { bottom: EDGE } } : {}),
})

function valueOf(cell: FormCell | null | undefined, zone: string): CellValue {
  if (!cell || cell.value === null || cell.value === '') return null
  const { value, kind = 'text' } = cell
  return typeof value === 'string' && kind === 'text' ? xlsxText(value) : xlsxValue(value, { header: '', kind }, zone)
}

interface Form {
  name: string
  /** Of the columns, in letters. */
  widths: readonly number[]
  rows: AsyncIterable<FormRow> | Iterable<FormRow>
  zone: string
}

/** How high a row must be for its framed texts, which wrap: letters of headings are wide, so a line holds fewer than the column is said to. */
function heightOf(row: FormRow, widths: readonly number[]): number | undefined {
  const lines = row.map((cell, i) =>
    cell?.edge === 'box' && typeof cell.value === 'string' ? Math.ceil((cell.value.length * 1.15) / (widths[i] ?? 1)) : 1,
  )
  const most = Math.max(1, ...lines)
  return most > 1 ? most * 13.5 : undefined
}

/** A form of so many rows is for paper, so it is made whole, with its pages set up; a longer one is written as its rows come. */
const ON_PAPER = 2000

async function paperOf({ name, widths, zone }: Form, rows: readonly FormRow[]): Promise<Uint8Array> {
  const cells = new Map<string, Partial<StyledCell>>()
  const rowDefs = new Map<number, { height: number }>()
  for (const [r, row] of rows.entries()) {
    const height = heightOf(row, widths)
    if (height !== undefined) rowDefs.set(r, { height })
    for (const [c, cell] of row.entries()) if (cell) cells.set(`${r},${c}`, { value: valueOf(cell, zone), style: styleOf(cell) })
  }
  const sheet = {
    name,
    columns: widths.map((width) => ({ width })),
    rows: rows.map((row) => widths.map((_, c) => valueOf(row[c], zone))),
    cells,
    rowDefs,
    pageSetup: { paperSize: 'a4', orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  } as const
  return writeXlsx({ sheets: [sheet] })
}

function streamOf({ name, widths, zone }: Form, rows: AsyncIterable<FormRow>): ReadableStream<Uint8Array> {
  const defs: ColumnDef[] = widths.map((width) => ({ width }))
  // The writer knows the looks of columns only, but it pulls row by row, and a row takes the looks that its columns have at that moment.
  async function* laid(): AsyncGenerator<CellValue[]> {
    for await (const row of rows) {
      for (const [i, def] of defs.entries()) {
        const cell = row[i]
        if (cell) def.style = styleOf(cell)
        else delete def.style
      }
      yield defs.map((_, i) => valueOf(row[i], zone))
    }
  }
  return writeXlsxStream(laid(), { name, columns: defs, repeatHeaders: false })
}

/** One sheet that is laid out by hand, row by row; in memory of its own size never, where it is long. */
export async function writeForm(form: Form): Promise<ReadableStream<Uint8Array>> {
  const source = (async function* () {
    yield* form.rows
  })()
  const first: FormRow[] = []
  let next = await source.next()
  for (; !next.done && first.length < ON_PAPER; next = await source.next()) first.push(next.value)
  if (next.done) return new Blob([(await paperOf(form, first)).slice()]).stream()
  const { value } = next
  return streamOf(
    form,
    (async function* () {
      yield* first
      yield value
      yield* source
    })(),
  )
}
