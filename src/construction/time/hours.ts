import { QUANTITY_SCALE } from '../../http/numbers.ts'
import { divideHalfUp, timesQuantity } from '../../lib/money.ts'

/** Seconds since midnight of `09:30:00`. */
const secondsOf = (time: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return hours * 3600 + minutes * 60 + seconds
}

/** `9:30`, as people may write it, as it is kept; undefined for what is no time of a day. */
export function timeOfDay(text: string): string | undefined {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text)
  return found ? [found[1], found[2], found[3] ?? '0'].map((part) => String(part).padStart(2, '0')).join(':') : undefined
}

/** Hours between two times of a day, at the scale of quantities, half up. The break is recorded, and not taken off. */
export const hoursBetween = (start: string, end: string): number =>
  Number(divideHalfUp(BigInt(secondsOf(end) - secondsOf(start)) * 10n ** BigInt(QUANTITY_SCALE), 3600n))

/** What hours cost at a rate, in minor units. */
export const costOf = (hours: number | null, rate: number | null): number | null =>
  hours === null || rate === null ? null : timesQuantity(rate, hours, QUANTITY_SCALE)

/** `8ч 30м`; whole minutes. */
export function durationText(start: string, end: string): string {
  const minutes = Math.floor((secondsOf(end) - secondsOf(start)) / 60)
  return `${Math.floor(minutes / 60)}ч ${minutes % 60}м`
}
