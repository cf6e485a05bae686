import { describe, expect, it } from 'vitest'
import { costOf, durationText, hoursBetween, timeOfDay } from '../../src/construction/time/hours.ts'

describe('hours', () => {
  it.each([
    ['09:00:00', '17:30:00', 85_000, '8ч 30м'],
    ['10:00:00', '14:00:00', 40_000, '4ч 0м'],
    ['00:00:00', '23:59:59', 239_997, '23ч 59м'],
    ['08:00:00', '08:20:00', 3333, '0ч 20м'],
    ['08:00:00', '08:00:01', 3, '0ч 0м'],
  ])('%s–%s', (start, end, hours, text) => {
    expect([hoursBetween(start, end), durationText(start, end)]).toEqual([hours, text])
  })
  it.each([
    [85_000, 150_000, 1_275_000],
    [3333, 100_000, 33_330],
    [1, 5000, 1],
    [null, 5000, null],
    [85_000, null, null],
  ])('%s at %s is %s', (hours, rate, cost) => expect(costOf(hours, rate)).toBe(cost))
  it.each([
    ['9:05', '09:05:00'],
    ['23:59:59', '23:59:59'],
    ['24:00', undefined],
    ['25:61:00', undefined],
    ['-1:00', undefined],
    ['09:00:00.5', undefined],
    ['', undefined],
  ])('%s is kept as %s', (said, kept) => expect(timeOfDay(said)).toBe(kept))
})
