import { AppError, type FieldIssue } from '../../http/errors.ts'
import { moneyText } from '../../http/numbers.ts'
import { addDays } from '../../lib/dates.ts'
import type { SettingsRow } from './settings.ts'

interface Asked {
  type: 'issue' | 'expense' | 'return'
  amount: number
  projectId: number | null
}

/** What a sum does to the balance of whoever holds it. */
export const signed = ({ type, amount }: Pick<Asked, 'type' | 'amount'>): number => (type === 'issue' ? amount : -amount)

/** What the settings refuse: a field that is missing, or a sum that may not be given out. */
export function refusalOf(asked: Asked, settings: SettingsRow): AppError | FieldIssue | undefined {
  const { maxSingleIssue, requireProjectForExpense } = settings
  if (asked.type === 'issue' && maxSingleIssue !== null && asked.amount > maxSingleIssue)
    return new AppError('bad_request', `Сумма выдачи больше разрешённой: не более ${moneyText(maxSingleIssue)} за один раз.`)
  if (asked.type === 'expense' && requireProjectForExpense && asked.projectId === null)
    return { path: 'project_id', message: 'Для расхода нужно указать проект.' }
  return undefined
}

const reaches = (amount: number, threshold: number | null) => threshold !== null && amount >= threshold

export const isHighValue = (amount: number, settings: SettingsRow): boolean =>
  settings.notifyHighValue && reaches(amount, settings.highValueThreshold)

/** A large sum is approved by somebody else than who wrote it down. */
export const needsAnother = (
  { amount, createdBy }: { amount: number; createdBy: number | null },
  approver: number,
  settings: SettingsRow,
): boolean => reaches(amount, settings.dualAuthorizationThreshold) && createdBy === approver

/** Days counted from before this one are overdue; undefined where there is no deadline. */
export const overdueBefore = (today: string, settings: Pick<SettingsRow, 'reportDeadlineDays'>): string | undefined =>
  settings.reportDeadlineDays === null ? undefined : addDays(today, -settings.reportDeadlineDays)
