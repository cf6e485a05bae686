import type { Cell, CellStyle, WriteSheet } from 'hucre/xlsx'
import { dayNumber, formatOf, xlsxText, type Kind } from '../../documents/spreadsheet/columns.ts'
import type { Table } from '../../documents/spreadsheet/write-table.ts'
import { bookOf } from '../../documents/spreadsheet/write-xlsx.ts'
import { QUANTITY_SCALE } from '../../http/numbers.ts'
import { MONEY_SCALE, toJsonNumber } from '../../lib/money.ts'
import type { ActPaper } from './act-paper.ts'
import { dayText } from '../../lib/dates.ts'
import { partyText } from './draw-act.ts'

const COLUMNS = 7
const FONT = 'Times New Roman'
const EDGE = { style: 'thin' } as const
const BOX = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE }

interface Look {
  bold?: boolean
  size?: number
  align?: 'left' | 'center' | 'right'
  edge?: 'box' | 'under' | 'none'
  kind?: Kind
}

const styleOf = ({ bold = false, size = 10, align = 'left', edge = 'none', kind = 'text' }: Look): CellStyle => ({
  font: { name: FONT, size, bold },
  alignment: { horizontal: align, vertical: edge === 'box' ? 'center' : 'bottom', wrapText: true },
  numFmt: formatOf({ kind }),
  ...(edge === 'box' ? { border: BOX } : edge === 'under' ? { border: { bottom: EDGE } } : {}),
})

/** No row of a sheet is higher, in points. */
const HIGHEST = 409

/** A sheet that is laid out by hand, from top to bottom. */
class Form {
  readonly cells = new Map<string, Partial<Cell>>()
  readonly merges: NonNullable<WriteSheet['merges']> = []
  readonly rowDefs: NonNullable<WriteSheet['rowDefs']> = new Map()
  row = 0

  /** A value over columns (and rows); its frame goes round all of them. */
  put(column: number, value: string | number, look: Look = {}, columns = 1, rows = 1): void {
    const style = styleOf(look)
    for (let r = this.row; r < this.row + rows; r++)
      for (let c = column; c < column + columns; c++) this.cells.set(`${r},${c}`, { value: null, style })
    this.cells.set(`${this.row},${column}`, { value: typeof value === 'string' ? xlsxText(value) : value, style })
    if (columns > 1 || rows > 1)
      this.merges.push({ startRow: this.row, startCol: column, endRow: this.row + rows - 1, endCol: column + columns - 1 })
  }

  /** The next row; merged cells do not grow with their text by themselves. */
  next(height?: number): void {
    if (height !== undefined) this.rowDefs.set(this.row, { height: Math.min(height, HIGHEST) })
    this.row++
  }
}

/** How high a row must be for a text in so many letters' width. */
const heightFor = (text: string, letters: number): number => 15 * Math.max(1, Math.ceil(text.length / letters))

const WIDTHS = [8, 12, 46, 12, 13, 15, 17]
const money = (value: number) => toJsonNumber(value, MONEY_SCALE)

function parties(form: Form, paper: ActPaper): void {
  const rows: [string, string][] = [
    ['Инвестор', paper.investor ? partyText(paper.investor) : ''],
    ['Заказчик (Генподрядчик)', partyText(paper.customer)],
    ['Подрядчик (Субподрядчик)', partyText(paper.contractor)],
    ['Стройка', paper.site],
    ['Объект', paper.object],
    ['Договор подряда (контракт)', `№ ${paper.contract.number} от ${dayText(paper.contract.date)}`],
  ]
  for (const [label, text] of rows) {
    form.put(0, label, {}, 2)
    form.put(2, text, { edge: 'under' }, COLUMNS - 2)
    form.next(heightFor(text, 90) + (label.length > 20 ? 14 : 0))
  }
  form.next()
}

function numbers(form: Form, paper: ActPaper): void {
  const head = { edge: 'box', align: 'center', size: 9 } as const
  form.put(2, 'Номер документа', head, 1, 2)
  form.put(3, 'Дата составления', head, 2, 2)
  form.put(5, 'Отчетный период', head, 2)
  form.next()
  form.put(5, 'с', head)
  form.put(6, 'по', head)
  form.next()
  const day = { edge: 'box', align: 'center', kind: 'date' } as const
  form.put(2, paper.number, { edge: 'box', align: 'center', bold: true })
  form.put(3, dayNumber(paper.date), { ...day, bold: true }, 2)
  form.put(5, dayNumber(paper.period.from), day)
  form.put(6, dayNumber(paper.period.to), day)
  form.next(heightFor(paper.number, 28))
  form.next()
  form.put(0, 'АКТ О ПРИЕМКЕ ВЫПОЛНЕННЫХ РАБОТ', { bold: true, size: 14, align: 'center' }, COLUMNS)
  form.next(22)
  form.put(0, 'Сметная (договорная) стоимость в соответствии с договором подряда (субподряда)', {}, COLUMNS - 1)
  form.put(COLUMNS - 1, money(paper.contract.total), { kind: 'money', align: 'right', edge: 'under' })
  form.next()
  form.next()
}

