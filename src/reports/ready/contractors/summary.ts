import { showSum } from '../../../http/numbers.ts'
import { sql } from 'drizzle-orm'
import type { Ctx } from '../../../context.ts'
import { isoStamp } from '../../../construction/stamps.ts'
import type { Table } from '../../../documents/spreadsheet/write-table.ts'
import { invalid } from '../../../construction/registry/registry.ts'
import { percentOfSum } from '../../sums/sums.ts'
import { cellsOf, layOut, type ReportColumn, totalsOf } from '../columns.ts'
import { sendTableKept } from '../files.ts'
import { is } from '../report.ts'
import { contractsIn, paymentsIn, periodOf, projectOf, SORTS, worksIn, type AskedSummary } from './asked.ts'

const TITLE = 'Отчет по подрядчикам'
/** The rows are in memory; nobody reads more. */
const MOST = 10_000

interface Found {
  contractor_id: number
  contractor_name: string
  contact_person: string | null
  phone: string | null
  email: string | null
  contractor_type: string
  contracts_count: number
  total_contract_amount: number
  total_completed_amount: number
  total_payment_amount: number
  total_materials_amount: number
}

/** Contractors of the project with what their contracts add up to: one more than there may be, where there are too many. */
function read(ctx: Ctx, asked: AskedSummary): Promise<Found[]> {
  const { contractor_ids: ids, contract_status: status, sort_by: by, sort_direction: direction } = asked
  const chosen = contractsIn(
    ctx,
    asked,
    sql`${is('c.status', status === 'cancelled' ? 'terminated' : status) ?? sql`true`} and ${
      ids ? sql`c.contractor_id in (select value from json_each(${JSON.stringify(ids)}))` : sql`true`
    }`,
  )
  return ctx.db.all<Found>(sql`
    with chosen as materialized (select c.id, c.contractor_id, c.total_amount from project_contracts c where ${chosen}),
    sums as (select c.contractor_id, count(*) as n, total(c.total_amount) as amount from chosen c group by c.contractor_id),
    works as (select c.contractor_id, total(w.total_amount) as amount from chosen c join completed_works w on w.contract_id = c.id
      where ${worksIn(asked)} and ${asked.include_completed_works} group by c.contractor_id),
    paid as (select c.contractor_id, total(p.amount) as amount from chosen c join contract_payments p on p.contract_id = c.id
      where ${paymentsIn(asked)} and ${asked.include_payments} group by c.contractor_id),
    used as (select c.contractor_id, total(x.total_amount) as amount from chosen c join completed_works w on w.contract_id = c.id
      join work_materials x on x.work_id = w.id where ${worksIn(asked)} and ${asked.include_materials} group by c.contractor_id)
    select k.id as contractor_id, k.name as contractor_name, k.contact_person, k.phone, k.email, k.contractor_type, s.n as contracts_count,
      s.amount as total_contract_amount, coalesce(w.amount, 0) as total_completed_amount, coalesce(p.amount, 0) as total_payment_amount,
      coalesce(u.amount, 0) as total_materials_amount
    from sums s join contractors k on k.id = s.contractor_id left join works w on w.contractor_id = k.id
    left join paid p on p.contractor_id = k.id left join used u on u.contractor_id = k.id
    order by ${sql.raw(`${SORTS[by]} ${direction}`)}, k.id limit ${MOST + 1}`)
}

const COLUMNS: ReportColumn[] = [
  { key: 'contractor_name', header: 'Подрядчик', kind: 'text', width: 36 },
  { key: 'contact_person', header: 'Контактное лицо', kind: 'text', width: 26 },
  { key: 'phone', header: 'Телефон', kind: 'text', width: 20 },
  { key: 'email', header: 'E-mail', kind: 'text', width: 26 },
  { key: 'contracts_count', header: 'Контрактов', kind: 'integer' },
  { key: 'total_contract_amount', header: 'Сумма контрактов', kind: 'money' },
  { key: 'total_completed_amount', header: 'Выполнено', kind: 'money' },
  { key: 'total_payment_amount', header: 'Оплачено', kind: 'money' },
  { key: 'remaining_to_complete', header: 'Осталось выполнить', kind: 'money', width: 20 },
  { key: 'remaining_amount', header: 'Осталось оплатить', kind: 'money' },
  { key: 'completion_percentage', header: 'Выполнение', kind: 'percent' },
  { key: 'payment_percentage', header: 'Оплата', kind: 'percent' },
  { key: 'total_materials_amount', header: 'Материалы', kind: 'money' },
]

