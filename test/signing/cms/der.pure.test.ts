// The reader and writer of ASN.1, names and times, and the ways in.
import { describe, expect, it } from 'vitest'
import { Asn1, DerError, readAsn1 } from '../../../src/lib/der.ts'
import * as der from '../../../src/lib/der-write.ts'
import { formatName, NameOid, parseIssuer, parseName } from '../../../src/lib/distinguished-name.ts'
import { toBase64, toHex } from '../../../src/lib/ids.ts'
import { readCertificates } from '../../../src/signing/cms/certificate.ts'
import { decodeCmsInput } from '../../../src/signing/cms/input.ts'
import { Refusal } from '../../../src/signing/cms/reasons.ts'
import { decode, vectors } from './vectors.ts'

const bytes = (hex: string) => Uint8Array.from(hex.replaceAll(' ', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
const read = (hex: string, ber = false) => readAsn1(bytes(hex), { ber })
/** Everything below, so that lazily read parts are read. */
const walk = (node: Asn1): number => (node.constructed ? node.children.reduce((sum, child) => sum + walk(child), 1) : 1)

describe('reading', () => {
  it.each<[string, string, boolean]>([
    ['a length in two octets that fits one', '04 81 01 00', true],
    ['a length with a zero before it', '04 82 00 81 ' + '00'.repeat(129), true],
    ['an indefinite length', '30 80 05 00 00 00', true],
    ['a boolean of 1', '01 01 01', true],
    ['a constructed string', '24 06 04 01 61 04 01 62', true],
  ])('takes %s in BER only', (_, hex) => {
    const use = (node: Asn1) => (node.is(1) ? node.boolean() : node.is(4) ? node.octets() : walk(node))
    expect(() => use(read(hex))).toThrow(DerError)
    expect(() => use(read(hex, true))).not.toThrow()
  })
  it.each<[string, string]>([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['contents cut short', '04 03 61 62'],
    ['something after the element', '05 00 05 00'],
    ['a child longer than its parent', '30 03 04 05 61'],
    ['an indefinite length that never ends', '30 80 05 00'],
    ['an indefinite length of a primitive', '04 80 61 00 00'],
    ['the length of lengths too big', '04 ff 01'],
    ['a length beyond all memory', '04 86 ff ff ff ff ff ff'],
    ['a tag number with zeros before it', '1f 80 01 00'],
    ['a small tag in the long form', '1f 05 00'],
    ['a tag number that goes on', '1f ff ff ff ff 01 00'],
  ])('refuses %s', (_, hex) => {
    expect(() => walk(read(hex))).toThrow(DerError)
    expect(() => walk(read(hex, true))).toThrow(DerError)
  })
  it('puts constructed strings together, also nested', () => {
    expect(new TextDecoder().decode(read('24 80 04 01 61 24 04 04 02 62 63 00 00', true).octets())).toBe('abc')
    expect(() => read('24 03 02 01 00', true).octets()).toThrow(DerError)
  })
  it('is bounded in depth, number and size', () => {
    const deep = (levels: number): Uint8Array => (levels === 0 ? der.nullValue() : der.sequence(deep(levels - 1)))
    expect(walk(readAsn1(deep(40)))).toBe(41)
    expect(() => walk(readAsn1(deep(60)))).toThrow('nested too deep')
    const indefinite = new Uint8Array(200_000).map((_, i) => (i % 2 ? 0x80 : 0x30))
    expect(() => readAsn1(indefinite, { ber: true })).toThrow('nested too deep')
    const wide = der.sequence(...Array.from({ length: 1000 }, () => der.nullValue()))
    expect(() => walk(readAsn1(wide, { maxNodes: 500 }))).toThrow('too many elements')
    expect(() => readAsn1(wide, { maxBytes: 100 })).toThrow('longer than is looked at')
    expect([...readAsn1(wide).each()].length).toBe(1000)
  })
  it('gives the octets as they stood, and may let some follow', () => {
    const padded = der.concatBytes(der.sequence(der.boolean(true)), new Uint8Array(5))
    expect(readAsn1(padded, { trailing: true }).raw).toEqual(padded.subarray(0, 5))
    expect(readAsn1(padded, { trailing: true }).at(0).boolean()).toBe(true)
  })
  it.each<[string, string, bigint]>([
    ['0', '02 01 00', 0n],
    ['127', '02 01 7f', 127n],
    ['128', '02 02 00 80', 128n],
    ['-1', '02 01 ff', -1n],
    ['-129', '02 02 ff 7f', -129n],
    ['a big one', '02 09 01 00 00 00 00 00 00 00 00', 2n ** 64n],
  ])('reads the integer %s', (_, hex, value) => {
    expect(read(hex).integer()).toBe(value)
    if (value >= 0n) expect(toHex(der.unsignedInteger(value))).toBe(hex.replaceAll(' ', ''))
  })
  it.each(['02 00', '02 02 00 01', '02 02 ff 80'])('refuses the integer %s', (hex) => expect(() => read(hex).integer()).toThrow(DerError))
  it('refuses small integers that are not small', () => {
    expect(() => read('02 01 ff').smallInteger()).toThrow(DerError)
    expect(() => read('02 05 00 80 00 00 00').smallInteger()).toThrow(DerError)
  })
  it.each([
    '1.2.840.113549.1.7.2',
    '2.5.4.3',
    '1.2.643.100.4',
    '2.999.3',
    '0.0',
    '2.25.329800735698586629295641978511506172918',
    '1.2.398.3.10.1.1.2.3.2',
  ])('keeps the identifier %s', (oid) => {
    expect(readAsn1(der.oid(oid)).oid()).toBe(oid)
  })
  it.each(['06 00', '06 02 2a 80', '06 03 2a 80 01', '06 41 ' + '2a'.repeat(65)])('refuses the identifier %s', (hex) =>
    expect(() => read(hex).oid()).toThrow(DerError),
  )
  it('reads bit strings', () => {
    expect(read('03 02 05 e0').bits()).toEqual({ bytes: bytes('e0'), unused: 5 })
    for (const hex of ['03 00', '03 01 03', '03 02 08 e0']) expect(() => read(hex).bits()).toThrow(DerError)
    expect(() => read('03 02 05 e0').bitOctets()).toThrow(DerError)
  })
  it('keeps to what is asked for', () => {
    const number = read('02 01 05')
    for (const wrong of [
      () => number.oid(),
      () => number.sequence(),
      () => number.set(),
      () => number.octets(),
      () => number.bits(),
      () => number.text(),
      () => number.time(),
      () => number.children,
      () => number.boolean(),
    ]) {
      expect(wrong).toThrow(DerError)
    }
    expect(() => read('30 00').integer()).toThrow(DerError)
    expect(() => read('30 00').at(0)).toThrow(DerError)
    expect(() => read('30 00').only()).toThrow(DerError)
    expect(() => read('a0 04 05 00 05 00').only()).toThrow(DerError)
  })
})

describe('text', () => {
  it.each<[string, string, string]>([
    ['UTF8String', '0c 04 d2 b0 d0 9a', 'ҰК'],
    ['PrintableString', '13 02 4b 5a', 'KZ'],
    ['NumericString', '12 03 31 32 20', '12 '],
    ['BMPString', '1e 04 04 b0 04 1a', 'ҰК'],
    ['T61String', '14 02 41 e9', 'Aé'],
    ['UniversalString', '1c 08 00 00 04 b0 00 01 f6 00', 'Ұ😀'],
    ['IA5String', '16 03 61 40 62', 'a@b'],
  ])('of the kind %s', (_, hex, text) => expect(read(hex).text()).toBe(text))
  it.each(['0c 01 ff', '1e 03 04 b0 04', '13 01 ff', '1c 04 00 11 00 00', '04 01 61'])('that is none: %s', (hex) =>
    expect(() => read(hex).text()).toThrow(DerError),
  )
})

describe('times', () => {
  const time = (text: string, general = text.length > 14, ber = false) =>
    readAsn1(der.element(general ? 0x18 : 0x17, new TextEncoder().encode(text)), { ber })
      .time()
      .toISOString()
  it.each<[string, string]>([
    ['220728123448Z', '2022-07-28T12:34:48.000Z'],
    ['490101000000Z', '2049-01-01T00:00:00.000Z'],
    ['500101000000Z', '1950-01-01T00:00:00.000Z'],
    ['20500101000000Z', '2050-01-01T00:00:00.000Z'],
    ['20240229235959Z', '2024-02-29T23:59:59.000Z'],
    ['20240101000000.125Z', '2024-01-01T00:00:00.125Z'],
    ['99991231235959Z', '9999-12-31T23:59:59.000Z'],
    ['00500101000000Z', '0050-01-01T00:00:00.000Z'],
  ])('%s', (text, iso) => expect(time(text)).toBe(iso))
  it.each([
    '220230000000Z',
    '221301000000Z',
    '220101240000Z',
    '220101006000Z',
    '220101000060Z',
    '220001000000Z',
    '220100000000Z',
    '220132000000Z',
    '20230229000000Z',
    '2201010000 1Z',
    '22010100000:Z',
    '220101000000z',
    '2201010000Z',
    '220101000000+0500',
    '20220101000000.10Z',
    '2022010100000Z',
    'yesterday',
    '',
  ])('refuses %s', (text) => {
    expect(() => time(text)).toThrow(DerError)
  })
  it('in BER may have another zone and no seconds', () => {
    expect(time('2201010000Z', false, true)).toBe('2022-01-01T00:00:00.000Z')
    expect(time('220101050000+0500', false, true)).toBe('2022-01-01T00:00:00.000Z')
    expect(time('20220101000000-0130', true, true)).toBe('2022-01-01T01:30:00.000Z')
  })
  it('are written as certificates want them', () => {
    for (const iso of ['2049-12-31T23:59:59.000Z', '2050-01-01T00:00:00.000Z', '1949-12-31T00:00:00.000Z', '2026-11-21T00:00:00.000Z']) {
      expect(
        readAsn1(der.time(new Date(iso)))
          .time()
          .toISOString(),
      ).toBe(iso)
    }
    expect(der.time(new Date('2049-12-31T23:59:59.999Z'))[0]).toBe(0x17)
    expect(der.time(new Date('2050-01-01T00:00:00Z'))[0]).toBe(0x18)
  })
})

describe('writing', () => {
  it('puts lengths in their shortest form', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536])
      expect(readAsn1(der.octetString(new Uint8Array(length))).octets().length).toBe(length)
  })
  it('puts sets in order', () => {
    const parts = [
      der.oid('2.5.4.3'),
      der.nullValue(),
      der.octetString(bytes('02')),
      der.octetString(bytes('01')),
      der.octetString(bytes('0102')),
    ]
    const order = readAsn1(der.setOf(...parts)).children.map(({ raw }) => toHex(raw))
    expect(order).toEqual(['040101', '040102', '04020102', '0500', '0603550403'])
  })
  it('makes integers of octets positive', () => {
    expect(toHex(der.unsignedInteger(bytes('0000ff')))).toBe('020200ff')
    expect(toHex(der.unsignedInteger(bytes('0000')))).toBe('020100')
    expect(toHex(der.unsignedInteger(5))).toBe('020105')
  })
})

