// Instants and how people read them. No clock here: an instant is always given.

/** An instant: a Date or an ISO 8601 string with its offset. */
export type Instant = Date | string

interface LocalParts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
  /** `+05:00` */
  offset: string
}

// Making a formatter costs far more than using it; zones are few.
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone)
  if (!formatter) {
    const two = '2-digit'
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
    formatters.set(timeZone, formatter)
  }
  return formatter
}

function partsOf(instant: Instant, timeZone: string): LocalParts {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(toDate(instant))
      .map(({ type, value }) => [type, value]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    // "GMT+05:00", and plain "GMT" for zero.
    offset: part('timeZoneName').replace('GMT', '') || '+00:00',
  }
}

/** @throws RangeError when the text is no date */
export function toDate(instant: Instant): Date {
  const date = instant instanceof Date ? instant : new Date(instant)
  if (Number.isNaN(date.getTime())) throw new RangeError(`Not an instant: ${String(instant)}`)
  return date
}

/** Whether this is the name of a time zone in the IANA database, such as `Asia/Almaty`. */
export function isTimeZone(name: string): boolean {
  try {
    return formatterOf(name) !== undefined
  } catch {
    return false
  }
}

/** `21.06.2025` in the zone. @throws RangeError for a bad instant or zone */
export function formatDate(instant: Instant, timeZone: string): string {
  const { day, month, year } = partsOf(instant, timeZone)
  return `${day}.${month}.${year}`
}

/** `21.06.2025, 22:04:48 (UTC+05:00)`: the time on the wall of the zone, with its offset at that instant. @throws RangeError */
export function formatDateTime(instant: Instant, timeZone: string): string {
  const { day, month, year, hour, minute, second, offset } = partsOf(instant, timeZone)
  return `${day}.${month}.${year}, ${hour}:${minute}:${second} (UTC${offset})`
}

/** `21.06.2025 22:04` in the zone: for tables. @throws RangeError for a bad instant or zone */
export function formatMinute(instant: Instant, timeZone: string): string {
  const { day, month, year, hour, minute } = partsOf(instant, timeZone)
  return `${day}.${month}.${year} ${hour}:${minute}`
}

/** `+05:00`: how far the zone is from UTC at that instant. @throws RangeError */
export const offsetAt = (instant: Instant, timeZone: string): string => partsOf(instant, timeZone).offset

/** `2025-06`: the month that the instant falls into in the zone. @throws RangeError */
export function monthIn(instant: Instant, timeZone: string): string {
  const { year, month } = partsOf(instant, timeZone)
  return `${year}-${month}`
}

/** A day as people here write it: `2025-06-21` is `21.06.2025`. */
export const dayText = (day: string): string => day.split('-').toReversed().join('.')

/** `2024-12-31` and the number of days after it (before, when negative). */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
export const nextDay = (day: string): string => addDays(day, 1)

/** `2025-06-21`: the day that the instant falls into in the zone. @throws RangeError */
export function dayIn(instant: Instant, timeZone: string): string {
  const { year, month, day } = partsOf(instant, timeZone)
  return `${year}-${month}-${day}`
}

/** The instant, in UTC, at which a day begins in the zone. @throws RangeError */
export function startOfDay(day: string, timeZone: string): string {
  const at = (offset: string) => new Date(`${day}T00:00:00${offset}`)
  // The offset of the night before or after a change of clocks may be another one: asked again where the first guess led.
  const guess = at(offsetAt(`${day}T00:00:00Z`, timeZone).slice(0, 6))
  return at(offsetAt(guess, timeZone).slice(0, 6)).toISOString()
}

/**
 * The instant at which clocks of the zone show `time` (`HH:MM`) on that day. A time that a change of clocks leaves out is moved on by as much as they are; of one
 * that comes twice it is the first. @throws RangeError
 */
export function instantIn(day: string, time: string, timeZone: string): Date {
  const wall = Date.parse(`${day}T${time.padStart(5, '0')}:00Z`)
  if (Number.isNaN(wall)) throw new RangeError(`Not a day and time: ${day} ${time}`)
  const offsetMs = (at: number) => {
    const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)/.exec(offsetAt(new Date(at), timeZone)) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  }
  // Offsets change by less than a day: the one before and the one after are all that there may be.
  const [before, after] = [offsetMs(wall - 86_400_000), offsetMs(wall + 86_400_000)]
  const candidates = [wall - before, wall - after].filter((at) => at + offsetMs(at) === wall)
  return new Date(candidates.length > 0 ? Math.min(...candidates) : wall - before)
}
