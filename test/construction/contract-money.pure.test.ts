import { showSum } from '../../src/http/numbers.ts'
import { describe, expect, it } from 'vitest'
import {
  advanceOf,
  agreementsDelta,
  attentionOf,
  averageOf,
  completionOf,
  daysUntil,
  generalShare,
  isNearingLimit,
  isOverdue,
  remainingOf,
  showPercent,
} from '../../src/construction/contracts/money.ts'

describe('the general contractor’s share', () => {
  it.each([
    [2_500_000_00, 15.5, 387_500_00, 2_887_500_00],
    [3_000_000_00, 10, 300_000_00, 3_300_000_00],
    [100_000_00, 0, 0, 100_000_00],
    // 0.01 × 50 % is half a tiyn: up.
    [1, 50, 1, 2],
    [33_33, 33.3333, 11_11, 44_44],
    // Agreements may take more away than there was.
    [-1_000_00, 10, -100_00, -1_100_00],
    [900_000_000_000_000, 100, 900_000_000_000_000, 1_800_000_000_000_000],
  ])('of %d at %d %% is %d, %d with it', (total, percentage, amount, totalWith) => {
    expect(generalShare(total, Math.round(percentage * 10_000))).toEqual({ amount, totalWith })
  })
})

it.each([
  [500_000_00, 250_000_00, 250_000_00, 50, false],
  [500_000_00, 500_000_00, 0, 100, true],
  [500_000_00, 600_000_00, 0, 120, true],
  // Nothing is planned: nothing is paid in full.
  [0, 0, 0, 0, false],
  [0, 100, 0, 0, false],
  [600_000_00, 150_000_00, 450_000_00, 25, false],
  [3_00, 1_00, 2_00, 33.33, false],
])('of an advance of %d with %d paid', (planned, actual, remaining, percentage, full) => {
  const advance = advanceOf(planned, actual)
  expect([advance.remaining, showPercent(advance.percentage), advance.isFullyPaid]).toEqual([remaining, percentage, full])
})

it.each([
  [1_250_000_00, 2_500_000_00, 50, 1_250_000_00, false],
  [2_350_000_00, 2_500_000_00, 94, 150_000_00, true],
  [95_250_00, 2_500_000_00, 3.81, 2_404_750_00, false],
  [0, 0, 0, 0, false],
  [100, 0, 0, 0, false],
  [300, 100, 300, 0, true],
  // Rounded to 90.00, and shown as such: near. A hair below is not.
  [89_995, 100_000, 90, 10_005, true],
  [89_994, 100_000, 89.99, 10_006, false],
])('%d done of %d', (completed, total, percentage, remaining, near) => {
  const completion = completionOf(completed, total)
  expect([showPercent(completion), remainingOf(completed, total), isNearingLimit(completion)]).toEqual([percentage, remaining, near])
})

it.each([
  ['active', '2024-12-30', true],
  ['active', '2024-12-31', false],
  ['active', '2025-01-01', false],
  ['active', null, false],
  ['draft', '2024-01-01', false],
  ['completed', '2024-01-01', false],
  ['on_hold', '2024-01-01', false],
] as const)('a contract that is %s until %s on 2024-12-31', (status, endDate, late) => {
  expect(isOverdue({ status, endDate }, '2024-12-31')).toBe(late)
})

it.each([
  [9400, false, 119, ['Приближение к лимиту (94%)']],
  [9450, false, 119, ['Приближение к лимиту (94,5%)']],
  [10_000, false, 175, ['Работы выполнены на 100%']],
  [4000, true, 140, ['Превышен срок окончания']],
  [9400, true, 219, ['Приближение к лимиту (94%)', 'Превышен срок окончания']],
  [10_000, true, 275, ['Работы выполнены на 100%', 'Превышен срок окончания']],
  [8999, false, 89, []],
])('completion %d, late %s: priority %d', (completion, late, priority, reasons) => {
  const attention = attentionOf(completion, late)
  expect([attention.priority, attention.reasons]).toEqual([priority, reasons])
})

it('counts agreements that no living one annuls', () => {
  const of = (id: number, changeAmount: number | null, supersedes: number[] = []) => ({ id, changeAmount, supersedes })
  expect(agreementsDelta([])).toBe(0)
  expect(agreementsDelta([of(1, 50_000), of(2, -10_000), of(3, null)])).toBe(40_000)
  expect(agreementsDelta([of(1, 75_000), of(2, -10_000), of(4, 20_000, [2])])).toBe(95_000)
  // The one that annulled is deleted: what it annulled counts again.
  expect(agreementsDelta([of(1, 75_000), of(2, -10_000)])).toBe(65_000)
  // Annulled by one that is annulled itself: still annulled.
  expect(agreementsDelta([of(1, 1), of(2, 10, [1]), of(3, 100, [2])])).toBe(100)
})

it('tells days and averages', () => {
  expect([
    daysUntil('2024-12-31', '2024-12-31'),
    daysUntil('2025-01-01', '2024-12-31'),
    daysUntil('2024-02-28', '2024-03-01'),
    daysUntil(null, '2024-01-01'),
  ]).toEqual([0, 1, -2, null])
  expect(showSum(averageOf(45_600_000_00, 23))).toBe(1_982_608.7)
  expect(averageOf(0, 0)).toBe(0)
})

it('loses cents of absurd sums, and never fails', () => {
  const absurd = 9e20
  expect(showSum(absurd)).toBe(9e18)
  expect(completionOf(absurd, 1)).toBeGreaterThan(9e20)
  expect(generalShare(absurd, 1_000_000).totalWith).toBe(1.8e21)
  expect(showSum(averageOf(absurd, 100_000))).toBe(9e13)
})