/** What was left out is nobody's: null, and no column of a file. */
function tell(asked: AskedSummary, found: Found) {
  const { total_contract_amount: total, total_completed_amount: done, total_payment_amount: paid, total_materials_amount: used } = found
  const works = asked.include_completed_works
  const payments = asked.include_payments
  return {
    ...found,
    total_completed_amount: works ? done : null,
    total_payment_amount: payments ? paid : null,
    remaining_to_complete: works ? total - done : null,
    remaining_amount: payments ? total - paid : null,
    completion_percentage: works ? percentOfSum(done, total) : null,
    payment_percentage: payments ? percentOfSum(paid, total) : null,
    total_materials_amount: asked.include_materials ? used : null,
  }
}
type Told = ReturnType<typeof tell>
const MONEY = [
  'total_contract_amount',
  'total_completed_amount',
  'total_payment_amount',
  'remaining_to_complete',
  'remaining_amount',
  'total_materials_amount',
] as const
const PERCENT = ['completion_percentage', 'payment_percentage'] as const

const orNothing = (value: number | null) => (value === null ? null : showSum(value))
const present = (row: Told) => ({
  ...row,
  ...Object.fromEntries([...MONEY, ...PERCENT].map((key) => [key, orNothing(row[key])])),
})

function tableOf(asked: AskedSummary, rows: readonly Told[], sums: Record<string, number | null>): Table {
  const left = new Set([
    ...(asked.include_completed_works ? [] : ['total_completed_amount', 'remaining_to_complete', 'completion_percentage']),
    ...(asked.include_payments ? [] : ['total_payment_amount', 'remaining_amount', 'payment_percentage']),
    ...(asked.include_materials ? [] : ['total_materials_amount']),
  ])
  const layout = layOut(
    COLUMNS.filter(({ key }) => !left.has(key)),
    {},
    undefined,
  )
  return {
    name: TITLE,
    columns: layout.map(({ column }) => column),
    rows: rows.map((row) => cellsOf(layout, row)),
    totals: totalsOf(layout, sums),
  }
}

/** What the contractors of a project have agreed, done and been paid. */
export async function contractorSummary(ctx: Ctx, asked: AskedSummary): Promise<object | Response> {
  const project = await projectOf(ctx, asked)
  const found = await read(ctx, asked)
  if (found.length > MOST)
    throw invalid([
      { path: 'contractor_ids', message: `В отчёте больше ${MOST} подрядчиков: выберите некоторых из них или статус контрактов.` },
    ])
  const rows = found.map((row) => tell(asked, row))
  const whole = (key: (typeof MONEY)[number]): number | null =>
    rows.reduce<number | null>((sum, row) => (sum === null || row[key] === null ? null : sum + row[key]), 0)
  const sums = Object.fromEntries(MONEY.map((key) => [key, whole(key)])) as Record<(typeof MONEY)[number], number | null>
  if (asked.export_format !== 'json') {
    const format = asked.export_format === 'excel' ? 'xlsx' : 'csv'
    const named = { type: 'contractor/summary', filename: 'contractor_summary_report', title: TITLE }
    return sendTableKept(ctx, named, format, tableOf(asked, rows, sums))
  }
  const none = (included: boolean, value: number | null) => (included ? orNothing(value) : null)
  return {
    title: TITLE,
    project,
    period: periodOf(asked),
    filters: {
      contract_status: asked.contract_status ?? null,
      contractor_ids: asked.contractor_ids ?? [],
      include_completed_works: asked.include_completed_works,
      include_payments: asked.include_payments,
      include_materials: asked.include_materials,
    },
    summary: {
      total_contractors: rows.length,
      total_contract_amount: orNothing(sums.total_contract_amount),
      total_completed_amount: none(asked.include_completed_works, sums.total_completed_amount),
      total_payment_amount: none(asked.include_payments, sums.total_payment_amount),
      total_remaining_amount: none(asked.include_payments, sums.remaining_amount),
      total_materials_amount: none(asked.include_materials, sums.total_materials_amount),
    },
    contractors: rows.map(present),
    generated_at: isoStamp(ctx.now.toISOString()),
  }
}
