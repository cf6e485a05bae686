import { asciiString, element, oid, sequence, utf8String } from '../../lib/der-write.ts'

/** Who a certificate is for. Written as the states' own authorities write it, so that tools made for theirs find the numbers in ours. */
export type Subject = { kind: 'plain'; commonName: string; organization?: string; country?: 'KZ' | 'RU' } | KazakhSubject | RussianSubject

/** As the national certification authority of Kazakhstan writes subjects. */
export interface KazakhSubject {
  kind: 'kz'
  /** Surname and name together: CN. */
  commonName: string
  surname: string
  /** Name, or in their certificates the patronymic: GN. */
  givenName?: string
  /** Twelve digits: `serialNumber=IIN…`. */
  iin?: string
  /** Of a person who has a Russian number, too, 12 digits. */
  inn?: string
  /** Employer: `OU=BIN…` and O. */
  bin?: string
  organization?: string
  email?: string
}

/** As the Russian ministry's order prescribes for qualified certificates (Приказ ФСБ № 795): numbers are NumericString. */
export interface RussianSubject {
  kind: 'ru'
  commonName: string
  surname?: string
  givenName?: string
  /** Of a person, 12 digits. */
  inn?: string
  /** Of a person who has a Kazakh number, too. */
  iin?: string
  /** Of a legal person, 10 digits. */
  innle?: string
  ogrn?: string
  snils?: string
  organization?: string
  title?: string
  locality?: string
  email?: string
}

const OID = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  organization: '2.5.4.10',
  unit: '2.5.4.11',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  email: '1.2.840.113549.1.9.1',
  inn: '1.2.643.3.131.1.1',
  innle: '1.2.643.100.4',
  ogrn: '1.2.643.100.1',
  snils: '1.2.643.100.3',
} as const

const DIGITS = { inn: /^\d{12}$/, innle: /^\d{10}$/, ogrn: /^\d{13}$/, snils: /^\d{11}$/ } as const

/** Upper bounds of RFC 5280, appendix A.1, where people's data can meet them; longer texts are cut. */
const BOUNDS: Partial<Record<keyof typeof OID, number>> = { commonName: 64, organization: 64, unit: 64, title: 64, locality: 128 }

/**
 * A distinguished name in DER (RFC 5280, 4.1.2.4).
 *
 * @throws RangeError when a number has not the digits that it must have
 */
export function writeName(subject: Subject): Uint8Array {
  const parts: (Uint8Array | undefined)[] = []
  const utf8 = (key: keyof typeof OID, text: string | undefined) =>
    parts.push(
      text
        ? attribute(
            key,
            utf8String(
              Array.from(text)
                .slice(0, BOUNDS[key] ?? 128)
                .join(''),
            ),
          )
        : undefined,
    )
  const email = (text: string | undefined) => parts.push(text ? attribute('email', asciiString(22, ascii(text))) : undefined)
  const iin = (digits: string | undefined) => {
    if (digits === undefined) return
    if (!/^\d{12}$/.test(digits)) throw new RangeError('An IIN has twelve digits')
    parts.push(attribute('serialNumber', asciiString(19, `IIN${digits}`)))
  }
  const numbers = (given: Partial<Record<keyof typeof DIGITS, string>>) => {
    for (const key of ['ogrn', 'snils', 'inn', 'innle'] as const) {
      const digits = given[key]
      if (digits === undefined) continue
      if (!DIGITS[key].test(digits)) throw new RangeError(`${key} has not the digits that it must have`)
      parts.push(attribute(key, asciiString(18, digits)))
    }
  }
  utf8('commonName', subject.commonName)
  if (subject.kind === 'kz') {
    if (subject.bin !== undefined && !/^\d{12}$/.test(subject.bin)) throw new RangeError('A BIN has twelve digits')
    utf8('surname', subject.surname)
    iin(subject.iin)
    parts.push(country('KZ'))
    utf8('organization', subject.organization)
    utf8('unit', subject.bin && `BIN${subject.bin}`)
    utf8('givenName', subject.givenName)
    numbers(subject.inn === undefined ? {} : { inn: subject.inn })
    email(subject.email)
  } else if (subject.kind === 'ru') {
    utf8('surname', subject.surname)
    utf8('givenName', subject.givenName)
    iin(subject.iin)
    parts.push(country('RU'))
    utf8('locality', subject.locality)
    utf8('organization', subject.organization)
    utf8('title', subject.title)
    numbers(subject)
    email(subject.email)
  } else {
    utf8('organization', subject.organization)
    if (subject.country) parts.push(country(subject.country))
  }
  return sequence(...parts.filter((part) => part !== undefined))
}

const attribute = (key: keyof typeof OID, value: Uint8Array) => element(0x31, sequence(oid(OID[key]), value))
const country = (code: 'KZ' | 'RU') => attribute('country', asciiString(19, code))

function ascii(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) throw new RangeError('An e-mail address in a certificate is ASCII')
  return text
}
