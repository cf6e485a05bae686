import { moneyText } from '../../http/numbers.ts'
import { addDays, dayText } from '../../lib/dates.ts'
import type { AdvanceRow } from './transactions.ts'

export interface Letter {
  subject: string
  text: string
}

const KINDS = { issue: 'выдача', expense: 'расход', return: 'возврат' } as const
const paper = ({ documentNumber, documentDate }: Pick<AdvanceRow, 'documentNumber' | 'documentDate'>) =>
  documentNumber === null ? '' : `, документ № ${documentNumber}${documentDate === null ? '' : ` от ${dayText(documentDate)}`}`

type Told = Pick<AdvanceRow, 'type' | 'amount' | 'documentNumber' | 'documentDate'>

export const highValueLetter = (row: Told, holder: string): Letter => ({
  subject: `Крупная операция с подотчётными средствами: ${moneyText(row.amount)}`,
  text: `Записана операция «${KINDS[row.type]}» на ${moneyText(row.amount)}${paper(row)}. Подотчётное лицо: ${holder}.`,
})

export const approvedLetter = (row: Told): Letter => ({
  subject: 'Ваш отчёт о подотчётных средствах утверждён',
  text: `Утверждена операция «${KINDS[row.type]}» на ${moneyText(row.amount)}${paper(row)}.`,
})

export const reminderLetter = (row: Told & Pick<AdvanceRow, 'countsFrom'>, deadlineDays: number): Letter => ({
  subject: 'Пора отчитаться о подотчётных средствах',
  text: `Отчёт о ${moneyText(row.amount)}${paper(row)} нужно подать до ${dayText(addDays(row.countsFrom, deadlineDays))} включительно.`,
})

export const overdueLetter = (row: Told & Pick<AdvanceRow, 'countsFrom'>, holder: string, deadlineDays: number): Letter => ({
  subject: 'Отчёт о подотчётных средствах просрочен',
  text: `${holder} не отчитался о ${moneyText(row.amount)}${paper(row)}. Срок был до ${dayText(addDays(row.countsFrom, deadlineDays))}.`,
})
