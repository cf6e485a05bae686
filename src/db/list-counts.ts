import { sql, type SQL } from 'drizzle-orm'
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * How many rows each list has, so that `total` costs one row and not all of them. The facet '' counts all rows of a list, `status=active` those with that value.
 * Triggers keep it (`list_counts_…` in migrations), written by `.tools/list-counts.ts` from `COUNTED`.
 */
export const listCounts = sqliteTable(
  'list_counts',
  {
    orgId: integer('org_id').notNull(),
    list: text('list').notNull(),
    facet: text('facet').notNull(),
    n: integer('n').notNull(),
  },
  (t) => [primaryKey({ columns: [t.orgId, t.list, t.facet] })],
)

export interface CountedList {
  table: string
  /** The column of the organization whose list it is. */
  org: string
  /** Not every row has one. */
  some?: true
  /** Which rows are in the list, by column: null, or a value. */
  living: Readonly<Record<string, null | string | number>>
  /** Columns that the list filters exactly; several side by side are filtered together. Rows where one is null are counted under no value of it. */
  facets: readonly (string | readonly string[])[]
  /** Columns of which null is counted as well, as `parent_id=`. */
  empty?: readonly string[]
}

const counted = (table: string, ...facets: (string | readonly string[])[]): CountedList => ({
  table,
  org: 'org_id',
  living: { deleted_at: null },
  facets,
})
const invitations = { table: 'contractor_invitations', living: {}, facets: ['status'] }

/** Every list that is counted. After a change here: `node .tools/list-counts.ts` writes the triggers for a new migration. */
export const COUNTED = {
  materials: counted('materials', 'category', 'is_active', ['category', 'is_active']),
  work_types: counted('work_types', 'category', 'is_active', ['category', 'is_active']),
  suppliers: counted('suppliers', 'is_active'),
  cost_categories: { ...counted('cost_categories', 'is_active', 'parent_id', ['is_active', 'parent_id']), empty: ['parent_id'] },
  rate_coefficients: counted(
    'rate_coefficients',
    'type',
    'applies_to',
    'scope',
    'is_active',
    ['type', 'applies_to'],
    ['type', 'scope'],
    ['type', 'is_active'],
    ['applies_to', 'scope'],
    ['applies_to', 'is_active'],
    ['scope', 'is_active'],
  ),
  measurement_units: counted('measurement_units', 'type'),
  projects: counted('projects', 'status', 'is_archived', ['status', 'is_archived']),
  contractors: counted('contractors'),
  project_contracts: counted('project_contracts', 'contractor_id', 'project_id', 'status', 'work_type_category', [
    'status',
    'work_type_category',
  ]),
  contract_payments: counted('contract_payments', 'contract_id'),
  supplementary_agreements: counted('supplementary_agreements', 'contract_id'),
  specifications: counted('specifications'),
  completed_works: counted('completed_works', 'project_id', 'contract_id', 'work_type_id', 'user_id', 'contractor_id', 'status'),
  // What others recorded in projects of ours.
  hosted_works: {
    ...counted('completed_works', 'project_id', ['project_id', 'status'], ['project_id', 'work_type_id'], ['project_id', 'org_id']),
    org: 'host_org_id',
    some: true,
  },
  work_log: {
    ...counted('completed_works', 'project_id', 'work_type_id', 'user_id'),
    living: { deleted_at: null, status: 'confirmed' },
  },
  performance_acts: counted('performance_acts', 'contract_id', 'project_id', 'contractor_id', 'is_approved'),
  material_movements: counted('material_movements', 'project_id', 'material_id', 'user_id', 'operation'),
  time_entries: counted('time_entries', 'user_id', 'project_id', 'status', 'is_billable', ['status', 'is_billable']),
  advance_transactions: counted('advance_transactions', 'user_id', 'project_id', 'type', 'status', ['type', 'status']),
  memberships: { ...counted('memberships', 'is_active'), living: {} },
  site_requests: counted('site_requests', 'project_id', 'kind', 'status', ['kind', 'status']),
  report_files: { ...counted('report_files', 'type'), living: {} },
  report_templates: counted('report_templates'),
  // What is shared, and what is a person's own.
  custom_reports: counted(
    'custom_reports',
    'is_shared',
    ['report_category', 'is_shared'],
    ['is_favorite', 'is_shared'],
    ['user_id', 'is_shared'],
    ['user_id', 'report_category', 'is_shared'],
    ['user_id', 'is_favorite', 'is_shared'],
    ['report_category', 'is_favorite', 'is_shared'],
    ['user_id', 'report_category', 'is_favorite', 'is_shared'],
  ),
  invitations_sent: { ...invitations, org: 'org_id' },
  invitations_received: { ...invitations, org: 'invited_org_id' },
} as const satisfies Record<string, CountedList>

export type CountedName = keyof typeof COUNTED

/** Rows with one of these values in a column. */
export interface Exact {
  column: string
  values: readonly (string | number)[]
}

/** What a WHERE comes to in terms of counters: rows of these organizations, further narrowed by exact conditions. */
export interface Scope {
  orgs: readonly number[]
  exact?: readonly Exact[]
  /** Another counted list than the pages declare. */
  list?: CountedName
  /** How many of the counted ones are not shown all the same: an SQL number. */
  less?: (exact: readonly Exact[]) => SQL
}

/** Conditions with those of one column made one; undefined where no row can fulfil all of them. */
export function together(exact: readonly Exact[]): Exact[] | undefined {
  const byColumn = new Map<string, readonly (string | number)[]>()
  for (const { column, values } of exact) {
    const before = byColumn.get(column)
    byColumn.set(column, before ? before.filter((value) => values.includes(value)) : values)
  }
  const all = [...byColumn].map(([column, values]) => ({ column, values }))
  return all.some(({ values }) => values.length === 0) ? undefined : all
}

/** The names of facets that hold the rows with these values, in the order of the facet's columns. */
function facetsOf(columns: readonly string[], exact: readonly Exact[]): string[] {
  let names = ['']
  for (const column of columns) {
    const values = new Set(exact.find((one) => one.column === column)?.values)
    names = names.flatMap((name) => [...values].map((value) => `${name}${name && '&'}${column}=${value}`))
  }
  return names
}

/** The number by counters; undefined where they do not know it: what is asked for together must be a facet. */
export function counterOf(name: CountedName, scope: Scope, asked: readonly Exact[]): SQL<number> | undefined {
  const list = scope.list ?? name
  const { facets }: CountedList = COUNTED[list]
  const exact = together([...(scope.exact ?? []), ...asked])
  if (!exact) return sql<number>`0`
  const facet = [[], ...facets.map((of) => [of].flat())].find(
    (columns) => columns.length === exact.length && exact.every(({ column }) => columns.includes(column)),
  )
  if (!facet) return undefined
  const names = facetsOf(facet, exact)
  const n = scope.orgs.map((org) =>
    names.length === 1
      ? sql`coalesce((select c.n from ${listCounts} c where c.org_id = ${org} and c.list = ${list} and c.facet = ${names[0]}), 0)`
      : sql`(select coalesce(sum(c.n), 0) from json_each(${JSON.stringify(names)}) as named cross join ${listCounts} c
          where c.org_id = ${org} and c.list = ${list} and c.facet = named.value)`,
  )
  const sum = sql<number>`(${sql.join(n, sql` + `)})`
  return scope.less ? sql<number>`(${sum} - ${scope.less(exact)})` : sum
}