function works(form: Form, paper: ActPaper): void {
  const head = { edge: 'box', align: 'center', size: 9 } as const
  form.put(0, 'Номер', head, 2)
  form.put(2, 'Наименование работ', head, 1, 2)
  form.put(3, 'Единица измерения', head, 1, 2)
  form.put(4, 'Выполнено работ', head, 3)
  form.next()
  for (const [column, text] of [
    [0, 'по порядку'],
    [1, 'позиции'],
    [4, 'количество'],
    [5, 'цена за единицу'],
    [6, 'стоимость'],
  ] as const)
    form.put(column, text, head)
  form.next(28)
  for (let column = 0; column < COLUMNS; column++) form.put(column, column + 1, { ...head, kind: 'integer', size: 8 })
  form.next()
  for (const [i, line] of paper.lines.entries()) {
    form.put(0, i + 1, { edge: 'box', align: 'center', kind: 'integer' })
    form.put(1, line.code, { edge: 'box', align: 'center' })
    form.put(2, line.name, { edge: 'box' })
    form.put(3, line.unit, { edge: 'box', align: 'center' })
    form.put(4, toJsonNumber(line.quantity, QUANTITY_SCALE), { edge: 'box', align: 'right', kind: 'quantity' })
    form.put(5, money(line.price), { edge: 'box', align: 'right', kind: 'money' })
    form.put(6, money(line.amount), { edge: 'box', align: 'right', kind: 'money' })
    form.next(Math.max(heightFor(line.name, 38), heightFor(line.code, 8), heightFor(line.unit, 9)))
  }
  form.put(0, 'Итого по акту', { edge: 'box', align: 'right', bold: true }, COLUMNS - 1)
  form.put(COLUMNS - 1, money(paper.total), { edge: 'box', align: 'right', bold: true, kind: 'money' })
  form.next()
  form.next()
}

function signatures(form: Form, paper: ActPaper): void {
  const row = (label: string, name: string) => {
    form.put(0, label, { bold: true })
    form.put(1, name, {}, 2)
    form.put(3, '', { edge: 'under' })
    form.put(4, '', { edge: 'under' }, 2)
    form.put(6, '', { edge: 'under' })
    form.next(heightFor(name, 54))
    const hint = { size: 8, align: 'center' } as const
    form.put(3, 'должность', hint)
    form.put(4, 'подпись', hint, 2)
    form.put(6, 'расшифровка', hint)
    form.next()
    form.put(0, 'М.П.', { size: 8 })
    form.next()
  }
  row('Сдал', paper.contractor.name)
  row('Принял', paper.customer.name)
}

function formOf(paper: ActPaper): WriteSheet {
  const form = new Form()
  parties(form, paper)
  numbers(form, paper)
  works(form, paper)
  signatures(form, paper)
  return {
    name: 'КС-2',
    columns: WIDTHS.map((width) => ({ width })),
    rows: Array.from({ length: form.row }, () => []),
    cells: form.cells,
    merges: form.merges,
    rowDefs: form.rowDefs,
    pageSetup: { paperSize: 'a4', orientation: 'portrait', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  }
}

const materialsOf = (papers: readonly ActPaper[]): Table => ({
  name: 'Материалы',
  columns: [
    { header: 'Акт', kind: 'text', width: 22 },
    { header: 'Работа', kind: 'text', width: 40 },
    { header: 'Материал', kind: 'text', width: 40 },
    { header: 'Единица', kind: 'text', width: 10 },
    { header: 'Количество', kind: 'quantity' },
    { header: 'Цена', kind: 'money' },
    { header: 'Сумма', kind: 'money' },
  ],
  rows: papers.flatMap((paper) => paper.materials.map((m) => [paper.number, m.work, m.name, m.unit, m.quantity, m.price, m.amount])),
})

/** One act: the form, and the materials of its works. */
export const bookOfAct = (paper: ActPaper, zone: string, made: Date): Promise<Uint8Array> =>
  bookOf([materialsOf([paper])], zone, { forms: [formOf(paper)], made })

/** A sum that is too large to be exact is not said. */
function sumOf(papers: readonly ActPaper[]): number | null {
  const sum = papers.reduce((all, paper) => all + paper.total, 0)
  return Number.isSafeInteger(sum) ? sum : null
}

/** Many acts in one workbook: the acts, their works, their materials. */
export function bookOfActs(papers: readonly ActPaper[], zone: string): Promise<Uint8Array> {
  const acts: Table = {
    name: 'Акты',
    columns: [
      { header: 'Номер', kind: 'text', width: 22 },
      { header: 'Дата', kind: 'date' },
      { header: 'Договор', kind: 'text', width: 22 },
      { header: 'Стройка', kind: 'text', width: 40 },
      { header: 'Подрядчик', kind: 'text', width: 40 },
      { header: 'Работ', kind: 'integer' },
      { header: 'Сумма', kind: 'money' },
    ],
    rows: papers.map((p) => [p.number, p.date, p.contract.number, p.site, p.contractor.name, p.lines.length, p.total]),
    totals: ['Итого', null, null, null, null, papers.reduce((n, p) => n + p.lines.length, 0), sumOf(papers)],
  }
  const works: Table = {
    name: 'Работы',
    columns: [
      { header: 'Акт', kind: 'text', width: 22 },
      { header: 'Работа', kind: 'text', width: 40 },
      { header: 'Позиция', kind: 'text', width: 12 },
      { header: 'Дата', kind: 'date' },
      { header: 'Единица', kind: 'text', width: 10 },
      { header: 'Количество', kind: 'quantity' },
      { header: 'Цена', kind: 'money' },
      { header: 'Стоимость', kind: 'money' },
      { header: 'Примечание', kind: 'text', width: 40 },
    ],
    rows: papers.flatMap((p) => p.lines.map((l) => [p.number, l.name, l.code, l.date, l.unit, l.quantity, l.price, l.amount, l.notes])),
  }
  return bookOf([acts, works, materialsOf(papers)], zone)
}
