import { describe, expect, it } from 'vitest'
import * as money from '../../src/lib/money.ts'

describe('parsing', () => {
  it.each([
    ['2500.00', 250_000],
    ['2500.5', 250_050],
    ['0.01', 1],
    ['-0.01', -1],
    ['-0', 0],
    ['007.10', 710],
    ['1.2000', 120],
    ['90071992547409.91', Number.MAX_SAFE_INTEGER],
    [0.1, 10],
    [2500, 250_000],
    [1.005e3, 100_500],
  ])('%s', (value, minor) => expect(money.parseDecimal(value)).toBe(minor))

  it.each([
    '',
    ' 1',
    '1,5',
    '1.',
    '.5',
    '1e3',
    '+1',
    '1.005',
    '--1',
    '0x10',
    'NaN',
    Number.NaN,
    Infinity,
    1e21,
    1e-7,
    0.1 + 0.2,
    '90071992547409.92',
    '1_000',
  ])('refuses %s', (value) => {
    expect(() => money.parseDecimal(value)).toThrow(RangeError)
    expect(money.tryParseDecimal(value)).toBeUndefined()
  })

  it('takes another scale', () => {
    expect([money.parseDecimal('1.5', 3), money.parseDecimal('15', 0), money.parseDecimal('15.0', 0)]).toEqual([1500, 15, 15])
    expect(money.tryParseDecimal('15.5', 0)).toBeUndefined()
  })
})

describe('formatting', () => {
  it.each([
    [250_050, '2500.50'],
    [1, '0.01'],
    [-1, '-0.01'],
    [0, '0.00'],
    [-0, '0.00'],
    [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
  ])('%s', (minor, text) => expect(money.formatDecimal(minor)).toBe(text))
  it('takes another scale', () => expect([money.formatDecimal(1500, 3), money.formatDecimal(-15, 0)]).toEqual(['1.500', '-15']))
  it('gives a JSON number', () => expect(JSON.stringify({ total: money.toJsonNumber(250_050) })).toBe('{"total":2500.5}'))
  it('refuses fractions of a minor unit', () => expect(() => money.formatDecimal(0.5)).toThrow(RangeError))
  it('reads back what it wrote', () => {
    for (const minor of [0, 1, -1, 99, 100, 123_456_789, -987_654_321]) expect(money.parseDecimal(money.formatDecimal(minor))).toBe(minor)
  })
})

describe('arithmetic', () => {
  it.each([
    [5n, 2n, 3n],
    [-5n, 2n, -3n],
    [4n, 3n, 1n],
    [-4n, 3n, -1n],
    [1n, 2n, 1n],
    [-1n, 2n, -1n],
    [0n, 7n, 0n],
    [149n, 100n, 1n],
  ])('%s : %s = %s', (dividend, divisor, result) => expect(money.divideHalfUp(dividend, divisor)).toBe(result))

  it('takes a per cent of an amount', () => {
    expect(money.percentOf(250_000, 1000)).toBe(25_000)
    expect(money.percentOf(1005, 1000)).toBe(101) // 100.5 → 101, where binary floats give 100
    expect(money.percentOf(-1005, 1000)).toBe(-101)
    expect(money.percentOf(333, 1250)).toBe(42) // 41.625
    expect(money.percentOf(100, 5, 1)).toBe(1) // 0.5 %
    expect(money.percentOf(Number.MAX_SAFE_INTEGER, 10_000)).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('discount and rest add up', () => {
    for (const amount of [1, 33, 1005, 99_999]) expect(money.lessPercent(amount, 1005) + money.percentOf(amount, 1005)).toBe(amount)
  })

  it('finds the tax within a price', () => {
    expect(money.includedPercent(112_000, 1200)).toBe(12_000)
    expect(money.includedPercent(100_000, 1600)).toBe(13_793)
  })

  it('multiplies by a quantity', () => expect([money.timesQuantity(1999, 1500), money.timesQuantity(100, 3, 0)]).toEqual([2999, 300]))
  it('tells a share', () =>
    expect([money.percentShare(1, 3), money.percentShare(2, 3), money.percentShare(5, 5)]).toEqual([3333, 6667, 10_000]))

  it('never leaves the exact range', () => {
    expect(() => money.sumMoney([Number.MAX_SAFE_INTEGER, 1])).toThrow(RangeError)
    expect(money.sumMoney([Number.MAX_SAFE_INTEGER, 1, -1])).toBe(Number.MAX_SAFE_INTEGER)
    expect(() => money.sumMoney([0.5])).toThrow(RangeError)
    expect(() => money.percentShare(1, 0)).toThrow(RangeError)
  })
})
