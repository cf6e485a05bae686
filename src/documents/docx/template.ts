import Docxtemplater from 'docxtemplater'
import { zipSync } from 'fflate'
import PizZip from 'pizzip'
import { AppError } from '../../http/errors.ts'
import { isYes, MAX_FIELD_NAME, rowsOf, textOf } from '../values.ts'
import { openDocx, partText } from './guard.ts'
import type { DocxParts } from './guard.ts'
import { collectFields } from './template-fields.ts'
import type { DocxFields, Tag } from './template-fields.ts'

export type { DocxFields, TemplateSection } from './template-fields.ts'

type Parser = NonNullable<Docxtemplater.DXT.Options['parser']>

/** Bytes of markup, some 200 pages of text: docxtemplater takes 40 times as much memory, and an isolate has 128 MB. */
const MAX_MARKUP = 2_000_000
const MAX_BRACES = 10_000
/** Most characters of markup and text that rows and values may add: a bound on the size of what comes out. */
const MAX_ADDED = 10_000_000
/** What a value or a row costs at least, in the same unit, so that work is bounded with size. */
const LOOKUP = 200

const bad = (message: string) => new AppError('bad_file', message)

/**
 * Lists the placeholders of a DOCX template: `{name}`, loops and conditions `{#rows}…{/rows}`, `{^flag}…{/flag}`, in the body, headers,
 * footers and footnotes. Tags that a word processor split between runs count as one.
 *
 * @throws AppError `bad_file` for what {@link openDocx} refuses, for an unclosed or unopened tag, a name that is not made of letters,
 * digits, `_`, `.`, `-`, or too many of them
 */
export function readDocxFields(source: Uint8Array | DocxParts): DocxFields {
  return collectFields(compile(partsOf(source)).tags)
}

const partsOf = (source: Uint8Array | DocxParts) => (source instanceof Uint8Array ? openDocx(source) : source)

/**
 * Fills a DOCX template. Text goes in as text: it is never read as a tag or as XML. A section takes a list of flat objects (or the same as
 * JSON text) as its rows, and any other value as a yes or no.
 *
 * @returns the parts of the filled document, and a warning for each name that had no value or is not in the template
 * @throws AppError `bad_file` as {@link readDocxFields}; `validation` when the values are too much for one document
 */
export function fillDocxParts(source: Uint8Array | DocxParts, values: Record<string, unknown>): { parts: DocxParts; warnings: string[] } {
  const template = partsOf(source)
  const missing = new Set<string>()
  const budget = { left: MAX_ADDED }
  const { doc, zip, tags } = compile(template, missing, budget)
  const { fields, sections } = collectFields(tags)
  try {
    doc.render(values)
  } catch (error) {
    throw budget.left < 0
      ? new AppError('validation', 'The values hold too many rows or too much text for one document.')
      : asBadFile(error)
  }
  const parts = new Map(template.parts)
  for (const name of parts.keys()) {
    const filled = Object.hasOwn(zip.files, name) ? zip.files[name]?.asUint8Array() : undefined
    if (filled) parts.set(name, filled)
  }
  const known = new Set([...fields, ...sections.flatMap((s) => s.fields)].flatMap((f) => [f.name, lastName(f.name)]))
  const without = new Set([...missing].map((name) => (known.has(name) ? name : lastName(name))))
  const warnings = [
    ...[...without].map((name) => `"${name}" has no value.`),
    ...Object.keys(values).flatMap((name) => (known.has(name) ? [] : [`The template has no field "${name.slice(0, MAX_FIELD_NAME)}".`])),
  ]
  return { parts: { main: template.main, parts }, warnings }
}

/** The same as a DOCX file. Equal input gives equal bytes; throws as {@link fillDocxParts}. */
export function fillDocx(source: Uint8Array | DocxParts, values: Record<string, unknown>): { bytes: Uint8Array; warnings: string[] } {
  const { parts, warnings } = fillDocxParts(source, values)
  return { bytes: zipSync(Object.fromEntries(parts.parts), { level: 6, mtime: '1981-01-01T00:00:00' }), warnings }
}

/** `name` of `works[].name`: a row's field may be given once for all rows. */
const lastName = (name: string) => name.split('[].').at(-1) ?? name

/** Parses the templated parts. docxtemplater is given the checked parts only, never the archive that came from outside. */
function compile(parts: DocxParts, missing = new Set<string>(), budget = { left: MAX_ADDED }) {
  const zip = new PizZip()
  let markup = 0
  for (const [name, part] of parts.parts) {
    if (!isTemplated(name, parts)) continue
    markup += part.length
    if (markup > MAX_MARKUP) throw bad(`The text of the document, with its formatting, is larger than ${MAX_MARKUP / 1e6} MB.`)
    zip.file(name, part, { createFolders: false })
    if (name === parts.main || name.startsWith('word/')) checkBraces(partText(parts, name) ?? '')
  }
  const inspected: Record<string, Tag[]> = {}
  let file = ''
  const inspector = {
    name: 'FieldReader',
    set(event: { inspect?: { filePath?: string; postparsed?: Tag[] } }) {
      file = event.inspect?.filePath ?? file
      if (event.inspect?.postparsed) inspected[file] = event.inspect.postparsed
    },
  }
  try {
    const doc = new Docxtemplater(zip, {
      modules: [inspector],
      paragraphLoop: true,
      linebreaks: true,
      // Template text must not reach the logs.
      errorLogging: false,
      syntax: { changeDelimiterPrefix: null },
      parser: resolver(missing, budget),
      nullGetter: () => '',
    })
    const names = Object.keys(inspected).sort((a, b) => Number(b === parts.main) - Number(a === parts.main) || a.localeCompare(b, 'en'))
    return { doc, zip, tags: names.flatMap((name) => inspected[name] ?? []) }
  } catch (error) {
    throw asBadFile(error)
  }
}

