import { describe, expect, it } from 'vitest'
import { applyCoefficients, type Exact } from '../../src/construction/coefficients/apply.ts'
import { divideHalfUp } from '../../src/lib/money.ts'
import { costOf, lineTotal, recost, type Known, type Said } from '../../src/construction/works/cost.ts'

const q = (quantity: number) => Math.round(quantity * 10_000)
const rub = (money: number) => Math.round(money * 100)
const rounded = (amount: number | Exact) => (typeof amount === 'number' ? amount : Number(divideHalfUp(amount.dividend, amount.divisor)))
const none = (amount: number | Exact) => ({ amount: rounded(amount), applied: [] })
const known = (more: Partial<Known>): Known => ({ quantity: q(1), price: null, total: null, materials: [], ...more })

describe('what a work costs', () => {
  it.each<[string, Partial<Known>, { price: number | null; totalAmount: number; basis: string }]>([
    ['price × quantity', { quantity: q(25.5), price: rub(1250) }, { price: rub(1250), totalAmount: rub(31_875), basis: 'price' }],
    [
      'half a cent goes up: 75 287.625',
      { quantity: q(150.5), price: rub(500.25) },
      { price: rub(500.25), totalAmount: 7_528_763, basis: 'price' },
    ],
    [
      'a total stands, the price follows',
      { quantity: q(25.5), total: rub(31_875) },
      { price: rub(1250), totalAmount: rub(31_875), basis: 'total' },
    ],
    ['a total stands beside any price', { quantity: q(2), price: 1, total: 777 }, { price: 1, totalAmount: 777, basis: 'total' }],
    ['a total of nothing stands too', { quantity: q(2), total: 0 }, { price: 0, totalAmount: 0, basis: 'total' }],
    ['materials', { quantity: q(75), materials: [rub(3825), null] }, { price: rub(51), totalAmount: rub(3825), basis: 'materials' }],
    ['no price, no materials', { quantity: q(75) }, { price: null, totalAmount: 0, basis: 'materials' }],
    ['a price of nothing is a price', { quantity: q(75), price: 0, materials: [100] }, { price: 0, totalAmount: 0, basis: 'price' }],
  ])('%s', (_, input, expected) => expect(costOf(known(input), none)).toEqual({ ...expected, applied: [] }))

  it('has coefficients on a price and on materials, not on a total that was said', () => {
    const double = (amount: number | Exact) => ({
      amount: rounded(amount) * 2,
      applied: [{ id: 1, name: 'x', type: 'percentage' as const, value: 1 }],
    })
    expect(costOf(known({ price: 100 }), double)).toMatchObject({ price: 100, totalAmount: 200, applied: [{ id: 1 }] })
    expect(costOf(known({ materials: [100] }), double)).toMatchObject({ price: 200, totalAmount: 200 })
    expect(costOf(known({ total: 100 }), double)).toMatchObject({ price: 100, totalAmount: 100, applied: [] })
  })

  it('rounds once, after the coefficients: 7.7777 × 0.03 × 10.7', () => {
    const tenfold = { id: 1, name: 'x', type: 'percentage' as const, value: 9_700_000, conditions: null, validFrom: null, validTo: null }
    const one = { ...tenfold, appliesTo: 'work_costs' as const, scope: 'global_org' as const, isActive: true }
    const cost = costOf(known({ quantity: 77_777, price: 3 }), (amount) => applyCoefficients(amount, [one], { date: '2026-01-01' }))
    // 0.233331 × 10.7 = 2.4967; of 0.23 it would be 2.46.
    expect(cost.totalAmount).toBe(250)
  })

  it.each<[string, Partial<Known>]>([
    ['a product beyond safe integers', { quantity: 9e13, price: 9e13 }],
    ['a product beyond what is kept', { quantity: q(1000), price: 9e13 }],
    ['a price per a thousandth', { quantity: 10, total: 9e13 }],
    ['the same beside a price', { quantity: 10, price: 1, total: 9e13 }],
    ['a product beside a total', { quantity: 9e13, price: 9e13, total: 1 }],
    ['materials', { materials: [9e13, 1] }],
  ])('refuses what is too much: %s', (_, input) =>
    expect(() => costOf(known(input), none)).toThrow(expect.objectContaining({ code: 'validation' })),
  )
})

it('a line of materials', () => {
  expect(lineTotal({ quantity: q(25.5), unitPrice: rub(150), totalAmount: null }, 'x')).toBe(rub(3825))
  expect(lineTotal({ quantity: q(25.5), unitPrice: rub(150), totalAmount: 5 }, 'x')).toBe(5)
  expect(lineTotal({ quantity: q(25.5), unitPrice: null, totalAmount: null }, 'x')).toBeNull()
  expect(() => lineTotal({ quantity: 9e13, unitPrice: 9e14, totalAmount: null }, 'materials.0.quantity')).toThrow(
    expect.objectContaining({ details: { issues: [expect.objectContaining({ path: 'materials.0.quantity' })] } }),
  )
})

describe('what a change works the cost out from', () => {
  const nothing: Said = { price: undefined, total: undefined, quantityChanged: false, materialsSent: false, placeChanged: false }
  it.each<[string, 'price' | 'materials' | 'total', Partial<Said>, unknown]>([
    ['notes', 'price', {}, undefined],
    ['a total', 'price', { total: 5 }, { price: null, total: 5 }],
    ['a total and a price', 'price', { total: 5, price: 7 }, { price: 7, total: 5 }],
    ['a price', 'total', { price: 7 }, { price: 7, total: null }],
    ['no price any more', 'price', { price: null }, { price: null, total: null }],
    ['a quantity', 'price', { quantityChanged: true }, { price: 100, total: null }],
    ['a quantity of what came from materials', 'materials', { quantityChanged: true }, { price: null, total: null }],
    ['a quantity of what somebody said', 'total', { quantityChanged: true }, { price: 100, total: null }],
    ['materials', 'materials', { materialsSent: true }, { price: null, total: null }],
    ['materials beside a said total', 'total', { materialsSent: true }, undefined],
    ['a day', 'price', { placeChanged: true }, { price: 100, total: null }],
    ['a day of what somebody said', 'total', { placeChanged: true }, undefined],
  ])('%s, once from %s', (_, basis, said, expected) => expect(recost({ price: 100, basis }, { ...nothing, ...said })).toEqual(expected))
})
