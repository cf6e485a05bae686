import { formatDateTime } from '../lib/dates.ts'
import { commonNameOf } from '../lib/distinguished-name.ts'
import { maskPhone } from '../lib/phones.ts'
import type { CertificateFacts, CmsEvidence, Person, SigningMethod } from './model.ts'

export interface SignatureFacts {
  person: Pick<Person, 'fullName' | 'identifier' | 'inn' | 'phone'>
  method: SigningMethod
  /** ISO 8601. */
  signedAt: string
  /** The signer's own, the employee's, or with a code the platform's. Null where an older signature left none. */
  certificate: CertificateFacts | null
  format: CmsEvidence['format'] | null
  revocation: CmsEvidence['revocation'] | null
  timestamp: CmsEvidence['timestamp']
  /** IANA name. */
  timeZone: string
  ip?: string | null
  consent?: boolean
}

export interface SignatureField {
  field: string
  value: string
}

const METHODS: Record<SigningMethod, string> = {
  sms: 'Простая электронная подпись: одноразовый код из SMS',
  cms: 'Электронная подпись ключом подписанта (ЭЦП)',
  server: 'Электронная подпись ключом сотрудника, который хранится на сервере',
}
const REVOCATION = { good: 'Не отозван', unknown: 'Не установлен' } as const
/** Whose key made the CMS: with a code it is ours, and that must not be taken for the signer's. */
const OWNER = { sms: 'Владелец сертификата (печать платформы)', cms: 'Владелец сертификата', server: 'Владелец сертификата' } as const

const stampText = ({ at, authority, internal }: NonNullable<CmsEvidence['timestamp']>, timeZone: string): string =>
  `${formatDateTime(at, timeZone)}, ${commonNameOf(authority)}${internal ? ' (внутренняя служба платформы)' : ''}`

/** A signature in typed form, field by field (document 002, 6.3), as people read it. What is not known is left out. The phone is masked. */
export function signatureFields(facts: SignatureFacts): SignatureField[] {
  const { person, method, signedAt, certificate, format, revocation, timestamp, timeZone, ip, consent } = facts
  const fields: [string, string | null | undefined][] = [
    ['ФИО', person.fullName],
    ['ИИН/БИН', person.identifier],
    ['ИНН', person.inn],
    ['Телефон', person.phone && maskPhone(person.phone)],
    ['Способ подписания', METHODS[method]],
    ['Дата подписания', formatDateTime(signedAt, timeZone)],
    ['IP-адрес', ip],
    ['Согласие подписанта', consent ? 'Получено' : null],
    [OWNER[method], certificate?.subject],
    ['Издатель сертификата', certificate?.issuer],
    ['Серийный номер', certificate?.serialNumber],
    ['Действителен с', certificate && formatDateTime(certificate.notBefore, timeZone)],
    ['Действителен до', certificate && formatDateTime(certificate.notAfter, timeZone)],
    ['Отпечаток SHA-256', certificate?.sha256],
    ['Статус отзыва', certificate && revocation && REVOCATION[revocation]],
    ['Формат', format],
    ['Штамп времени', timestamp && stampText(timestamp, timeZone)],
  ]
  return fields.flatMap(([field, value]) => (value ? [{ field, value }] : []))
}
