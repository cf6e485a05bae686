import { AppError } from '../../http/errors.ts'
import { FORBIDDEN } from '../../http/body.ts'
import { unzip } from '../docx/unzip.ts'
import { looksLikeOle, looksLikePdf, looksLikeZip } from '../magic.ts'

// The one way in for tables: an uploaded CSV or XLSX becomes a heading and numbered rows of text.

export interface ReadRow {
  /** As the file's own program numbers it: the heading is 1, empty rows count. */
  line: number
  /** Trimmed; empty where there is none. Days are `YYYY-MM-DD`. */
  cells: string[]
}
export interface ReadTable {
  header: string[]
  rows: ReadRow[]
}

export const TABLE_LIMITS = { rows: 10_000, columns: 100, cell: 32_767 } as const

const bad = (message: string) => new AppError('bad_file', message)
const notATable = () => bad('Неподдерживаемый формат файла: нужен CSV или XLSX.')

/**
 * Reads CSV (UTF-8, else windows-1251; `,` `;` or tab) or the first sheet of XLSX. What a file is, its bytes tell, not its name. Empty rows are left out, and so
 * is everything in columns without a heading.
 *
 * @throws AppError `bad_file`, in Russian, for anything else, what is damaged, a bomb, or too large
 */
export async function readTable(bytes: Uint8Array): Promise<ReadTable> {
  if (bytes.length === 0) throw bad('Файл пуст.')
  if (looksLikeOle(bytes)) throw bad('Это старый файл .xls или файл с паролем. Сохраните его как .xlsx без пароля.')
  if (looksLikePdf(bytes)) throw notATable()
  const all = looksLikeZip(bytes) ? await readXlsx(bytes) : await readCsv(bytes)
  const [first, ...rest] = all
  if (!first || first.line !== 1 || first.cells.every((cell) => cell === '')) throw bad('В первой строке файла нет названий колонок.')
  const header = first.cells
  if (header.length > TABLE_LIMITS.columns) throw bad(`В файле больше ${TABLE_LIMITS.columns} колонок.`)
  const rows = rest.filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (rows.length > TABLE_LIMITS.rows) throw bad(`В файле больше ${TABLE_LIMITS.rows} строк. Разделите его на части.`)
  return { header, rows: rows.map(({ line, cells }) => ({ line, cells: header.map((_, i) => cells[i] ?? '') })) }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1251').decode(bytes)
  }
}

/** Of the delimiters, the one that the heading has most of outside quotes. A decimal comma in the rows so misleads nobody. */
function delimiterOf(text: string): string {
  const counts = new Map([',', ';', '\t'].map((mark) => [mark, 0]))
  let quoted = false
  for (const c of text) {
    if (c === '"') quoted = !quoted
    else if (!quoted && (c === '\n' || c === '\r')) break
    else if (!quoted && counts.has(c)) counts.set(c, (counts.get(c) ?? 0) + 1)
  }
  const [best] = [...counts].toSorted((a, b) => b[1] - a[1])
  return best?.[0] ?? ','
}

async function readCsv(bytes: Uint8Array): Promise<ReadRow[]> {
  const text = decode(bytes)
  if (FORBIDDEN.test(text)) throw notATable()
  const { default: Papa } = await import('papaparse')
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: delimiterOf(text) })
  const broken = errors.find(({ type }) => type === 'Quotes')
  if (broken) throw bad(`Строка ${(broken.row ?? 0) + 1}: кавычки не закрыты или стоят не на месте.`)
  return data.map((cells, i) => ({ line: i + 1, cells: cells.map((cell) => cell.slice(0, TABLE_LIMITS.cell + 1).trim()) }))
}

/** A cell as text. Excel keeps a day as an instant of UTC; numbers come with binary noise beyond 15 digits. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10)
  if (typeof value === 'number') return plainNumber(value)
  return typeof value === 'string' || typeof value === 'boolean' ? String(value).trim() : ''
}

function plainNumber(value: number): string {
  const text = String(Number(value.toPrecision(15)))
  return /e/.test(text) ? value.toFixed(Math.abs(value) < 1 ? 12 : 0) : text
}

async function readXlsx(bytes: Uint8Array): Promise<ReadRow[]> {
  const parts = refuseBombs(bytes)
  if (!parts.has('[Content_Types].xml') || !parts.has('xl/workbook.xml')) throw notATable()
  for (const [name, part] of parts)
    if (/\.(xml|rels)$/i.test(name) && new TextDecoder().decode(part.subarray(0, 1000)).includes('<!DOCTYPE')) throw notATable()
  const { streamXlsxRows } = await import('hucre/xlsx')
  const rows: ReadRow[] = []
  try {
    for await (const { index, values } of streamXlsxRows(bytes, { sheet: 0 })) {
      if (rows.length > TABLE_LIMITS.rows + 1) break
      const cells = values.slice(0, TABLE_LIMITS.columns + 1).map(cellText)
      if (cells.some((cell) => cell !== '')) rows.push({ line: index + 1, cells })
    }
  } catch {
    throw bad('Файл XLSX повреждён или не читается.')
  }
  return rows
}

function refuseBombs(bytes: Uint8Array): Map<string, Uint8Array> {
  try {
    return unzip(bytes)
  } catch (error) {
    if (error instanceof AppError) throw bad('Файл XLSX повреждён, слишком велик или не читается.')
    throw error
  }
}
