import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../../../context.ts'
import { notFound } from '../../../http/errors.ts'
import { orNull, showMoney, showQuantity, showSum } from '../../../http/numbers.ts'
import { contractors } from '../../../construction/contractors/tables.ts'
import { invalid, mine } from '../../../construction/registry/registry.ts'
import { isoStamp } from '../../../construction/stamps.ts'
import { mustFit, type Cell, type Column, type Table } from '../../../documents/spreadsheet/write-table.ts'
import { percentOfSum } from '../../sums/sums.ts'
import { sendTableKept } from '../files.ts'
import { contractsIn, paymentsIn, periodOf, projectOf, worksIn, type AskedDetail } from './asked.ts'

const TITLE = 'Детальный отчет по подрядчику'
/** What JSON tells at once; files have no such end. */
const MOST = 5000

interface ContractRow {
  id: number
  number: string
  date: string
  status: string
  total: number
  completed: number
  paid: number
}
interface WorkRow {
  id: number
  contract_id: number
  work_type: string
  unit: string | null
  quantity: number
  price: number | null
  total_amount: number
  completion_date: string
  notes: string | null
}
interface PaymentRow {
  id: number
  contract_id: number
  amount: number
  payment_date: string
  payment_type: string
  notes: string | null
}

const chosen = (ctx: Ctx, id: number, asked: AskedDetail) => contractsIn(ctx, asked, sql`c.contractor_id = ${id}`)

const readContracts = (ctx: Ctx, id: number, asked: AskedDetail) =>
  ctx.db.all<ContractRow>(sql`select c.id, c.number, c.date, c.status, c.total_amount as total,
    (select total(w.total_amount) from completed_works w where w.contract_id = c.id and ${worksIn(asked)}) as completed,
    (select total(p.amount) from contract_payments p where p.contract_id = c.id and ${paymentsIn(asked)}) as paid
    from project_contracts c where ${chosen(ctx, id, asked)} order by c.date, c.id limit ${MOST + 1}`)

/** Works of the contracts from one on, in the order of contracts and days. */
const readWorks = (ctx: Ctx, contracts: readonly number[], asked: AskedDetail, limit: number, offset = 0) =>
  ctx.db
    .all<WorkRow>(sql`select w.id, w.contract_id, t.name as work_type, u.short_name as unit, w.quantity, w.price, w.total_amount, w.completion_date, w.notes
    from json_each(${JSON.stringify(contracts)}) j join completed_works w on w.contract_id = j.value
    join work_types t on t.id = w.work_type_id left join measurement_units u on u.id = t.measurement_unit_id
    where ${worksIn(asked)} order by j.key, w.completion_date, w.id limit ${limit} offset ${offset}`)

const readPayments = (ctx: Ctx, contracts: readonly number[], asked: AskedDetail, limit: number, offset = 0) =>
  ctx.db.all<PaymentRow>(sql`select p.id, p.contract_id, p.amount, p.payment_date, p.payment_type, p.description as notes
    from json_each(${JSON.stringify(contracts)}) j join contract_payments p on p.contract_id = j.value
    where ${paymentsIn(asked)} order by j.key, p.payment_date, p.id limit ${limit} offset ${offset}`)

const COLUMNS: Column[] = [
  { header: 'Контракт', kind: 'text', width: 22 },
  { header: 'Запись', kind: 'text', width: 12 },
  { header: 'Дата', kind: 'date' },
  { header: 'Содержание', kind: 'text', width: 40 },
  { header: 'Ед. изм.', kind: 'text', width: 10 },
  { header: 'Количество', kind: 'quantity' },
  { header: 'Цена', kind: 'money' },
  { header: 'Сумма контракта', kind: 'money' },
  { header: 'Выполнено', kind: 'money' },
  { header: 'Оплачено', kind: 'money' },
  { header: 'Примечание', kind: 'text' },
]

const PAYMENTS: Record<string, string> = {
  advance: 'Авансовый платеж',
  fact_payment: 'Оплата по факту',
  deferred_payment: 'Отложенный платеж',
  other: 'Прочий платеж',
}
const STATUSES: Record<string, string> = {
  draft: 'Черновик',
  active: 'Действует',
  completed: 'Завершен',
  terminated: 'Расторгнут',
  on_hold: 'Приостановлен',
}
const STEP = 2000
/** Contracts whose works and payments are read together. */
const TOGETHER = 50

async function* inSteps<T>(read: (limit: number, offset: number) => Promise<T[]>): AsyncGenerator<T> {
  for (let offset = 0; ; offset += STEP) {
    const rows = await read(STEP, offset)
    yield* rows
    if (rows.length < STEP) return
  }
}

/** Rows that come contract by contract, to be taken a contract at a time. */
function byContract<T extends { contract_id: number }>(rows: AsyncGenerator<T>) {
  let next: Promise<IteratorResult<T, void>> | undefined
  return async function* (id: number): AsyncGenerator<T> {
    for (;;) {
      const { value } = await (next ??= rows.next())
      if (value?.contract_id !== id) return
      next = undefined
      yield value
    }
  }
}

