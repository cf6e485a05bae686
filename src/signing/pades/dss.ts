import { nodeCrypto, nodeZlib } from '../../lib/node.ts'
import { PDFDict, PDFName, PDFNumber, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { PdfReader } from './reader.ts'
import { Update } from './update.ts'
import { decodeStream } from './xref.ts'

/** What validates the signatures of a file later on, each in DER. `ocsps` are whole OCSPResponse structures (RFC 6960). */
export interface ValidationMaterial {
  certs: Uint8Array[]
  crls: Uint8Array[]
  ocsps: Uint8Array[]
}

const KINDS = { certs: 'Certs', crls: 'CRLs', ocsps: 'OCSPs' } as const
/** Bytes of one item, and of all that are read from a file: what is packed may unpack to a thousand times as much. */
const LIMIT = 5_000_000
const LIMIT_OF_ALL = 20_000_000

/**
 * Adds validation material as a document security store (PAdES B-LT; ETSI EN 319 142-1, 5.4.2), in an incremental update. What the file
 * has already stays and is not written twice; no VRI is made, as the store is for all signatures of the file (5.4.2.3 leaves it open).
 *
 * @throws AppError `bad_file`
 */
export function addDss(bytes: Uint8Array, material: ValidationMaterial): Uint8Array<ArrayBuffer> {
  const reader = new PdfReader(bytes)
  const update = new Update(reader)
  const dss = update.editDict(update.catalog, reader.catalog, 'DSS')
  dss.dict.set(PDFName.of('Type'), PDFName.of('DSS'))
  for (const kind of ['certs', 'crls', 'ocsps'] as const) {
    const known = new Set(stored(reader, dss.dict, KINDS[kind]).map(digest))
    const fresh = material[kind].filter((item) => known.size < known.add(digest(item)).size)
    if (fresh.length === 0) continue
    const list = update.editArray(dss.holder, dss.dict, KINDS[kind])
    for (const item of fresh) {
      const dict = PDFDict.withContext(reader.context)
      dict.set(PDFName.of('Filter'), PDFName.of('FlateDecode'))
      list.push(update.add(PDFRawStream.of(dict, new Uint8Array(nodeZlib().deflateSync(item)))))
    }
  }
  declareExtension(update)
  return update.write().bytes
}

/** The material of a file's document security store; empty lists when it has none. */
export function readDss(reader: PdfReader): ValidationMaterial {
  const dss = reader.dictAt(reader.catalog, 'DSS')
  const list = (key: string) => (dss ? stored(reader, dss, key) : [])
  return { certs: list(KINDS.certs), crls: list(KINDS.crls), ocsps: list(KINDS.ocsps) }
}

function stored(reader: PdfReader, dss: PDFDict, key: string): Uint8Array[] {
  const items: PDFObject[] = reader.arrayAt(dss, key)?.asArray().slice(0, 1000) ?? []
  let left = LIMIT_OF_ALL
  return items.flatMap((ref) => {
    const stream = ref instanceof PDFRef ? reader.deref(ref) : undefined
    if (!(stream instanceof PDFRawStream)) return []
    const item = decodeStream(stream, Math.min(LIMIT, left))
    left -= item.length
    return [item]
  })
}

/** ETSI EN 319 142-1, 5.4.2.1: a file before PDF 2.0 says that it uses the extension. */
function declareExtension(update: Update): void {
  const { reader } = update
  const extensions = update.editDict(update.catalog, reader.catalog, 'Extensions')
  if (extensions.dict.has(PDFName.of('ESIC'))) return
  const esic = PDFDict.withContext(reader.context)
  esic.set(PDFName.of('BaseVersion'), PDFName.of('1.7'))
  esic.set(PDFName.of('ExtensionLevel'), PDFNumber.of(1))
  extensions.dict.set(PDFName.of('ESIC'), esic)
}

const digest = (bytes: Uint8Array) => nodeCrypto().createHash('sha256').update(bytes).digest('hex')
