const encoder = new TextEncoder()

// A sheet would take what starts so for a formula.
const FORMULA = /^[=+\-@\t\r＝＋－＠]/
const NUMBER = /^[+-]?[\d\s().-]*\d$/

/** A cell: quoted where it must be, and never a formula. Phones and numbers stay as they are. */
export function csvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const csvRow = (cells: readonly string[]) => `${cells.map(csvCell).join(';')}\r\n`

/** CSV (RFC 4180) as spreadsheets here read it: UTF-8 with its mark, semicolons. */
export async function* csvOf(columns: readonly string[], pages: AsyncIterable<string[][]>): AsyncGenerator<Uint8Array> {
  yield encoder.encode(`\ufeff${csvRow(columns)}`)
  for await (const rows of pages) yield encoder.encode(rows.map(csvRow).join(''))
}
