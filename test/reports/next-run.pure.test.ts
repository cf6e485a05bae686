import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayIn, instantIn } from '../../src/lib/dates.ts'
import { nextRun, type Plan } from '../../src/reports/schedules/next.ts'

const at = (plan: Plan, after: string, zone: string) => nextRun(plan, new Date(after), zone).toISOString()
const daily = (time: string): Plan => ({ type: 'daily', config: { time } })
const monthly = (day_of_month: number, time = '09:00'): Plan => ({ type: 'monthly', config: { time, day_of_month } })
const weekly = (day_of_week: number, time = '09:00'): Plan => ({ type: 'weekly', config: { time, day_of_week } })

describe('the next time of a schedule', () => {
  it.each([
    ['today, when its time is to come', daily('09:00'), '2026-11-22T03:59:59Z', 'Asia/Almaty', '2026-11-22T04:00:00.000Z'],
    ['tomorrow, at its very time', daily('09:00'), '2026-11-22T04:00:00Z', 'Asia/Almaty', '2026-11-23T04:00:00.000Z'],
    ['a time said with one digit', daily('9:00'), '2026-11-22T00:00:00Z', 'Asia/Almaty', '2026-11-22T04:00:00.000Z'],
    ['the day of the zone, not of UTC', weekly(1, '00:30'), '2026-11-22T18:00:00Z', 'Asia/Almaty', '2026-11-22T19:30:00.000Z'],
    ['Sunday is 0', weekly(0), '2026-11-22T05:00:00Z', 'Asia/Almaty', '2026-11-29T04:00:00.000Z'],
    ['the 31st of a month of 30', monthly(31), '2026-11-01T00:00:00Z', 'Asia/Almaty', '2026-11-30T04:00:00.000Z'],
    ['the 31st of February', monthly(31), '2027-02-01T00:00:00Z', 'Asia/Almaty', '2027-02-28T04:00:00.000Z'],
    ['the 30th of a leap February', monthly(30), '2028-02-01T00:00:00Z', 'Asia/Almaty', '2028-02-29T04:00:00.000Z'],
    ['over the new year', monthly(1), '2026-12-02T00:00:00Z', 'Asia/Almaty', '2027-01-01T04:00:00.000Z'],
    ['a time that the clocks leave out is moved on', daily('02:30'), '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['a time that comes twice is its first', daily('02:30'), '2026-10-24T12:00:00Z', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
    ['and not its second', daily('02:30'), '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-26T01:30:00.000Z'],
    [
      'after the change of clocks the wall clock stays',
      daily('09:00'),
      '2026-03-29T00:00:00Z',
      'Europe/Berlin',
      '2026-03-29T07:00:00.000Z',
    ],
    ['where midnight itself is left out', daily('00:00'), '2026-04-23T12:00:00Z', 'Africa/Cairo', '2026-04-23T22:00:00.000Z'],
  ])('%s', (_, plan, after, zone, expected) => {
    expect(at(plan, after, zone)).toBe(expected)
  })

  it('comes once on each of its days through a year, never early, in any zone', () => {
    const plans = fc.oneof(
      fc.constant({ type: 'daily' as const, config: {} }),
      fc.integer({ min: 0, max: 6 }).map((day_of_week) => ({ type: 'weekly' as const, config: { day_of_week } })),
      fc.integer({ min: 1, max: 31 }).map((day_of_month) => ({ type: 'monthly' as const, config: { day_of_month } })),
    )
    const times = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${h}:${String(m).padStart(2, '0')}`)
    const zones = fc.constantFrom(
      'Asia/Almaty',
      'Europe/Moscow',
      'Europe/Berlin',
      'America/New_York',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'America/Santiago',
      'UTC',
    )
    fc.assert(
      fc.property(plans, times, zones, (plan, time, zone) => {
        const whole: Plan = { type: plan.type, config: { ...plan.config, time } }
        const days: string[] = []
        let now = new Date('2026-01-01T00:00:00Z')
        for (const end = new Date('2027-01-01T00:00:00Z'); now < end;) {
          const next = nextRun(whole, now, zone)
          expect(next.getTime()).toBeGreaterThan(now.getTime())
          // Just before it, it is still to come.
          expect(nextRun(whole, new Date(next.getTime() - 1), zone)).toEqual(next)
          days.push(dayIn(next, zone))
          now = next
        }
        expect(new Set(days).size).toBe(days.length)
        const count = { daily: [365, 366], weekly: [52, 53], monthly: [12, 13] }[plan.type]
        expect(days.length).toBeGreaterThanOrEqual((count[0] ?? 0) - 1)
        expect(days.length).toBeLessThanOrEqual((count[1] ?? 0) + 1)
      }),
      { numRuns: 12 },
    )
  }, 60_000)

  it('reads the wall clock of a zone', () => {
    expect(instantIn('2026-11-22', '23:59', 'Asia/Almaty').toISOString()).toBe('2026-11-22T18:59:00.000Z')
    expect(() => instantIn('2026-13-01', '10:00', 'UTC')).toThrow(RangeError)
  })
})
