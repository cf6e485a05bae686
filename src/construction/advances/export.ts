import { and, count, desc, eq, isNull, lt, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { mustFit, TYPES, writeTable, type Cell, type Format, type Table } from '../../documents/spreadsheet/write-table.ts'
import { todayIn, zoneOf } from '../zone.ts'
import { sendReportFile } from '../files/save-report.ts'
import { advanceTransactions as table } from './tables.ts'
import { presentAdvances, type AdvanceRow } from './transactions.ts'

const PER_PAGE = 1000

const TYPES_SAID = { issue: 'Выдача', expense: 'Расход', return: 'Возврат' } as const
const STATUSES_SAID = { pending: 'Ожидает отчёта', reported: 'Отчёт подан', approved: 'Утверждено' } as const

const columns: Table['columns'] = [
  { header: '№', kind: 'integer', width: 8 },
  { header: 'Дата документа', kind: 'date' },
  { header: 'Номер документа', kind: 'text', width: 18 },
  { header: 'Подотчётное лицо', kind: 'text' },
  { header: 'Проект', kind: 'text' },
  { header: 'Операция', kind: 'text', width: 12 },
  { header: 'Сумма', kind: 'money' },
  { header: 'Остаток', kind: 'money' },
  { header: 'Состояние', kind: 'text', width: 18 },
  { header: 'Описание', kind: 'text', width: 40 },
  { header: 'Отчёт подан', kind: 'instant' },
  { header: 'Утверждено', kind: 'instant' },
  { header: 'Код в бухгалтерии', kind: 'text', width: 18 },
]

async function cellsOf(ctx: Ctx, rows: AdvanceRow[]): Promise<Cell[][]> {
  const shown = await presentAdvances(ctx, rows)
  return rows.map((row, i) => [
    row.id,
    row.documentDate,
    row.documentNumber,
    shown[i]?.user?.name ?? null,
    shown[i]?.project?.name ?? null,
    TYPES_SAID[row.type],
    row.amount,
    row.balanceAfter,
    STATUSES_SAID[row.status],
    row.description,
    row.reportedAt,
    row.approvedAt,
    row.externalCode,
  ])
}

const own = (ctx: Ctx): SQL | undefined => and(eq(table.orgId, orgOf(ctx)), isNull(table.deletedAt))

/** All transactions of the organization, the newest first, page by page. */
async function* allRows(ctx: Ctx): AsyncGenerator<Cell[]> {
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const rows = await ctx.db
      .select()
      .from(table)
      .where(and(own(ctx), lt(table.id, before)))
      .orderBy(desc(table.id))
      .limit(PER_PAGE)
    yield* await cellsOf(ctx, rows)
    if (rows.length < PER_PAGE) return
    before = rows.at(-1)?.id ?? 0
  }
}

/** The transactions as a file, which is also kept among the report files. */
export async function exportAdvances(ctx: Ctx, format: Format): Promise<Response> {
  const [[all], zone, today] = await Promise.all([ctx.db.select({ n: count() }).from(table).where(own(ctx)), zoneOf(ctx), todayIn(ctx)])
  mustFit(all?.n ?? 0)
  const filename = `Подотчётные средства ${today}`
  const sheet: Table = { name: 'Подотчётные средства', columns, rows: allRows(ctx) }
  return sendReportFile(ctx, {
    type: 'reports/advance-accounts',
    filename: `${filename}.${format}`,
    name: 'Подотчётные средства',
    mime: TYPES[format],
    content: writeTable(sheet, { format, zone }),
  })
}
