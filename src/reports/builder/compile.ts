import type { FieldIssue } from '../../http/errors.ts'
import { condition, filterCondition, isOperator, type Compared, type Piece } from './conditions.ts'
import type { Aggregation, Definition, Filters } from './definition.ts'
import { fieldOf, mayJoin, sourceOf, type Field, type FieldType, type Format } from './sources.ts'

/** A column of the result. */
export interface Output {
  /** As rows name it: the field's short name, or the aggregation's alias. */
  key: string
  label: string
  format: Format | null
  type: FieldType
  /** Digits after the point that its whole numbers have, for decimals. */
  scale: number
}

/** A query that may be run: text of ours alone, and everything else bound. Columns come as c0, c1, … */
export interface Query {
  sql: string
  params: (string | number)[]
  columns: Output[]
}

export type Compiled = { query: Query; errors?: undefined } | { query?: undefined; errors: FieldIssue[] }

interface Resolved extends Compared {
  source: string
  key: string
  field: Field
}
interface Column extends Output {
  /** What is shown, and what is sorted and compared by. */
  expression: string
  aggregated: boolean
}

const NUMERIC = new Set<FieldType>(['integer', 'decimal'])

/** An average in whole numbers, half up: no binary fraction comes in. */
const average = (x: string) =>
  `(case when sum(${x}) >= 0 then (2 * sum(${x}) + count(${x})) / (2 * count(${x})) else -((count(${x}) - 2 * sum(${x})) / (2 * count(${x}))) end)`

function aggregate({ sql, type, scale }: Compared, how: Aggregation): (Compared & { problem?: undefined }) | { problem: string } {
  if ((how === 'sum' || how === 'avg') && !NUMERIC.has(type)) return { problem: `функция «${how}» — для чисел` }
  switch (how) {
    case 'count':
      return { sql: `count(${sql})`, type: 'integer', scale: 0 }
    case 'count_distinct':
      return { sql: `count(distinct ${sql})`, type: 'integer', scale: 0 }
    case 'sum':
      return { sql: `coalesce(sum(${sql}), 0)`, type, scale }
    case 'avg':
      return type === 'integer' ? { sql: average(`(${sql} * 100)`), type: 'decimal', scale: 2 } : { sql: average(sql), type, scale }
    default:
      return { sql: `${how}(${sql})`, type, scale }
  }
}

/** Reads a definition against the registry, collecting what is wrong with it. */
class Reader {
  readonly errors: FieldIssue[] = []
  readonly sources = new Set<string>()

  wrong(path: string, message: string): void {
    this.errors.push({ path, message })
  }

  /** `source.field`, or a field of the primary source; what is wrong with it otherwise. */
  find(name: string, primary: string): Resolved | string {
    const [first = '', second, ...rest] = name.split('.')
    const [sourceKey, key] = second === undefined ? [primary, first] : [first, second]
    const source = rest.length === 0 ? sourceOf(sourceKey) : undefined
    if (!source || !this.sources.has(sourceKey)) return `источник поля «${name}» не подключён к отчёту`
    const field = fieldOf(source, key)
    if (!field) return `поля «${name}» нет`
    return { source: sourceKey, key, field, sql: `"${sourceKey}"."${key}"`, type: field.type, scale: field.scale }
  }

  resolve(name: string, path: string, primary: string): Resolved | undefined {
    const found = this.find(name, primary)
    if (typeof found !== 'string') return found
    this.wrong(path, found)
    return undefined
  }
}

/** FROM: every source is what the organization owns of it and what is not deleted, however it is joined. */
function readSources(reader: Reader, { primary, joins }: Definition['data_sources'], orgId: number): Piece {
  const table = (key: string): string => {
    const source = sourceOf(key)
    if (!source) return ''
    const columns = Object.entries(source.fields).map(([name, { sql }]) => `${sql} as "${name}"`)
    return `(select ${columns.join(', ')} from ${source.from} where ${source.where}) as "${key}"`
  }
  if (!sourceOf(primary)) reader.wrong('data_sources.primary', `источника «${primary}» нет`)
  reader.sources.add(primary)
  const parts = [table(primary)]
  for (const [i, join] of (joins ?? []).entries()) {
    const path = `data_sources.joins.${i}`
    if (!sourceOf(join.table)) {
      reader.wrong(`${path}.table`, `источника «${join.table}» нет`)
      continue
    }
    if (reader.sources.has(join.table)) {
      reader.wrong(`${path}.table`, `источник «${join.table}» подключён дважды`)
      continue
    }
    reader.sources.add(join.table)
    const [a, b] = join.on.map((name, side) => reader.resolve(name, `${path}.on.${side}`, join.table))
    if (!a || !b) continue
    const touches = (a.source === join.table) !== (b.source === join.table)
    if (!touches || !mayJoin([a.source, a.key], [b.source, b.key])) {
      reader.wrong(`${path}.on`, `такой связи нет: ${join.on.join(' = ')}`)
      continue
    }
    parts.push(`${join.type} join ${table(join.table)} on ${a.sql} = ${b.sql}`)
  }
  return { sql: parts.join(' '), params: Array.from({ length: parts.length }, () => orgId) }
}

