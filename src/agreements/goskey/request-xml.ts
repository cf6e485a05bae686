import { utf8 } from '../../lib/hash.ts'

/** Who is to sign: a person, or a person for a company (then with its ОГРН). Госключ finds the person by its ESIA number or its СНИЛС. */
export interface Recipient {
  oid: string | null
  /** Eleven digits. */
  snils: string | null
  /** ОГРН or ОГРНИП. */
  ogrn: string | null
}

export interface SigningRequest {
  recipient: Recipient
  description: string
  /** Until when: at most 24 hours ahead. */
  expires: Date
  organization: { name: string; inn: string }
  document: { name: string; bytes: Uint8Array }
}

/** The services of the portal: a person's own unqualified signature, and a qualified one for a company or an entrepreneur. */
export const SERVICE = {
  person: { code: '10000000374', namespace: 'urn://mpkey.gosuslugi.ru/sign_document/1.0.0' },
  organization: { code: '60025907', namespace: 'urn://mpkey.gosuslugi.ru/sign_document_ukep_legalperson/1.0.0' },
} as const

export const serviceFor = ({ ogrn }: Recipient) => (ogrn === null ? SERVICE.person : SERVICE.organization)

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;')
const element = (name: string, text: string) => `<${name}>${escape(text)}</${name}>`
const attribute = (name: string, value: string) =>
  `<Attribute>${element('AttributeName', name)}${element('AttributeValue', value.slice(0, 250))}</Attribute>`

/** `112-233-445 95` */
const printed = (snils: string) => `${snils.slice(0, 3)}-${snils.slice(3, 6)}-${snils.slice(6, 9)} ${snils.slice(9)}`

/** Moscow's time, which is what the service takes. */
const inMoscow = (at: Date) => new Date(at.getTime() + 3 * 3_600_000).toISOString().replace('Z', '+03:00')

/** `req.xml` of the archive that goes to Госключ: who signs what until when. */
export function requestXml({ recipient, description, expires, organization }: SigningRequest): Uint8Array {
  const { oid, snils, ogrn } = recipient
  const person = oid === null ? element('Snils', printed(snils ?? '')) : element('OID', oid)
  const who = ogrn === null ? person : `<RFOrg>${person}${element('OGRN', ogrn)}</RFOrg>`
  return utf8(
    `<?xml version="1.0" encoding="UTF-8"?>\n<SignRequest xmlns="${serviceFor(recipient).namespace}">${who}` +
      element('SignExpiration', inMoscow(expires)) +
      element('Description', description.slice(0, 250)) +
      attribute('orgName', organization.name) +
      attribute('orgINN', organization.inn) +
      '</SignRequest>',
  )
}
