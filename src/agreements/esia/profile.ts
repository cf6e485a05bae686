/** What ESIA tells of a person, as fields of the agreement. */
import { isInn12, isSnils } from '../../lib/identifiers.ts'
import { normalizePhone } from '../../lib/phones.ts'
import { FIELDS, type AgreementData } from '../fields.ts'
import type { Kind } from '../statuses.ts'

const MAX_NAME = 300

type Json = Record<string, unknown>

/** Answers of `/rs/prns/{oid}` and its lists. */
export interface EsiaPerson {
  person: Json
  documents: Json[]
  addresses: Json[]
  contacts: Json[]
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
        .replace(/\p{Cc}+/gu, ' ')
        .trim()
    : ''

/** `31.12.1990` → `1990-12-31`. */
const isoDay = (value: unknown): string => {
  const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(text(value)) ?? []
  return year === undefined ? '' : `${year}-${month}-${day}`
}

const PLACE: [part: string, short: string][] = [
  ['house', 'д'],
  ['building', 'корп'],
  ['frame', 'стр'],
  ['flat', 'кв'],
]

function addressFields(prefix: 'billing' | 'shipping', address: Json | undefined): AgreementData {
  if (!address) return {}
  const street = [text(address.addressStr), ...PLACE.map(([part, short]) => (text(address[part]) ? `${short} ${text(address[part])}` : ''))]
  return {
    [`${prefix}_address_street`]: street.filter(Boolean).join(', '),
    [`${prefix}_address_city`]: text(address.city) || text(address.region),
    [`${prefix}_address_postalcode`]: text(address.zipCode),
  }
}

export const snilsOf = ({ person }: EsiaPerson): string | null =>
  isSnils(text(person.snils)) ? text(person.snils).replaceAll(/\D/g, '') : null
export const fullNameOf = ({ person }: EsiaPerson): string =>
  [person.lastName, person.firstName, person.middleName].map(text).filter(Boolean).join(' ').slice(0, MAX_NAME)
export const isTrusted = ({ person }: EsiaPerson): boolean => person.trusted === true

/** The fields of a type that ESIA fills in: what it does not tell is left as it was. Of a company's agreement the person is who signs it. */
export function profileFields(kind: Kind, esia: EsiaPerson): AgreementData {
  const { person, documents, addresses, contacts } = esia
  const passport = documents.find(({ type }) => type === 'RF_PASSPORT')
  const registered = addresses.find(({ type }) => type === 'PRG')
  const lives = addresses.find(({ type }) => type === 'PLV')
  const contact = (type: string) => text(contacts.find((c) => c.type === type)?.value)
  const known: AgreementData = {
    first_name: text(person.firstName),
    last_name: text(person.lastName),
    middle_name: text(person.middleName),
    snils: snilsOf(esia),
    ...(kind === 'jur'
      ? { email: contact('EML'), phone: normalizePhone(contact('MBT'))?.e164 ?? '' }
      : {
          birthday: isoDay(person.birthDate),
          passport_series: text(passport?.series),
          passport_number: text(passport?.number),
          issue: text(passport?.issuedBy),
          date_of_issue: isoDay(passport?.issueDate),
          ...addressFields('billing', registered),
          ...addressFields('shipping', lives ?? registered),
        }),
    ...(kind === 'ip' && isInn12(text(person.inn)) ? { inn: text(person.inn) } : {}),
  }
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => {
      const max = FIELDS[kind][name]?.max
      return max === undefined || typeof value !== 'string' || value === '' ? [] : [[name, value.slice(0, max)]]
    }),
  )
}