describe('names', () => {
  const pair = (oid: string, value: Uint8Array) => der.sequence(der.oid(oid), value)
  const name = (...rdns: Uint8Array[][]) => parseName(readAsn1(der.sequence(...rdns.map((rdn) => der.setOf(...rdn)))))
  it('read every kind of string and known attribute', () => {
    const subject = name(
      [pair(NameOid.country, der.asciiString(19, 'RU'))],
      [pair(NameOid.commonName, der.element(0x1e, bytes('0418 0432 0430 043d'))), pair(NameOid.title, der.utf8String('директор'))],
      [pair(NameOid.inn, der.asciiString(18, '770708389312'))],
      [pair(NameOid.innLegal, der.asciiString(18, '7707083893'))],
      [pair(NameOid.ogrn, der.asciiString(18, '1027700132195'))],
      [pair(NameOid.ogrnip, der.asciiString(18, '304500116000157'))],
      [pair(NameOid.snils, der.asciiString(18, '11223344595'))],
      [pair('1.2.3.4', der.utf8String('#x'))],
      [pair('1.2.3.5', der.octetString(bytes('01')))],
    )
    expect(formatName(subject)).toBe(
      String.raw`1.2.3.5=#040101,1.2.3.4=#x,SNILS=11223344595,OGRNIP=304500116000157,OGRN=1027700132195,INNLE=7707083893,INN=770708389312,CN=Иван+T=директор,C=RU`,
    )
    expect(subject.relative.flat().find(({ oid }) => oid === NameOid.snils)?.value).toBe('11223344595')
  })
  it('escape what would be read as something else', () => {
    const text = (value: string) => formatName(name([pair(NameOid.commonName, der.utf8String(value))]))
    expect(text('a,b=c+d"e;<f>\\')).toBe(String.raw`CN=a\,b=c\+d\"e\;\<f\>` + '\\\\')
    expect([text(' a '), text('#a'), text('a\u0000b\n')]).toEqual([String.raw`CN=\ a\ `, String.raw`CN=\#a`, String.raw`CN=a\00b\0a`])
  })
  it('of authorities are read once, and BER lets nothing pass that DER refuses', () => {
    const written = der.sequence(der.setOf(pair(NameOid.commonName, der.utf8String('Once CA'))))
    expect(parseIssuer(readAsn1(written))).toBe(parseIssuer(readAsn1(written.slice(), { ber: true })))
    // An indefinite length.
    const loose = Uint8Array.from([0x30, 0x80, ...written.subarray(2), 0, 0])
    expect(formatName(parseIssuer(readAsn1(loose, { ber: true })))).toBe('CN=Once CA')
    expect(() => parseIssuer(readAsn1(der.sequence(loose)).at(0))).toThrow(DerError)
  })
  it('are the same whatever the case, the spaces and the kind of string, and nothing else', () => {
    const key = (value: Uint8Array) => name([pair(NameOid.commonName, value)]).key
    expect(key(der.utf8String('ROOT  ca '))).toBe(key(der.asciiString(19, 'Root CA')))
    expect(key(der.utf8String('Root CA2'))).not.toBe(key(der.asciiString(19, 'Root CA')))
    const two = name([pair(NameOid.commonName, der.utf8String('a'))], [pair(NameOid.commonName, der.utf8String('b'))])
    expect(two.key).not.toBe(name([pair(NameOid.commonName, der.utf8String('a","2.5.4.3=b'))]).key)
    expect(two.key).not.toBe(name([pair(NameOid.commonName, der.utf8String('a')), pair(NameOid.commonName, der.utf8String('b'))]).key)
  })
})

