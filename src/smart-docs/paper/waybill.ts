import { amountInWords, quantityInWords } from '../../lib/amount-in-words.ts'
import type { Paper } from '../model.ts'
import { blank, caption, formMark, numberBlock, plain, signRow, signWidths } from './forms.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import type { Sheet } from '../../documents/paper/sheet.ts'
import * as w from './words.ts'

/** Накладная на отпуск запасов на сторону, form З-2. */
export function drawWaybill(sheet: Sheet, paper: Paper): void {
  formMark(sheet, 26, 'Форма З-2')
  grid(sheet, {
    widths: [170, sheet.room - 170 - 60 - 110, 60, 110],
    look: { size: 8.5, valign: 'bottom' },
    together: true,
    rows: [
      [
        plain('Организация (индивидуальный предприниматель)'),
        { text: paper.seller.name, edge: 'under', bold: true },
        { text: 'ИИН/БИН', edge: 'none', align: 'center' },
        { text: paper.seller.bin, align: 'center', bold: true },
      ],
    ],
  })
  sheet.gap(6)
  numberBlock(sheet, paper.number, w.shortDate(paper.date))
  sheet.gap(6)
  sheet.text('НАКЛАДНАЯ НА ОТПУСК ЗАПАСОВ НА СТОРОНУ', { size: 12, bold: true, align: 'center' })
  sheet.text('Қорларды сыртқа босатуға арналған жүкқұжат', { size: 7.5, align: 'center', after: 6 })
  parties(sheet, paper)
  sheet.gap(6)
  table(sheet, paper)
  sheet.gap(6)
  words(sheet, paper)
  signatures(sheet, paper)
}

const head = (text: string, more: Partial<Cell> = {}): Cell => ({ text, align: 'center', valign: 'middle', size: 7, ...more })
const number = (text: string): Cell => ({ text, align: 'right' })
const middle = (text: string): Cell => ({ text, align: 'center', valign: 'middle' })

function parties(sheet: Sheet, { seller, buyer, delivery, basis }: Paper): void {
  const fifth = sheet.room / 5
  const transport = [delivery?.transportNumber, w.shortDate(delivery?.transportDate ?? null)].filter(Boolean).join(' от ')
  grid(sheet, {
    widths: [fifth + 20, fifth + 20, fifth - 10, fifth - 10, fifth - 20],
    head: [
      [
        'Организация (индивидуальный предприниматель) – отправитель',
        'Организация (индивидуальный предприниматель) – получатель',
        'Ответственный за поставку (Ф.И.О.)',
        'Транспортная организация',
        'Товарно-транспортная накладная (номер, дата)',
      ].map((text) => head(text)),
    ],
    rows: [
      [
        middle(w.partyFacts(seller)),
        middle(`${w.partyFacts(buyer)}, ИИН/БИН ${buyer.bin}`),
        middle(delivery?.responsible ?? ''),
        middle(delivery?.carrier ?? ''),
        middle(transport),
      ],
    ],
  })
  if (basis !== null) {
    sheet.gap(4)
    sheet.text(`Основание: договор ${w.basisLine({ basis })}`, { size: 8 })
  }
}

function table(sheet: Sheet, paper: Paper): void {
  const fixed = [34, 0, 74, 54, 62, 62, 76, 86, 80]
  const widths = fixed.map((width) => width || sheet.room - fixed.reduce((a, b) => a + b, 0))
  const all = w.quantity(paper.lines.reduce((sum, line) => sum + line.quantity, 0))
  const bold = (text: string): Cell => ({ ...number(text), bold: true })
  const vat = w.statesVat(paper)
  grid(sheet, {
    widths,
    // The sum never stands alone on a page.
    together: 2,
    head: [
      [
        head('Номер по порядку', { rows: 2 }),
        head('Наименование, характеристика', { rows: 2 }),
        head('Номенклатурный номер', { rows: 2 }),
        head('Единица измерения', { rows: 2 }),
        head('Количество', { columns: 2 }),
        head('Цена за единицу, в KZT', { rows: 2 }),
        head('Сумма с НДС, в KZT', { rows: 2 }),
        head('Сумма НДС, в KZT', { rows: 2 }),
      ],
      [head('подлежит отпуску'), head('отпущено')],
      widths.map((_, i) => head(String(i + 1))),
    ],
    rows: [
      ...paper.lines.map((line, i): Cell[] => [
        { text: String(i + 1), align: 'center' },
        { text: line.name },
        { text: line.code, align: 'center' },
        { text: line.measure, align: 'center' },
        number(w.quantity(line.quantity)),
        number(w.quantity(line.quantity)),
        number(w.amountText(line.price)),
        number(w.amountText(line.total)),
        number(vat ? (line.vatRate === null ? 'Без НДС' : w.amountText(line.vat)) : 'Без НДС'),
      ]),
      [
        { text: 'Итого', columns: 4, align: 'right', edge: 'none', bold: true },
        bold(all),
        bold(all),
        { text: 'х', align: 'center' },
        bold(w.amountText(paper.totals.total)),
        bold(vat ? w.amountText(paper.totals.vat) : 'х'),
      ],
    ],
  })
}

function words(sheet: Sheet, { lines, totals }: Paper): void {
  const released = quantityInWords(lines.reduce((sum, line) => sum + line.quantity, 0))
  sheet.need(120)
  grid(sheet, {
    widths: [200, sheet.room - 200],
    look: { size: 8.5 },
    together: true,
    rows: [
      [plain('Всего отпущено количество запасов (прописью)'), { text: released, edge: 'under', bold: true }],
      [plain('на сумму (прописью), в KZT'), { text: amountInWords(totals.total, 'ru'), edge: 'under', bold: true }],
      [blank(), { text: amountInWords(totals.total, 'kk'), edge: 'none', size: 7.5 }],
    ],
  })
  sheet.gap(8)
}

function signatures(sheet: Sheet, { actor, accountant, releasedBy, delivery, seller, buyer }: Paper): void {
  const half = sheet.room / 2 - 10
  const mine = signWidths(half, 86)
  const director = seller.director === null ? null : { id: '', fullName: seller.director, role: 'Директор' }
  const receiver = delivery?.receiver ? { id: '', fullName: delivery.receiver, role: '' } : null
  const proxy = [delivery?.proxyNumber && `№ ${delivery.proxyNumber}`, delivery?.proxyDate && `от ${w.longDate(delivery.proxyDate)}`]
    .filter(Boolean)
    .join(' ')
  const right = (label: string, text: string, hint: string): Cell[][] => [
    [
      { text: label, edge: 'none', bold: true },
      { text, edge: 'under', columns: 5 },
    ],
    [blank(), caption(hint, 5)],
  ]
  const pair = (one: Cell[][], two: Cell[][]) => one.map((row, i) => [...row, blank(), ...(two[i] ?? [blank(6)])])
  grid(sheet, {
    widths: [...mine, 20, ...mine],
    look: { size: 8, valign: 'bottom' },
    together: true,
    rows: [
      ...pair(signRow('Отпуск разрешил', actor ?? director), right('По доверенности', proxy, 'номер, дата')),
      ...pair(
        signRow('Главный бухгалтер', accountant ? { ...accountant } : null),
        right('выданной', delivery?.proxyIssuer ?? (proxy === '' ? '' : buyer.name), 'кем выдана доверенность'),
      ),
      [plain('М.П.'), blank(12)],
      ...pair(signRow('Отпустил', releasedBy), signRow('Запасы получил', receiver)),
    ],
  })
}
