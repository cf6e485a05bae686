import { divideHalfUp } from '../../lib/money.ts'
import { RATE_SCALE, showSum } from '../../http/numbers.ts'
import type { CONTRACT_STATUSES } from './tables.ts'

// The arithmetic of contracts. Amounts are minor units; percentages have two digits after the point (94 % is 9400), the general contractor's share four.
// Sums over many contracts may be larger than what a number holds exactly: then they lose cents, and nothing fails.

type Status = (typeof CONTRACT_STATUSES)[number]

export const HUNDRED = 10_000
/** From here on a contract is near its limit. */
export const NEAR = 9000

const big = (value: number) => BigInt(Math.round(value))
/** What per cent of the whole a part is, half up; nothing of nothing is 0. */
const share = (part: number, whole: number): number => (whole > 0 ? Number(divideHalfUp(big(part) * 10_000n, big(whole))) : 0)

/** Percentages have two digits after the point, as money has. */
export const showPercent = showSum

/** The general contractor's share comes on top of the price. */
export function generalShare(total: number, percentage: number): { amount: number; totalWith: number } {
  const amount = Number(divideHalfUp(big(total) * big(percentage), 100n * 10n ** BigInt(RATE_SCALE)))
  return { amount, totalWith: total + amount }
}

export function advanceOf(planned: number, actual: number) {
  return {
    remaining: Math.max(0, planned - actual),
    percentage: share(actual, planned),
    isFullyPaid: planned > 0 && actual >= planned,
  }
}

/** Of the price without the general contractor's share; of works, not of acts. */
export const completionOf = (completed: number, total: number): number => share(completed, total)
export const remainingOf = (completed: number, total: number): number => Math.max(0, total - completed)
export const isNearingLimit = (completion: number): boolean => completion >= NEAR

/** Whether the last day has passed while the work goes on. Days are text and compare as they are. */
export const isOverdue = ({ status, endDate }: { status: Status; endDate: string | null }, today: string): boolean =>
  status === 'active' && endDate !== null && endDate < today

/** Days from one to the other: 0 on the last day, negative after it. */
export const daysUntil = (endDate: string | null, today: string): number | null =>
  endDate === null ? null : Math.round((Date.parse(endDate) - Date.parse(today)) / 86_400_000)

export interface Attention {
  isNearingLimit: boolean
  isCompleted: boolean
  priority: number
  reasons: string[]
}

const inPercent = (completion: number) => String(showPercent(completion)).replace('.', ',')

/** Why a contract needs attention, and how much: nobody's when there are no reasons. */
export function attentionOf(completion: number, overdue: boolean): Attention {
  const near = isNearingLimit(completion)
  const done = completion >= HUNDRED
  return {
    isNearingLimit: near,
    isCompleted: done,
    priority: Math.floor(completion / 100) + (near ? 25 : 0) + (done ? 50 : 0) + (overdue ? 100 : 0),
    reasons: [
      ...(done ? [`Работы выполнены на ${inPercent(completion)}%`] : near ? [`Приближение к лимиту (${inPercent(completion)}%)`] : []),
      ...(overdue ? ['Превышен срок окончания'] : []),
    ],
  }
}

/** An agreement as it counts: one that a living agreement annuls does not, and stays annulled while that one stands, itself annulled or not. */
export interface Counted {
  id: number
  changeAmount: number | null
  supersedes: readonly number[]
}
export function agreementsDelta(living: readonly Counted[]): number {
  const annulled = new Set(living.flatMap((agreement) => agreement.supersedes))
  return living.reduce((sum, { id, changeAmount }) => (annulled.has(id) ? sum : sum + (changeAmount ?? 0)), 0)
}

/** The average of contracts, half up. */
export const averageOf = (total: number, count: number): number => (count > 0 ? Number(divideHalfUp(big(total), BigInt(count))) : 0)
