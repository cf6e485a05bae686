/** X.501 names as certificates carry them (RFC 5280, 4.1.2.4), with the attributes of Kazakhstan's and Russia's authorities. */
import { type Asn1, DerError } from './der.ts'
import { Remembered } from './remembered.ts'

export interface NameAttribute {
  readonly oid: string
  /** The text, or `#` and the hexadecimal octets of a value that is no string (RFC 4514, 2.4). */
  readonly value: string
}

export interface DistinguishedName {
  readonly raw: Uint8Array
  /** Relative names in the order of the certificate; each usually has one attribute. */
  readonly relative: readonly (readonly NameAttribute[])[]
  /** Equal for names that are the same but for case, runs of spaces and the kind of string (RFC 5280, 7.1). */
  readonly key: string
  /** The name as one line, as `formatName` writes it. */
  readonly line: string
}

export const NameOid = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  locality: '2.5.4.7',
  state: '2.5.4.8',
  street: '2.5.4.9',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  organizationIdentifier: '2.5.4.97',
  email: '1.2.840.113549.1.9.1',
  inn: '1.2.643.3.131.1.1',
  innLegal: '1.2.643.100.4',
  ogrn: '1.2.643.100.1',
  snils: '1.2.643.100.3',
  ogrnip: '1.2.643.100.5',
} as const

/** Short names: those of RFC 4514 and what the authorities print. */
function shortName(oid: string): string {
  switch (oid) {
    case NameOid.commonName:
      return 'CN'
    case NameOid.surname:
      return 'SN'
    case NameOid.serialNumber:
      return 'serialNumber'
    case NameOid.country:
      return 'C'
    case NameOid.locality:
      return 'L'
    case NameOid.state:
      return 'ST'
    case NameOid.street:
      return 'STREET'
    case NameOid.organization:
      return 'O'
    case NameOid.organizationalUnit:
      return 'OU'
    case NameOid.title:
      return 'T'
    case NameOid.givenName:
      return 'GN'
    case NameOid.organizationIdentifier:
      return 'organizationIdentifier'
    case NameOid.email:
      return 'E'
    case NameOid.inn:
      return 'INN'
    case NameOid.innLegal:
      return 'INNLE'
    case NameOid.ogrn:
      return 'OGRN'
    case NameOid.snils:
      return 'SNILS'
    case NameOid.ogrnip:
      return 'OGRNIP'
    case '2.5.4.15':
      return 'businessCategory'
    case '2.5.4.16':
      return 'postalAddress'
    case '2.5.4.17':
      return 'postalCode'
    case '2.5.4.43':
      return 'initials'
    case '2.5.4.65':
      return 'pseudonym'
    case '1.2.840.113549.1.9.2':
      return 'unstructuredName'
    case '0.9.2342.19200300.100.1.1':
      return 'UID'
    case '0.9.2342.19200300.100.1.25':
      return 'DC'
    default:
      return oid
  }
}

function attribute(node: Asn1): NameAttribute {
  const [type, value] = node.sequence()
  if (!type || !value) throw new DerError('a name attribute without type or value')
  let text: string
  try {
    text = value.text()
  } catch {
    text = `#${Array.from(value.raw, (octet) => octet.toString(16).padStart(2, '0')).join('')}`
  }
  return { oid: type.oid(), value: text }
}

const canonical = ({ oid, value }: NameAttribute): string =>
  `${oid}=${value.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase()}`

type RelativeNames = DistinguishedName['relative']

const readName = (node: Asn1): RelativeNames => node.sequence().map((rdn) => rdn.set().map(attribute))

class Name implements DistinguishedName {
  readonly raw: Uint8Array
  readonly relative: RelativeNames
  // Most names are never compared with another, nor printed.
  #key: string | undefined
  #line: string | undefined

  constructor(raw: Uint8Array, relative: RelativeNames) {
    this.raw = raw
    this.relative = relative
  }

  get key(): string {
    return (this.#key ??= JSON.stringify(this.relative.map((rdn) => rdn.map(canonical).sort())))
  }

  get line(): string {
    return (this.#line ??= formatRelative(this.relative))
  }
}

/** Reads a Name. */
export const parseName = (node: Asn1): DistinguishedName => new Name(node.raw, readName(node))

/** Authorities are few, and each stands in every certificate and signature under it. */
const issuers = new Remembered<DistinguishedName>(64, 1024)

/** Reads the Name of an authority, which likely was read before. */
export function parseIssuer(node: Asn1): DistinguishedName {
  const known = issuers.get(node.raw)
  if (known) return known
  // A copy: a view would keep alive all that the name came in.
  const name = new Name(node.raw.slice(), readName(node))
  // What BER lets pass must not be known to who reads DER.
  if (node.strict) issuers.set(name.raw, name)
  return name
}

/** RFC 4514, 2.4: what would be read as syntax is escaped; invisible characters are written as octets. */
function escape(value: string): string {
  if (!/[\\",+;<>\p{Cc}]|^[ #]| $/u.test(value)) return value
  return value
    .replaceAll(/[\\",+;<>]/g, String.raw`\$&`)
    .replaceAll(/\p{Cc}/gu, (character) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .replace(/^[ #]/, String.raw`\$&`)
    .replace(/ $/, String.raw`\ `)
}

/** The name as one line, the last relative name first (RFC 4514): `CN=…,SN=…,serialNumber=IIN…,C=KZ` from a certificate that starts with its country. */
export const formatName = (name: DistinguishedName): string => name.line

function formatRelative(relative: RelativeNames): string {
  return relative
    .toReversed()
    .map((rdn) =>
      rdn.map(({ oid, value }) => `${shortName(oid)}=${value.startsWith('#') && shortName(oid) === oid ? value : escape(value)}`).join('+'),
    )
    .join(',')
}

/** The common name out of a name as `formatName` writes it, its escapes undone; the whole line where there is none. */
export function commonNameOf(line: string): string {
  const [, value] = /^(?:(?:\\[^]|[^\\,+])*[,+])*?CN=((?:\\[^]|[^\\,+])*)/.exec(line) ?? []
  return (
    value?.replaceAll(/\\([0-9a-f]{2}|[^])/gi, (_, c: string) => (c.length === 2 ? String.fromCharCode(Number.parseInt(c, 16)) : c)) ?? line
  )
}
