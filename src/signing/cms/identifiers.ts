/** Who a certificate is of, as the authorities of Kazakhstan and Russia write it into the subject. */
import { NameOid } from '../../lib/distinguished-name.ts'
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

type Field = keyof SubjectIdentifiers

/** What is read from an attribute of the subject: all of its text, or what the pattern finds in it. */
const READ: Partial<Record<string, readonly (readonly [Field, RegExp?])[]>> = {
  [NameOid.serialNumber]: [
    ['iin', /^IIN(\d{12})$/i],
    ['bin', /^BIN(\d{12})$/i],
  ],
  [NameOid.organizationalUnit]: [['bin', /^BIN(\d{12})$/i]],
  // Certificates of older Russian authorities write the ten digits of a legal entity into INN with two zeros before them.
  [NameOid.inn]: [
    ['inn', /^((?!00)\d{12})$/],
    ['innLegal', /^(?:00)?(\d{10})$/],
  ],
  [NameOid.innLegal]: [['innLegal', /^(?:00)?(\d{10})$/]],
  [NameOid.ogrn]: [['ogrn', /^(\d{13})$/]],
  [NameOid.ogrnip]: [['ogrnip', /^(\d{15})$/]],
  [NameOid.snils]: [['snils', /^(\d{11})$/]],
  [NameOid.commonName]: [['commonName']],
  [NameOid.surname]: [['surname']],
  [NameOid.givenName]: [['givenName']],
  [NameOid.organization]: [['organization']],
  [NameOid.title]: [['title']],
  [NameOid.email]: [['email']],
  [NameOid.country]: [['country']],
}

/** Reads the subject. Two different values of one kind name nobody, and neither counts. */
export function subjectIdentifiers({ subject }: Certificate): SubjectIdentifiers {
  const found: { -readonly [key in Field]?: string } = {}
  const contradicting: Field[] = []
  for (const relative of subject.relative) {
    for (const { oid, value } of relative) {
      for (const [field, pattern] of READ[oid] ?? []) {
        const text = value.trim()
        const read = pattern ? pattern.exec(text)?.[1] : text
        if (read === undefined) continue
        if ((found[field] ??= read) !== read) contradicting.push(field)
      }
    }
  }
  for (const field of contradicting) delete found[field]
  return found
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
