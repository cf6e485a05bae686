import { RATE_SCALE } from '../../http/numbers.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import { Sheet } from '../../documents/paper/sheet.ts'
import { amountInWords } from '../../lib/amount-in-words.ts'
import { formatDecimal } from '../../lib/money.ts'
import { dayText } from '../../lib/dates.ts'
import { amountText } from '../../documents/paper/number-texts.ts'
import type { AgreementPaper, ContractPaper, PaperParty } from './paper.ts'

const BODY = 10
const FINE = 9

export const contractTitle = ({ number, date }: Pick<ContractPaper, 'number' | 'date'>): string => `Договор № ${number} от ${dayText(date)}`
export const agreementTitle = ({ number, date, contract }: AgreementPaper): string =>
  `Дополнительное соглашение № ${number} от ${dayText(date)} к договору № ${contract.number}`

const sum = (amount: number) => `${amountText(amount)} тенге (${amountInWords(amount, 'ru')})`
const percent = (rate: number) =>
  `${formatDecimal(rate, RATE_SCALE)
    .replace(/\.?0+$/, '')
    .replace('.', ',')} %`
const sentence = (text: string) => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)

interface Article {
  title: string
  points: string[]
}

/** Names stay as they were given: in brackets, no case is asked of them. */
const called = ({ name, taxId }: PaperParty, as: string) => `${name}${taxId ? ` (${taxId})` : ''}, далее – «${as}»`

function opening(sheet: Sheet, title: string, under: string, date: string): void {
  sheet.text(title, { size: 14, bold: true, align: 'center' })
  sheet.text(under, { size: 11, align: 'center', after: 10 })
  sheet.text(dayText(date), { size: BODY, align: 'right', after: 8 })
}

function write(sheet: Sheet, articles: Article[]): void {
  for (const [i, { title, points }] of articles.entries()) {
    sheet.gap(6)
    sheet.need(60)
    sheet.text(`${i + 1}. ${title}`, { size: BODY + 0.5, bold: true, after: 3 })
    for (const [k, point] of points.entries()) sheet.text(`${i + 1}.${k + 1}. ${point}`, { size: BODY, after: 3 })
  }
}

function signatures(sheet: Sheet, article: number, customer: PaperParty, contractor: PaperParty): void {
  const half = sheet.room / 2 - 8
  const gap: Cell = { text: '', edge: 'none' }
  const wide = (text: string, bold = false): Cell => ({ text, edge: 'none', columns: 2, bold })
  const facts = (party: PaperParty) => [party.name, party.taxId, ...party.facts].filter(Boolean).join('\n')
  const sign = ({ person }: PaperParty): Cell[] => [
    { text: '', edge: 'under', valign: 'bottom' },
    { text: `/ ${person ?? ''}`, edge: 'none', valign: 'bottom' },
  ]
  const hint: Cell[] = [
    { text: 'подпись, М.П.', edge: 'none', size: 6.5, align: 'center' },
    { text: '', edge: 'none' },
  ]
  sheet.gap(8)
  sheet.need(150)
  sheet.text(`${article}. Реквизиты и подписи Сторон`, { size: BODY + 0.5, bold: true, after: 4 })
  grid(sheet, {
    widths: [half * 0.5, half * 0.5, 16, half * 0.5, half * 0.5],
    look: { size: FINE, valign: 'top' },
    together: true,
    rows: [
      [wide('Заказчик', true), gap, wide('Подрядчик', true)],
      [wide(facts(customer)), gap, wide(facts(contractor))],
      [wide('\u00a0'), gap, wide('')],
      [...sign(customer), gap, ...sign(contractor)],
      [...hint, gap, ...hint],
    ],
  })
}

function period({ startDate: start, endDate: end }: ContractPaper): string {
  if (start && end) return `Работы начинаются ${dayText(start)} и заканчиваются не позднее ${dayText(end)}.`
  if (end) return `Работы выполняются не позднее ${dayText(end)}.`
  if (start) return `Работы начинаются ${dayText(start)}.`
  return 'Подрядчик приступает к работам в разумный срок после подписания Договора и выполняет их без промедления.'
}

function articlesOf(paper: ContractPaper): Article[] {
  const { share } = paper
  return [
    {
      title: 'Предмет Договора',
      points: [
        'Подрядчик обязуется выполнить работы, указанные в Договоре, а Заказчик – принять и оплатить их.',
        ...(paper.subject ? [sentence(`Предмет работ: ${paper.subject}`)] : []),
        ...(paper.site ? [sentence(`Место выполнения работ: ${paper.site}`)] : []),
        ...(paper.specifications.length > 0 ? ['Состав работ определяют спецификации, приложенные к Договору.'] : []),
      ],
    },
    {
      title: 'Цена и порядок расчетов',
      points: [
        `Цена Договора составляет ${sum(paper.total)}.`,
        ...(share.percentage > 0
          ? [
              `Услуги генподряда составляют ${percent(share.percentage)} цены Договора: ${sum(share.amount)}. Вместе с ними – ${sum(share.totalWith)}.`,
            ]
          : []),
        ...(paper.plannedAdvance > 0 ? [`Заказчик выплачивает аванс: ${sum(paper.plannedAdvance)}.`] : []),
        paper.paymentTerms
          ? sentence(paper.paymentTerms)
          : 'Заказчик оплачивает работы на основании подписанных Сторонами актов о приемке выполненных работ.',
      ],
    },
    { title: 'Сроки', points: [period(paper)] },
    {
      title: 'Приемка работ',
      points: [
        'Выполнение работ подтверждает акт о приемке выполненных работ, подписанный Сторонами.',
        'Сумма работ по актам не превышает цены Договора, если Стороны не изменили ее дополнительным соглашением.',
      ],
    },
    ...(paper.notes ? [{ title: 'Особые условия', points: [sentence(paper.notes)] }] : []),
    {
      title: 'Заключительные положения',
      points: [
        'Договор вступает в силу со дня подписания и действует до полного исполнения обязательств Сторон.',
        'Изменения и дополнения действительны, если они сделаны письменно и подписаны Сторонами. Договор может быть подписан электронными цифровыми подписями.',
      ],
    },
  ]
}

