import { amountInWords } from '../../lib/amount-in-words.ts'
import { formatDecimal, percentOf } from '../../lib/money.ts'
import type { Paper, Party, Terms } from '../model.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import { totalRows } from './invoice.ts'
import type { Sheet } from '../../documents/paper/sheet.ts'
import * as w from './words.ts'

const BODY = 9.5

/** Договор на выполнение работ (оказание услуг): its works as the table of the first article, requisites and signatures at the end. */
export function drawContract(sheet: Sheet, paper: Paper): void {
  const { terms } = paper
  sheet.text(`ДОГОВОР № ${paper.number}`, { size: 14, bold: true, align: 'center' })
  sheet.text('на выполнение работ (оказание услуг)', { size: 11, bold: true, align: 'center', after: 8 })
  grid(sheet, {
    widths: [sheet.room / 2, sheet.room / 2],
    look: { edge: 'none', size: BODY },
    rows: [[{ text: terms?.city ? `г. ${terms.city}` : '' }, { text: w.longDate(paper.date), align: 'right' }]],
  })
  sheet.gap(6)
  sheet.text(preamble(paper), { size: BODY, after: 4 })
  let article = 0
  for (const { title, points, table } of articles(paper, terms)) {
    article++
    sheet.gap(5)
    sheet.need(60)
    sheet.text(`${article}. ${title}`, { size: BODY + 0.5, bold: true, after: 3 })
    for (const [i, point] of points.entries()) sheet.text(`${article}.${i + 1}. ${point}`, { size: BODY, after: 2 })
    if (table) works(sheet, paper)
  }
  requisites(sheet, paper, article + 1)
}

/** Names stay as they were given: in brackets, no case is asked of them. */
const called = ({ name, bin, director }: Party, person: { fullName: string; role: string } | null, as: string): string => {
  const by = person ? `${person.role}: ${person.fullName}` : director === null ? null : `руководитель: ${director}`
  return `${name} (${[`БИН / ИИН ${bin}`, by].filter(Boolean).join('; ')}), далее – «${as}»`
}

const preamble = ({ seller, buyer, actor }: Paper): string =>
  `${called(buyer, null, 'Заказчик')}, с одной стороны, и ${called(seller, actor, 'Исполнитель')}, с другой стороны, вместе – «Стороны», заключили настоящий договор (далее – «Договор») о нижеследующем.`

interface Article {
  title: string
  points: string[]
  /** The table of works follows. */
  table?: boolean
}

const percent = (rate: number) =>
  `${formatDecimal(rate)
    .replace(/\.?0+$/, '')
    .replace('.', ',')} %`

function payment(total: number, terms: Terms | null): string[] {
  const { prepaymentPercent: prepaid = 0, paymentDays: days = 5 } = terms ?? {}
  const after = `в течение ${days} рабочих дней со дня подписания Сторонами акта выполненных работ (оказанных услуг)`
  if (prepaid >= 10_000) return [`Заказчик оплачивает цену Договора полностью вперед в течение ${days} рабочих дней со дня его подписания.`]
  if (prepaid === 0) return [`Заказчик оплачивает работы (услуги) ${after}.`]
  const advance = percentOf(total, prepaid)
  return [
    `Заказчик вносит предоплату в размере ${percent(prepaid)} цены Договора, что составляет ${w.amountText(advance)} KZT, в течение ${days} рабочих дней со дня подписания Договора.`,
    `Остаток в размере ${w.amountText(total - advance)} KZT Заказчик оплачивает ${after}.`,
  ]
}

function period(terms: Terms | null): string {
  const { startDate: start = null, endDate: end = null } = terms ?? {}
  if (start && end) return `Работы выполняются (услуги оказываются) с ${w.longDate(start)} по ${w.longDate(end)}`
  if (end) return `Работы выполняются (услуги оказываются) до ${w.longDate(end)} включительно.`
  if (start) return `Исполнитель приступает к работам (услугам) ${w.longDate(start)}`
  return 'Исполнитель приступает к работам (услугам) в разумный срок после подписания Договора и выполняет их без промедления.'
}

const sentence = (text: string) => (text.endsWith('.') ? text : `${text}.`)

