// UTCTime and GeneralizedTime (X.680, 46-47; RFC 5280, 4.1.2.5; RFC 3161, 2.4.2 for fractions).

const UTC = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})$/
const GENERAL = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.(\d{1,9}))?(Z|[+-]\d{4})$/

/** The moment, or `undefined` for no time. Without `ber` the seconds must be there and the zone must be Z. Years of two digits are 1950-2049. */
export function parseTime(octets: Uint8Array, general: boolean, ber: boolean): Date | undefined {
  return usualTime(octets, general) ?? anyTime(String.fromCharCode(...octets.subarray(0, 40)), general, ber)
}

const Z = 0x5a

/** What all certificates have: to the second, and in Z. `undefined` for anything else. */
function usualTime(octets: Uint8Array, general: boolean): Date | undefined {
  const digits = general ? 14 : 12
  if (octets.length !== digits + 1 || octets[digits] !== Z) return undefined
  for (let at = 0; at < digits; at++) {
    const octet = octets[at] as number
    if (octet < 0x30 || octet > 0x39) return undefined
  }
  const pair = (back: number): number => ((octets[digits - back] as number) - 0x30) * 10 + (octets[digits - back + 1] as number) - 0x30
  const [month, day, hour, minute, second] = [pair(10), pair(8), pair(6), pair(4), pair(2)]
  const year = general ? pair(14) * 100 + pair(12) : pair(12) + (pair(12) < 50 ? 2000 : 1900)
  // Date.UTC takes years below 100 for others, and days and hours that there are not for later ones.
  if (year < 100 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  return time.getUTCDate() === day ? time : undefined
}

function anyTime(text: string, general: boolean, ber: boolean): Date | undefined {
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
