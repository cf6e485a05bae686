import { amountInWords } from '../../lib/amount-in-words.ts'
import type { Paper } from '../model.ts'
import { vatByRate } from '../totals.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import type { Sheet } from '../../documents/paper/sheet.ts'
import * as w from './words.ts'

const NOTICE =
  'Внимание! Оплата данного счета означает согласие с условиями поставки товара (выполнения работ, оказания услуг). Уведомление об оплате обязательно, в противном случае не гарантируется наличие товара на складе. Товар отпускается по факту прихода денег на счет Поставщика, самовывозом, при наличии доверенности и документов, удостоверяющих личность.'

/** The usual счёт на оплату of Kazakhstan: what the bank needs, who pays whom, for what, and the sum in words. */
export function drawInvoice(sheet: Sheet, paper: Paper): void {
  sheet.text(NOTICE, { size: 7, align: 'center', after: 8 })
  paymentSample(sheet, paper)
  sheet.gap(14)
  sheet.text(`Счет на оплату № ${paper.number} от ${w.longDate(paper.date)}`, { size: 14, bold: true, after: 3 })
  sheet.rule(sheet.left, sheet.y, sheet.left + sheet.room, sheet.y, 1.5)
  sheet.gap(8)
  const facts: [string, string][] = [
    ['Поставщик:', w.partyLine(paper.seller)],
    ['Покупатель:', w.partyLine(paper.buyer)],
    ['Договор:', w.basisLine(paper)],
  ]
  grid(sheet, {
    widths: [72, sheet.room - 72],
    look: { edge: 'none', size: 9 },
    rows: facts.map(([label, text]) => [{ text: label }, { text, bold: true }]),
  })
  sheet.gap(8)
  lines(sheet, paper)
  sheet.gap(4)
  totals(sheet, paper)
  sheet.gap(6)
  words(sheet, paper)
  signature(sheet, paper)
}

/** «Образец платежного поручения»: the block that is copied into the bank's form. */
function paymentSample(sheet: Sheet, { seller, beneficiary }: Paper): void {
  if (!beneficiary) return
  sheet.text('Образец платежного поручения', { size: 9, bold: true, after: 3 })
  const widths = [sheet.room - 250, 160, 90]
  const label = (text: string): Cell => ({ text, bold: true, edge: 'none' })
  const value = (text: string): Cell => ({ text, align: 'center', edge: 'none', bold: true })
  const block = (rows: Cell[][]) => {
    const top = sheet.y
    grid(sheet, { widths, look: { size: 8.5 }, rows, together: true })
    // The cells of a block share its frame.
    const edges = [0, widths[0] ?? 0, sheet.room - 90, sheet.room]
    for (const x of edges) sheet.rule(sheet.left + x, top, sheet.left + x, sheet.y)
    for (const y of [top, sheet.y]) sheet.rule(sheet.left, y, sheet.left + sheet.room, y)
  }
  sheet.need(80)
  block([
    [label('Бенефициар:'), { ...label('ИИК'), align: 'center' }, { ...label('Кбе'), align: 'center' }],
    [{ text: beneficiary.name, edge: 'none' }, value(beneficiary.iban), value(beneficiary.kbe)],
    [{ text: `БИН / ИИН: ${seller.bin}`, edge: 'none' }, value(''), value('')],
  ])
  block([
    [label('Банк бенефициара:'), { ...label('БИК'), align: 'center' }, { ...label('Код назначения платежа (КНП)'), align: 'center' }],
    [{ text: beneficiary.bank, edge: 'none' }, value(beneficiary.bic), value(beneficiary.knp)],
  ])
}

function lines(sheet: Sheet, paper: Paper): void {
  const vat = w.statesVat(paper)
  const fixed = [22, 50, 0, 48, 46, 68, ...(vat ? [62] : []), 76]
  const widths = fixed.map((width) => width || sheet.room - fixed.reduce((a, b) => a + b, 0))
  const names = ['№', 'Код', 'Наименование', 'Кол-во', 'Ед.', 'Цена', ...(vat ? ['НДС'] : []), 'Сумма']
  grid(sheet, {
    widths,
    head: [names.map((text) => ({ text, bold: true, align: 'center', valign: 'middle' }))],
    rows: paper.lines.map((line, i) => [
      { text: String(i + 1), align: 'center' },
      { text: line.code },
      { text: line.name },
      { text: w.quantity(line.quantity), align: 'right' },
      { text: line.measure, align: 'center' },
      { text: w.amountText(line.price), align: 'right' },
      ...(vat ? [{ text: vatCell(line), align: 'right' as const }] : []),
      { text: w.amountText(w.sumOf(paper, line)), align: 'right' },
    ]),
  })
}

const vatCell = (line: Paper['lines'][number]) =>
  line.vatRate === null ? 'Без НДС' : `${w.amountText(line.vat)}\n(${w.vatRate(line.vatRate)})`

/** Итого, НДС by rate, and what is to be paid. */
export function totalRows(paper: Paper): [string, string][] {
  const { vat, totals } = paper
  const rates = vatByRate(paper.lines)
  if (vat.mode === 'none')
    return [
      ['Итого:', w.amountText(totals.total)],
      ['Без налога (НДС)', '–'],
    ]
  const label = vat.mode === 'on_top' ? 'Сумма НДС' : 'В том числе НДС'
  const said = rates.map(({ rate, vat: amount, total }): [string, string] =>
    rate === null ? ['Не облагается НДС:', w.amountText(total)] : [`${label} (${w.vatRate(rate)}):`, w.amountText(amount)],
  )
  const sum = w.amountText(vat.mode === 'on_top' ? totals.net : totals.total)
  return [['Итого:', sum], ...said, ...(vat.mode === 'on_top' ? [['Всего к оплате:', w.amountText(totals.total)] as [string, string]] : [])]
}

function totals(sheet: Sheet, paper: Paper): void {
  grid(sheet, {
    widths: [sheet.room - 96, 96],
    look: { edge: 'none', size: 9, align: 'right' },
    together: true,
    rows: totalRows(paper).map(([label, amount]) => [
      { text: label, bold: true },
      { text: amount, bold: true },
    ]),
  })
}

function words(sheet: Sheet, { lines, totals }: Paper): void {
  sheet.need(60)
  sheet.text(`Всего наименований ${lines.length}, на сумму ${w.amountText(totals.total)} KZT`, { size: 9 })
  sheet.text(`Всего к оплате: ${amountInWords(totals.total, 'ru')}`, { size: 9, bold: true })
  sheet.text(`Төлеуге барлығы: ${amountInWords(totals.total, 'kk')}`, { size: 8, after: 4 })
  sheet.rule(sheet.left, sheet.y, sheet.left + sheet.room, sheet.y, 1.5)
  sheet.gap(18)
}

function signature(sheet: Sheet, { actor }: Paper): void {
  sheet.need(30)
  grid(sheet, {
    widths: [70, 150, 8, sheet.room - 228],
    look: { edge: 'none', size: 9, valign: 'bottom' },
    together: true,
    rows: [
      [
        { text: 'Исполнитель', bold: true },
        { text: '', edge: 'under' },
        { text: '/' },
        { text: [actor?.fullName, actor?.role].filter(Boolean).join(', '), edge: 'under' },
      ],
    ],
  })
}
