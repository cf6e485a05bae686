import { describe, expect, it } from 'vitest'
import { commonNameOf } from '../../src/lib/distinguished-name.ts'
import { signatureFields, type SignatureFacts } from '../../src/signing/signature-fields.ts'

const facts: SignatureFacts = {
  person: { fullName: 'Сериков Айбек Маратович', identifier: '850504300018', inn: null, phone: '+77011234567' },
  method: 'cms',
  signedAt: '2026-01-15T10:30:00.000Z',
  certificate: {
    subject: 'CN=СЕРИКОВ АЙБЕК,serialNumber=IIN850504300018,C=KZ',
    issuer: 'CN=ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ,C=KZ',
    serialNumber: '5f1e',
    notBefore: '2025-06-01T00:00:00.000Z',
    notAfter: '2026-06-01T00:00:00.000Z',
    sha256: 'ab'.repeat(32),
  },
  format: 'CAdES-T',
  revocation: 'unknown',
  timestamp: { at: '2026-01-15T10:30:02.000Z', authority: 'CN=Qoltanba TSA,O=Qoltanba', internal: true },
  timeZone: 'Asia/Almaty',
  ip: '203.0.113.7',
  consent: true,
}
const of = (more: Partial<SignatureFacts> = {}) =>
  Object.fromEntries(signatureFields({ ...facts, ...more }).map(({ field, value }) => [field, value]))

describe('a signature, field by field', () => {
  it('with a key', () => {
    expect(of()).toEqual({
      ФИО: 'Сериков Айбек Маратович',
      'ИИН/БИН': '850504300018',
      Телефон: '+7701•••4567',
      'Способ подписания': 'Электронная подпись ключом подписанта (ЭЦП)',
      'Дата подписания': '15.01.2026, 15:30:00 (UTC+05:00)',
      'IP-адрес': '203.0.113.7',
      'Согласие подписанта': 'Получено',
      'Владелец сертификата': 'CN=СЕРИКОВ АЙБЕК,serialNumber=IIN850504300018,C=KZ',
      'Издатель сертификата': 'CN=ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ,C=KZ',
      'Серийный номер': '5f1e',
      'Действителен с': '01.06.2025, 05:00:00 (UTC+05:00)',
      'Действителен до': '01.06.2026, 05:00:00 (UTC+05:00)',
      'Отпечаток SHA-256': 'ab'.repeat(32),
      'Статус отзыва': 'Не установлен',
      Формат: 'CAdES-T',
      'Штамп времени': '15.01.2026, 15:30:02 (UTC+05:00), Qoltanba TSA (внутренняя служба платформы)',
    })
  })
  it('with a code: the certificate is the platform’s, and is called so', () => {
    const fields = of({ method: 'sms', revocation: 'good' })
    expect(fields).toMatchObject({ 'Способ подписания': expect.stringMatching(/SMS/), 'Статус отзыва': 'Не отозван' })
    expect([fields['Владелец сертификата'], fields['Владелец сертификата (печать платформы)']]).toEqual([
      undefined,
      facts.certificate?.subject,
    ])
  })
  it('leaves out what is not known', () => {
    const bare = { certificate: null, format: null, revocation: null, timestamp: null, ip: null, consent: false }
    const person = { fullName: 'Иванов Иван', identifier: null, inn: '500100732259', phone: null }
    expect(Object.keys(of({ ...bare, person }))).toEqual(['ФИО', 'ИНН', 'Способ подписания', 'Дата подписания'])
  })
  it('never shows the phone whole', () => expect(JSON.stringify(of())).not.toContain('7011234567'))
})

it.each([
  ['CN=Root,C=KZ', 'Root'],
  ['C=KZ,CN=АО \\"ТЕСТ\\"\\, филиал', 'АО "ТЕСТ", филиал'],
  ['SN=X+CN=A\\+B\\0a', 'A+B\n'],
  ['O=Без имени,C=KZ', 'O=Без имени,C=KZ'],
  ['O=a\\,CN=b', 'O=a\\,CN=b'],
])('the common name of %s', (line, name) => expect(commonNameOf(line)).toBe(name))