function annex(sheet: Sheet, { specifications }: ContractPaper): void {
  for (const [i, specification] of specifications.entries()) {
    sheet.gap(14)
    sheet.need(90)
    sheet.text(`Приложение ${i + 1}. Спецификация № ${specification.number} от ${dayText(specification.date)}`, {
      size: BODY,
      bold: true,
      after: 4,
    })
    grid(sheet, {
      widths: [28, sheet.room - 28],
      // The sum never stands alone on a page.
      together: 2,
      look: { size: FINE },
      head: [['№', 'Состав работ'].map((text): Cell => ({ text, bold: true, align: 'center' }))],
      rows: [
        ...specification.items.map((text, k): Cell[] => [{ text: String(k + 1), align: 'center' }, { text }]),
        [{ text: `Всего: ${sum(specification.total)}`, columns: 2, bold: true, align: 'right', edge: 'none' }],
      ],
    })
  }
}

/** Договор подряда: parties, subject, price with the general contractor's share and the advance, terms, signatures; attached specifications follow. */
export async function drawContract(paper: ContractPaper, made: Date): Promise<Uint8Array> {
  const sheet = await Sheet.open({ title: contractTitle(paper), made, family: 'tinos' })
  opening(sheet, `ДОГОВОР № ${paper.number}`, 'на выполнение работ', paper.date)
  sheet.text(
    `${called(paper.customer, 'Заказчик')}, с одной стороны, и ${called(paper.contractor, 'Подрядчик')}, с другой стороны, вместе – «Стороны», заключили настоящий договор (далее – «Договор») о нижеследующем.`,
    { size: BODY, after: 4 },
  )
  const articles = articlesOf(paper)
  write(sheet, articles)
  signatures(sheet, articles.length + 1, paper.customer, paper.contractor)
  annex(sheet, paper)
  return sheet.bytes()
}

function changesOf(paper: AgreementPaper): Article[] {
  const { changeAmount: change } = paper
  const money =
    change === null || change === 0 ? [] : [`Цена Договора ${change > 0 ? 'увеличивается' : 'уменьшается'} на ${sum(Math.abs(change))}.`]
  const annulled = paper.superseded.map(({ number, date }) => `№ ${number} от ${dayText(date)}`).join(', ')
  const some = (title: string, points: string[]): Article[] => (points.length > 0 ? [{ title, points: points.map(sentence) }] : [])
  return [
    ...some('Изменения Договора', paper.subjects),
    ...some('Цена Договора', money),
    ...some('Условия субподряда', paper.subcontract),
    ...some('Услуги генподряда', paper.share),
    ...some('Авансирование', paper.advance),
    ...(annulled === '' ? [] : [{ title: 'Прежние соглашения', points: [`Утрачивают силу дополнительные соглашения: ${annulled}.`] }]),
    {
      title: 'Заключительные положения',
      points: [
        'Остальные условия Договора остаются неизменными.',
        'Соглашение вступает в силу со дня подписания и является неотъемлемой частью Договора. Оно может быть подписано электронными цифровыми подписями.',
      ],
    },
  ]
}

/** Дополнительное соглашение: what it changes in the contract, by how much, and what it annuls. */
export async function drawAgreement(paper: AgreementPaper, made: Date): Promise<Uint8Array> {
  const { contract } = paper
  const sheet = await Sheet.open({ title: agreementTitle(paper), made, family: 'tinos' })
  opening(sheet, `ДОПОЛНИТЕЛЬНОЕ СОГЛАШЕНИЕ № ${paper.number}`, `к договору № ${contract.number} от ${dayText(contract.date)}`, paper.date)
  sheet.text(
    `${called(contract.customer, 'Заказчик')}, и ${called(contract.contractor, 'Подрядчик')}, вместе – «Стороны», заключили настоящее соглашение о следующих изменениях договора №\u00a0${contract.number} от ${dayText(contract.date)} (далее – «Договор»).`,
    { size: BODY, after: 4 },
  )
  const articles = changesOf(paper)
  write(sheet, articles)
  signatures(sheet, articles.length + 1, contract.customer, contract.contractor)
  return sheet.bytes()
}
