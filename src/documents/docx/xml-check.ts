import { SaxesParser } from 'saxes'
import { AppError } from '../../http/errors.ts'

/** Bounds of one XML part: far above what word processors write, low enough that recursion over the tree is safe. */
export const XML_LIMITS = { depth: 256, attributes: 256, elements: 2_000_000 } as const

export interface XmlSummary {
  /** Of the root element: local name and namespace. */
  root: string
  namespace: string
}

/**
 * Reads an XML part through and refuses it unless it is well-formed XML 1.0 with namespaces, in UTF-8, without a document type
 * declaration (so no entities), and within {@link XML_LIMITS}. UTF-16 is refused with or without a byte order mark: as UTF-8 it is either
 * not valid or full of NUL characters, which XML forbids.
 *
 * @param onElement called with each opening tag: local name, namespace, attributes by their qualified names
 * @throws AppError `bad_file`, which names the part
 */
export function checkXml(
  part: string,
  bytes: Uint8Array,
  onElement?: (local: string, namespace: string, attributes: Record<string, string>) => void,
): XmlSummary {
  const refuse = (why: string) => new AppError('bad_file', `The document is malformed: "${part}" ${why}.`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw refuse('is not UTF-8 text')
  }
  const summary: XmlSummary = { root: '', namespace: '' }
  let depth = 0
  let elements = 0
  let attributes = 0
  const parser = new SaxesParser({ xmlns: true, position: false })
  parser.on('error', () => {
    throw refuse('is not well-formed XML')
  })
  parser.on('doctype', () => {
    throw refuse('has a document type declaration')
  })
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== undefined && version !== '1.0') throw refuse('is not XML 1.0')
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) throw refuse('is not in UTF-8')
  })
  parser.on('opentagstart', () => {
    attributes = 0
    if (++depth > XML_LIMITS.depth) throw refuse('is nested too deeply')
    if (++elements > XML_LIMITS.elements) throw refuse('has too many elements')
  })
  parser.on('attribute', () => {
    if (++attributes > XML_LIMITS.attributes) throw refuse('has an element with too many attributes')
  })
  parser.on('opentag', (tag) => {
    if (depth === 1) Object.assign(summary, { root: tag.local, namespace: tag.uri })
    onElement?.(tag.local, tag.uri, Object.fromEntries(Object.values(tag.attributes).map((a) => [a.name, a.value])))
  })
  parser.on('closetag', () => void depth--)
  parser.write(text).close()
  return summary
}
