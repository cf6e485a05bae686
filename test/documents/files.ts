// Makers of small files for tests: archives with chosen defects, minimal DOCX documents.
import { crc32, deflateRawSync } from 'node:zlib'

export const utf8 = (text: string) => new TextEncoder().encode(text)

/** An archive entry; what is given besides `data` is written as it is, so that headers can lie. */
export interface ZipEntry {
  name: string
  data: Uint8Array | string
  stored?: boolean
  /** Declared sizes and flags. */
  size?: number
  packed?: number
  crc?: number
  flags?: number
  method?: number
  /** Another name, offset in the local header or the directory. */
  localName?: string
  offset?: number
}

function pack(...fields: [value: number, size: number][]): Uint8Array {
  const out = new Uint8Array(fields.reduce((n, [, size]) => n + size, 0))
  let at = 0
  for (const [value, size] of fields) for (let i = 0; i < size; i++) out[at++] = Math.floor(value / 2 ** (8 * i)) & 0xff
  return out
}

export function concat(...pieces: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of pieces) {
    out.set(p, at)
    at += p.length
  }
  return out
}

export function zip(entries: ZipEntry[]): Uint8Array {
  let offset = 0
  const locals: Uint8Array[] = []
  const directory: Uint8Array[] = []
  for (const e of entries) {
    const data = typeof e.data === 'string' ? utf8(e.data) : e.data
    const body = e.stored ? data : new Uint8Array(deflateRawSync(data))
    const name = utf8(e.name)
    const localName = utf8(e.localName ?? e.name)
    const common: [number, number][] = [
      [20, 2],
      [e.flags ?? 0x0800, 2],
      [e.method ?? (e.stored ? 0 : 8), 2],
      [0x00210000, 4],
      [e.crc ?? crc32(data), 4],
      [e.packed ?? body.length, 4],
      [e.size ?? data.length, 4],
    ]
    const local = concat(pack([0x04034b50, 4], ...common, [localName.length, 2], [0, 2]), localName, body)
    directory.push(
      concat(
        pack([0x02014b50, 4], [20, 2], ...common, [name.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [e.offset ?? offset, 4]),
        name,
      ),
    )
    locals.push(local)
    offset += local.length
  }
  const index = concat(...directory)
  const end = pack([0x06054b50, 4], [0, 4], [entries.length, 2], [entries.length, 2], [index.length, 4], [offset, 4], [0, 2])
  return concat(...locals, index, end)
}

const WORD_TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
export const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

export const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
/** A paragraph; several arguments are several runs, as word processors split text. */
export const p = (...runs: string[]) =>
  `<w:p>${runs.map((t) => `<w:r><w:t xml:space="preserve">${escapeXml(t)}</w:t></w:r>`).join('')}</w:p>`
export const row = (...cells: string[]) =>
  `<w:tr>${cells.map((c) => `<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>${p(c)}</w:tc>`).join('')}</w:tr>`
export const table = (...rows: string[]) =>
  `<w:tbl><w:tblPr><w:tblW w:w="6000" w:type="dxa"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>${rows.join('')}</w:tbl>`

export interface DocxOptions {
  header?: string
  /** Content type of the main part. */
  type?: string
  /** The whole main part instead of one made of `body`. */
  document?: string | Uint8Array
  extra?: ZipEntry[]
}

/** The entries of a minimal DOCX whose body is `body` (XML). */
export function docxEntries(
  body: string,
  { header, type = `${WORD_TYPE}.document.main+xml`, document, extra = [] }: DocxOptions = {},
): ZipEntry[] {
  const headerType = `<Override PartName="/word/header1.xml" ContentType="${WORD_TYPE}.header+xml"/>`
  const reference = header === undefined ? '' : '<w:headerReference w:type="default" r:id="rId1"/>'
  const entries: ZipEntry[] = [
    {
      name: '[Content_Types].xml',
      data: `${DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${type}"/>${header === undefined ? '' : headerType}</Types>`,
    },
    {
      name: '_rels/.rels',
      data: `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>`,
    },
    {
      name: 'word/document.xml',
      data:
        document ??
        `${DECLARATION}<w:document ${W} xmlns:r="${OFFICE}"><w:body>${body}<w:sectPr>${reference}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="850" w:bottom="1134" w:left="1701" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`,
    },
  ]
  if (header !== undefined) {
    entries.push(
      { name: 'word/header1.xml', data: `${DECLARATION}<w:hdr ${W}>${header}</w:hdr>` },
      {
        name: 'word/_rels/document.xml.rels',
        data: `${DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${OFFICE}/header" Target="header1.xml"/></Relationships>`,
      },
    )
  }
  return [...entries, ...extra]
}

export const docx = (body: string, options?: DocxOptions) => zip(docxEntries(body, options))

/** The refusal that `run` throws, as "code: message"; anything else that it throws is a failure. */
export async function refusal(run: () => unknown): Promise<string> {
  try {
    await run()
  } catch (error) {
    if (error instanceof Error && error.name === 'AppError' && 'code' in error) return `${String(error.code)}: ${error.message}`
    throw error
  }
  return 'accepted'
}

/** Small deterministic noise for fuzzing: the same seed, the same numbers in [0, 1). */
export function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
