/** The fields of document 003, by type: what each is called, whether it must be there when the agreement is sent, and how it is checked then. */
import * as z from 'zod'
import type { FieldIssue } from '../http/errors.ts'
import { isBik, isInn10, isInn12, isKpp, isOgrn, isOgrnip, isRuAccount, isRuCorrespondentAccount, isSnils } from '../lib/identifiers.ts'
import { isE164 } from '../lib/phones.ts'
import type { Kind } from './statuses.ts'

/** The document spells the field with a Cyrillic first letter in places (DECISIONS › agreement). Kept under the Latin name. */
export const CYRILLIC = 'сorrespondent_account'
export const LATIN = 'correspondent_account'

/** What is kept of an agreement. */
export type AgreementData = Record<string, string | boolean | null>

interface Context {
  data: AgreementData
  /** `YYYY-MM-DD`. */
  today: string
}

interface Field {
  max: number
  /** Must be there when the agreement is sent. */
  required: boolean
  /** Free text; of anything else a draft keeps whatever is typed. */
  free: boolean
  example: string
  /** A regular expression for the reference; `check` decides. */
  pattern?: string
  check?: (value: string, context: Context) => boolean
}

const free = (max: number, example: string, required = true): Field => ({ max, required, free: true, example })
const coded = (example: string, check: NonNullable<Field['check']>, pattern?: string, required = true): Field => ({
  max: 255,
  required,
  free: false,
  example,
  check,
  ...(pattern === undefined ? {} : { pattern }),
})
const digits = (count: number, example: string, required = true) =>
  coded(example, (value) => new RegExp(`^\\d{${count}}$`).test(value), `^\\d{${count}}$`, required)

const text = (value: AgreementData[string] | undefined) => (typeof value === 'string' ? value : '')
const isDay = (value: string) => z.iso.date().safeParse(value).success
const EMAIL = z.email().max(254)

const PERSON = { first_name: free(100, 'Иван'), last_name: free(100, 'Иванов'), middle_name: free(100, 'Иванович') }
const PASSPORT = {
  ...PERSON,
  birthday: coded('1990-01-01', (value, { today }) => isDay(value) && value >= '1900-01-01' && value < today),
  passport_series: digits(4, '1234'),
  passport_number: digits(6, '123456'),
  issue: free(500, 'УФМС РФ'),
  date_of_issue: coded('2000-01-01', (value, { data, today }) => isDay(value) && value <= today && value > text(data.birthday)),
}
const ADDRESSES = {
  billing_address_street: free(500, 'г Москва, ул Первая, д 1, кв 1'),
  shipping_address_street: free(500, 'г Москва, ул Первая, д 1, кв 1'),
  shipping_address_city: free(255, 'Москва', false),
  shipping_address_postalcode: digits(6, '123456', false),
  billing_address_city: free(255, 'Москва', false),
  billing_address_postalcode: digits(6, '123456', false),
  /** Not of the document: by it Госключ finds the person who signs, where ESIA has not told. */
  snils: coded('112-233-445 95', isSnils, undefined, false),
}
const BANK = {
  bik: coded('049800779', isBik, '^\\d{9}$'),
  bank: free(255, 'СБЕРБАНК'),
  payment_account: coded('40702810984775350915', (value, { data }) => isRuAccount(value, text(data.bik)), '^\\d{20}$'),
  [LATIN]: coded('30101810349147535779', (value, { data }) => isRuCorrespondentAccount(value, text(data.bik)), '^\\d{20}$'),
}

export const FIELDS: Record<Kind, Record<string, Field>> = {
  fiz: { ...PASSPORT, ...ADDRESSES },
  jur: {
    legal_form: free(50, 'ООО'),
    name: free(500, 'РОМАЖЕЧКА'),
    inn: coded('9800291637', isInn10, '^\\d{10}$'),
    ogrn: coded('1999899514602', isOgrn, '^\\d{13}$'),
    kpp: coded('980001001', isKpp, '^\\d{4}[0-9A-Z]{2}\\d{3}$'),
    ...BANK,
    ...PERSON,
    position: free(255, 'Директор'),
    foundation_authority: free(500, 'Приказ'),
    email: { ...coded('user@mail.ru', (value) => EMAIL.safeParse(value).success), max: 254 },
    phone: coded('+79993332210', isE164, '^\\+[1-9]\\d{7,14}$', false),
    ...ADDRESSES,
    legal_form_full: free(500, 'Общество с ограниченной ответственностью', false),
  },
  ip: {
    ...PASSPORT,
    inn: coded('980001843425', isInn12, '^\\d{12}$'),
    ogrn: coded('399989707113490', isOgrnip, '^\\d{15}$'),
    ...BANK,
    payment_account: { ...BANK.payment_account, example: '40802810687926784896' },
    ...ADDRESSES,
  },
}

const PASSPORT_FILES = ['file_passport', 'file_registration', 'file_selfie']

/** The files that come along. */
export const FILES: Record<Kind, readonly string[]> = {
  fiz: PASSPORT_FILES,
  jur: ['file_organization', 'file_authority', 'file_ogrn', 'file_inn'],
  ip: PASSPORT_FILES,
}

/** A field's name as messages of document 003 say it. */
export const spoken = (field: string) => field.replaceAll('_', ' ')
export const missing = (field: string): FieldIssue => ({ path: field, message: `The ${spoken(field)} field is required.` })

/** What is given of the fields, the account under its one name. What is not given is not there. */
export function readFields(kind: Kind, body: Record<string, unknown>): AgreementData {
  const spelt: Record<string, unknown> = { ...body, [LATIN]: body[LATIN] ?? body[CYRILLIC] }
  return Object.fromEntries(
    [...Object.keys(FIELDS[kind]), 'agree_to_the_terms'].flatMap((name): [string, AgreementData[string]][] => {
      const value = spelt[name]
      return typeof value === 'string' || typeof value === 'boolean' || value === null ? [[name, value]] : []
    }),
  )
}

/** Issues named as the caller spelt the fields. */
export const asSpelt = (issues: FieldIssue[], body: Record<string, unknown>): FieldIssue[] =>
  issues.map((issue) =>
    issue.path === LATIN && body[LATIN] === undefined && body[CYRILLIC] !== undefined ? { ...issue, path: CYRILLIC } : issue,
  )

/** What is filled in wrongly: shapes, dates, check digits. */
export function wrongFields(kind: Kind, data: AgreementData, now: Date): FieldIssue[] {
  const today = now.toISOString().slice(0, 10)
  return Object.entries(FIELDS[kind]).flatMap(([name, { check }]) => {
    const value = text(data[name])
    return value === '' || !check || check(value, { data, today }) ? [] : [{ path: name, message: `The ${spoken(name)} is invalid.` }]
  })
}

/** What is not filled in and must be. */
export const missingFields = (kind: Kind, data: AgreementData): FieldIssue[] =>
  Object.entries(FIELDS[kind]).flatMap(([name, { required }]) => (required && text(data[name]).trim() === '' ? [missing(name)] : []))
