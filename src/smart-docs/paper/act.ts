import type { Actor, Paper, Party } from '../model.ts'
import { blank, caption, formMark, partyHead, partyRow, plain, signRow, signWidths } from './forms.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import type { Sheet } from '../../documents/paper/sheet.ts'
import { amountInWords } from '../../lib/amount-in-words.ts'
import * as w from './words.ts'

const HINT = 'полное наименование, адрес, данные о средствах связи'
const NOTES = [
  '* Применяется для приемки-передачи выполненных работ (оказанных услуг), за исключением строительно-монтажных работ.',
  '** Заполняется в случае, если даты выполнения работ (оказания услуг) приходятся на различные периоды, а также в случае, если даты выполнения работ (оказания услуг) и даты подписания (принятия) работ (услуг) различны.',
  '*** Заполняется в случае наличия отчета о научных исследованиях, маркетинговых, консультационных и прочих услугах.',
]

/** Акт выполненных работ (оказанных услуг), form Р-1, with the columns that VAT adds. */
export function drawAct(sheet: Sheet, paper: Paper): void {
  formMark(sheet, 50, 'Форма Р-1')
  partyHead(sheet)
  partyRow(sheet, 'Заказчик', w.partyFacts(paper.buyer), paper.buyer.bin, HINT)
  partyRow(sheet, 'Исполнитель', w.partyFacts(paper.seller), paper.seller.bin, HINT)
  sheet.gap(4)
  const framed = (text: string, bold = false): Cell => ({ text, align: 'center', bold, size: 8 })
  grid(sheet, {
    widths: [100, sheet.room - 100 - 30 - 170, 30, 85, 85],
    look: { size: 8.5 },
    together: true,
    rows: [
      [
        plain('Договор (контракт)'),
        { text: w.basisLine(paper), edge: 'under', bold: true },
        blank(),
        framed('Номер документа'),
        framed('Дата составления'),
      ],
      [blank(3), framed(String(paper.number), true), framed(w.shortDate(paper.date), true)],
    ],
  })
  sheet.gap(6)
  sheet.text('АКТ ВЫПОЛНЕННЫХ РАБОТ (ОКАЗАННЫХ УСЛУГ)*', { size: 12, bold: true, align: 'center' })
  sheet.text('Орындалған жұмыстардың (көрсетілген қызметтердің) актісі', { size: 7.5, align: 'center', after: 6 })
  table(sheet, paper)
  sheet.gap(6)
  below(sheet, paper)
  signatures(sheet, paper)
  sheet.gap(6)
  for (const note of NOTES) sheet.text(note, { size: 6 })
}

const head = (text: string, more: Partial<Cell> = {}): Cell => ({ text, align: 'center', valign: 'middle', size: 7, ...more })
const number = (text: string): Cell => ({ text, align: 'right' })
const crossed = (): Cell => ({ text: 'х', align: 'center' })

/** What VAT adds to the eight columns of the form. */
function vatColumns(paper: Paper): { names: string[]; cells: (line: Paper['lines'][number]) => string[]; totals: string[] } {
  const { mode } = paper.vat
  if (mode === 'none') return { names: [], cells: () => [], totals: [] }
  const { vat, total } = paper.totals
  if (mode === 'included')
    return {
      names: ['ставка НДС', 'в том числе НДС, в KZT'],
      cells: (line) => [w.vatRate(line.vatRate), w.amountText(line.vat)],
      totals: ['х', w.amountText(vat)],
    }
  return {
    names: ['ставка НДС', 'сумма НДС, в KZT', 'стоимость с НДС, в KZT'],
    cells: (line) => [w.vatRate(line.vatRate), w.amountText(line.vat), w.amountText(line.total)],
    totals: ['х', w.amountText(vat), w.amountText(total)],
  }
}