function readColumns(reader: Reader, definition: Definition): Column[] {
  const { primary } = definition.data_sources
  const columns: Column[] = []
  const taken = new Set<string>()
  const add = (key: string, source: string, column: Omit<Column, 'key'>, path: string) => {
    const free = [key, `${source}_${key}`].find((k) => !taken.has(k))
    if (free === undefined) return reader.wrong(path, `колонка «${key}» названа дважды`)
    taken.add(free)
    columns.push({ ...column, key: free })
  }
  const asked = (definition.aggregations_config?.aggregations ?? []).map((a, i) => ({ ...a, i, shown: false }))
  // An alias is the caller's word for a sum and must be its alone: it goes before the short names of fields.
  const aliases = new Set<string>()
  for (const { alias, i } of asked) {
    if (aliases.has(alias)) reader.wrong(`aggregations_config.aggregations.${i}.alias`, `имя «${alias}» названо дважды`)
    aliases.add(alias)
  }
  for (const [i, column] of definition.columns_config.map((c, at) => [at, c] as const).sort(([, a], [, b]) => a.order - b.order)) {
    const path = `columns_config.${i}`
    const field = reader.resolve(column.field, `${path}.field`, primary)
    if (!field) continue
    const how = column.aggregation ?? undefined
    if (how === undefined) {
      const { sql, type, scale } = field
      const key = aliases.has(field.key) ? `${field.source}_${field.key}` : field.key
      add(
        key,
        field.source,
        { label: column.label, format: column.format ?? field.field.format, type, scale, expression: sql, aggregated: false },
        path,
      )
      continue
    }
    const made = aggregate(field, how)
    if (made.problem !== undefined) {
      reader.wrong(`${path}.aggregation`, made.problem)
      continue
    }
    const named = asked.find((a) => {
      const other = reader.find(a.field, primary)
      return !a.shown && a.function === how && typeof other !== 'string' && other.sql === field.sql
    })
    if (named) named.shown = true
    const { sql, type, scale } = made
    const format = column.format ?? (how.startsWith('count') ? 'number' : field.field.format)
    add(named?.alias ?? field.key, field.source, { label: column.label, format, type, scale, expression: sql, aggregated: true }, path)
  }
  for (const { field: name, function: how, alias, i, shown } of asked) {
    if (shown) continue
    const path = `aggregations_config.aggregations.${i}`
    const field = reader.resolve(name, `${path}.field`, primary)
    if (!field) continue
    const made = aggregate(field, how)
    if (made.problem !== undefined) {
      reader.wrong(`${path}.function`, made.problem)
      continue
    }
    const { sql, type, scale } = made
    const format = how.startsWith('count') ? 'number' : field.field.format
    add(alias, field.source, { label: alias, format, type, scale, expression: sql, aggregated: true }, path)
  }
  return columns
}

function readConditions(reader: Reader, definition: Definition, filters: Filters): Piece[] {
  const { primary } = definition.data_sources
  const { where = [], where_logic = 'and' } = definition.query_config ?? {}
  const read = (path: string, name: string, make: (of: Resolved) => Piece | string, place = `${path}.field`): Piece | undefined => {
    const of = reader.resolve(name, place, primary)
    const piece = of && make(of)
    if (typeof piece === 'string') reader.wrong(path, `${name}: ${piece}`)
    return typeof piece === 'string' ? undefined : piece
  }
  const conditions = where.flatMap(({ field, operator, value }, i) => {
    const path = `query_config.where.${i}`
    if (!isOperator(operator)) {
      reader.wrong(`${path}.operator`, `оператора «${operator}» нет`)
      return []
    }
    return read(path, field, (of) => condition(of, operator, value)) ?? []
  })
  const joined: Piece[] =
    conditions.length === 0
      ? []
      : [{ sql: `(${conditions.map((c) => c.sql).join(` ${where_logic} `)})`, params: conditions.flatMap((c) => c.params) }]
  const texts = new Set((definition.filters_config ?? []).filter((f) => f.type === 'text').map((f) => f.field))
  const chosen = Object.entries(filters)
    .filter(([, value]) => value !== null && value !== '')
    .flatMap(
      ([field, value]) => read(`filters.${field}`, field, (of) => filterCondition(of, value, texts.has(field)), `filters.${field}`) ?? [],
    )
  return [...joined, ...chosen]
}

function readHaving(reader: Reader, definition: Definition, columns: Column[]): Piece[] {
  return (definition.aggregations_config?.having ?? []).flatMap(({ field, operator, value }, i) => {
    const path = `aggregations_config.having.${i}`
    const column = columns.find((c) => c.key === field && c.aggregated)
    if (!column) reader.wrong(`${path}.field`, `«${field}» — не имя агрегата`)
    if (!isOperator(operator)) reader.wrong(`${path}.operator`, `оператора «${operator}» нет`)
    if (!column || !isOperator(operator)) return []
    const piece = condition({ sql: column.expression, type: column.type, scale: column.scale }, operator, value)
    if (typeof piece !== 'string') return [piece]
    reader.wrong(path, `${field}: ${piece}`)
    return []
  })
}

