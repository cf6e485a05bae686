import type { FormCell, FormRow } from '../../../documents/spreadsheet/write-form.ts'
import type { Kind } from '../../../documents/spreadsheet/write-table.ts'
import { cellOf, type Value } from '../columns.ts'
import type { MaterialRow, NormRow } from './m29.ts'
import type { OperationRow } from './operations.ts'

// The report as a form: what an M-29 says (works and their norms; materials against them), then the operations with their papers and photographs.

/** In letters; the sections share the columns. */
export const WIDTHS = [6, 40, 9, 14, 14, 14, 15, 15, 14, 15, 26, 24, 28, 24, 9]

export const OPERATIONS = { receipt: 'Поступление', write_off: 'Списание' } as const
const day = (text: string | null) => (text === null ? '' : text.split('-').toReversed().join('.'))

export interface Head {
  number: number | undefined
  organization: string
  project: { name: string; address: string | null; customer: string | null; contract: string | null }
  from: string
  to: string
  made: string
}

const text = (value: string | number | null, more: Partial<FormCell> = {}): FormCell => ({
  value: value === null ? null : String(value),
  ...more,
})
const box = (value: Value, kind: Kind = 'text', more: Partial<FormCell> = {}): FormCell => ({
  value: cellOf({ kind }, value),
  kind,
  edge: 'box',
  ...more,
})
const heads = (...names: string[]): FormRow => names.map((name) => box(name, 'text', { bold: true, align: 'center', size: 9 }))
const EMPTY: FormRow = []
const title = (name: string): FormRow => [text(name, { bold: true, size: 11 })]
const nothing = (said: string): FormRow => [null, text(said)]

function* opening({ number, organization, project, from, to, made }: Head): Generator<FormRow> {
  yield [text(`ОТЧЕТ № ${number ?? '______'}`, { bold: true, size: 14 })]
  yield [text('о расходе материалов в сопоставлении с нормами (по форме № М-29)', { bold: true, size: 12 })]
  yield EMPTY
  const lines: [string, string][] = [
    ['Организация', organization],
    ['Объект', project.name],
    ['Адрес', project.address ?? ''],
    ['Заказчик', project.customer ?? ''],
    ['Договор', project.contract ?? ''],
    ['Отчетный период', `с ${day(from)} по ${day(to)}`],
    ['Составлен', day(made)],
  ]
  for (const [label, said] of lines) if (said !== '') yield [null, text(label), null, text(said, { bold: true })]
  yield EMPTY
}

function* norms(rows: readonly NormRow[]): Generator<FormRow> {
  yield title('I. Нормативная потребность в материалах на выполненные работы')
  if (rows.length === 0) {
    yield nothing('Работ с нормами расхода за период нет.')
    return
  }
  yield heads('№', 'Вид работ / материал', 'Ед. изм.', 'Объем работ', 'Норма на единицу', 'Потребность по норме')
  let work = 0
  let line = 0
  let before: number | undefined
  for (const row of rows) {
    if (row.work_type_id !== before) {
      before = row.work_type_id
      work++
      line = 0
      const bold = { bold: true }
      yield [
        box(String(work), 'text', bold),
        box(row.work_type_name, 'text', bold),
        box(row.work_unit),
        box(row.volume, 'quantity', bold),
        box(null),
        box(null),
      ]
    }
    line++
    yield [
      box(`${work}.${line}`),
      box(row.material_name),
      box(row.material_unit),
      box(null),
      box(row.norm, 'quantity'),
      box(row.need, 'quantity'),
    ]
  }
}

function* materials(rows: readonly MaterialRow[]): Generator<FormRow> {
  yield title('II. Сопоставление фактического расхода материалов с нормативным')
  if (rows.length === 0) {
    yield nothing('Движения материалов за период нет.')
    return
  }
  yield heads(
    '№',
    'Материал',
    'Ед. изм.',
    'Остаток на начало',
    'Поступило',
    'Требуется по норме',
    'Израсходовано',
    'Экономия (−), перерасход (+)',
    'Остаток на конец',
    'Сумма расхода',
  )
  for (const [i, row] of rows.entries())
    yield [
      box(i + 1, 'integer', { align: 'center' }),
      box(row.material_name),
      box(row.unit_name),
      box(row.opening, 'quantity'),
      box(row.received, 'quantity'),
      box(row.need, 'quantity'),
      box(row.used, 'quantity'),
      box(row.deviation, 'quantity'),
      box(row.closing, 'quantity'),
      box(row.used_amount, 'money'),
    ]
  const sum = rows.reduce((total, row) => total + row.used_amount, 0)
  yield [null, text('Итого израсходовано на сумму', { bold: true }), ...Array<null>(7).fill(null), box(sum, 'money', { bold: true })]
}

