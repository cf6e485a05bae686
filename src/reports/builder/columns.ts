import type { Compared } from './conditions.ts'
import type { Aggregation, Definition } from './definition.ts'
import type { Reader } from './reader.ts'
import type { FieldType, Format } from './sources.ts'

/** A column of the result. */
export interface Output {
  /** As rows name it: the field's short name, or the aggregation's alias. */
  key: string
  /** What it shows, in full: `contracts.total_amount`. */
  field: string
  label: string
  format: Format | null
  type: FieldType
  /** Digits after the point that its whole numbers have, for decimals. */
  scale: number
}

export interface Column extends Output {
  /** What is shown, and what is sorted and compared by. */
  expression: string
  aggregated: boolean
}

export const NUMERIC = new Set<FieldType>(['integer', 'decimal'])

/** An average in whole numbers, half up: no binary fraction comes in, and nothing is larger than the sum itself, which SQLite would make a fraction. */
const average = (x: string) =>
  `(sum(${x}) / count(${x}) + iif(2 * abs(sum(${x}) % count(${x})) >= count(${x}), iif(sum(${x}) < 0, -1, 1), 0))`

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

/** What is shown, in its order: fields, sums of them, and the sums that are asked for beside. */
export function readColumns(reader: Reader, definition: Definition): Column[] {
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
        {
          field: field.name,
          label: column.label,
          format: column.format ?? field.field.format,
          type,
          scale,
          expression: sql,
          aggregated: false,
        },
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
    add(
      named?.alias ?? field.key,
      field.source,
      { field: field.name, label: column.label, format, type, scale, expression: sql, aggregated: true },
      path,
    )
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
    add(alias, field.source, { field: field.name, label: alias, format, type, scale, expression: sql, aggregated: true }, path)
  }
  return columns
}

/** The column that a chart names: by its key, or by what it shows. */
export const columnNamed = <T extends Output>(columns: readonly T[], name: string | undefined, primary: string): T | undefined =>
  columns.find(({ key }) => key === name) ?? columns.find(({ field }) => field === name || field === `${primary}.${name}`)
