import { eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../../context.ts'
import { fileLink } from '../../../documents/file-link.ts'
import { writeForm } from '../../../documents/spreadsheet/write-form.ts'
import { mustFit, type Cell, type Column, type Table } from '../../../documents/spreadsheet/write-table.ts'
import { mustHaveModule } from '../../../construction/people/limits.ts'
import { projects } from '../../../construction/projects/tables.ts'
import { isoStamp } from '../../../construction/stamps.ts'
import { zoneOf } from '../../../construction/zone.ts'
import { orNull, showMoney, showQuantity, showQuantitySum, showSum } from '../../../http/numbers.ts'
import { organizations } from '../../../identity/tables.ts'
import { dayIn } from '../../../lib/dates.ts'

import { sendKept, sendTableKept } from '../files.ts'
import { filtersOf } from '../run.ts'
import { mustBeRight, type Official } from './asked.ts'
import { formRows, OPERATIONS, WIDTHS, type Head } from './form.ts'
import { materialRows, normRows, type MaterialRow, type NormRow } from './m29.ts'
import { allOperations, countOperations, openings, operationPage, type OperationRow } from './operations.ts'

const TITLE = 'Официальный отчет об использовании материалов'
const NAMED = { type: 'reports/official-material-usage', filename: 'official_material_usage_report', title: TITLE }
/** How long links to photographs open them: in an answer, and in a file that goes to the customer. */
const LINK_SECONDS = { json: 3600, file: 30 * 86_400 }
const PER_PAGE = 100

async function headOf(ctx: Ctx, asked: Official): Promise<Head> {
  const [[project], [organization]] = await ctx.db.batch([
    ctx.db
      .select({ name: projects.name, address: projects.address, customer: projects.customer, contract: projects.contractNumber })
      .from(projects)
      .where(eq(projects.id, asked.project_id)),
    ctx.db
      .select({ name: organizations.name, zone: organizations.timeZone })
      .from(organizations)
      .where(eq(organizations.id, orgOf(ctx))),
  ])
  if (!project || !organization) throw new Error('the project or the organization of a report is not there')
  return {
    number: asked.report_number,
    organization: organization.name,
    project,
    from: asked.date_from,
    to: asked.date_to,
    made: dayIn(ctx.now, organization.zone ?? ctx.settings.TIME_ZONE),
  }
}

const linkTo = (ctx: Ctx, { photo_file_id: id }: OperationRow, how: keyof typeof LINK_SECONDS) =>
  id === null ? null : fileLink(ctx, id, LINK_SECONDS[how], 'inline')

const presentNorm = (row: NormRow) => ({
  work_type_id: row.work_type_id,
  work_type_name: row.work_type_name,
  work_unit: row.work_unit,
  volume: showQuantitySum(row.volume),
  material_id: row.material_id,
  material_name: row.material_name,
  material_unit: row.material_unit,
  norm_per_unit: showQuantity(row.norm),
  norm_quantity: showQuantitySum(row.need),
})

const presentMaterial = (row: MaterialRow, i: number) => ({
  number: i + 1,
  material_id: row.material_id,
  material_name: row.material_name,
  material_code: row.material_code,
  unit_name: row.unit_name,
  total_quantity: showQuantitySum(row.total_quantity),
  total_amount: showSum(row.total_amount),
  operations_count: row.operations_count,
  documents_count: row.documents_count,
  photos_count: row.photos_count,
  opening_balance: showQuantitySum(row.opening),
  received_quantity: showQuantitySum(row.received),
  used_quantity: showQuantitySum(row.used),
  used_amount: showSum(row.used_amount),
  closing_balance: showQuantitySum(row.closing),
  norm_quantity: orNull(row.need, showQuantitySum),
  deviation: orNull(row.deviation, showQuantitySum),
})

const presentOperation = async (ctx: Ctx, row: OperationRow, number: number) => ({
  number,
  id: row.id,
  date: row.usage_date,
  operation_type: row.operation,
  operation_name: OPERATIONS[row.operation],
  material_id: row.material_id,
  material_name: row.material_name,
  unit_name: row.unit_name,
  quantity: showQuantity(row.quantity),
  norm_quantity: orNull(row.norm_quantity, showQuantitySum),
  unit_price: orNull(row.unit_price, showMoney),
  total_price: orNull(row.total_price, showMoney),
  balance: showQuantitySum(row.balance),
  supplier_name: row.supplier_name,
  document_number: row.document_number,
  invoice_date: row.invoice_date,
  work_type_name: row.work_type_name,
  completed_work_id: row.work_id,
  user_name: row.user_name,
  notes: row.notes,
  photo_url: await linkTo(ctx, row, 'json'),
})

async function asJson(ctx: Ctx, asked: Official) {
  const { page = 1, per_page: size = PER_PAGE } = asked
  const [head, norms, opening] = await Promise.all([headOf(ctx, asked), normRows(ctx, asked), openings(ctx, asked)])
  const [materials, operations] = await Promise.all([
    materialRows(ctx, asked, norms, opening),
    operationPage(ctx, asked, opening, size, (page - 1) * size),
  ])
  const total = materials.reduce((sum, row) => sum + row.operations_count, 0)
  return {
    title: TITLE,
    report_number: asked.report_number ?? null,
    organization: { id: orgOf(ctx), name: head.organization },
    project: {
      id: asked.project_id,
      name: head.project.name,
      address: head.project.address,
      customer: head.project.customer,
      contract_number: head.project.contract,
    },
    period: { from: asked.date_from, to: asked.date_to },
    filters: filtersOf(asked),
    norms: norms.map(presentNorm),
    data: materials.map(presentMaterial),
    totals: {
      operations_count: total,
      total_amount: showSum(materials.reduce((sum, row) => sum + row.total_amount, 0)),
      used_amount: showSum(materials.reduce((sum, row) => sum + row.used_amount, 0)),
    },
    operations: await Promise.all(operations.map((row, i) => presentOperation(ctx, row, (page - 1) * size + i + 1))),
    // Of the operations; the materials are there whole.
    pagination: { total, per_page: size, current_page: page, last_page: Math.max(1, Math.ceil(total / size)) },
    generated_at: isoStamp(ctx.now.toISOString()),
  }
}

const COLUMNS: Column[] = [
  { header: '№', kind: 'integer', width: 7 },
  { header: 'Дата', kind: 'date' },
  { header: 'Операция', kind: 'text', width: 14 },
  { header: 'Материал', kind: 'text', width: 36 },
  { header: 'Ед. изм.', kind: 'text', width: 9 },
  { header: 'Количество', kind: 'quantity' },
  { header: 'По норме', kind: 'quantity' },
  { header: 'Цена', kind: 'money' },
  { header: 'Сумма', kind: 'money' },
  { header: 'Остаток', kind: 'quantity' },
  { header: 'Поставщик', kind: 'text' },
  { header: 'Документ', kind: 'text' },
  { header: 'Дата документа', kind: 'date' },
  { header: 'Вид работ', kind: 'text' },
  { header: 'Ответственный', kind: 'text' },
  { header: 'Примечание', kind: 'text' },
  { header: 'Фото', kind: 'text' },
]
const safe = (value: number | null): Cell => (value === null || Number.isSafeInteger(value) ? value : String(value / 10_000))

/** The operations one after another, for other programs. */
async function asTable(ctx: Ctx, asked: Official): Promise<Table> {
  const opening = await openings(ctx, asked)
  async function* rows(): AsyncGenerator<Cell[]> {
    let n = 0
    for await (const row of allOperations(ctx, asked, opening)) {
      const money = [row.unit_price, row.total_price]
      const papers = [row.supplier_name, row.document_number, row.invoice_date, row.work_type_name, row.user_name, row.notes]
      const moved = [safe(row.quantity), safe(row.norm_quantity), ...money, safe(row.balance)]
      yield [
        ++n,
        row.usage_date,
        OPERATIONS[row.operation],
        row.material_name,
        row.unit_name,
        ...moved,
        ...papers,
        await linkTo(ctx, row, 'file'),
      ]
    }
  }
  return { name: 'Операции', columns: COLUMNS, rows: rows() }
}

async function asForm(ctx: Ctx, asked: Official): Promise<ReadableStream<Uint8Array>> {
  const [head, norms, opening, zone] = await Promise.all([headOf(ctx, asked), normRows(ctx, asked), openings(ctx, asked), zoneOf(ctx)])
  const rows = formRows({
    head,
    norms,
    materials: await materialRows(ctx, asked, norms, opening),
    operations: (photos) => allOperations(ctx, photos ? { ...asked, has_photo: true } : asked, opening),
    link: async (row) => (await linkTo(ctx, row, 'file')) ?? '',
  })
  return writeForm({ name: 'М-29', widths: WIDTHS, rows, zone })
}

/** The report about materials for the customer: JSON, a table of operations, or a form. */
export async function officialUsage(ctx: Ctx, asked: Official): Promise<object | Response> {
  await mustHaveModule(ctx, 'advanced_reports')
  await mustBeRight(ctx, asked)
  if (asked.format !== 'json') mustFit(await countOperations(ctx, asked))
  if (asked.format === 'csv') return sendTableKept(ctx, NAMED, 'csv', await asTable(ctx, asked))
  return asked.format === 'xlsx' ? sendKept(ctx, NAMED, 'xlsx', await asForm(ctx, asked)) : asJson(ctx, asked)
}
