import type { Stored } from '../../src/db/client.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenFilters, compile } from '../../src/reports/builder/compile.ts'
import { Definition, type Filters } from '../../src/reports/builder/definition.ts'
import { OPERATORS } from '../../src/reports/builder/conditions.ts'
import { decimalText } from '../../src/lib/money.ts'
import { shownValue } from '../../src/reports/builder/show.ts'
import { SOURCES } from '../../src/reports/builder/sources.ts'
import { migrated } from './database.ts'

const ORG = 77
const define = (more: object): Definition =>
  Definition.parse({
    data_sources: { primary: 'projects' },
    columns_config: [{ field: 'projects.name', label: 'Название', order: 1 }],
    ...more,
  })
const errorsOf = (more: object, filters: Filters = {}) =>
  (compile(define(more), ORG, filters).errors ?? []).map((e) => `${e.path}: ${e.message}`)
const queryOf = (more: object, filters: Filters = {}, zone = 'UTC') => {
  const { query, errors } = compile(define(more), ORG, filters, { zone })
  if (!query) throw new Error(JSON.stringify(errors))
  return query
}
const column = (field: string, more = {}) => ({ field, label: field, order: 1, ...more })
const contracts = { primary: 'projects', joins: [{ table: 'contracts', type: 'left', on: ['projects.id', 'contracts.project_id'] }] }