/** Contract by contract: its own line, its works, its payments. */
async function* lines(ctx: Ctx, asked: AskedDetail, contracts: readonly ContractRow[]): AsyncGenerator<Cell[]> {
  for (let at = 0; at < contracts.length; at += TOGETHER) {
    const some = contracts.slice(at, at + TOGETHER)
    const ids = some.map(({ id }) => id)
    const works = byContract(inSteps((limit, offset) => readWorks(ctx, ids, asked, limit, offset)))
    const payments = byContract(inSteps((limit, offset) => readPayments(ctx, ids, asked, limit, offset)))
    for (const { id, number, date, status, total, completed, paid } of some) {
      yield [number, 'Контракт', date, STATUSES[status] ?? status, null, null, null, total, completed, paid, null]
      for await (const w of works(id))
        yield [number, 'Работа', w.completion_date, w.work_type, w.unit, w.quantity, w.price, null, w.total_amount, null, w.notes]
      for await (const p of payments(id))
        yield [
          number,
          'Платеж',
          p.payment_date,
          PAYMENTS[p.payment_type] ?? p.payment_type,
          null,
          null,
          null,
          null,
          null,
          p.amount,
          p.notes,
        ]
    }
  }
}

async function countLines(ctx: Ctx, asked: AskedDetail, contracts: readonly ContractRow[]): Promise<number> {
  const ids = JSON.stringify(contracts.map(({ id }) => id))
  const [row] = await ctx.db.all<{ n: number }>(sql`select
    (select count(*) from json_each(${ids}) j join completed_works w on w.contract_id = j.value where ${worksIn(asked)})
    + (select count(*) from json_each(${ids}) j join contract_payments p on p.contract_id = j.value where ${paymentsIn(asked)}) as n`)
  return contracts.length + (row?.n ?? 0)
}

const wholeOf = (contracts: readonly ContractRow[]) => ({
  total: contracts.reduce((sum, c) => sum + c.total, 0),
  completed: contracts.reduce((sum, c) => sum + c.completed, 0),
  paid: contracts.reduce((sum, c) => sum + c.paid, 0),
})

function tableOf(ctx: Ctx, asked: AskedDetail, contracts: readonly ContractRow[]): Table {
  const { total, completed, paid } = wholeOf(contracts)
  const totals: Cell[] = ['Итого', null, null, null, null, null, null, total, completed, paid, null]
  return { name: 'Подрядчик', columns: COLUMNS, rows: lines(ctx, asked, contracts), totals }
}

function mustBeFew(rows: readonly unknown[]): void {
  if (rows.length > MOST)
    throw invalid([{ path: 'date_from', message: `За период больше ${MOST} записей: сузьте его или выгрузите отчет файлом.` }])
}

const presentContract = (row: ContractRow, works: readonly WorkRow[], payments: readonly PaymentRow[]) => ({
  contract_id: row.id,
  contract_number: row.number,
  contract_date: row.date,
  status: row.status,
  total_amount: showMoney(row.total),
  completed_amount: showSum(row.completed),
  payment_amount: showSum(row.paid),
  remaining_amount: showSum(row.total - row.paid),
  completion_percentage: showSum(percentOfSum(row.completed, row.total)),
  payment_percentage: showSum(percentOfSum(row.paid, row.total)),
  completed_works: works.map(({ contract_id: _, unit: __, ...work }) => ({
    ...work,
    quantity: showQuantity(work.quantity),
    price: orNull(work.price, showMoney),
    total_amount: showMoney(work.total_amount),
  })),
  payments: payments.map(({ contract_id: _, ...payment }) => ({ ...payment, amount: showMoney(payment.amount) })),
})

/** A contractor's contracts in a project, with their works and payments. */
export async function contractorDetail(ctx: Ctx, id: number, asked: AskedDetail): Promise<object | Response> {
  const [contractor] = await ctx.db
    .select({
      id: contractors.id,
      name: contractors.name,
      contact_person: contractors.contactPerson,
      phone: contractors.phone,
      email: contractors.email,
      contractor_type: contractors.type,
    })
    .from(contractors)
    .where(and(eq(contractors.id, id), mine(ctx, contractors)))
  if (!contractor) throw notFound('Подрядчик не найден.')
  const project = await projectOf(ctx, asked)
  const contracts = await readContracts(ctx, id, asked)
  mustBeFew(contracts)
  if (asked.export_format !== 'json') {
    mustFit(await countLines(ctx, asked, contracts))
    const format = asked.export_format === 'excel' ? 'xlsx' : 'csv'
    const named = { type: 'contractor/detail', filename: `contractor_${id}_report`, title: `${TITLE}: ${contractor.name}` }
    return sendTableKept(ctx, named, format, tableOf(ctx, asked, contracts))
  }
  const ids = contracts.map((row) => row.id)
  const [works, payments] = await Promise.all([readWorks(ctx, ids, asked, MOST + 1), readPayments(ctx, ids, asked, MOST + 1)])
  mustBeFew(works)
  mustBeFew(payments)
  const worksOf = Map.groupBy(works, (row) => row.contract_id)
  const paymentsOf = Map.groupBy(payments, (row) => row.contract_id)
  const { total, completed, paid } = wholeOf(contracts)
  return {
    title: TITLE,
    contractor,
    project,
    period: periodOf(asked),
    summary: {
      total_contracts: contracts.length,
      total_contract_amount: showSum(total),
      total_completed_amount: showSum(completed),
      total_payment_amount: showSum(paid),
    },
    contracts: contracts.map((row) => presentContract(row, worksOf.get(row.id) ?? [], paymentsOf.get(row.id) ?? [])),
    generated_at: isoStamp(ctx.now.toISOString()),
  }
}
