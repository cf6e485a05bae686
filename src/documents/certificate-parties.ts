import { formatDate, formatDateTime } from '../lib/dates.ts'
import { gap, GREY } from './certificate-layout.ts'
import type { Piece, Writer } from './certificate-layout.ts'

export type SigningMethod = 'sms' | 'ecp' | 'server'

export const METHODS: Record<SigningMethod, string> = {
  sms: 'одноразовый код из SMS',
  ecp: 'электронная цифровая подпись (ЭЦП)',
  server: 'ключ подписи на сервере Qoltanba',
}

/** A participant of a package and what it did. */
export interface PartyEvidence {
  fullName: string
  role: 'signer' | 'approver' | 'viewer'
  /** ИИН or БИН of Kazakhstan, ИНН of Russia. */
  identifier: string | null
  inn: string | null
  phone: string | null
  /** For whom it acted. */
  company: { name: string; inn: string } | null
  /** Null where it had nothing to do, or others sufficed. */
  acted: { at: string; method: SigningMethod | null } | null
  /** Of the signer's own key; none with a code. */
  certificates: CertificateEvidence[]
  timestamp: { at: string; authority: string; internal: boolean } | null
}

export interface CertificateEvidence {
  subject: string
  issuer: string
  serialNumber: string
  /** ISO 8601. */
  notBefore: string
  notAfter: string
  revocation: 'good' | 'unknown'
}

/** With more participants than this each has a compact block, so that a long route stays readable. */
const FULL_BLOCKS = 3
const SMALL = 8.5
const INDENT = 14

/** The participants in order, each in a block; the heading stays with the first. */
export function partyBlocks(write: Writer, heading: Piece[], parties: readonly PartyEvidence[], zone: string): Piece[][] {
  const block = parties.length > FULL_BLOCKS ? compactBlock : fullBlock
  const [first = [], ...rest] = parties.map((party, i) => block(write, party, i + 1, zone))
  return [[...heading, ...first], ...rest, [gap(12)]]
}

function whatWasDone({ role, acted }: PartyEvidence): string {
  if (role === 'viewer') return 'Наблюдатель'
  if (role === 'approver') return acted ? 'Согласовано' : 'Согласование не потребовалось'
  return acted ? 'Подписано' : 'Подпись не потребовалась'
}

/** RFC 4514 as people read it: spaces after commas, where a line may break, and no escapes. */
const readable = (name: string) => name.replace(/(?<!\\),(?! )/g, ', ').replace(/\\([^0-9a-fA-F])/g, '$1')

const stampText = ({ at, authority, internal }: NonNullable<PartyEvidence['timestamp']>, zone: string) =>
  `${formatDateTime(at, zone)}, ${internal ? 'внутренняя служба платформы' : readable(authority)}`

const REVOCATION = { good: 'не отозван', unknown: 'статус отзыва не установлен' } as const

function fullBlock(write: Writer, party: PartyEvidence, number: number, zone: string): Piece[] {
  const { acted, company, timestamp } = party
  const optional = (label: string, value: string | null | undefined) => (value ? write.labelled(label, value) : [])
  return [
    ...write.text(`${number}. ${party.fullName}`, { size: 11.5, bold: true }),
    gap(3),
    ...write.labelled('Статус', whatWasDone(party)),
    ...optional('Дата', acted && formatDateTime(acted.at, zone)),
    ...optional('Способ подписания', acted?.method && METHODS[acted.method]),
    ...optional('ИИН/БИН', party.identifier),
    ...optional('ИНН', party.inn),
    ...optional('Организация', company && `${company.name}, ${company.inn}`),
    ...optional('Телефон', party.phone),
    ...party.certificates.flatMap((certificate) => [
      ...write.labelled('Сертификат ключа', readable(certificate.subject)),
      ...write.labelled('Издатель', readable(certificate.issuer)),
      ...write.labelled('Серийный номер', certificate.serialNumber),
      ...write.labelled('Действует', `с ${formatDate(certificate.notBefore, zone)} по ${formatDate(certificate.notAfter, zone)}`),
      ...write.labelled('Отзыв', REVOCATION[certificate.revocation]),
    ]),
    ...optional('Метка времени', timestamp && stampText(timestamp, zone)),
    gap(14),
  ]
}

function compactBlock(write: Writer, party: PartyEvidence, number: number, zone: string): Piece[] {
  const { acted, company, timestamp } = party
  const lines = [
    [
      `${whatWasDone(party)}${acted ? ` ${formatDateTime(acted.at, zone)}` : ''}`,
      acted?.method && METHODS[acted.method],
      party.identifier && `ИИН/БИН ${party.identifier}`,
      party.inn && `ИНН ${party.inn}`,
      party.phone,
      company && `${company.name}, ${company.inn}`,
    ],
    ...party.certificates.map((c) => [
      `Сертификат ${c.serialNumber}: ${readable(c.subject)}`,
      `издатель ${readable(c.issuer)}`,
      `действует с ${formatDate(c.notBefore, zone)} по ${formatDate(c.notAfter, zone)}`,
      REVOCATION[c.revocation],
    ]),
    timestamp ? [`Метка времени ${stampText(timestamp, zone)}`] : [],
  ]
  return [
    ...write.text(`${number}. ${party.fullName}`, { size: 9.5, bold: true }),
    ...lines.flatMap((parts, i) => {
      const text = parts.filter(Boolean).join(' · ')
      return text === '' ? [] : write.text(text, { size: SMALL, indent: INDENT, gray: i === 0 ? 0 : GREY })
    }),
    gap(6),
  ]
}
