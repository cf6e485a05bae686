import { AppError } from '../../http/errors.ts'

/**
 * A light tree of an XML part. The guard (`guard.ts`) has already proved the part well-formed, UTF-8 and free of a DOCTYPE with a real
 * parser, so this reader only has to be fast: it builds the tree several times faster than a validating one.
 */
export interface XmlNode {
  /** Qualified name with the usual prefix of its namespace whatever the document chose: `w:p`, `a:blip`. */
  name: string
  attributes: Record<string, string>
  children: XmlNode[]
  /** Character data directly inside, joined. */
  text: string
}

const MAX_NODES = 400_000
const MAX_DEPTH = 600

/** Usual prefixes by namespace, transitional and strict (ECMA-376 part 1 and part 4). */
const PREFIXES: Record<string, string> = {
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main': 'w',
  'http://purl.oclc.org/ooxml/wordprocessingml/main': 'w',
  'http://schemas.openxmlformats.org/officeDocument/2006/relationships': 'r',
  'http://purl.oclc.org/ooxml/officeDocument/relationships': 'r',
  'http://schemas.openxmlformats.org/drawingml/2006/main': 'a',
  'http://purl.oclc.org/ooxml/drawingml/main': 'a',
  'http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing': 'wp',
  'http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing': 'wp',
  'http://schemas.openxmlformats.org/drawingml/2006/picture': 'pic',
  'http://purl.oclc.org/ooxml/drawingml/picture': 'pic',
  'http://schemas.openxmlformats.org/drawingml/2006/chart': 'c',
  'http://purl.oclc.org/ooxml/drawingml/chart': 'c',
  'http://schemas.openxmlformats.org/drawingml/2006/diagram': 'dgm',
  'http://schemas.openxmlformats.org/officeDocument/2006/math': 'm',
  'http://schemas.openxmlformats.org/markup-compatibility/2006': 'mc',
  'http://schemas.microsoft.com/office/word/2010/wordprocessingShape': 'wps',
  'http://schemas.microsoft.com/office/word/2010/wordprocessingGroup': 'wpg',
  'http://schemas.microsoft.com/office/word/2010/wordml': 'w14',
  'urn:schemas-microsoft-com:vml': 'v',
  'urn:schemas-microsoft-com:office:office': 'o',
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (whole, entity: string) => {
    if (entity[0] !== '#') return ENTITIES[entity] ?? whole
    const code = entity[1] === 'x' || entity[1] === 'X' ? Number.parseInt(entity.slice(2), 16) : Number.parseInt(entity.slice(1), 10)
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : ''
  })
}

const ATTRIBUTE = /([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/**
 * Reads a part into a tree.
 * @throws AppError `bad_file` when the tree would be unreasonably large or deep
 */
export function parseXml(source: string): XmlNode {
  const root: XmlNode = { name: '', attributes: {}, children: [], text: '' }
  const open: XmlNode[] = [root]
  const renames = new Map<string, string>()
  let current = root
  let nodes = 0
  let at = 0
  for (;;) {
    const start = source.indexOf('<', at)
    if (start < 0) break
    if (start > at) current.text += decode(source.slice(at, start))
    const mark = source.charCodeAt(start + 1)
    if (mark === 0x21 || mark === 0x3f) {
      const cdata = source.startsWith('<![CDATA[', start)
      const closing = cdata ? ']]>' : mark === 0x3f ? '?>' : source.startsWith('<!--', start) ? '-->' : '>'
      const end = source.indexOf(closing, start + 2)
      if (end < 0) break
      if (cdata) current.text += source.slice(start + 9, end)
      at = end + closing.length
      continue
    }
    const end = closingBracket(source, start)
    if (end < 0) break
    at = end + 1
    if (mark === 0x2f) {
      if (open.length > 1) open.pop()
      current = open.at(-1) ?? root
      continue
    }
    const empty = source.charCodeAt(end - 1) === 0x2f
    const inside = source.slice(start + 1, empty ? end - 1 : end)
    const space = inside.search(/\s/)
    const node: XmlNode = { name: space < 0 ? inside : inside.slice(0, space), attributes: {}, children: [], text: '' }
    if (space >= 0) readAttributes(inside.slice(space), node.attributes, renames)
    if (renames.size > 0) rename(node, renames)
    if (++nodes > MAX_NODES) throw new AppError('bad_file', 'The document has too many elements.')
    current.children.push(node)
    if (!empty) {
      open.push(node)
      current = node
      if (open.length > MAX_DEPTH) throw new AppError('bad_file', 'The document is nested too deeply.')
    }
  }
  return root.children[0] ?? root
}

/** End of a tag; a `>` inside an attribute value does not count. */
function closingBracket(source: string, start: number): number {
  let quote = 0
  for (let i = start + 1; i < source.length; i++) {
    const code = source.charCodeAt(i)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === 0x22 || code === 0x27) quote = code
    else if (code === 0x3e) return i
  }
  return -1
}

function readAttributes(source: string, into: Record<string, string>, renames: Map<string, string>) {
  for (const [, name = '', double, single] of source.matchAll(ATTRIBUTE)) {
    const value = decode(double ?? single ?? '')
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      const own = name.slice(6)
      const usual = Object.hasOwn(PREFIXES, value) ? PREFIXES[value] : undefined
      if (usual !== undefined && usual !== own) renames.set(own, usual)
    } else if (name !== '__proto__') into[name] = value
  }
}

function rename(node: XmlNode, renames: Map<string, string>) {
  const fix = (name: string, isElement: boolean) => {
    const colon = name.indexOf(':')
    if (colon < 0 && !isElement) return name
    const usual = renames.get(colon < 0 ? '' : name.slice(0, colon))
    return usual === undefined ? name : `${usual}:${name.slice(colon + 1)}`
  }
  node.name = fix(node.name, true)
  for (const [name, value] of Object.entries(node.attributes)) {
    const fixed = fix(name, false)
    if (fixed !== name) node.attributes[fixed] = value
  }
}

/** First child of that name. */
export function child(node: XmlNode | undefined, name: string): XmlNode | undefined {
  return node?.children.find((c) => c.name === name)
}

/** Children of that name. */
export const children = (node: XmlNode | undefined, name: string): XmlNode[] => node?.children.filter((c) => c.name === name) ?? []

/** First descendant of that name, in document order. */
export function descendant(node: XmlNode, name: string): XmlNode | undefined {
  for (const c of node.children) {
    if (c.name === name) return c
    const found = descendant(c, name)
    if (found) return found
  }
  return undefined
}

/** The `w:val` of a child. */
export const valueOf = (node: XmlNode | undefined, name: string): string | undefined => child(node, name)?.attributes['w:val']
