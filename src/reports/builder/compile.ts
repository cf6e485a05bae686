import type { FieldIssue } from '../../http/errors.ts'
import { columnNamed, NUMERIC, readColumns, type Column, type Output } from './columns.ts'
import { condition, filterCondition, isOperator, type Piece } from './conditions.ts'
import type { Definition, Filters } from './definition.ts'
import { Reader, type Resolved } from './reader.ts'
import { mayJoin, sourceOf } from './sources.ts'

/** A query that may be run: text of ours alone, and everything else bound. Columns come as c0, c1, … */
export interface Query {
  sql: string
  params: (string | number)[]
  columns: Output[]
}

interface How {
  /** Rows at most. */
  limit?: number
  /** Whose days those of the definition and its filters are. */
  zone?: string
}

export type Compiled = { query: Query; errors?: undefined } | { query?: undefined; errors: FieldIssue[] }

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

function readConditions(reader: Reader, definition: Definition, filters: Filters, zone: string): Piece[] {
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
    return read(path, field, (of) => condition(of, operator, value, zone)) ?? []
  })
  const joined: Piece[] =
    conditions.length === 0
      ? []
      : [{ sql: `(${conditions.map((c) => c.sql).join(` ${where_logic} `)})`, params: conditions.flatMap((c) => c.params) }]
  const texts = new Set((definition.filters_config ?? []).filter((f) => f.type === 'text').map((f) => f.field))
  const chosen = Object.entries(filters)
    .filter(([, value]) => value !== null && value !== '')
    .flatMap(
      ([field, value]) =>
        read(`filters.${field}`, field, (of) => filterCondition(of, value, texts.has(field), zone), `filters.${field}`) ?? [],
    )
  return [...joined, ...chosen]
}

function readHaving(reader: Reader, definition: Definition, columns: Column[], zone: string): Piece[] {
  return (definition.aggregations_config?.having ?? []).flatMap(({ field, operator, value }, i) => {
    const path = `aggregations_config.having.${i}`
    const column = columns.find((c) => c.key === field && c.aggregated)
    if (!column) reader.wrong(`${path}.field`, `«${field}» — не имя агрегата`)
    if (!isOperator(operator)) reader.wrong(`${path}.operator`, `оператора «${operator}» нет`)
    if (!column || !isOperator(operator)) return []
    const piece = condition({ sql: column.expression, type: column.type, scale: column.scale }, operator, value, zone)
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
  // Ties always go the same way, of joined rows as well.
  return [...sorts, ...(grouped ? groups : [...reader.sources].map((source) => `"${source}"."id"`))]
}

/**
 * Compiles a definition into one query over the organization's own rows. Pure: the same definition gives the same text; names are looked up in the registry and
 * never copied, values are bound. All that is wrong is told at once, each with its place.
 */
export function compile(
  definition: Definition,
  orgId: number,
  filters: Filters = {},
  { limit = 10_000, zone = 'UTC' }: How = {},
): Compiled {
  const reader = new Reader()
  const from = readSources(reader, definition.data_sources, orgId)
  // Without its sources nothing else can be read.
  if (reader.errors.length > 0) return { errors: reader.errors }
  const columns = readColumns(reader, definition)
  const where = readConditions(reader, definition, filters, zone)
  const groups = readGroups(reader, definition, columns)
  const grouped = columns.some((c) => c.aggregated) || groups.length > 0
  const having = readHaving(reader, definition, columns, zone)
  const order = readSorting(reader, definition, columns, groups, grouped)
  checkFilters(reader, definition)
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
  return {
    query: {
      sql,
      params,
      columns: columns.map(({ key, field, label, format, type, scale }) => ({ key, field, label, format, type, scale })),
    },
  }
}

/** Filters are of fields, and what one is by default it could also be told. */
function checkFilters(reader: Reader, { filters_config: filters, data_sources: { primary } }: Definition): void {
  for (const [i, { field, type, default: fallback }] of (filters ?? []).entries()) {
    const of = reader.resolve(field, `filters_config.${i}.field`, primary)
    if (!of || fallback === undefined || fallback === null || fallback === '') continue
    const piece = filterCondition(of, fallback, type === 'text')
    if (typeof piece === 'string') reader.wrong(`filters_config.${i}.default`, piece)
  }
}

function checkChart(reader: Reader, { visualization_config: chart, data_sources: { primary } }: Definition, columns: Column[]): void {
  if (!chart?.enabled || chart.chart_type === undefined) return
  for (const axis of ['x_axis', 'y_axis'] as const) {
    const column = columnNamed(columns, chart[axis], primary)
    if (!column) reader.wrong(`visualization_config.${axis}`, 'это должна быть колонка отчёта')
    else if (axis === 'y_axis' && !NUMERIC.has(column.type))
      reader.wrong('visualization_config.y_axis', 'это должна быть колонка с числами')
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
