import { quantityText } from '../../documents/paper/number-texts.ts'
import { dayText } from '../../lib/dates.ts'
import { formatDecimal } from '../../lib/money.ts'
import type { Line, Paper, Party } from '../model.ts'

export { amountText } from '../../documents/paper/number-texts.ts'

const MONTHS = ['января', 'февраля', 'марта', 'апреля', 'мая', 'июня', 'июля', 'августа', 'сентября', 'октября', 'ноября', 'декабря']

/** `22 ноября 2026 г.` */
export function longDate(date: string): string {
  const [year, month, day] = date.split('-')
  return `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year} г.`
}

/** `22.11.2026`, nothing for no date. */
export const shortDate = (date: string | null): string => (date === null ? '' : dayText(date))

/** Of 3 digits after the point. */
export const quantity = (thousandths: number): string => quantityText(thousandths, 3)

/** `12%`, `12,5%`, «Без НДС». */
export const vatRate = (rate: number | null): string =>
  rate === null
    ? 'Без НДС'
    : `${formatDecimal(rate)
        .replace(/\.?0+$/, '')
        .replace('.', ',')}%`

/** Whether lines state VAT at all. */
export const statesVat = (paper: Pick<Paper, 'vat'>): boolean => paper.vat.mode !== 'none'

/** The column «Сумма» of a line: without VAT where that comes on top of it. */
export const sumOf = (paper: Pick<Paper, 'vat'>, line: Pick<Line, 'net' | 'total'>): number =>
  paper.vat.mode === 'on_top' ? line.net : line.total

/** `БИН / ИИН 120240004698, ТОО «…», г. Алматы, …` */
export const partyLine = ({ bin, name, address }: Party): string => [`БИН / ИИН ${bin}`, name, address].filter(Boolean).join(', ')

/** Name, address, means of communication: what forms Р-1 and З-2 ask for. */
export const partyFacts = ({ name, address, contacts }: Party): string => [name, address, contacts].filter(Boolean).join(', ')

/** What a signature is explained with: «Асанов А.» stays as it was given. */
export const nameOf = (person: { fullName: string } | null): string => person?.fullName ?? ''

/** `№ 15 от 01.03.2026`, «Без договора». */
export const basisLine = ({ basis }: Pick<Paper, 'basis'>): string =>
  basis === null ? 'Без договора' : `№ ${basis.number}${basis.date === null ? '' : ` от ${shortDate(basis.date)}`}`

/** What the document is called, in its heading and in the name of its file. */
export const TITLES: Record<Paper['kind'], string> = {
  invoice: 'Счет на оплату',
  act: 'Акт выполненных работ (оказанных услуг)',
  waybill: 'Накладная на отпуск запасов на сторону',
  contract: 'Договор на выполнение работ (оказание услуг)',
}

/** `Счет на оплату № 5 от 22.11.2026` */
export const titleOf = ({ kind, number, date }: Pick<Paper, 'kind' | 'number' | 'date'>): string =>
  `${TITLES[kind]} № ${number} от ${shortDate(date)}`
