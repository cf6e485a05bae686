import { writeXlsxStream, type CellStyle, type CellValue, type ColumnDef } from 'hucre/xlsx'
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

interface Form {
  name: string
  /** Of the columns, in letters. */
  widths: readonly number[]
  rows: AsyncIterable<FormRow> | Iterable<FormRow>
  zone: string
}

/** One sheet that is laid out by hand, row by row, and written as its rows come: in memory of its own size never. */
export function writeForm({ name, widths, rows, zone }: Form): ReadableStream<Uint8Array> {
  const defs: ColumnDef[] = widths.map((width) => ({ width }))
  // The writer knows the looks of columns only, but it pulls row by row, and a row takes the looks that its columns have at that moment.
  async function* laid(): AsyncGenerator<CellValue[]> {
    for await (const row of rows) {
      for (const [i, def] of defs.entries()) {
        const cell = row[i]
        if (cell) def.style = styleOf(cell)
        else delete def.style
      }
      yield defs.map((_, i) => {
        const cell = row[i]
        if (!cell || cell.value === null || cell.value === '') return null
        return typeof cell.value === 'string' && (cell.kind ?? 'text') === 'text'
          ? xlsxText(cell.value)
          : xlsxValue(cell.value, { header: '', kind: cell.kind ?? 'text' }, zone)
      })
    }
  }
  return writeXlsxStream(laid(), { name, columns: defs, repeatHeaders: false })
}
