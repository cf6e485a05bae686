// UTCTime and GeneralizedTime (X.680, 46-47; RFC 5280, 4.1.2.5; RFC 3161, 2.4.2 for fractions).

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})$/
const GENERAL = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.(\d{1,9}))?(Z|[+-]\d{4})$/

/** The moment, or `undefined` for no time. Without `ber` the seconds must be there and the zone must be Z. Years of two digits are 1950-2049. */
export function parseTime(text: string, general: boolean, ber: boolean): Date | undefined {
  const match = (general ? GENERAL : UTC).exec(text)
  if (!match) return undefined
  const [, year = '', month = '', day = '', hour = '', minute = '', second] = match
  const fraction = general ? match[7] : undefined
  const zone = match.at(-1) ?? ''
  if (!ber && (second === undefined || zone !== 'Z' || fraction?.endsWith('0'))) return undefined
  const fullYear = general ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900)
  const parts = [fullYear, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second ?? 0)] as const
  const time = new Date(0)
  time.setUTCFullYear(parts[0], parts[1], parts[2])
  time.setUTCHours(parts[3], parts[4], parts[5], fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0)
  const stands = [
    time.getUTCFullYear(),
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ]
  if (stands.some((part, i) => part !== parts[i])) return undefined
  if (zone === 'Z') return time
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))
  return new Date(time.getTime() - (zone.startsWith('-') ? -minutes : minutes) * 60_000)
}

const two = (value: number): string => String(value).padStart(2, '0')

/** YYYYMMDDHHMMSSZ, to the second. */
export function formatGeneralizedTime(time: Date): string {
  const date = `${String(time.getUTCFullYear()).padStart(4, '0')}${two(time.getUTCMonth() + 1)}${two(time.getUTCDate())}`
  return `${date}${two(time.getUTCHours())}${two(time.getUTCMinutes())}${two(time.getUTCSeconds())}Z`
}
