import { SaxesParser } from 'saxes'
import { FeedError } from './fetch.ts'

export interface Element {
  name: string
  attributes: Record<string, string>
  children: Element[]
  /** Character data directly inside. */
  text: string
}

const MAX_DEPTH = 64
const MAX_ELEMENTS = 100_000
/** Of HTML, which feeds use without declaring them. */
const ENTITIES = {
  nbsp: '\u00a0',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  bull: '•',
  copy: '©',
  reg: '®',
  trade: '™',
}

/**
 * Reads a feed: XML without a document type, so without entities of its own making.
 * @throws FeedError where it is not well-formed, or deeper or longer than any feed
 */
export function parseFeed(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  let elements = 0
  const parser = new SaxesParser({ position: false })
  Object.assign(parser.ENTITIES, ENTITIES)
  const refuse = (why: string) => {
    throw new FeedError(why)
  }
  const add = (said: string) => {
    const current = open.at(-1)
    if (current) current.text += said
  }
  parser.on('error', () => refuse('is not well-formed XML'))
  parser.on('doctype', (doctype) => refuse(/^\s*html\b/i.test(doctype) ? 'is a page of HTML' : 'has a document type declaration'))
  parser.on('opentag', (tag) => {
    if (open.length > MAX_DEPTH) refuse('is nested too deeply')
    if (++elements > MAX_ELEMENTS) refuse('has too many elements')
    const element = { name: tag.name, attributes: { ...(tag.attributes as Record<string, string>) }, children: [], text: '' }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on('closetag', () => void open.pop())
  parser.on('text', add)
  parser.on('cdata', add)
  parser.write(text).close()
  const [document] = root.children
  if (!document) throw new FeedError('is empty')
  if (document.name.toLowerCase() === 'html') throw new FeedError('is a page of HTML')
  return document
}

export const childOf = (element: Element, name: string) => element.children.find((c) => c.name === name)
/** The text of a child, without the space around it; undefined where there is none. */
export const textOf = (element: Element, name: string) => childOf(element, name)?.text.trim() || undefined

/** Every element of that name, however deep. */
export function allOf(element: Element, name: string): Element[] {
  return element.children.flatMap((c) => [...(c.name === name ? [c] : []), ...allOf(c, name)])
}
