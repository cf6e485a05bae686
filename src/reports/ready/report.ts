import { and, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import type { Module } from '../../construction/people/tables.ts'
import type { Reference } from '../../construction/registry/references.ts'
import type { TemplateType } from '../templates/tables.ts'
import type { ReportColumn, ReportRow } from './columns.ts'

/** What every ready report may be asked, and the period that all of them have. */
export interface Asked {
  format: 'json' | 'csv' | 'xlsx'
  template_id?: number | undefined
  page?: number | undefined
  per_page?: number | undefined
  date_from?: string | undefined
  date_to?: string | undefined
}

/** A ready report: one grouped query, and what its columns are. Paging, totals, templates, files are the same for all. */
export interface ReadyReport<Q extends Asked> {
  type: TemplateType
  /** Of its path and file names. */
  slug: string
  title: string
  module: Module
  columns: readonly ReportColumn[]
  /** Names of columns that templates may use besides the keys. */
  aliases: Readonly<Record<string, string>>
  /** Keys that are added up over all rows. */
  totals: readonly string[]
  perPage: number
  references: (ctx: Ctx, asked: Q) => Reference[]
  /** A select that gives a row for each group, its columns named by keys. */
  grouped: (ctx: Ctx, asked: Q) => SQL | Promise<SQL>
  /** Columns of it; the order must be total. */
  order: (asked: Q) => SQL
  /** What is worked out from a row's sums. */
  derive?: (row: ReportRow) => ReportRow
  /** What else JSON tells of the whole. */
  summary?: (ctx: Ctx, asked: Q) => Promise<object>
}

/** Sums by one query: all groups are made once, the page and the totals are both taken from them. */
export function pageQuery<Q extends Asked>(report: ReadyReport<Q>, groups: SQL, order: SQL, limit: number, offset: number): SQL {
  const sums = report.totals.map((key) => sql`, total(${sql.identifier(key)}) as ${sql.identifier(`total:${key}`)}`)
  return sql`with g as materialized (${groups}), s as (select count(*) as "total:"${sql.join(sums)} from g)
    select * from s left join (select 1 as "row:", * from g order by ${order} limit ${limit} offset ${offset}) as r on true order by ${order}`
}

/** The conditions of a table's living rows of an organization between two days, as text that knows no drizzle names. */
export const living = (alias: string, orgId: number): SQL => {
  const t = sql.raw(alias)
  return sql`${t}.org_id = ${orgId} and ${t}.deleted_at is null`
}
export const between = (column: string, { date_from: from, date_to: to }: Pick<Asked, 'date_from' | 'date_to'>): SQL | undefined =>
  and(from === undefined ? undefined : sql`${sql.raw(column)} >= ${from}`, to === undefined ? undefined : sql`${sql.raw(column)} <= ${to}`)
export const is = (column: string, value: number | string | undefined): SQL | undefined =>
  value === undefined ? undefined : sql`${sql.raw(column)} = ${value}`
export const all = (...parts: (SQL | undefined)[]): SQL => and(...parts) ?? sql`true`
