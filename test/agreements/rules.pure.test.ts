import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIELDS, missingFields, readFields, wrongFields, type AgreementData } from '../../src/agreements/fields.ts'
import { profileFields, snilsOf } from '../../src/agreements/esia/profile.ts'
import { readOrder } from '../../src/agreements/goskey/provider.ts'
import { requestXml } from '../../src/agreements/goskey/request-xml.ts'
import { exampleOf } from '../../src/agreements/schemas.ts'
import { KINDS } from '../../src/agreements/statuses.ts'
import { PERSONS } from '../../.tools/stand-ins/esia.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const wrong = (kind: (typeof KINDS)[number], data: AgreementData) => wrongFields(kind, data, NOW).map(({ path }) => path)

describe('fields', () => {
  it.each(KINDS)('of %s: the example is whole and right', (kind) => {
    const data = readFields(kind, exampleOf(kind))
    expect([missingFields(kind, data), wrong(kind, data)]).toEqual([[], []])
  })

  const file = join(import.meta.dirname, '../../../shared/domain/identifiers.json')
  const vectors = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { value: string; valid: boolean; bik?: string }[]>)
    : {}
  const FIELD: [vector: string, kind: (typeof KINDS)[number], field: string][] = [
    ['inn10', 'jur', 'inn'],
    ['inn12', 'ip', 'inn'],
    ['ogrn', 'jur', 'ogrn'],
    ['ogrnip', 'ip', 'ogrn'],
    ['kpp', 'jur', 'kpp'],
    ['bik', 'jur', 'bik'],
    ['snils', 'fiz', 'snils'],
    ['ru_account', 'jur', 'payment_account'],
    ['ru_corr_account', 'jur', 'correspondent_account'],
  ]
  it.each(FIELD)('%s: every known number is judged as it should be (%s › %s)', (vector, kind, field) => {
    for (const { value, valid, bik } of vectors[vector] ?? []) {
      if (value === '') continue
      const data = { ...(bik ? { bik } : {}), [field]: value }
      expect(wrong(kind, data).includes(field), value).toBe(!valid)
    }
  })

  it('judges dates by each other and by today', () => {
    const dates = (birthday: string, issued: string) => wrong('fiz', { birthday, date_of_issue: issued })
    expect(dates('1990-01-01', '2004-01-01')).toEqual([])
    expect(dates('1990-02-29', '2004-01-01')).toEqual(['birthday'])
    expect(dates('2026-03-02', '2026-03-01')).toEqual(['birthday', 'date_of_issue'])
    expect(dates('1990-01-01', '2026-03-02')).toEqual(['date_of_issue'])
    expect(dates('01.01.1990', '2004-01-01')).toContain('birthday')
  })
})

describe('the profile', () => {
  it('leaves out what ESIA does not tell, and what does not fit', () => {
    const [, second] = PERSONS
    if (!second) throw new Error('no person')
    const esia = { person: second.person, documents: [], addresses: [], contacts: [] }
    expect(profileFields('fiz', esia)).toEqual({ first_name: 'Мария', last_name: 'Пробная', birthday: '1990-12-01' })
    const odd = {
      person: { firstName: 'я'.repeat(300), lastName: 7, middleName: { a: 1 }, birthDate: '1.2.90', snils: '1', inn: '1' },
      documents: [{ type: 'RF_PASSPORT', series: null }],
      addresses: [{ type: 'PRG' }],
      contacts: [{ type: 'MBT', value: 'x' }],
    }
    for (const kind of KINDS)
      for (const [name, value] of Object.entries(profileFields(kind, odd)))
        expect(String(value).length, name).toBeLessThanOrEqual(FIELDS[kind][name]?.max ?? 0)
    expect(profileFields('ip', odd)).toEqual({ first_name: 'я'.repeat(100), last_name: '7' })
    expect(snilsOf(odd)).toBeNull()
  })
})

describe('an order of Госключ', () => {
  const state = (order: object) => readOrder({ code: 'OK', order: JSON.stringify(order) })
  const status = (finalStatus: boolean, more = {}) => ({ statusId: 2, title: 'Название', finalStatus, ...more })
  const file = { fileName: 'a.pdf.sig', link: 'terrabyte://00/1/a.pdf.sig/2' }
  it.each([
    ['is only reserved', { orderStatusId: 0 }, { state: 'reserved' }],
    ['is under way', { orderStatusId: 2, currentStatusHistory: status(false) }, { state: 'pending' }],
    [
      'is signed',
      { orderStatusId: 3, currentStatusHistory: status(true), orderResponseFiles: [{ fileName: 'x.xml', link: '' }, file] },
      { state: 'signed', signature: { name: file.fileName, link: file.link } },
    ],
    [
      'is signed, and closed',
      { orderStatusId: 3, closed: true, orderResponseFiles: [file] },
      { state: 'signed', signature: { name: file.fileName, link: file.link } },
    ],
    [
      'was declined',
      { orderStatusId: 4, currentStatusHistory: status(true, { comment: 'Отказ' }) },
      { state: 'declined', comment: 'Отказ' },
    ],
    ['ended without a word', { orderStatusId: 4, closed: true }, { state: 'declined', comment: null }],
  ])('%s', (_, order, found) => expect(state(order)).toEqual(found))

  it('may come as an object, and not at all', () => {
    expect(readOrder({ order: { orderStatusId: 2, currentStatusHistory: status(false) } })).toEqual({ state: 'pending' })
    for (const details of [{}, { order: null }, { order: 'nonsense' }, { order: 7 }])
      expect(readOrder(details)).toEqual({ state: 'reserved' })
  })

  it('asks in XML that no text breaks out of', () => {
    const xml = new TextDecoder().decode(
      requestXml({
        recipient: { oid: null, snils: '11223344595', ogrn: null },
        description: '</Description><evil/> & "x"'.padEnd(400, 'я'),
        expires: NOW,
        organization: { name: '<&>', inn: '9800291637' },
        document: { name: 'a.pdf', bytes: new Uint8Array() },
      }),
    )
    expect(xml).not.toContain('<evil')
    expect(xml).toContain('<Snils>112-233-445 95</Snils><SignExpiration>2026-03-01T15:00:00.000+03:00</SignExpiration>')
    expect(xml).toContain('<AttributeValue>&lt;&amp;&gt;</AttributeValue>')
  })
})