function readGroups(reader: Reader, definition: Definition, columns: Column[]): string[] {
  const named = definition.aggregations_config?.group_by ?? []
  if (named.length === 0 && !columns.some((c) => c.aggregated)) return []
  const groups = named.flatMap(
    (name, i) => reader.resolve(name, `aggregations_config.group_by.${i}`, definition.data_sources.primary)?.sql ?? [],
  )
  // What is shown of a group must be the group's: a column that is not summed up groups as well.
  return [...new Set([...groups, ...columns.filter((c) => !c.aggregated).map((c) => c.expression)])]
}

function readSorting(reader: Reader, definition: Definition, columns: Column[], groups: string[], grouped: boolean): string[] {
  const { primary } = definition.data_sources
  const sorts = (definition.sorting_config ?? []).flatMap(({ field, direction }, i) => {
    const path = `sorting_config.${i}.field`
    const expression = columns.find((c) => c.key === field)?.expression ?? reader.resolve(field, path, primary)?.sql
    if (expression === undefined) return []
    if (grouped && !groups.includes(expression) && !columns.some((c) => c.expression === expression)) {
      reader.wrong(path, `по «${field}» нельзя сортировать: это не группа и не агрегат`)
      return []
    }
    return [`${expression} ${direction}`]
  })
  // Ties always go the same way.
  return [...sorts, ...(grouped ? groups : [`"${primary}"."id"`])]
}

/**
 * Compiles a definition into one query over the organization's own rows. Pure: the same definition gives the same text; names are looked up in the registry and
 * never copied, values are bound. All that is wrong is told at once, each with its place.
 */
export function compile(definition: Definition, orgId: number, filters: Filters = {}, limit = 10_000): Compiled {
  const reader = new Reader()
  const from = readSources(reader, definition.data_sources, orgId)
  // Without its sources nothing else can be read.
  if (reader.errors.length > 0) return { errors: reader.errors }
  const columns = readColumns(reader, definition)
  const where = readConditions(reader, definition, filters)
  const groups = readGroups(reader, definition, columns)
  const grouped = columns.some((c) => c.aggregated) || groups.length > 0
  const having = readHaving(reader, definition, columns)
  const order = readSorting(reader, definition, columns, groups, grouped)
  for (const [i, { field }] of (definition.filters_config ?? []).entries())
    reader.resolve(field, `filters_config.${i}.field`, definition.data_sources.primary)
  checkChart(reader, definition, columns)
  if (reader.errors.length > 0) return { errors: reader.errors }

  const and = (pieces: Piece[]) => pieces.map((p) => p.sql).join(' and ')
  const sql = [
    // Sums may be larger than a double can hold: they travel as text.
    `select ${columns.map((c, i) => `${NUMERIC.has(c.type) ? `cast(${c.expression} as text)` : c.expression} as c${i}`).join(', ')}`,
    `from ${from.sql}`,
    ...(where.length > 0 ? [`where ${and(where)}`] : []),
    ...(groups.length > 0 ? [`group by ${groups.join(', ')}`] : []),
    ...(having.length > 0 ? [`having ${and(having)}`] : []),
    ...(order.length > 0 ? [`order by ${order.join(', ')}`] : []),
    'limit ?',
  ].join(' ')
  const params = [...from.params, ...where.flatMap((p) => p.params), ...having.flatMap((p) => p.params), limit]
  return { query: { sql, params, columns: columns.map(({ key, label, format, type, scale }) => ({ key, label, format, type, scale })) } }
}

function checkChart(reader: Reader, { visualization_config: chart }: Definition, columns: Column[]): void {
  if (!chart?.enabled || chart.chart_type === undefined) return
  for (const axis of ['x_axis', 'y_axis'] as const) {
    const name = chart[axis]
    const short = name?.split('.').at(-1)
    if (name === undefined || !columns.some((c) => c.key === name || c.key === short))
      reader.wrong(`visualization_config.${axis}`, 'это должна быть колонка отчёта')
  }
}

/** The filters of a run: what was chosen, else the defaults; a required one that is left out is told. */
export function chosenFilters(definition: Pick<Definition, 'filters_config'>, given: Filters): { filters: Filters; errors: FieldIssue[] } {
  const filters: Filters = { ...given }
  const errors: FieldIssue[] = []
  for (const { field, label, required, default: fallback } of definition.filters_config ?? []) {
    if (filters[field] === undefined && fallback !== undefined && fallback !== null) filters[field] = fallback
    const value = filters[field]
    if (required && (value === undefined || value === null || value === ''))
      errors.push({ path: `filters.${field}`, message: `нужно значение: ${label}` })
  }
  return { filters, errors }
}