function table(sheet: Sheet, paper: Paper): void {
  const vat = vatColumns(paper)
  const fixed = [34, 0, 62, vat.names.length > 1 ? 96 : 120, 50, 54, 70, 76, ...vat.names.map((_, i) => (i === 0 ? 44 : 66))]
  const widths = fixed.map((width) => width || sheet.room - fixed.reduce((a, b) => a + b, 0))
  const done = 3 + vat.names.length
  const sum = paper.vat.mode === 'on_top' ? paper.totals.net : paper.totals.total
  grid(sheet, {
    widths,
    // The sum never stands alone on a page.
    together: 2,
    look: { size: 8 },
    head: [
      [
        head('Номер по порядку', { rows: 2 }),
        head(
          'Наименование работ (услуг) (в разрезе их подвидов в соответствии с технической спецификацией, заданием, графиком выполнения работ (услуг) при их наличии)',
          { rows: 2 },
        ),
        head('Дата выполнения работ (оказания услуг)**', { rows: 2 }),
        head(
          'Сведения об отчете о научных исследованиях, маркетинговых, консультационных и прочих услугах (дата, номер, количество страниц) (при их наличии)***',
          { rows: 2 },
        ),
        head('Единица измерения', { rows: 2 }),
        head('Выполнено работ (оказано услуг)', { columns: done }),
      ],
      ['количество', 'цена за единицу', 'стоимость', ...vat.names].map((text) => head(text)),
      widths.map((_, i) => head(String(i + 1))),
    ],
    rows: [
      ...paper.lines.map((line, i): Cell[] => [
        { text: String(i + 1), align: 'center' },
        { text: line.name },
        { text: w.shortDate(line.date), align: 'center' },
        { text: line.report ?? '' },
        { text: line.measure, align: 'center' },
        number(w.quantity(line.quantity)),
        number(w.amountText(line.price)),
        number(w.amountText(w.sumOf(paper, line))),
        ...vat.cells(line).map(number),
      ]),
      [
        { text: 'Итого', columns: 5, align: 'right', edge: 'none', bold: true },
        number(w.quantity(paper.lines.reduce((all, line) => all + line.quantity, 0))),
        crossed(),
        { ...number(w.amountText(sum)), bold: true },
        ...vat.totals.map((text): Cell => (text === 'х' ? crossed() : { ...number(text), bold: true })),
      ],
    ],
  })
}

function below(sheet: Sheet, paper: Paper): void {
  const { act, totals } = paper
  sheet.need(60)
  sheet.text(`Всего на сумму: ${amountInWords(totals.total, 'ru')}`, { size: 8, bold: true })
  sheet.text(`Барлығы: ${amountInWords(totals.total, 'kk')}`, { size: 7.5, after: 5 })
  grid(sheet, {
    widths: [262, sheet.room - 262],
    look: { size: 8 },
    together: true,
    rows: [
      [plain('Сведения об использовании запасов, полученных от заказчика'), { text: act?.stockUsage ?? '', edge: 'under' }],
      [blank(), caption('наименование, количество, стоимость')],
    ],
  })
  const pages = act?.attachmentPages ?? null
  const attachments =
    act?.attachments ??
    'Перечень документации, в том числе отчет(ы) о маркетинговых, научных исследованиях, консультационных и прочих услугах (обязательны при его (их) наличии)'
  sheet.text(`Приложение: ${attachments} на ${pages ?? '____'} страниц(ах)`, { size: 8, after: 6 })
}

/** The director signs where nobody else was named. */
const headOf = ({ director }: Party): Actor | null => (director === null ? null : { id: '', fullName: director, role: 'Директор' })

function signatures(sheet: Sheet, { actor, seller, buyer }: Paper): void {
  const half = sheet.room / 2 - 10
  const mine = signRow('Сдал (Исполнитель)', actor ?? headOf(seller))
  const theirs = signRow('Принял (Заказчик)', headOf(buyer))
  const rows = mine.map((row, i) => [...row, blank(), ...(theirs[i] ?? [])])
  grid(sheet, {
    widths: [...signWidths(half, 100), 20, ...signWidths(half, 100)],
    look: { size: 8, valign: 'bottom' },
    together: true,
    rows: [
      ...rows,
      [plain('М.П.'), blank(6), plain('М.П.'), plain('Дата подписания (принятия) работ (услуг)', 3), blank(), { text: '', edge: 'under' }],
    ],
  })
}