function articles(paper: Paper, terms: Terms | null): Article[] {
  const { totals, vat } = paper
  const tax = vat.mode === 'none' ? 'без НДС' : `в том числе НДС ${w.amountText(totals.vat)} KZT`
  const penalty = terms?.penaltyPercent ?? 0
  return [
    {
      title: 'Предмет Договора',
      points: [
        `Исполнитель обязуется выполнить работы (оказать услуги)${terms?.subject ? `: ${terms.subject}` : ''}, а Заказчик – принять и оплатить их. Перечень, количество и цены:`,
      ],
      table: true,
    },
    {
      title: 'Цена и порядок расчетов',
      points: [
        `Цена Договора составляет ${w.amountText(totals.total)} KZT (${amountInWords(totals.total, 'ru')}), ${tax}.`,
        `Шарттың бағасы: ${amountInWords(totals.total, 'kk')}.`,
        ...payment(totals.total, terms),
        'Оплата производится в тенге на счет Исполнителя, указанный в Договоре. Обязательство по оплате исполнено, когда деньги поступили на счет.',
      ],
    },
    {
      title: 'Сроки',
      points: [
        sentence(period(terms)),
        'Сроки продлеваются на время, в течение которого Заказчик не предоставлял то, без чего работы не могут выполняться.',
      ],
    },
    {
      title: 'Права и обязанности Сторон',
      points: [
        'Исполнитель выполняет работы (оказывает услуги) надлежащего качества, в срок и сообщает Заказчику об обстоятельствах, которые этому мешают.',
        'Заказчик предоставляет Исполнителю сведения и доступ, нужные для работ, принимает и оплачивает их результат.',
        'Заказчик вправе проверять ход и качество работ, не вмешиваясь в деятельность Исполнителя.',
      ],
    },
    {
      title: 'Сдача и приемка',
      points: [
        'Исполнение подтверждает акт выполненных работ (оказанных услуг) по форме Р-1. Заказчик подписывает его в течение 5 рабочих дней после получения либо в тот же срок направляет мотивированный отказ.',
        'Если в этот срок акт не подписан и мотивированный отказ не получен, работы (услуги) считаются принятыми.',
        ...(terms?.warrantyMonths ? [`Гарантийный срок составляет ${terms.warrantyMonths} мес. со дня подписания акта.`] : []),
      ],
    },
    {
      title: 'Ответственность',
      points: [
        penalty > 0
          ? `За просрочку исполнения или оплаты виновная Сторона уплачивает неустойку в размере ${percent(penalty)} от неисполненного за каждый день просрочки, но не более 10 % цены Договора.`
          : 'За неисполнение или ненадлежащее исполнение обязательств Стороны отвечают по законодательству Республики Казахстан.',
        'Стороны освобождаются от ответственности, если исполнению препятствовали обстоятельства непреодолимой силы, о которых они сообщили друг другу без промедления.',
      ],
    },
    {
      title: 'Заключительные положения',
      points: [
        'Договор вступает в силу со дня подписания и действует до полного исполнения обязательств.',
        'Споры решаются переговорами, а если согласие не достигнуто – в суде по законодательству Республики Казахстан.',
        'Изменения действительны в письменной форме, подписанной Сторонами. Договор может быть подписан электронными цифровыми подписями и тогда равнозначен подписанному собственноручно.',
      ],
    },
  ]
}

function works(sheet: Sheet, paper: Paper): void {
  const vat = w.statesVat(paper)
  const fixed = [24, 0, 50, 52, 76, ...(vat ? [48] : []), 84]
  const widths = fixed.map((width) => width || sheet.room - fixed.reduce((a, b) => a + b, 0))
  const right = (text: string): Cell => ({ text, align: 'right' })
  const names = ['№', 'Наименование', 'Кол-во', 'Ед.', 'Цена, KZT', ...(vat ? ['НДС'] : []), 'Сумма, KZT']
  sheet.gap(2)
  grid(sheet, {
    widths,
    look: { size: 8.5 },
    head: [names.map((text): Cell => ({ text, bold: true, align: 'center', valign: 'middle' }))],
    rows: paper.lines.map((line, i) => [
      { text: String(i + 1), align: 'center' },
      { text: line.name },
      right(w.quantity(line.quantity)),
      { text: line.measure, align: 'center' },
      right(w.amountText(line.price)),
      ...(vat ? [right(w.vatRate(line.vatRate))] : []),
      right(w.amountText(w.sumOf(paper, line))),
    ]),
  })
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

function requisites(sheet: Sheet, { seller, buyer, beneficiary, actor }: Paper, article: number): void {
  const facts = (party: Party) =>
    [party.name, `БИН / ИИН ${party.bin}`, party.address && `Адрес: ${party.address}`, party.contacts].filter(Boolean).join('\n')
  const bank =
    beneficiary &&
    [
      `Банк: ${beneficiary.bank}`,
      `ИИК ${beneficiary.iban}`,
      `БИК ${beneficiary.bic}`,
      `КБе ${beneficiary.kbe}, КНП ${beneficiary.knp}`,
    ].join('\n')
  const half = sheet.room / 2 - 8
  const sign = (name: string | null): Cell[] => [
    { text: '', edge: 'under', valign: 'bottom' },
    { text: `/ ${name ?? ''}`, edge: 'none', valign: 'bottom' },
  ]
  const hints = (): Cell[] => [
    { text: 'подпись, М.П.', edge: 'none', size: 6.5, align: 'center' },
    { text: '', edge: 'none' },
  ]
  const gap: Cell = { text: '', edge: 'none' }
  const wide = (text: string, bold = false): Cell => ({ text, edge: 'none', columns: 2, bold })
  sheet.gap(6)
  sheet.need(170)
  sheet.text(`${article}. Реквизиты и подписи Сторон`, { size: BODY + 0.5, bold: true, after: 3 })
  grid(sheet, {
    widths: [half * 0.45, half * 0.55, 16, half * 0.45, half * 0.55],
    look: { size: 8.5, valign: 'top' },
    together: true,
    rows: [
      [wide('Заказчик', true), gap, wide('Исполнитель', true)],
      [wide(facts(buyer)), gap, wide([facts(seller), bank].filter(Boolean).join('\n'))],
      [wide('\u00a0'), gap, wide('')],
      [...sign(buyer.director), gap, ...sign(actor?.fullName ?? seller.director)],
      [...hints(), gap, ...hints()],
    ],
  })
}
