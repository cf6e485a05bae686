import { env } from 'cloudflare:test'
import { COUNTED, type CountedList } from '../../src/db/list-counts.ts'
import { listCountsSql } from '../../.tools/list-counts.ts'

// A construction back office of any size, by SQL alone. Ids are told by their organization and number: `org * 1,000,000 + i`.

type Values = Record<string, string>

const pick = (...values: string[]) => `case i % ${values.length} ${values.map((v, i) => `when ${i} then '${v}'`).join(' ')} end`
/** One of a thousand rows of another table, of the same organization; ten that follow one another name the same one, as days of one project do. */
const one = (of = 1000) => `:org * 1000000 + 1 + i / 10 % ${of}`
const at = `strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + i * 60, 'unixepoch')`
const day = `date('2020-01-01', '+' || (i % 2000) || ' days')`
const name = `printf('н%06d', i)`

const ofContract = (column: string) => `(select c.${column} from project_contracts c where c.id = ${one()} and c.deleted_at is null)`

/** Of each table the columns whose values matter; the others get a one or an `x` where they must have something. */
const TABLES: Record<string, Values> = {
  users: { name, email: `'p' || :org || '-' || i || '@example.com'`, staff_id: `:org || '-' || i`, role: `'foreman'`, phone: 'null' },
  memberships: { user_id: `:org * 1000000 + i`, name, name_key: name, search: name, email: name, is_active: 'i % 3 > 0', is_guest: '0' },
  measurement_units: { name, type: pick('material', 'work', 'other'), is_default: '0' },
  cost_categories: { name, is_active: 'i % 3 > 0', sort_order: 'i % 500', parent_id: `case when i > 1000 then ${one()} end` },
  materials: { name, category: pick('бетон', 'сталь', 'кирпич'), is_active: 'i % 3 > 0', measurement_unit_id: one() },
  work_types: {
    name,
    category: pick('земляные', 'бетонные'),
    is_active: 'i % 3 > 0',
    measurement_unit_id: one(),
    unit: `json_object('id', ${one()}, 'orgId', :org, 'name', ${name}, 'shortName', 'x', 'type', 'work', 'isDefault', json('false'), 'createdAt', ${at}, 'updatedAt', ${at})`,
  },
  suppliers: { name, is_active: 'i % 3 > 0' },
  contractors: { name, contractor_type: `'manual'`, inn: `printf('%012d', i)`, source_org_id: 'null' },
  projects: {
    name,
    status: pick('active', 'completed', 'paused', 'cancelled'),
    is_archived: 'i % 4 = 0',
    start_date: day,
    end_date: day,
    cost_category_id: one(),
  },
  project_contracts: {
    contractor_id: one(),
    contractor_name: `(select c.name from contractors c where c.id = ${one()})`,
    project_id: one(),
    number: name,
    date: day,
    status: pick('draft', 'active', 'completed', 'terminated', 'on_hold'),
    work_type_category: pick('smr', 'finishing', 'design'),
    total_amount: '100000 + i * 7 % 1000',
    start_date: day,
    end_date: day,
  },
  contract_payments: { contract_id: one(), payment_date: day, amount: '100', payment_type: `'fact_payment'` },
  supplementary_agreements: { contract_id: one(), number: name, agreement_date: day, subject_changes: `'[]'` },
  specifications: { number: name, spec_date: day, scope_items: `'[]'`, status: `'draft'` },
  completed_works: {
    // All that the others do is done in one project of ours.
    project_id: `case when :org = :mine then ${one()} else :mine * 1000000 + 101 end`,
    host_org_id: 'case when :org <> :mine then :mine end',
    contract_id: one(),
    work_type_id: one(),
    user_id: one(),
    contractor_id: one(),
    quantity: '10000 + i % 700',
    total_amount: '100000 + i % 900',
    completion_date: day,
    status: pick('draft', 'confirmed', 'confirmed', 'cancelled'),
    used_materials: `json_array(json_object('material_id', ${one()}, 'quantity', 10000, 'unit_price', null, 'total_amount', null, 'notes', null, 'created_at', ${at}, 'updated_at', ${at}))`,
  },
  work_materials: { work_id: `:org * 1000000 + i`, material_id: one(), quantity: '10000' },
  performance_acts: {
    contract_id: one(),
    project_id: ofContract('project_id'),
    contractor_id: ofContract('contractor_id'),
    act_document_number: name,
    act_date: day,
    amount: '1000 + i % 900',
    is_approved: 'i % 2',
  },
  material_movements: {
    project_id: one(),
    material_id: one(),
    user_id: one(),
    operation: pick('receipt', 'write_off'),
    usage_date: day,
    supplier_id: one(),
    quantity: '10000',
  },
  time_entries: {
    user_id: one(),
    project_id: one(),
    work_type_id: one(),
    work_date: day,
    start_time: `'08:00'`,
    status: pick('draft', 'submitted', 'approved', 'rejected'),
    is_billable: 'i % 2',
  },
  advance_transactions: {
    user_id: one(),
    project_id: one(),
    type: pick('issue', 'expense', 'return'),
    status: pick('pending', 'reported', 'approved'),
    document_date: day,
    counts_from: day,
  },
  site_requests: {
    project_id: one(),
    kind: pick('material', 'personnel', 'equipment'),
    status: pick('pending', 'processed', 'rejected'),
    priority: `'normal'`,
    required_date: day,
    created_by: one(),
  },
  rate_coefficients: {
    name,
    value: '10000 + i % 800',
    type: pick('percentage', 'fixed_addition'),
    applies_to: pick('material_norms', 'work_costs', 'labor_hours', 'general'),
    scope: pick('global_org', 'project'),
    is_active: 'i % 3 > 0',
  },
  report_files: {
    type: pick('act', 'm29', 'time'),
    path: `'r/' || i`,
    filename: name,
    filename_key: name,
    size: '1000 + i % 900',
    expires_at: `'2999-01-01T00:00:00.000Z'`,
  },
  report_templates: { name, report_type: `'material_usage'`, columns_config: `'[]'`, is_default: '0' },
  custom_reports: {
    user_id: one(2),
    name,
    report_category: pick('core', 'finances', 'materials'),
    definition: `'{"data_sources":{"primary":"projects","joins":[]},"columns":[]}'`,
    is_shared: 'i / 2 % 2',
    is_favorite: 'i % 5 = 0',
  },
  contractor_invitations: {
    invited_org_id: ':org * 1000000 + i',
    token_hash: `:org || '-' || i`,
    status: pick('pending', 'accepted', 'declined', 'expired'),
    expires_at: `case i % 8 when 0 then '2999-01-01T00:00:00.000Z' else ${at} end`,
    contractor_id: 'null',
  },
}

