import { expect, it } from 'vitest'
import { Remembered } from '../../src/lib/remembered.ts'

const octets = (...values: number[]) => Uint8Array.from(values)

it('finds the value of the same octets, wherever they stand', () => {
  const kept = new Remembered<string>(10, 8)
  kept.set(octets(1, 2, 3), 'a')
  expect(kept.get(octets(1, 2, 3))).toBe('a')
  expect(kept.get(octets(9, 1, 2, 3, 9), 1, 4)).toBe('a')
  for (const other of [octets(), octets(1, 2), octets(1, 2, 4), octets(1, 2, 3, 3), octets(0, 1, 2, 3)])
    expect(kept.get(other)).toBeUndefined()
})

it('tells octets apart that end alike', () => {
  const kept = new Remembered<string>(10, 200)
  const long = (first: number) => Uint8Array.from({ length: 100 }, (_, i) => (i === 0 ? first : 7))
  kept.set(long(1), 'one')
  expect(kept.get(long(2))).toBeUndefined()
  kept.set(long(2), 'two')
  expect([kept.get(long(1)), kept.get(long(2))]).toEqual([undefined, 'two'])
})

it('forgets what was not asked for lately, and holds no more than it may', () => {
  const kept = new Remembered<number>(20, 8)
  for (let i = 0; i < 200; i++) {
    kept.set(octets(i, 1), i)
    expect(kept.get(octets(0, 1))).toBe(0)
  }
  const held = Array.from({ length: 200 }, (_, i) => kept.get(octets(i, 1))).filter((value) => value !== undefined)
  expect(held.length).toBeGreaterThan(5)
  expect(held.length).toBeLessThanOrEqual(20)
  expect(held).toContain(199)
})

it('does not keep what is too long', () => {
  const kept = new Remembered<string>(10, 3)
  kept.set(octets(1, 2, 3, 4), 'long')
  expect(kept.get(octets(1, 2, 3, 4))).toBeUndefined()
})
