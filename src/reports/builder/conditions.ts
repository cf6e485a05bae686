import { instantIn, nextDay, startOfDay } from '../../lib/dates.ts'
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

/** ISO 8601; one without an offset is told by the clocks of the zone. */
const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?$/i

/** An instant as columns keep it; undefined for what is none: `Date.parse` takes nearly anything for a date. */
function instantOf(text: string, zone: string): string | undefined {
  const [, day = '', hour = '', minute = '', second = '0', fraction = '', offset] = INSTANT.exec(text) ?? []
  if (!isDay(day)) return undefined
  const at =
    offset === undefined
      ? instantIn(day, `${hour}:${minute}`, zone).getTime()
      : Date.parse(`${day}T${hour}:${minute}:00${offset.toUpperCase().replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  return new Date(at + Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))).toISOString()
}

/** A value as the column keeps such; undefined where it can't be one. A day stays one, whatever it is compared with. */
export function boundValue({ type, scale }: Pick<Compared, 'type' | 'scale'>, value: unknown, zone = 'UTC'): string | number | undefined {
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
      return typeof value === 'string' && (isDay(value) || instantOf(value, zone) !== undefined) ? value.slice(0, 10) : undefined
    case 'datetime':
      return typeof value !== 'string' ? undefined : isDay(value) ? value : instantOf(value, zone)
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

/** The last day whose end can be written with four digits of a year. */
const LAST_DAY = '9998-12-31'

/** From when and until when a day, or a single instant, lasts. */
function spanOf(bound: string, zone: string): [from: string, to: string] {
  if (!DAY.test(bound)) return [bound, new Date(Date.parse(bound) + 1).toISOString()]
  const day = bound < LAST_DAY ? bound : LAST_DAY
  return [startOfDay(day, zone), startOfDay(nextDay(day), zone)]
}

/** A day compared with an instant stands for the whole of it, where the organization is. */
function dayOfInstant(sql: string, operator: Operator, day: string, zone: string): Piece {
  const [from, to] = spanOf(day, zone)
  switch (operator) {
    case '=':
      return { sql: `(${sql} >= ? and ${sql} < ?)`, params: [from, to] }
    case '!=':
      return { sql: `(${sql} is null or ${sql} < ? or ${sql} >= ?)`, params: [from, to] }
    case '<=':
      return { sql: `${sql} < ?`, params: [to] }
    case '>':
      return { sql: `${sql} >= ?`, params: [to] }
    default:
      return { sql: `${sql} ${operator} ?`, params: [from] }
  }
}

function compare(of: Compared, operator: Operator, value: unknown, zone: string): Piece | string {
  const bound = boundValue(of, value, zone)
  if (bound === undefined) return 'значение не подходит к типу поля'
  if (of.type === 'datetime' && typeof bound === 'string' && DAY.test(bound)) return dayOfInstant(of.sql, operator, bound, zone)
  if (operator === '=') return { sql: `${of.sql} = ?`, params: [bound] }
  if (operator === '!=') return { sql: `(${of.sql} is null or ${of.sql} <> ?)`, params: [bound] }
  return { sql: `${of.sql} ${operator} ?`, params: [bound] }
}

function range(of: Compared, from: unknown, to: unknown, zone: string): Piece | string {
  const ends = [
    ['>=', from],
    ['<=', to],
  ] as const
  const pieces = ends
    .filter(([, end]) => end !== undefined && end !== null && end !== '')
    .map(([operator, end]) => compare(of, operator, end, zone))
  const problem = pieces.find((piece) => typeof piece === 'string')
  if (typeof problem === 'string') return problem
  const good = pieces.filter((piece) => typeof piece !== 'string')
  if (good.length === 0) return 'нет ни начала, ни конца промежутка'
  return { sql: `(${good.map((p) => p.sql).join(' and ')})`, params: good.flatMap((p) => p.params) }
}

function among(of: Compared, operator: 'in' | 'not_in', value: unknown, zone: string): Piece | string {
  const listed = Array.isArray(value) ? value : [value]
  const bound = listed.map((one) => boundValue(of, one, zone))
  if (listed.length === 0) return 'список пуст'
  if (bound.includes(undefined)) return 'значение в списке не подходит к типу поля'
  // What is listed among the instants may be days. One by itself is compared, since an aggregate can't be looked for in a query of its own.
  if (listed.length === 1) return compare(of, operator === 'in' ? '=' : '!=', listed[0], zone)
  // One parameter however long the list: D1 binds a hundred at most.
  const list = of.type === 'datetime' ? bound.map((one) => spanOf(String(one), zone)) : bound
  const params = [JSON.stringify(list)]
  const found =
    of.type === 'datetime'
      ? `exists (select 1 from json_each(?) where ${of.sql} >= value ->> 0 and ${of.sql} < value ->> 1)`
      : `${of.sql} in (select value from json_each(?))`
  return operator === 'in' ? { sql: found, params } : { sql: `(${of.sql} is null or not ${found})`, params }
}

/** One condition as SQL, or what is wrong with it. Days are those of the zone. */
export function condition(of: Compared, operator: Operator, value: Value | undefined, zone = 'UTC'): Piece | string {
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
      return among(of, operator, value, zone)
    case 'between': {
      if (Array.isArray(value)) return value.length === 2 ? range(of, value[0], value[1], zone) : 'нужны два значения: от и до'
      return value !== null && typeof value === 'object' ? range(of, value.from, value.to, zone) : 'нужны два значения: от и до'
    }
    default:
      if (COMPARISONS.has(operator) && (of.type === 'boolean' || (of.type === 'string' && typeof value !== 'string')))
        return 'такие значения не сравниваются'
      return compare(of, operator, value, zone)
  }
}

/** What a filter of a run leaves: a value is equal to, a list is among, `{from, to}` is between; text of a text filter is contained. */
export function filterCondition(of: Compared, value: Value, contains: boolean, zone = 'UTC'): Piece | string {
  if (Array.isArray(value)) return condition(of, 'in', value, zone)
  if (value !== null && typeof value === 'object') return condition(of, 'between', value, zone)
  return condition(of, contains && of.type === 'string' ? 'contains' : '=', value, zone)
}