describe('a definition', () => {
  it.each<[string, object, string]>([
    ['an unknown source', { data_sources: { primary: 'api_keys' } }, 'data_sources.primary'],
    ['a source that every object has', { data_sources: { primary: 'constructor' } }, 'data_sources.primary'],
    [
      'a secret table joined',
      { data_sources: { primary: 'users', joins: [{ table: 'api_keys', type: 'left', on: ['users.id', 'api_keys.user_id'] }] } },
      'data_sources.joins.0.table',
    ],
    [
      'a source twice',
      { data_sources: { primary: 'projects', joins: [...contracts.joins, ...contracts.joins] } },
      'data_sources.joins.1.table',
    ],
    [
      'a join without a relation',
      { data_sources: { primary: 'projects', joins: [{ table: 'contracts', type: 'left', on: ['projects.id', 'contracts.id'] }] } },
      'data_sources.joins.0.on',
    ],
    ['a field that there is not', { columns_config: [column('projects.password_hash')] }, 'columns_config.0.field'],
    ['a field of a source that is not joined', { columns_config: [column('contracts.number')] }, 'columns_config.0.field'],
    ['SQL for a field', { columns_config: [column('projects.name; drop table projects')] }, 'columns_config.0.field'],
    ['a sum of names', { columns_config: [column('projects.name', { aggregation: 'sum' })] }, 'columns_config.0.aggregation'],
    [
      'an unknown operator',
      { query_config: { where: [{ field: 'name', operator: 'LIKE ANY', value: 'x' }] } },
      'query_config.where.0.operator',
    ],
    [
      'a value that does not fit',
      { query_config: { where: [{ field: 'start_date', operator: '>', value: 'вчера' }] } },
      'query_config.where.0',
    ],
    ['a list for one value', { query_config: { where: [{ field: 'status', operator: '=', value: ['a'] }] } }, 'query_config.where.0'],
    ['a group of nothing known', { aggregations_config: { group_by: ['projects.nothing'] } }, 'aggregations_config.group_by.0'],
    [
      'having without a sum',
      { aggregations_config: { having: [{ field: 'name', operator: '>', value: 1 }] } },
      'aggregations_config.having.0.field',
    ],
    ['sorting by what is not there', { sorting_config: [{ field: 'nothing', direction: 'asc' }] }, 'sorting_config.0.field'],
    [
      'a chart of no column',
      { visualization_config: { enabled: true, chart_type: 'bar', x_axis: 'name', y_axis: 'sum' } },
      'visualization_config.y_axis',
    ],
    [
      'a chart of text',
      {
        columns_config: [column('projects.name'), column('projects.status', { order: 2 })],
        visualization_config: { chart_type: 'bar', x_axis: 'name', y_axis: 'projects.status' },
      },
      'visualization_config.y_axis',
    ],
    ['a filter of no field', { filters_config: [{ field: 'projects.secret', label: '', type: 'text' }] }, 'filters_config.0.field'],
    [
      'a default that is no value of its field',
      { filters_config: [{ field: 'start_date', label: '', type: 'date', default: 'вчера' }] },
      'filters_config.0.default',
    ],
    ...['1', '2026-1-1', '2026-02-31', '2026-01-01 (x)', '2026-01-01T25:00:00Z', '2026-01-01T00:00:00+99:00', 'Jan 1'].flatMap((value) =>
      ['created_at', 'start_date'].map((field): [string, object, string] => [
        `«${value}» for ${field}`,
        { query_config: { where: [{ field, operator: '>', value }] } },
        'query_config.where.0',
      ]),
    ),
  ])('refuses %s, naming the place', (_, more, place) => {
    expect(errorsOf(more).map((e) => e.slice(0, e.indexOf(': ')))).toContain(place)
  })

  it('keeps every source within the organization, however it is joined', () => {
    for (const type of ['left', 'inner', 'right']) {
      const { sql, params } = queryOf({ data_sources: { ...contracts, joins: [{ ...contracts.joins[0], type }] } })
      expect(params.filter((p) => p === ORG)).toHaveLength(2)
      expect(sql.match(/t\.org_id = \? and t\.deleted_at is null/g)).toHaveLength(2)
    }
    // Of every source there is: its own rows alone.
    for (const [key, { fields }] of Object.entries(SOURCES)) {
      const { sql } = queryOf({ data_sources: { primary: key }, columns_config: Object.keys(fields).map((f) => column(f)) })
      expect(sql, key).toMatch(/t\.org_id = \?/)
    }
  })

  it('binds what is compared and looks up what is named', () => {
    const value = `'; drop table projects; --`
    const { sql, params } = queryOf(
      { query_config: { where: [{ field: 'projects.name', operator: '=', value }] } },
      { 'projects.customer': value },
    )
    expect(sql).not.toContain('drop')
    expect(params.filter((p) => p === value)).toHaveLength(2)
  })

  it('gives a column its alias, its short name, or the name with its source', () => {
    const { columns } = queryOf({
      data_sources: contracts,
      columns_config: [
        column('projects.id'),
        column('contracts.id', { order: 2 }),
        column('contracts.total_amount', { aggregation: 'sum', order: 3 }),
      ],
      aggregations_config: {
        aggregations: [
          { field: 'contracts.total_amount', function: 'sum', alias: 'всего'.length ? 'total' : '' },
          { field: 'contracts.id', function: 'count', alias: 'n' },
        ],
      },
    })
    expect(columns.map((c) => c.key)).toEqual(['id', 'contracts_id', 'total', 'n'])
  })

  it('takes defaults of filters, and asks for required ones', () => {
    const definition = define({
      filters_config: [
        { field: 'projects.status', label: 'Статус', type: 'select', default: 'active' },
        { field: 'projects.name', label: 'Название', type: 'text', required: true },
      ],
    })
    expect(chosenFilters(definition, {})).toEqual({
      filters: { 'projects.status': 'active' },
      errors: [{ path: 'filters.projects.name', message: 'нужно значение: Название' }],
    })
    expect(chosenFilters(definition, { 'projects.name': 'x', 'projects.status': 'paused' }).errors).toEqual([])
  })
})