interface Column {
  name: string
  type: string
  notnull: number
  dflt_value: string | null
}

async function insertInto(table: string, values: Values, mine: number): Promise<(org: number, living: number) => Promise<void>> {
  const { results } = await env.DB.prepare(`select name, type, "notnull", dflt_value from pragma_table_info('${table}')`).all<Column>()
  const own: Values = { id: ':org * 1000000 + i', org_id: ':org', created_at: at, updated_at: at, ...values }
  // One of twenty-one is deleted.
  if (results.some((c) => c.name === 'deleted_at') && table !== 'users') own['deleted_at'] = `case when i % 21 = 0 then ${at} end`
  const used = results.filter((c) => own[c.name] !== undefined || (c.notnull === 1 && c.dflt_value === null))
  const other = (c: Column) => (c.type.toLowerCase() === 'text' ? `'x'` : '1')
  const columns = used.map((c) => c.name).join(', ')
  const selected = used.map((c) => own[c.name] ?? other(c)).join(', ')
  const deleted = own['deleted_at'] !== undefined
  return async (org, living) => {
    const last = deleted ? Math.floor((living * 21) / 20) : living
    for (let from = 1; from <= last; from += 35_000) {
      const to = Math.min(last, from + 34_999)
      const text = `insert into ${table} (${columns}) with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to}) select ${selected} from n`
      await env.DB.prepare(text.replaceAll(':org', String(org)).replaceAll(':mine', String(mine))).run()
    }
  }
}

/**
 * Fills every table of a list with living rows of one organization and of the others. Triggers rest meanwhile, and the counters are then filled as the
 * migration fills them: what triggers do with them is for `list-counts.test.ts`.
 */
export async function fill(mine: number, others: readonly number[], size: { mine: number; other: number }): Promise<void> {
  const tables = Object.keys(TABLES)
  const { results: triggers } = await env.DB.prepare(
    `select name, sql from sqlite_master where type = 'trigger' and tbl_name in (${tables.map((t) => `'${t}'`).join(', ')})`,
  ).all<{ name: string; sql: string }>()
  for (const trigger of triggers) await env.DB.prepare(`drop trigger "${trigger.name}"`).run()
  for (const [table, values] of Object.entries(TABLES)) {
    const insert = await insertInto(table, values, mine)
    await insert(mine, size.mine)
    for (const org of others) await insert(org, size.other)
  }
  // The caller is one of the first thousand that rows name.
  await env.DB.prepare('delete from list_counts').run()
  const lists = Object.values<CountedList>(COUNTED).reduce((sum, { facets }) => sum + 1 + facets.length, 0)
  const fillers = listCountsSql()
    .split('--> statement-breakpoint')
    .filter((text) => text.trim().startsWith('INSERT'))
  if (fillers.length !== lists) throw new Error('not every list is filled')
  for (const text of fillers) await env.DB.prepare(text).run()
  for (const trigger of triggers) await env.DB.prepare(trigger.sql).run()
}
