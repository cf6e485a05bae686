import { describe, expect, it } from 'vitest'
import { openDocx, partText } from '../../src/documents/docx/guard.ts'
import { concat, docx, docxEntries, noise, p, refusal, utf8, W, zip } from './files.ts'

const good = docx(p('Договор {client_name}'), { header: p('Шапка') })
const open = (bytes: Uint8Array) => refusal(() => openDocx(bytes))
const main = (document: string | Uint8Array) => docx('', { document })

describe('openDocx', () => {
  it('gives the parts by name and finds the main one', () => {
    const doc = openDocx(good)
    expect(doc.main).toBe('word/document.xml')
    expect([...doc.parts.keys()]).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'word/document.xml',
      'word/header1.xml',
      'word/_rels/document.xml.rels',
    ])
    expect(partText(doc, 'word/header1.xml')).toContain('Шапка')
    expect(partText(doc, 'word/footer9.xml')).toBeUndefined()
  })

  it('takes stored entries, folders, a comment and parts in a byte array with an offset', async () => {
    const entries = docxEntries(p('x')).map((e) => ({ ...e, stored: true }))
    const withFolder = zip([...entries, { name: 'word/', data: '', stored: true }])
    expect(await open(withFolder)).toBe('accepted')
    const commented = concat(withFolder, utf8('hello'))
    commented[withFolder.length - 2] = 5
    expect(await open(commented)).toBe('accepted')
    expect(await open(concat(utf8('....'), good).subarray(4))).toBe('accepted')
  })

  const extra = (...list: Parameters<typeof zip>[0]) => docx(p('x'), { extra: list })
  const zeros = (n: number) => new Uint8Array(n)
  const deep = `<w:document ${W}>${'<w:p>'.repeat(300)}${'</w:p>'.repeat(300)}</w:document>`
  const utf16 = (text: string) => new Uint8Array(Array.from(text).flatMap((c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]))
  const doctyped = '<!DOCTYPE w:document [<!ENTITY a "aaaa">]>'
  const wordType = 'application/vnd.ms-word.document.macroEnabled.main+xml'
  const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', zeros(0), /not a Word document/],
    ['text', utf8('{client_name}'), /not a Word document/],
    ['a compound file', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), /old \.doc.*password/],
    ['an honest bomb', extra({ name: 'word/x.bin', data: zeros(20_000_000) }), /too densely/],
    ['a larger bomb', extra({ name: 'word/x.bin', data: zeros(40_000_000) }), /more than 30 MB/],
    ['a lying bomb', extra({ name: 'word/x.bin', data: zeros(40_000_000), size: 1000 }), /more than it declares/],
    ['a lying bomb with a large packed size', extra({ name: 'word/x.bin', data: zeros(40_000_000), size: 1000, packed: 9e6 }), /damaged/],
    [
      'many parts that are large together',
      extra(...[1, 2, 3].map((i) => ({ name: `word/${i}`, data: '', size: 25e6, packed: 1e6 }))),
      /60 MB|damaged/,
    ],
    [
      'too many entries',
      extra(...Array.from({ length: 2000 }, (_, i) => ({ name: `word/${i}.bin`, data: '', stored: true }))),
      /2000 entries/,
    ],
    ['a name twice', extra({ name: 'word/Document.xml', data: '' }), /twice/],
    ['a path upwards', extra({ name: 'word/../../etc/passwd', data: '' }), /unsafe name/],
    ['an absolute path', extra({ name: '/etc/passwd', data: '' }), /unsafe name/],
    ['a backslash', extra({ name: 'word\\x.xml', data: '' }), /unsafe name/],
    ['a name that means something to JavaScript', extra({ name: 'word/__proto__/x', data: '' }), /unsafe name/],
    ['a drive', extra({ name: 'C:x', data: '' }), /unsafe name/],
    ['a NUL in a name', extra({ name: 'word/a\0.xml', data: '' }), /unsafe name/],
    ['an encrypted entry', extra({ name: 'word/x', data: 'x', flags: 1 }), /encrypted/],
    ['an unknown method', extra({ name: 'word/x', data: 'x', method: 12 }), /method/],
    ['overlapping entries', extra({ name: '[content_types].xml2', data: '', offset: 0 }), /overlap|disagree/],
    ['two names of one entry', extra({ name: 'word/a', data: 'x', localName: 'word/b' }), /disagree/],
    ['a wrong checksum', extra({ name: 'word/a', data: 'x', crc: 1 }), /checksum/],
    ['ZIP64', extra({ name: 'word/a', data: 'x', size: 0xffffffff }), /ZIP64/],
    ['macros', extra({ name: 'word/vbaProject.bin', data: 'x' }), /macros/],
    ['a macro content type', docx(p('x'), { type: wordType }), /macros/],
    ['a spreadsheet renamed', docx(p('x'), { type: sheetType }), /spreadsheet/],
    ['OpenDocument renamed', zip([{ name: 'mimetype', data: 'application/vnd.oasis.opendocument.text', stored: true }]), /OpenDocument/],
    ['another archive', zip([{ name: 'a.txt', data: 'hello' }]), /not a Word document/],
    ['no relationships', zip(docxEntries(p('x')).filter((e) => e.name !== '_rels/.rels')), /not a Word document/],
    ['no main part', zip(docxEntries(p('x')).filter((e) => e.name !== 'word/document.xml')), /main part is missing/],
    ['another root element', main(`<w:settings ${W}/>`), /not a Word document/],
    ['another namespace', main('<w:document xmlns:w="urn:x"/>'), /not a Word document/],
    ['broken XML', main(`<w:document ${W}><w:body></w:document>`), /not well-formed/],
    ['an unbound prefix', main(`<w:document ${W}><x:y/></w:document>`), /not well-formed/],
    ['a document type', main(`${doctyped}<w:document ${W}>&a;</w:document>`), /document type/],
    [
      'a document type in a header',
      docx(p('x'), { header: p('x'), extra: [{ name: 'word/header2.xml', data: `${doctyped}<a/>` }] }),
      /document type/,
    ],
    ['UTF-16 with a mark', main(concat(new Uint8Array([0xff, 0xfe]), utf16(`<w:document ${W}/>`))), /UTF-8/],
    ['UTF-16 without a mark', main(utf16(`<?xml version="1.0"?>${doctyped}<w:document ${W}/>`)), /well-formed/],
    ['UTF-7 and other declared encodings', main(`<?xml version="1.0" encoding="UTF-7"?><w:document ${W}/>`), /UTF-8/],
    ['XML 1.1', main(`<?xml version="1.1"?><w:document ${W}/>`), /XML 1\.0|well-formed/],
    ['Latin-1 bytes', main(concat(utf8(`<w:document ${W}>`), new Uint8Array([0xcf, 0xf0]), utf8('</w:document>'))), /UTF-8/],
    ['deep nesting', main(deep), /too deeply/],
    ['many attributes', main(`<w:document ${W} ${Array.from({ length: 300 }, (_, i) => `a${i}=""`).join(' ')}/>`), /too many attributes/],
  ])('refuses %s', async (_, bytes, reason) => {
    const said = await open(bytes)
    expect(said).toMatch(/^bad_file: /)
    expect(said).toMatch(reason)
  })

  it('refuses a document cut off anywhere', async () => {
    for (let n = 0; n < good.length; n++) expect(await open(good.subarray(0, n)), `${n} bytes`).toMatch(/^bad_file: /)
  })

  it('answers noise with a refusal or a document, never with another error', async () => {
    const random = noise(7)
    for (let round = 0; round < 1500; round++) {
      const bytes = good.slice()
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
      expect(await open(bytes)).toMatch(/^(bad_file: |accepted$)/)
    }
    for (let round = 0; round < 200; round++) {
      const bytes = Uint8Array.from({ length: 300 }, () => Math.floor(random() * 256))
      expect(await open(concat(good.subarray(0, 4), bytes))).toMatch(/^bad_file: /)
    }
  })
})