describe('what a definition compiles to', () => {
  const db = migrated()
  const insert = (sql: string) => db.exec(sql)
  insert(`insert into projects (id, org_id, name, name_key, status, search, start_date, budget_amount, created_at, updated_at) values
    (1, ${ORG}, 'Берёзовая РОЩА', 'x', 'active', 'x', '2026-01-10', 100, '2026-01-10T10:00:00.000Z', 'x'), (2, ${ORG}, 'ӘЛЕМ', 'x', 'paused', 'x', null, 201, '2026-01-11T23:59:59.999Z', 'x'),
    (3, 5, 'чужой', 'x', 'active', 'x', '2026-01-10', 777777, '2026-01-10T10:00:00.000Z', 'x')`)
  insert(
    `insert into projects (id, org_id, name, name_key, status, search, created_at, updated_at, deleted_at) values (4, ${ORG}, 'удалён', 'x', 'active', 'x', 'x', 'x', 'x')`,
  )
  insert(`insert into contractors (id, org_id, contractor_type, name, name_key, search, created_at, updated_at) values
    (1, ${ORG}, 'manual', 'x', 'x', 'x', 'x', 'x'), (2, 5, 'manual', 'x', 'x', 'x', 'x', 'x')`)
  insert(`insert into project_contracts (id, org_id, project_id, contractor_id, number, date, total_amount, status, search, created_at, updated_at) values
    (1, ${ORG}, 1, 1, 'а', '2026-01-01', 100, 'active', '', 'x', 'x'), (2, ${ORG}, 1, 1, 'б', '2026-01-01', 201, 'active', '', 'x', 'x'), (3, 5, 3, 2, 'чужой', '2026-01-01', 7000, 'active', '', 'x', 'x')`)

  const rows = (more: object, filters: Filters = {}, zone?: string) => {
    const { sql, params, columns } = queryOf(more, filters, zone)
    const found = db.prepare(sql).all(...params) as Record<string, Stored>[]
    return found.map((row) => Object.fromEntries(columns.map((c, i) => [c.key, shownValue(c, row[`c${i}`])])))
  }
  const names = (where: object[], filters: Filters = {}) => rows({ query_config: { where } }, filters).map((r) => r.name)

  it('shows own living rows, joined with own rows', () => {
    const sums = rows({
      data_sources: contracts,
      columns_config: [
        column('projects.name'),
        column('contracts.total_amount', { aggregation: 'sum', order: 2 }),
        column('contracts.total_amount', { aggregation: 'avg', order: 3 }),
      ],
      aggregations_config: { group_by: ['projects.id'], aggregations: [{ field: 'contracts.id', function: 'count', alias: 'n' }] },
      sorting_config: [{ field: 'total_amount', direction: 'desc' }],
    })
    // 301 : 2 is 150.5, half up 151 of the smallest unit.
    expect(sums).toEqual([
      { name: 'Берёзовая РОЩА', total_amount: '3.01', contracts_total_amount: '1.51', n: 2 },
      { name: 'ӘЛЕМ', total_amount: '0.00', contracts_total_amount: null, n: 0 },
    ])
  })

  it.each<[string, object, string[]]>([
    ['text without case, ё as е, Kazakh letters', { field: 'name', operator: 'contains', value: 'березовая роща' }, ['Берёзовая РОЩА']],
    ['text without case in Kazakh', { field: 'name', operator: 'contains', value: 'әлем' }, ['ӘЛЕМ']],
    ['text that is not there', { field: 'name', operator: 'not_contains', value: 'роща' }, ['ӘЛЕМ']],
    ['wildcards are letters', { field: 'name', operator: 'contains', value: '%' }, []],
    ['not equal keeps what is empty', { field: 'start_date', operator: '!=', value: '2026-01-10' }, ['ӘЛЕМ']],
    ['empty', { field: 'start_date', operator: 'empty' }, ['ӘЛЕМ']],
    ['a list', { field: 'status', operator: 'in', value: ['paused', `'`] }, ['ӘЛЕМ']],
    ['not of a list', { field: 'id', operator: 'not_in', value: [1, 9] }, ['ӘЛЕМ']],
    ['money by its digits', { field: 'budget_amount', operator: '>', value: '2.00' }, ['ӘЛЕМ']],
    ['between', { field: 'budget_amount', operator: 'between', value: [1, 2.01] }, ['Берёзовая РОЩА', 'ӘЛЕМ']],
    ['a whole day of an instant', { field: 'created_at', operator: '=', value: '2026-01-11' }, ['ӘЛЕМ']],
    ['until the end of a day', { field: 'created_at', operator: '<=', value: '2026-01-10' }, ['Берёзовая РОЩА']],
  ])('finds %s', (_, where, expected) => {
    expect(names([where])).toEqual(expected)
  })

  // The one was made on the 10th at 15:00 of Almaty's clocks, the other at one millisecond to five on the 12th.
  it.each<[string, object, string[]]>([
    ['a day is a day of the zone', { operator: '=', value: '2026-01-12' }, ['ӘЛЕМ']],
    ['days in a list, too', { operator: 'in', value: ['2026-01-01', '2026-01-12'] }, ['ӘЛЕМ']],
    ['one day in a list', { operator: 'in', value: ['2026-01-10'] }, ['Берёзовая РОЩА']],
    ['days out of a list', { operator: 'not_in', value: ['2026-01-12', '2026-01-13'] }, ['Берёзовая РОЩА']],
    ['an instant in a list', { operator: 'in', value: ['2026-01-10T10:00:00Z', '2026-01-01'] }, ['Берёзовая РОЩА']],
    ['not that day', { operator: '!=', value: '2026-01-12' }, ['Берёзовая РОЩА']],
    ['until the end of a day', { operator: '<=', value: '2026-01-11' }, ['Берёзовая РОЩА']],
    ['after a day', { operator: '>', value: '2026-01-11' }, ['ӘЛЕМ']],
    ['an instant without an offset', { operator: '>=', value: '2026-01-10 15:00' }, ['Берёзовая РОЩА', 'ӘЛЕМ']],
    ['a minute later', { operator: '>=', value: '2026-01-10 15:01' }, ['ӘЛЕМ']],
    ['an instant with one', { operator: '=', value: '2026-01-10T13:00:00.000+0300' }, ['Берёзовая РОЩА']],
    ['until the end of all days', { operator: '<=', value: '9999-12-31' }, ['Берёзовая РОЩА', 'ӘЛЕМ']],
  ])('by the clocks of a zone: %s', (_, where, expected) => {
    const said = { query_config: { where: [{ field: 'created_at', ...where }] } }
    expect(rows(said, {}, 'Asia/Almaty').map((r) => r.name)).toEqual(expected)
  })

  it('works averages out in whole numbers, however large the sum is', () => {
    const average = (amounts: number[]) => {
      db.exec('delete from contract_payments')
      for (const amount of amounts)
        insert(`insert into contract_payments (org_id, contract_id, payment_date, amount, payment_type, created_at, updated_at)
          values (${ORG}, 1, '2026-01-01', ${amount}, 'other', 'x', 'x')`)
      const said = { data_sources: { primary: 'payments' }, columns_config: [column('payments.amount', { aggregation: 'avg' })] }
      return rows(said)[0]?.amount
    }
    expect(average([1, 2])).toBe('0.02')
    expect(average([1, 1, 2])).toBe('0.01')
    expect(average([-1, -2])).toBe('-0.02')
    // Twice the sum is more than 64 bits hold.
    const most = 9_007_199_254_740_991
    expect(average([...Array.from({ length: 600 }, () => most), most - 1])).toBe('90071992547409.91')
  })

  it('orders joined rows whole, so that a limit always leaves the same', () => {
    const { sql } = queryOf({ data_sources: contracts })
    expect(sql).toMatch(/order by "projects"\."id", "contracts"\."id" limit/)
  })

  it('joins conditions by or within, and filters by and outside', () => {
    const where = [
      { field: 'id', operator: '=', value: 1 },
      { field: 'id', operator: '=', value: 2 },
    ]
    const filters = { status: 'active' }
    expect(rows({ query_config: { where, where_logic: 'or' } }, filters).map((r) => r.name)).toEqual(['Берёзовая РОЩА'])
    expect(rows({ query_config: { where, where_logic: 'or' } }, { start_date: { from: '2026-01-01', to: '2026-12-31' } })).toHaveLength(1)
  })

  // Names with quotes, fragments of SQL, deep paths, odd Unicode: whatever is said, it either runs within the organization or is refused with its place.
  const hostile = fc.oneof(
    fc.constantFrom(
      'projects.name',
      'contracts.total_amount',
      'projects.id',
      'name',
      '"projects"."name"',
      `projects.name' or '1'='1`,
      'users.password_hash',
      'sqlite_master.sql',
      'projects.name union select sql from sqlite_master',
      'projects..name',
      '.',
      '__proto__.x',
      'projects.__proto__',
      'projects.constructor',
      'c0',
      'total); drop table projects; --',
      'ｐrojects.name',
    ),
    fc.string({ minLength: 1, maxLength: 40 }),
  )
  const anyValue = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.oneof(fc.string({ maxLength: 20 }), fc.integer()), { maxLength: 300 }),
    fc.record({ from: fc.string({ maxLength: 20 }), to: fc.integer() }),
  )
  const operator = fc.oneof(fc.constantFrom(...Object.keys(OPERATORS)), fc.constantFrom('LIKE ANY', '= 1 or 1', 'in (select', '||'))
  const aggregation = fc.constantFrom('sum', 'avg', 'count', 'min', 'max', 'count_distinct')
  const definitions = fc.record({
    data_sources: fc.oneof(fc.constant(contracts), fc.record({ primary: fc.oneof(fc.constantFrom(...Object.keys(SOURCES)), hostile) })),
    columns_config: fc.array(
      fc.record({ field: hostile, label: fc.constant('x'), order: fc.integer({ min: 1, max: 9 }), aggregation: fc.option(aggregation) }),
      { minLength: 1, maxLength: 5 },
    ),
    query_config: fc.record({
      where: fc.array(fc.record({ field: hostile, operator, value: anyValue }), { maxLength: 4 }),
      where_logic: fc.constantFrom('and', 'or'),
    }),
    aggregations_config: fc.option(
      fc.record({
        group_by: fc.array(hostile, { maxLength: 3 }),
        aggregations: fc.array(fc.record({ field: hostile, function: aggregation, alias: fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/) }), {
          maxLength: 3,
        }),
        having: fc.array(fc.record({ field: hostile, operator, value: fc.oneof(fc.string({ maxLength: 20 }), fc.integer()) }), {
          maxLength: 2,
        }),
      }),
    ),
    sorting_config: fc.array(fc.record({ field: hostile, direction: fc.constantFrom('asc', 'desc') }), { maxLength: 3 }),
  })

  /** Runs what compiles; whether it did. */
  const tried = (said: unknown): boolean => {
    const parsed = Definition.safeParse(said)
    if (!parsed.success) return false
    const { query, errors } = compile(parsed.data, ORG)
    if (!query) {
      expect(errors.every((e) => e.path !== '' && e.message !== '')).toBe(true)
      return false
    }
    expect(query.params.length).toBeLessThanOrEqual(100)
    expect(query.sql).not.toMatch(/drop|union|sqlite_master|password|;/i)
    const found = db.prepare(query.sql).all(...query.params)
    expect(JSON.stringify(found)).not.toMatch(/чужой|удалён|7000|777777/)
    return true
  }

  it('lets nothing of a thousand hostile definitions into its text', () => {
    fc.assert(
      fc.property(definitions, (said) => {
        tried(said)
      }),
      { numRuns: 1000 },
    )
  })

  it('runs whatever it accepts: any fields, functions, groups and order of any source', () => {
    const sources = Object.entries(SOURCES).map(([primary, { fields }]) => {
      const name = fc.constantFrom(...Object.keys(fields).map((key) => `${primary}.${key}`))
      return fc.record({
        data_sources: fc.constant({ primary }),
        columns_config: fc.array(
          fc.record({
            field: name,
            label: fc.constant('x'),
            order: fc.integer({ min: 1, max: 9 }),
            aggregation: fc.option(aggregation, { freq: 2 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        query_config: fc.record({
          where: fc.array(fc.record({ field: name, operator: fc.constantFrom(...Object.keys(OPERATORS)), value: anyValue }), {
            maxLength: 1,
          }),
          where_logic: fc.constantFrom('and', 'or'),
        }),
        aggregations_config: fc.option(fc.record({ group_by: fc.array(name, { maxLength: 2 }) })),
        sorting_config: fc.array(fc.record({ field: name, direction: fc.constantFrom('asc', 'desc') }), { maxLength: 1 }),
      })
    })
    let ran = 0
    fc.assert(
      fc.property(fc.oneof(...sources), (said) => {
        if (tried(said)) ran++
      }),
      { numRuns: 1000 },
    )
    expect(ran).toBeGreaterThan(100)
  })
})

describe('a cell', () => {
  it('is exact beyond what a double holds', () => {
    expect(decimalText('900719925474099301', 2)).toBe('9007199254740993.01')
    expect(decimalText('-5', 2)).toBe('-0.05')
    expect(shownValue({ type: 'integer', scale: 0 }, '9007199254740993')).toBe('9007199254740993')
    expect(shownValue({ type: 'boolean', scale: 0 }, 0)).toBe(false)
  })
})
