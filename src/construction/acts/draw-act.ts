import { amountText, quantityText as decimalText } from '../../documents/paper/number-texts.ts'
import { QUANTITY_SCALE } from '../../http/numbers.ts'
import { dayText } from '../../lib/dates.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import { Sheet } from '../../documents/paper/sheet.ts'
import type { ActParty, ActPaper } from './act-paper.ts'

const quantityText = (value: number) => decimalText(value, QUANTITY_SCALE)
export const partyText = ({ name, facts }: ActParty): string => [name, ...facts].join(', ')
export const titleOf = ({ number, date }: Pick<ActPaper, 'number' | 'date'>): string =>
  `Акт о приемке выполненных работ № ${number} от ${dayText(date)}`

const SIZE = 9
const plain = (text: string, more: Partial<Cell> = {}): Cell => ({ text, edge: 'none', ...more })
const under = (text: string, more: Partial<Cell> = {}): Cell => ({ text, edge: 'under', ...more })
const hint = (text: string, columns = 1): Cell => ({ text, edge: 'none', align: 'center', size: 6.5, columns })
const head = (text: string, more: Partial<Cell> = {}): Cell => ({ text, align: 'center', valign: 'middle', size: 8, ...more })
const right = (text: string, more: Partial<Cell> = {}): Cell => ({ text, align: 'right', ...more })

function parties(sheet: Sheet, paper: ActPaper): void {
  const label = 118
  const row = (name: string, text: string, explained: string): Cell[][] => [
    [plain(name), under(text)],
    [plain(''), hint(explained)],
  ]
  grid(sheet, {
    widths: [label, sheet.room - label],
    look: { size: SIZE, valign: 'bottom' },
    rows: [
      ...row('Инвестор', paper.investor ? partyText(paper.investor) : '', 'организация, адрес, телефон'),
      ...row('Заказчик (Генподрядчик)', partyText(paper.customer), 'организация, адрес, телефон'),
      ...row('Подрядчик (Субподрядчик)', partyText(paper.contractor), 'организация, адрес, телефон'),
      ...row('Стройка', paper.site, 'наименование, адрес'),
      ...row('Объект', paper.object, 'наименование'),
      ...row('Договор подряда (контракт)', `№ ${paper.contract.number} от ${dayText(paper.contract.date)}`, 'номер, дата'),
    ],
  })
}

function numbers(sheet: Sheet, paper: ActPaper): void {
  const widths = [120, 75, 62, 62]
  const width = widths.reduce((a, b) => a + b, 0)
  sheet.gap(8)
  grid(sheet, {
    x: sheet.left + (sheet.room - width) / 2,
    widths,
    look: { size: SIZE, align: 'center', valign: 'middle' },
    together: true,
    rows: [
      [head('Номер документа', { rows: 2 }), head('Дата составления', { rows: 2 }), head('Отчетный период', { columns: 2 })],
      [head('с'), head('по')],
      [
        { text: paper.number, bold: true },
        { text: dayText(paper.date), bold: true },
        { text: dayText(paper.period.from) },
        { text: dayText(paper.period.to) },
      ],
    ],
  })
  sheet.gap(8)
  sheet.text('АКТ', { size: 13, bold: true, align: 'center' })
  sheet.text('О ПРИЕМКЕ ВЫПОЛНЕННЫХ РАБОТ', { size: 11, bold: true, align: 'center', after: 6 })
  sheet.text(`Сметная (договорная) стоимость в соответствии с договором подряда (субподряда): ${amountText(paper.contract.total)}`, {
    size: SIZE,
    after: 4,
  })
}

function works(sheet: Sheet, paper: ActPaper): void {
  const fixed = [30, 58, 0, 48, 58, 68, 78]
  const widths = fixed.map((width) => width || sheet.room - fixed.reduce((a, b) => a + b, 0))
  grid(sheet, {
    widths,
    // The sum never stands alone on a page.
    together: 2,
    look: { size: SIZE },
    head: [
      [
        head('Номер', { columns: 2 }),
        head('Наименование работ', { rows: 2 }),
        head('Единица измерения', { rows: 2 }),
        head('Выполнено работ', { columns: 3 }),
      ],
      ['по порядку', 'позиции', 'количество', 'цена за единицу', 'стоимость'].map((text) => head(text)),
      widths.map((_, i) => head(String(i + 1), { size: 7 })),
    ],
    rows: [
      ...paper.lines.map((line, i): Cell[] => [
        { text: String(i + 1), align: 'center' },
        { text: line.code, align: 'center' },
        { text: line.name },
        { text: line.unit, align: 'center' },
        right(quantityText(line.quantity)),
        right(amountText(line.price)),
        right(amountText(line.amount)),
      ]),
      [
        { text: 'Итого по акту', columns: 4, align: 'right', bold: true },
        { text: 'х', align: 'center' },
        { text: 'х', align: 'center' },
        right(amountText(paper.total), { bold: true }),
      ],
    ],
  })
}

function signatures(sheet: Sheet, paper: ActPaper): void {
  const widths = [56, sheet.room - 56 - 96 - 10 - 96 - 10 - 130, 96, 10, 96, 10, 130]
  const row = (label: string, party: ActParty): Cell[][] => [
    [plain(label, { bold: true }), plain(party.name), under(''), plain(''), under(''), plain(''), under('')],
    [plain(''), plain(''), hint('должность'), plain(''), hint('подпись'), plain(''), hint('расшифровка подписи')],
    [plain('М.П.', { size: 8 }), plain('', { columns: 6 })],
  ]
  sheet.gap(14)
  grid(sheet, {
    widths,
    look: { size: SIZE, valign: 'bottom' },
    together: true,
    rows: [...row('Сдал', paper.contractor), [plain(' ', { columns: 7 })], ...row('Принял', paper.customer)],
  })
}

/** The act as a PDF in the layout of form КС-2. Nothing in it is of the moment of drawing: the same act gives the same bytes. VAT is not said, since no contract states it. */
export async function drawAct(paper: ActPaper, made: Date): Promise<Uint8Array> {
  const sheet = await Sheet.open({ title: titleOf(paper), made, family: 'tinos' })
  parties(sheet, paper)
  numbers(sheet, paper)
  works(sheet, paper)
  signatures(sheet, paper)
  return sheet.bytes()
}
