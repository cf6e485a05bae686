/** Phone numbers. What is stored and sent is E.164; what people type is made into it by `normalizePhone` at the edge, never silently inside. */

/** E.164: a plus, a country code that does not start with 0, 8 to 15 digits in all. */
export const isE164 = (value: string): boolean => /^\+[1-9]\d{7,14}$/.test(value)

export interface NormalizedPhone {
  /** `+7XXXXXXXXXX` */
  e164: string
  country: 'KZ' | 'RU'
}

/**
 * Makes E.164 of a Kazakhstan or Russian number as people write it: with +7, 7, 8 or no prefix; spaces, brackets, dashes and dots are dropped.
 * The two countries share +7: Kazakhstan has the codes 6xx and 7xx, Russia 3xx, 4xx, 8xx and 9xx. `undefined` for anything else.
 */
export function normalizePhone(value: string): NormalizedPhone | undefined {
  const written = /^(\+7|[78])?(\d{10})$/.exec(value.trim().replaceAll(/[\s().\-‐-―]/g, ''))
  const national = written?.[2]
  if (national === undefined) return undefined
  const e164 = `+7${national}`
  if (/^[67]/.test(national)) return { e164, country: 'KZ' }
  if (/^[3489]/.test(national)) return { e164, country: 'RU' }
  return undefined
}

/** What may be shown to others: `+77091234567` → `+7709•••4567`. Of a short number less is shown at the front, so that three digits are always hidden. */
export function maskPhone(e164: string): string {
  const digits = e164.replaceAll(/\D/g, '')
  const front = Math.max(0, Math.min(4, digits.length - 7))
  return `+${digits.slice(0, front)}•••${digits.length > 6 ? digits.slice(-4) : ''}`
}
