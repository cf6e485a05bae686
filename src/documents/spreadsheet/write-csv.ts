import { csvText, guardFormula } from './columns.ts'
import { withTotals, type Table } from './write-table.ts'

const encoder = new TextEncoder()
/** What goes out in one piece, in letters. */
const PIECE = 32_768

const quoted = (text: string): string => (/[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
const line = (cells: readonly string[]): string => `${cells.map(quoted).join(';')}\r\n`

export async function* csvOf(table: Table, zone: string): AsyncGenerator<Uint8Array> {
  const { columns } = table
  let piece = `\ufeff${line(columns.map(({ header }) => guardFormula(header)))}`
  for await (const row of withTotals(table)) {
    piece += line(columns.map((column, i) => csvText(row[i], column, zone)))
    if (piece.length < PIECE) continue
    yield encoder.encode(piece)
    piece = ''
  }
  yield encoder.encode(piece)
}
