import { describe, expect, it } from 'vitest'
import { priceOf, statusAt, type PaymentStatus } from '../../src/billing/price.ts'

describe('priceOf', () => {
  const prices = { sms: 100_00, ecp: 300_00 }
  // counts, unit prices, discount in hundredths of a percent, tiyn
  it.each([
    [{ sms: 0, ecp: 0 }, prices, 0, 0],
    [{ sms: 1, ecp: 0 }, prices, 0, 100_00],
    [{ sms: 0, ecp: 1 }, prices, 0, 300_00],
    [{ sms: 10, ecp: 5 }, prices, 0, 2500_00],
    [{ sms: 10, ecp: 5 }, prices, 1000, 2250_00],
    [{ sms: 10, ecp: 5 }, prices, 10_000, 0],
    // A half of a tiyn goes up, less than a half goes down.
    [{ sms: 1, ecp: 0 }, { sms: 1, ecp: 0 }, 5000, 1],
    [{ sms: 1, ecp: 0 }, { sms: 1, ecp: 0 }, 5001, 0],
    [{ sms: 3, ecp: 0 }, { sms: 5, ecp: 0 }, 5000, 8],
    [{ sms: 1, ecp: 0 }, { sms: 100_00, ecp: 0 }, 1050, 89_50],
    [{ sms: 1, ecp: 0 }, { sms: 99_99, ecp: 0 }, 1, 99_98],
    [{ sms: 7, ecp: 0 }, { sms: 33_33, ecp: 0 }, 333, 225_54],
    // Where binary fractions would go wrong.
    [{ sms: 3, ecp: 0 }, { sms: 10, ecp: 0 }, 0, 30],
    [{ sms: 1_000_000, ecp: 1_000_000 }, { sms: 1_000_000_00, ecp: 999_999_99 }, 1, 199_979_999_000_100],
  ])('%j at %j less %i is %i', (counts, unit, discount, tiyn) => {
    expect(priceOf(counts, unit, discount)).toBe(tiyn)
  })
})

describe('statusAt', () => {
  const expiresAt = '2026-01-08T00:00:00.000Z'
  it.each<[PaymentStatus, string, PaymentStatus]>([
    ['pending', '2026-01-07T23:59:59.999Z', 'pending'],
    ['pending', '2026-01-08T00:00:00.000Z', 'expired'],
    ['pending', '2027-01-01T00:00:00.000Z', 'expired'],
    ['paid', '2027-01-01T00:00:00.000Z', 'paid'],
    ['cancelled', '2027-01-01T00:00:00.000Z', 'cancelled'],
    ['expired', '2025-01-01T00:00:00.000Z', 'expired'],
  ])('%s at %s is %s', (status, now, shown) => {
    expect(statusAt({ status, expiresAt }, new Date(now))).toBe(shown)
  })
})
