import { describe, expect, it } from 'vitest'
import type { Line } from '../../src/smart-docs/model.ts'
import { addUp, lineSums, vatByRate } from '../../src/smart-docs/totals.ts'
import { vatRateOn } from '../../src/smart-docs/vat.ts'

describe('a line', () => {
  it.each([
    // price, quantity, mode, rate → net, vat, total
    [21_00, 1_000, 'none', null, 21_00, 0, 21_00],
    [112_00, 1_000, 'included', 1200, 100_00, 12_00, 112_00],
    [100_00, 1_000, 'on_top', 1200, 100_00, 12_00, 112_00],
    [100_00, 1_000, 'on_top', 1600, 100_00, 16_00, 116_00],
    [100_00, 3_000, 'on_top', 0, 300_00, 0, 300_00],
    [100_00, 1_000, 'on_top', null, 100_00, 0, 100_00],
    // 0.01 × 0.5 is half a tiyn and goes up; its VAT is below half a tiyn
    [1, 500, 'on_top', 1200, 1, 0, 1],
    // 9.99 × 3.333 = 33.29667; VAT within 33.30 at 12 % is 3.5678…
    [9_99, 3_333, 'included', 1200, 29_73, 3_57, 33_30],
    [9_999_999_999_99, 1_000, 'included', 1600, 8_620_689_655_16, 1_379_310_344_83, 9_999_999_999_99],
  ] as const)('%d × %d, VAT %s %s', (price, quantity, mode, rate, net, vat, total) => {
    expect(lineSums({ price, quantity }, mode, rate)).toEqual({ net, vat, total })
  })

  it('refuses what can’t be held exactly', () => {
    expect(() => lineSums({ price: 9_999_999_999_99, quantity: 999_999_999_999 }, 'none', null)).toThrow(RangeError)
    expect(() => lineSums({ price: 8_999_999_999_999_99, quantity: 10_000 }, 'on_top', 1200)).toThrow(RangeError)
  })
})

it('sums add up line by line, and by rate', () => {
  const line = (price: number, vatRate: number | null): Line => ({
    code: 'a',
    source: 'work',
    name: 'x',
    measure: 'шт',
    quantity: 1000,
    price,
    vatRate,
    date: null,
    report: null,
    ...lineSums({ price, quantity: 1000 }, 'on_top', vatRate),
  })
  // Three lines of 0.04: each has VAT 0.0048, which is nothing; their sum would have 0.0144.
  expect(addUp([line(4, 1200), line(4, 1200), line(4, 1200)])).toEqual({ net: 12, vat: 0, total: 12 })
  expect(vatByRate([line(100_00, null), line(100_00, 0), line(50_00, 1600), line(100_00, 1600)])).toEqual([
    { rate: 1600, net: 150_00, vat: 24_00, total: 174_00 },
    { rate: 0, net: 100_00, vat: 0, total: 100_00 },
    { rate: null, net: 100_00, vat: 0, total: 100_00 },
  ])
})

it('the general rate changes with the year', () => {
  expect(['2009-01-01', '2025-12-31', '2026-01-01', '2031-05-01'].map(vatRateOn)).toEqual([1200, 1200, 1600, 1600])
})
