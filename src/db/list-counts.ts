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
  materials: counted('materials', 'category', 'is_active'),
  work_types: counted('work_types', 'category', 'is_active'),
  suppliers: counted('suppliers', 'is_active'),
  cost_categories: { ...counted('cost_categories', 'is_active', 'parent_id'), empty: ['parent_id'] },
  rate_coefficients: counted('rate_coefficients', 'type', 'applies_to', 'scope', 'is_active'),
  measurement_units: counted('measurement_units', 'type'),
  projects: counted('projects', 'status', 'is_archived'),
  contractors: counted('contractors'),
  project_contracts: counted('project_contracts', 'contractor_id', 'project_id', 'status', 'work_type_category'),
  contract_payments: counted('contract_payments', 'contract_id'),
  supplementary_agreements: counted('supplementary_agreements', 'contract_id'),
  specifications: counted('specifications'),
  completed_works: counted('completed_works', 'project_id', 'contract_id', 'work_type_id', 'user_id', 'contractor_id', 'status'),
  work_log: {
    ...counted('completed_works', 'project_id', 'work_type_id', 'user_id'),
    living: { deleted_at: null, status: 'confirmed' },
  },
  performance_acts: counted('performance_acts', 'contract_id', 'is_approved'),
  material_movements: counted('material_movements', 'project_id', 'material_id', 'user_id', 'operation'),
  time_entries: counted('time_entries', 'user_id', 'project_id', 'status', 'is_billable'),
  advance_transactions: counted('advance_transactions', 'user_id', 'project_id', 'type', 'status'),
  memberships: { ...counted('memberships', 'is_active'), living: {} },
  site_requests: counted('site_requests', 'project_id', 'kind', 'status'),
  report_files: { ...counted('report_files', 'type'), living: {} },
  report_templates: counted('report_templates'),
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

/** The number by counters; undefined where they do not know it: of filters, at most one is counted, and it must be a facet. */
export function counterOf(name: CountedName, scope: Scope, asked: readonly Exact[]): SQL<number> | undefined {
  const list = scope.list ?? name
  const { facets }: CountedList = COUNTED[list]
  const exact = [...(scope.exact ?? []), ...asked]
  const [only] = exact
  if (exact.length > 1 || (only && !facets.includes(only.column))) return undefined
  const named = JSON.stringify(only ? only.values.map((value) => `${only.column}=${value}`) : [''])
  const n = sql`(select coalesce(sum(${listCounts.n}), 0) from ${listCounts} where ${listCounts.orgId} in (select value from json_each(${JSON.stringify(scope.orgs)}))
    and ${listCounts.list} = ${list} and ${listCounts.facet} in (select value from json_each(${named})))`
  return scope.less ? sql<number>`${n} - ${scope.less(exact)}` : sql<number>`${n}`
}