const paper = ({ document_number: number, invoice_date: dated }: OperationRow) =>
  number === null ? '' : `№ ${number}${dated === null ? '' : ` от ${day(dated)}`}`

async function* operations(rows: AsyncIterable<OperationRow>, numbered: Map<number, number>): AsyncGenerator<FormRow> {
  yield title('III. Операции с материалами и первичные документы')
  yield heads(
    '№',
    'Материал',
    'Ед. изм.',
    'Количество',
    'По норме',
    'Цена',
    'Сумма',
    'Остаток после',
    'Дата',
    'Операция',
    'Поставщик',
    'Документ',
    'Вид работ',
    'Ответственный',
    'Фото',
  )
  let n = 0
  for await (const row of rows) {
    n++
    if (row.photo_file_id !== null) numbered.set(row.id, n)
    yield [
      box(n, 'integer', { align: 'center' }),
      box(row.material_name),
      box(row.unit_name),
      box(row.quantity, 'quantity'),
      box(row.norm_quantity, 'quantity'),
      box(row.unit_price, 'money'),
      box(row.total_price, 'money'),
      box(row.balance, 'quantity'),
      box(row.usage_date, 'date', { align: 'center' }),
      box(OPERATIONS[row.operation]),
      box(row.supplier_name),
      box(paper(row)),
      box(row.work_type_name),
      box(row.user_name),
      box(row.photo_file_id === null ? 'нет' : 'есть', 'text', { align: 'center' }),
    ]
  }
  if (n === 0) yield nothing('Операций, отвечающих условиям, нет.')
}

/** A photograph and where it can be seen. */
export type Photo = (row: OperationRow) => Promise<string>

async function* photographs(
  rows: AsyncIterable<OperationRow>,
  numbered: ReadonlyMap<number, number>,
  link: Photo,
): AsyncGenerator<FormRow> {
  yield title('IV. Фотофиксация')
  if (numbered.size === 0) {
    yield nothing('Фотографий нет.')
    return
  }
  yield [null, text('Ссылки открываются без входа в систему в течение 30 дней со дня составления отчета.', { size: 9 })]
  for await (const row of rows)
    yield [
      box(numbered.get(row.id) ?? null, 'integer', { align: 'center' }),
      box(row.material_name),
      box(day(row.usage_date), 'text', { size: 8 }),
      text(await link(row)),
    ]
}

function* signatures(): Generator<FormRow> {
  for (const who of [
    'Составил (начальник участка)',
    'Проверил (производственный отдел)',
    'Утвердил (главный инженер)',
    'Представитель заказчика',
  ]) {
    const line: FormCell = { value: null, edge: 'under' }
    yield EMPTY
    yield [null, text(who), null, line, line, null, line, line, null, line, line]
    const hint = { size: 8 }
    yield [null, null, null, text('должность', hint), null, null, text('подпись', hint), null, null, text('расшифровка, дата', hint)]
  }
}

interface Content {
  head: Head
  norms: readonly NormRow[]
  materials: readonly MaterialRow[]
  /** Read twice: once for the list, once for the photographs. */
  operations: (photos: boolean) => AsyncIterable<OperationRow>
  link: Photo
}

export async function* formRows(content: Content): AsyncGenerator<FormRow> {
  const numbered = new Map<number, number>()
  yield* opening(content.head)
  yield* norms(content.norms)
  yield EMPTY
  yield* materials(content.materials)
  yield EMPTY
  yield* operations(content.operations(false), numbered)
  yield EMPTY
  yield* photographs(content.operations(true), numbered, content.link)
  yield* signatures()
}
