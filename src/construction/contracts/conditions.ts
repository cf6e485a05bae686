import { sql, type SQL } from 'drizzle-orm'
import { projectContracts as t } from './tables.ts'

// The same rules as money.ts, as the database asks them. Products stay below 2^63 for all but absurd amounts, which SQLite then compares as fractions.

/** Completion of at least so many hundredths of a per cent, rounded half up as it is shown. */
export const completedAtLeast = (rate: number): SQL =>
  rate <= 0 ? sql`1` : sql`(${t.totalAmount} > 0 and ${t.completedAmount} * 20000 >= ${t.totalAmount} * ${2 * rate - 1})`
export const completedAtMost = (rate: number): SQL =>
  rate < 0 ? sql`0` : sql`(${t.totalAmount} <= 0 or ${t.completedAmount} * 20000 < ${t.totalAmount} * ${2 * rate + 1})`

/** 90 % and more. In the words of the index `project_contracts_near`, which SQLite must recognise: numbers, no parameters. */
export const nearing: SQL = sql`(${t.totalAmount} > 0 and ${t.completedAmount} * 20000 >= ${t.totalAmount} * 17999)`

export const overdue = (today: string): SQL => sql`(${t.status} = 'active' and ${t.endDate} < ${today})`

/** The sum that the list of contracts that need attention is sorted by. */
export const priority = (today: string): SQL<number> => {
  const completion = sql`iif(${t.totalAmount} > 0, (${t.completedAmount} * 20000 / max(${t.totalAmount}, 1) + 1) / 2, 0)`
  return sql<number>`(${completion} / 100 + iif(${completion} >= 9000, 25, 0) + iif(${completion} >= 10000, 50, 0) + iif(${overdue(today)}, 100, 0))`
}

/** By what is really paid of the advance: all of what is planned, nothing, or something between. */
export const ADVANCE_PAID = {
  paid: sql`(${t.plannedAdvanceAmount} > 0 and ${t.actualAdvanceAmount} >= ${t.plannedAdvanceAmount})`,
  not_paid: sql`${t.actualAdvanceAmount} = 0`,
  partial: sql`(${t.actualAdvanceAmount} > 0 and not (${t.plannedAdvanceAmount} > 0 and ${t.actualAdvanceAmount} >= ${t.plannedAdvanceAmount}))`,
} as const satisfies Record<string, SQL>
