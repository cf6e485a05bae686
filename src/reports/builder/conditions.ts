import { nextDay } from '../../lib/dates.ts'
import { searchable } from '../../lib/search-text.ts'
import { scaled } from '../../http/numbers.ts'
import type { Value } from './definition.ts'
import type { FieldType } from './sources.ts'

export const OPERATORS = {
  '=': 'Равно',
  '!=': 'Не равно',
  '>': 'Больше',
  '>=': 'Больше или равно',
  '<': 'Меньше',
  '<=': 'Меньше или равно',
  contains: 'Содержит',
  not_contains: 'Не содержит',
  in: 'В списке',
  not_in: 'Не в списке',
  between: 'Между',
  empty: 'Пусто',
  not_empty: 'Не пусто',
} as const
export type Operator = keyof typeof OPERATORS
export const isOperator = (text: string): text is Operator => Object.hasOwn(OPERATORS, text)

/** A piece of a query: its text, in which every value is a `?`, and the values. */
export interface Piece {
  sql: string
  params: (string | number)[]
}

/** What is compared: an expression of ours and what kind of thing it gives. */
export interface Compared {
  sql: string
  type: FieldType
  scale: number
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const isDay = (text: string) => DAY.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)

/** A value as the column keeps such; undefined where it can't be one. */
export function boundValue({ type, scale }: Pick<Compared, 'type' | 'scale'>, value: unknown): string | number | undefined {
  switch (type) {
    case 'integer': {
      const whole = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN
      return Number.isSafeInteger(whole) ? whole : undefined
    }
    case 'decimal':
      return typeof value === 'number' || typeof value === 'string' ? scaled(value, scale) : undefined
    case 'boolean':
      return value === true || value === 'true' || value === 1 || value === '1'
        ? 1
        : value === false || value === 'false' || value === 0 || value === '0'
          ? 0
          : undefined
    case 'date':
      return typeof value === 'string' && isDay(value.slice(0, 10)) && (value.length === 10 || !Number.isNaN(Date.parse(value)))
        ? value.slice(0, 10)
        : undefined
    case 'datetime':
      if (typeof value !== 'string' || value.length > 40 || Number.isNaN(Date.parse(value))) return undefined
      return isDay(value) ? value : new Date(value).toISOString()
    case 'string':
      return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
  }
}

// SQLite knows no case but ASCII's: Cyrillic and Kazakh letters are lowered one by one, and ё becomes е.
const LETTERS = Array.from('АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯӘҒҚҢӨҰҮҺІ').map((upper) => [upper, upper.toLowerCase()] as const)
const fold = (sql: string) =>
  [...LETTERS, ['Ё', 'е'] as const, ['ё', 'е'] as const].reduce(
    (inner, [from, to]) => `replace(${inner},'${from}','${to}')`,
    `lower(${sql})`,
  )

const COMPARISONS = new Set<string>(['>', '>=', '<', '<='])

/** A day compared with an instant stands for the whole of it (UTC). */
function dayOfInstant(sql: string, operator: Operator, day: string): Piece {
  const next = nextDay(day)
  switch (operator) {
    case '=':
      return { sql: `(${sql} >= ? and ${sql} < ?)`, params: [day, next] }
    case '!=':
      return { sql: `(${sql} is null or ${sql} < ? or ${sql} >= ?)`, params: [day, next] }
    case '<=':
      return { sql: `${sql} < ?`, params: [next] }
    case '>':
      return { sql: `${sql} >= ?`, params: [next] }
    default:
      return { sql: `${sql} ${operator} ?`, params: [day] }
  }
}

function compare(of: Compared, operator: Operator, value: unknown): Piece | string {
  const bound = boundValue(of, value)
  if (bound === undefined) return 'значение не подходит к типу поля'
  if (of.type === 'datetime' && typeof bound === 'string' && DAY.test(bound)) return dayOfInstant(of.sql, operator, bound)
  if (operator === '=') return { sql: `${of.sql} = ?`, params: [bound] }
  if (operator === '!=') return { sql: `(${of.sql} is null or ${of.sql} <> ?)`, params: [bound] }
  return { sql: `${of.sql} ${operator} ?`, params: [bound] }
}

function range(of: Compared, from: unknown, to: unknown): Piece | string {
  const ends = [
    ['>=', from],
    ['<=', to],
  ] as const
  const pieces = ends
    .filter(([, end]) => end !== undefined && end !== null && end !== '')
    .map(([operator, end]) => compare(of, operator, end))
  const problem = pieces.find((piece) => typeof piece === 'string')
  if (typeof problem === 'string') return problem
  const good = pieces.filter((piece) => typeof piece !== 'string')
  if (good.length === 0) return 'нет ни начала, ни конца промежутка'
  return { sql: `(${good.map((p) => p.sql).join(' and ')})`, params: good.flatMap((p) => p.params) }
}

function among(of: Compared, operator: 'in' | 'not_in', value: unknown): Piece | string {
  const listed = Array.isArray(value) ? value : [value]
  const bound = listed.map((one) => boundValue(of, one))
  if (listed.length === 0) return 'список пуст'
  if (bound.includes(undefined)) return 'значение в списке не подходит к типу поля'
  // One parameter however long the list: D1 binds a hundred at most.
  const list = '(select value from json_each(?))'
  const params = [JSON.stringify(bound)]
  return operator === 'in' ? { sql: `${of.sql} in ${list}`, params } : { sql: `(${of.sql} is null or ${of.sql} not in ${list})`, params }
}

/** One condition as SQL, or what is wrong with it. */
export function condition(of: Compared, operator: Operator, value: Value | undefined): Piece | string {
  switch (operator) {
    case 'empty':
      return { sql: of.type === 'string' ? `(${of.sql} is null or ${of.sql} = '')` : `${of.sql} is null`, params: [] }
    case 'not_empty':
      return { sql: of.type === 'string' ? `(${of.sql} is not null and ${of.sql} <> '')` : `${of.sql} is not null`, params: [] }
    case 'contains':
    case 'not_contains': {
      if (of.type !== 'string') return `оператор «${operator}» — для текстовых полей`
      if (typeof value !== 'string' || value.trim() === '') return 'нужен текст для поиска'
      const found = `instr(${fold(`coalesce(${of.sql}, '')`)}, ?)`
      return { sql: operator === 'contains' ? `${found} > 0` : `${found} = 0`, params: [searchable(value.trim())] }
    }
    case 'in':
    case 'not_in':
      return among(of, operator, value)
    case 'between': {
      if (Array.isArray(value)) return value.length === 2 ? range(of, value[0], value[1]) : 'нужны два значения: от и до'
      return value !== null && typeof value === 'object' ? range(of, value.from, value.to) : 'нужны два значения: от и до'
    }
    default:
      if (COMPARISONS.has(operator) && (of.type === 'boolean' || (of.type === 'string' && typeof value !== 'string')))
        return 'такие значения не сравниваются'
      return compare(of, operator, value)
  }
}

/** What a filter of a run leaves: a value is equal to, a list is among, `{from, to}` is between; text of a text filter is contained. */
export function filterCondition(of: Compared, value: Value, contains: boolean): Piece | string {
  if (Array.isArray(value)) return condition(of, 'in', value)
  if (value !== null && typeof value === 'object') return condition(of, 'between', value)
  return condition(of, contains && of.type === 'string' ? 'contains' : '=', value)
}
