/** Who a certificate is of, as the authorities of Kazakhstan and Russia write it into the subject. */
import { NameOid, nameValues } from '../../lib/distinguished-name.ts'
import type { Certificate } from './certificate.ts'
import { type Reason, reason } from './reasons.ts'

export interface SubjectIdentifiers {
  /** Kazakhstan: personal number, from serialNumber `IIN…`. */
  readonly iin?: string
  /** Kazakhstan: number of the legal entity, from organizationalUnit or serialNumber `BIN…`. */
  readonly bin?: string
  /** Russia: the person's taxpayer number, 12 digits. */
  readonly inn?: string
  /** Russia: the legal entity's taxpayer number, 10 digits. */
  readonly innLegal?: string
  readonly ogrn?: string
  readonly ogrnip?: string
  readonly snils?: string
  readonly commonName?: string
  readonly surname?: string
  /** In Kazakhstan the patronymic, in Russia name and patronymic. */
  readonly givenName?: string
  readonly organization?: string
  readonly title?: string
  readonly email?: string
  readonly country?: string
}

/** The one value among the candidates. Two different ones name nobody. */
function unique(values: readonly string[]): string | undefined {
  const [first, ...others] = new Set(values)
  return others.length === 0 ? first : undefined
}

/** Reads the subject. Certificates of older Russian authorities write the ten digits of a legal entity into INN with two zeros before them. */
export function subjectIdentifiers({ subject }: Certificate): SubjectIdentifiers {
  const all = (oid: string) => nameValues(subject, oid).map((value) => value.trim())
  const matching = (pattern: RegExp, ...oids: string[]) => unique(oids.flatMap(all).flatMap((value) => pattern.exec(value)?.[1] ?? []))
  const found = {
    iin: matching(/^IIN(\d{12})$/i, NameOid.serialNumber),
    bin: matching(/^BIN(\d{12})$/i, NameOid.organizationalUnit, NameOid.serialNumber),
    inn: matching(/^((?!00)\d{12})$/, NameOid.inn),
    innLegal: unique([...all(NameOid.innLegal), ...all(NameOid.inn)].flatMap((value) => /^(?:00)?(\d{10})$/.exec(value)?.[1] ?? [])),
    ogrn: matching(/^(\d{13})$/, NameOid.ogrn),
    ogrnip: matching(/^(\d{15})$/, NameOid.ogrnip),
    snils: matching(/^(\d{11})$/, NameOid.snils),
    commonName: unique(all(NameOid.commonName)),
    surname: unique(all(NameOid.surname)),
    givenName: unique(all(NameOid.givenName)),
    organization: unique(all(NameOid.organization)),
    title: unique(all(NameOid.title)),
    email: unique(all(NameOid.email)),
    country: unique(all(NameOid.country)),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

export interface ExpectedSigner {
  iin?: string | undefined
  bin?: string | undefined
  /** Ten digits (a legal entity's) or twelve (a person's). */
  inn?: string | undefined
}

/** What of the expected does not hold. A certificate without the number does not match it. */
export function mismatches(who: SubjectIdentifiers, expected: ExpectedSigner): Reason[] {
  const given = {
    IIN: [expected.iin, who.iin],
    BIN: [expected.bin, who.bin],
    INN: [expected.inn, expected.inn?.length === 10 ? who.innLegal : who.inn],
  }
  return Object.entries(given).flatMap(([label, [wanted, has]]) =>
    wanted === undefined || wanted === has
      ? []
      : [reason('signer-mismatch', `The certificate ${has ? `is of another ${label}` : `names no ${label}`} than the participant's`)],
  )
}
