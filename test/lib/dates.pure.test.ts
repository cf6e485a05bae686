import { describe, expect, it } from 'vitest'
import { formatDate, formatDateTime, isTimeZone, offsetAt, toDate } from '../../src/lib/dates.ts'

describe('dates', () => {
  it.each([
    ['2025-06-21T17:04:48Z', 'Asia/Almaty', '21.06.2025, 22:04:48 (UTC+05:00)'],
    // Kazakhstan moved to UTC+5 on 1 March 2024.
    ['2024-02-29T17:59:59Z', 'Asia/Almaty', '29.02.2024, 23:59:59 (UTC+06:00)'],
    ['2024-03-01T00:00:00Z', 'Asia/Almaty', '01.03.2024, 05:00:00 (UTC+05:00)'],
    ['2025-12-31T21:00:00Z', 'Europe/Moscow', '01.01.2026, 00:00:00 (UTC+03:00)'],
    ['2025-06-21T17:04:48+05:00', 'UTC', '21.06.2025, 12:04:48 (UTC+00:00)'],
    ['2025-06-21T17:04:48Z', 'America/St_Johns', '21.06.2025, 14:34:48 (UTC-02:30)'],
  ])('%s in %s is %s', (instant, zone, text) => {
    expect(formatDateTime(instant, zone)).toBe(text)
    expect(formatDate(instant, zone)).toBe(text.slice(0, 10))
    expect(text).toContain(offsetAt(new Date(instant), zone))
  })

  it('refuses what is no instant or no zone', () => {
    expect(() => toDate('yesterday')).toThrow(RangeError)
    expect(() => formatDateTime('2025-06-21T17:04:48Z', 'Asia/Nowhere')).toThrow(RangeError)
    expect(isTimeZone('Asia/Almaty')).toBe(true)
    expect(isTimeZone('Asia/Nowhere')).toBe(false)
  })
})
