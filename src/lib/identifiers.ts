/**
 * Numbers that name people, companies, banks and accounts in Kazakhstan and Russia.
 *
 * Every check is strict about length, characters and check digits; nothing is trimmed, except that an IBAN may be printed in groups. Letters are Latin
 * capitals unless a rule says otherwise. A number that passes is well-formed; whether it was ever issued only its register knows.
 */
import { normalizePhone } from './phones.ts'

const dot = (digits: string, weights: readonly number[]): number => weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0)
const allZeros = (value: string): boolean => /^0+$/.test(value)
const lastDigit = (value: string): number => Number(value.at(-1))

// ── Kazakhstan ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const KZ_PASSES = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2],
] as const

export type KzNumberKind = 'iin' | 'bin'

/**
 * Checksum mode: twelve digits whose check digit holds, whatever the date in them. IIN and BIN share the rule (government decrees 565 of 2003 and 406 of 2007);
 * a number for which both passes give 10 is never issued.
 */
export function hasKzChecksum(value: string): boolean {
  if (!/^\d{12}$/.test(value) || allZeros(value)) return false
  const check = KZ_PASSES.map((weights) => dot(value, weights) % 11).find((rest) => rest < 10)
  return check === lastDigit(value)
}

/**
 * Tells an IIN from a BIN by the fifth digit: 0-3 begins a day of birth, 4-6 is the kind of a legal entity. Checks the checksum, not the date;
 * `undefined` when it is neither.
 */
export function kzNumberKind(value: string): KzNumberKind | undefined {
  if (!hasKzChecksum(value)) return undefined
  const fifth = Number(value[4])
  if (fifth <= 3) return 'iin'
  return fifth <= 6 ? 'bin' : undefined
}

const CENTURIES: Readonly<Record<string, number>> = { 1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000 }

/** Birth date (`YYYY-MM-DD`) and sex that an IIN tells, or `undefined` when the number is not a strict IIN. */
export function readIin(value: string): { birthDate: string; sex: 'male' | 'female' } | undefined {
  if (kzNumberKind(value) !== 'iin') return undefined
  const century = CENTURIES[value.charAt(6)]
  if (century === undefined) return undefined
  const [year, month, day] = [century + Number(value.slice(0, 2)), Number(value.slice(2, 4)), Number(value.slice(4, 6))]
  const date = new Date(Date.UTC(year, month - 1, day))
  // Date.UTC rolls 29 February 2001 over to March: a date that exists comes back as it went in.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return { birthDate: date.toISOString().slice(0, 10), sex: Number(value[6]) % 2 === 1 ? 'male' : 'female' }
}

/** Strict IIN: checksum, a birth date that exists, an assigned century. */
export const isIin = (value: string): boolean => readIin(value) !== undefined

/** Strict BIN: checksum, month of registration, kind of entity (4-6), kind of unit (0-3). */
export const isBin = (value: string): boolean => /^\d\d(0[1-9]|1[0-2])[4-6][0-3]\d{6}$/.test(value) && hasKzChecksum(value)

/** ISO 7064 mod 97-10 over the IBAN with its first four characters moved to the end. */
const ibanRest = (iban: string): number =>
  Array.from(iban.slice(4) + iban.slice(0, 4)).reduce((rest, char) => {
    const digit = Number.parseInt(char, 36)
    return (rest * (digit > 9 ? 100 : 10) + digit) % 97
  }, 0)

/** The stored form of a Kazakhstan IBAN (ИИК): 20 characters without the spaces of print; `undefined` when it is not one. */
export function compactKzIban(value: string): string | undefined {
  const iban = value.replaceAll(' ', '')
  return /^KZ\d{5}[A-Z0-9]{13}$/.test(iban) && ibanRest(iban) === 1 ? iban : undefined
}

/** Kazakhstan IBAN (ISO 13616), compact or in groups of print. */
export const isKzIban = (value: string): boolean => compactKzIban(value) !== undefined

/** SWIFT BIC (ISO 9362), 8 or 11 characters, of a bank in one of `countries`. */
export const isBic = (value: string, countries: readonly string[] = ['KZ', 'RU']): boolean =>
  /^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(value) && countries.includes(value.slice(4, 6))

/** Кбе or КОд: residency (1-2) and sector (1-9), National Bank resolution 203 of 2016. */
export const isKbe = (value: string): boolean => /^[12][1-9]$/.test(value)

/** КНП, payment purpose: by shape alone, since the list of codes changes. */
export const isKnp = (value: string): boolean => /^\d{3}$/.test(value)

// ── Russia ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const INN_WEIGHTS = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8] as const
const innDigit = (value: string, length: number): boolean => (dot(value, INN_WEIGHTS.slice(-length)) % 11) % 10 === Number(value[length])

/** INN of a legal entity, 10 digits. */
export const isInn10 = (value: string): boolean => /^\d{10}$/.test(value) && !allZeros(value) && innDigit(value, 9)

/** INN of a person or a sole entrepreneur, 12 digits. */
export const isInn12 = (value: string): boolean => /^\d{12}$/.test(value) && !allZeros(value) && innDigit(value, 10) && innDigit(value, 11)

/** INN of either kind. */
export const isInn = (value: string): boolean => isInn10(value) || isInn12(value)

const registerDigit = (value: string, modulus: bigint): boolean => Number(BigInt(value.slice(0, -1)) % modulus) % 10 === lastDigit(value)

/** ОГРН, 13 digits, first 1 or 5. */
export const isOgrn = (value: string): boolean => /^[15]\d{12}$/.test(value) && registerDigit(value, 11n)