/** Properties and comments may hold braces that are nobody's placeholders. */
const isTemplated = (name: string, { main }: DocxParts) =>
  name === main || name === '[Content_Types].xml' || /^_rels\/|^word\/(header|footer|footnotes)[^/]*\.xml$/i.test(name)

/**
 * Braces must come in pairs. docxtemplater says so too, but takes quadratic time over many open ones; this pass is linear.
 * Text is read as it reads it: the text elements one after another.
 */
function checkBraces(xml: string): void {
  const text = Array.from(xml.matchAll(/<[wam]:t(?:\s[^>]*)?>([^<]*)</g), (m) => m[1] ?? '').join('')
  let open = -1
  let count = 0
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    const closes = brace === '}'
    const shown = text.slice(closes ? Math.max(0, index - 30) : Math.max(0, open), closes ? index + 1 : Math.max(0, open) + 30)
    if (++count > MAX_BRACES) throw bad('The template holds too many placeholders.')
    if (closes !== open >= 0) throw bad(closes ? `A tag is closed that was not opened: "${shown}".` : `A tag is not closed: "${shown}".`)
    open = closes ? -1 : index
  }
  if (open >= 0) throw bad(`A tag is not closed: "${text.slice(open, open + 30)}".`)
}

/** Own properties of the given data only: `{constructor}` and `{__proto__}` are names without a value like any other. */
function resolver(missing: Set<string>, budget: { left: number }): Parser {
  const spend = (n: number) => {
    budget.left -= n
    if (budget.left < 0) throw new RangeError('too large')
  }
  const sizes = new WeakMap<object, number>()
  /** Characters of markup that each row repeats. */
  const sizeOf = (part: { subparsed?: { value?: string }[] }) => {
    const size = sizes.get(part) ?? part.subparsed?.reduce((sum, { value = '' }) => sum + value.length, 0) ?? 0
    sizes.set(part, size)
    return size
  }
  // A list in a loop is asked for once for each row around it.
  const lists = new Map<unknown, ReturnType<typeof rowsOf>>()
  const listOf = (value: unknown) => {
    const rows = lists.has(value) ? lists.get(value) : rowsOf(value)
    lists.set(value, rows)
    return rows
  }
  return (tag) => ({
    get(scope: unknown, context) {
      spend(LOOKUP)
      const name = tag.trim()
      const value = name === '.' ? scope : isObject(scope) && Object.hasOwn(scope, name) ? scope[name] : undefined
      if (value === undefined && context.num === 0) missing.add([...context.scopePath.map((s) => `${s.trim()}[]`), name].join('.'))
      if (value === undefined || value === null) return undefined
      const { part } = context.meta
      if (part.module !== 'loop') {
        const text = textOf(value)
        spend(text?.length ?? 0)
        return text
      }
      const rows = listOf(value)
      if (rows) spend(rows.length * (LOOKUP + sizeOf(part)))
      return rows ?? isYes(value)
    },
  })
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const REASONS: Record<string, string> = {
  unclosed_tag: 'is not closed',
  unopened_tag: 'is closed but was not opened',
  duplicate_open_tag: 'opens with more than one brace',
  duplicate_close_tag: 'closes with more than one brace',
  unclosed_loop: 'is a section that is not closed',
  unopened_loop: 'closes a section that was not opened',
  closing_tag_does_not_match_opening_tag: 'closes another section than the one that is open',
  unbalanced_loop_tags: 'begins and ends in different tables or rows',
  loop_position_invalid: 'begins and ends in places that do not go together',
}

/** docxtemplater's errors, of which we name the first; anything else it throws comes of a malformed document too. */
function asBadFile(error: unknown): AppError {
  if (error instanceof AppError) return error
  const outer = propertiesOf(error)
  const list = Array.isArray(outer['errors']) ? outer['errors'] : [error]
  const properties = propertiesOf(list[0])
  const id = typeof properties['id'] === 'string' ? properties['id'] : ''
  const tag = typeof properties['xtag'] === 'string' ? properties['xtag'] : properties['openingtag']
  if (typeof tag !== 'string') return bad('The template cannot be read: its tags or its markup are malformed.')
  return bad(`The tag "${tag.slice(0, 40)}" ${REASONS[id] ?? 'cannot be used where it stands'}.`)
}

const propertiesOf = (error: unknown): Record<string, unknown> =>
  isObject(error) && isObject(error['properties']) ? error['properties'] : {}
