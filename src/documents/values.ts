import type { TemplateField } from './tables.ts'

export type FieldType = TemplateField['type']

/** Longest name of a template's field. */
export const MAX_FIELD_NAME = 100
/** Most fields of one template. */
export const MAX_FIELDS = 500

/**
 * Text that is safe to put into XML 1.0 and into a page: control characters, lone surrogates and noncharacters are dropped, and so are
 * bidirectional overrides, with which a name could read otherwise on paper than in the data. Line ends become `\n`.
 */
export function cleanText(text: string): string {
  return (
    text
      .replace(/\r\n?|\u2028|\u2029/g, '\n')
      // oxlint-disable-next-line no-control-regex -- control characters are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Cs}/gu, '')
  )
}

/** What a value prints as; undefined when it has no text of its own (nothing, a list, an object). */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 'да' : 'нет'
  return undefined
}

const NO = ['', '0', 'false', 'no', 'off', 'n', 'нет', 'жоқ', 'ложь', '-', '–', '—', '☐', '[]', 'null']

/** Whether a value says yes, for check boxes and conditions: anything but nothing and the usual words for no. */
export function isYes(value: unknown): boolean {
  const text = textOf(value)
  if (text !== undefined) return !NO.includes(text.trim().toLowerCase())
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined
}

/** One row of a table in a template: a column's name and its value. */
export type Row = Record<string, string | number | boolean | null>

/** The rows in a value: a list of flat objects, given as such or as JSON text (a contract's field is a string). Undefined for others. */
export function rowsOf(value: unknown): Row[] | undefined {
  let list = value
  if (typeof value === 'string') {
    if (!/^\s*\[/.test(value)) return undefined
    try {
      list = JSON.parse(value)
    } catch {
      return undefined
    }
  }
  return Array.isArray(list) && list.every(isRow) ? list : undefined
}

const isRow = (row: unknown): row is Row =>
  typeof row === 'object' && row !== null && !Array.isArray(row) && Object.values(row).every((v) => v === null || typeof v !== 'object')

const WORDS: [FieldType, string[]][] = [
  ['date', ['date', 'birthday', 'birthdate', 'dob', 'дата', 'күні', 'күн']],
  ['phone', ['phone', 'telephone', 'tel', 'mobile', 'телефон', 'тел']],
  ['iin', ['iin', 'bin', 'иин', 'бин', 'жсн', 'бсн']],
  [
    'number',
    ['amount', 'sum', 'price', 'qty', 'quantity', 'count', 'total', 'сумма', 'цена', 'количество', 'итого', 'сома', 'баға', 'саны'],
  ],
]
// «number» is not among them: that of a contract or a passport is a label such as «12/А».

/** A first guess of what a field holds, from the words of its name. */
export function guessFieldType(name: string): FieldType {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ''))
  // What a name is about stands last: «total_words» are words.
  const last = words.filter((w) => w !== '').at(-1) ?? ''
  return WORDS.find(([type, list]) => (type === 'number' ? list.includes(last) : words.some((w) => list.includes(w))))?.[0] ?? 'text'
}