/** ОГРНИП, 15 digits, first 3. */
export const isOgrnip = (value: string): boolean => /^3\d{14}$/.test(value) && registerDigit(value, 13n)

/** КПП: tax office, reason (may hold capital Latin letters), number. It has no check digit. */
export const isKpp = (value: string): boolean => /^\d{4}[0-9A-Z]{2}\d{3}$/.test(value)

/** БИК: a bank's (04, tail 050-999, or 000-002 for a unit of the Bank of Russia) or a treasury body's (00, 01, 02). */
export const isBik = (value: string): boolean => /^(0[012]\d{7}|04\d{4}(00[0-2]|0[5-9]\d|[1-9]\d\d))$/.test(value)

// A clearing currency stands in position 6 as a letter; people type it in either alphabet.
const CLEARING_LETTERS = ['AА', 'BВ', 'CС', 'EЕ', 'HН', 'KК', 'MМ', 'PР', 'TТ', 'XХ'] as const
const ACCOUNT = new RegExp(`^\\d{5}[\\d${CLEARING_LETTERS.join('')}]\\d{14}$`)

/** Whether the account's control key fits the bank. `bikPart` is the three digits that the key is computed with. */
function accountKeyFits(account: string, bikPart: string): boolean {
  const letter = CLEARING_LETTERS.findIndex((pair) => pair.includes(account.charAt(5)))
  const digits = bikPart + account.slice(0, 5) + (letter < 0 ? account.charAt(5) : String(letter)) + account.slice(6)
  return Array.from(digits).reduce((sum, digit, i) => sum + ((Number(digit) * ([7, 1, 3][i % 3] ?? 0)) % 10), 0) % 10 === 0
}

const isTreasuryAccount = (account: string): boolean => account.startsWith('40102')
const unitPart = (bik: string): string => `0${bik.slice(4, 6)}`

/**
 * Payment account (расчётный счёт) with its bank's BIK: 20 characters and the control key of Bank of Russia order 515 of 1997. Accounts of the
 * treasury (03…) have no such key and pass by shape.
 */
export function isRuAccount(account: string, bik: string): boolean {
  if (!isBik(bik) || !ACCOUNT.test(account) || allZeros(account)) return false
  if (account.startsWith('03')) return true
  const heldByCentralBank = account.startsWith('301') || isTreasuryAccount(account) || /00[0-2]$/.test(bik)
  return accountKeyFits(account, heldByCentralBank ? unitPart(bik) : bik.slice(6))
}

/**
 * Correspondent account with its bank's BIK: 301…, ends with the last three digits of the BIK, control key as above. A treasury body has its single
 * treasury account (40102…) in this place.
 */
export function isRuCorrespondentAccount(account: string, bik: string): boolean {
  if (!isBik(bik) || !ACCOUNT.test(account)) return false
  const shape = bik.startsWith('04') ? account.startsWith('301') && account.endsWith(bik.slice(6)) : isTreasuryAccount(account)
  return shape && accountKeyFits(account, unitPart(bik))
}

/** СНИЛС, `112-233-445 95` or eleven digits. Numbers up to 001-001-998 are older than the check number and pass without it. */
export function isSnils(value: string): boolean {
  if (!/^(\d{11}|\d{3}-\d{3}-\d{3} \d{2})$/.test(value)) return false
  const digits = value.replaceAll(/\D/g, '')
  const number = digits.slice(0, 9)
  if (allZeros(number)) return false
  if (Number(number) <= 1_001_998) return true
  return (dot(number, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === Number(digits.slice(9))
}

/**
 * ОКПО: 8 digits, 10 for a sole entrepreneur. In the rare second pass of the long form sources differ on whether the ninth weight is 11 or starts again
 * from 1; either passes.
 */
export function isOkpo(value: string): boolean {
  if (!/^(\d{8}|\d{10})$/.test(value) || allZeros(value)) return false
  const weights = Array.from({ length: value.length - 1 }, (_, i) => i + 1)
  const first = dot(value, weights) % 11
  if (first < 10) return first === lastDigit(value)
  const second = [weights.map((weight) => weight + 2), weights.map((weight) => ((weight + 1) % 10) + 1)]
  return second.some((shifted) => (dot(value, shifted) % 11) % 10 === lastDigit(value))
}

// ── All of them by name ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A check by the kind's name; `bik` is the bank of an account. */
type Check = (value: string, bik: string) => boolean

/** Every kind of identifier that the service knows, and its check: strict, by shape and check digits. */
export const IDENTIFIERS = {
  iin: isIin,
  bin: isBin,
  kz_iban: isKzIban,
  bic: (value) => isBic(value),
  kbe: isKbe,
  knp: isKnp,
  phone_kz: (value) => normalizePhone(value)?.country === 'KZ',
  inn10: isInn10,
  inn12: isInn12,
  ogrn: isOgrn,
  ogrnip: isOgrnip,
  kpp: isKpp,
  bik: isBik,
  ru_account: isRuAccount,
  ru_corr_account: isRuCorrespondentAccount,
  snils: isSnils,
  okpo: isOkpo,
  phone_ru: (value) => normalizePhone(value)?.country === 'RU',
} as const satisfies Record<string, Check>

export type IdentifierKind = keyof typeof IDENTIFIERS

/** Whether a value is an identifier of that kind; an account is judged together with its bank's `bik`. */
export const isIdentifier = (kind: IdentifierKind, value: string, bik = ''): boolean => IDENTIFIERS[kind](value, bik)