describe('the ways in', () => {
  const cms = decode(vectors.ecdsa)
  const base64 = toBase64(cms)
  it.each<[string, string]>([
    ['base64', base64],
    ['lines of base64', base64.replaceAll(/(.{64})/g, '$1\r\n')],
    ['base64url without padding', base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
    ['NCALayer', `-----BEGIN CMS-----\r\n${base64}\r\n-----END CMS-----\r\n`],
    ['openssl', `\n-----BEGIN PKCS7-----\n${base64.replaceAll(/(.{64})/g, '$1\n')}\n-----END PKCS7-----\n`],
  ])('%s', (_, text) => expect(decodeCmsInput(text)).toEqual(cms))
  it.each([
    '',
    '   ',
    'не base64',
    '{"cms":1}',
    'AAAAA',
    '-----BEGIN CMS-----\nAAAA',
    '-----BEGIN CMS-----\nAAAA\n-----END PKCS7-----',
    'A=AA',
    'A'.repeat(4 << 20),
  ])('%# is refused', (text) => {
    expect(() => decodeCmsInput(text)).toThrow(Refusal)
  })
  it('certificates come as PEM, as several, or as DER', () => {
    const root = decode(vectors.root)
    const pem = `-----BEGIN CERTIFICATE-----\n${toBase64(root)}\n-----END CERTIFICATE-----\n`
    expect(readCertificates(`# a comment\n${pem}${pem}`).length).toBe(2)
    expect(readCertificates(new TextEncoder().encode(pem))[0]?.der).toEqual(root)
    expect(readCertificates(root)[0]?.serial).toBe(readCertificates(pem)[0]?.serial)
    for (const none of [
      'no certificate',
      pem.replace('BEGIN CERTIFICATE', 'BEGIN X'),
      '-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----',
    ]) {
      expect(() => readCertificates(none)).toThrow(Refusal)
    }
    expect(() => readCertificates('-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----')).toThrow(DerError)
  })
})
