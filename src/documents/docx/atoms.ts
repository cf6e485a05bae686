import type { Look, Looks } from './looks.ts'
import { inlineProps, widthOf } from './looks.ts'
import type { FieldKind, Inline, Picture } from './model.ts'
import { formatNumber } from './number-format.ts'

/** The smallest things a line is made of. Widths in points. */
export type Atom = { look: Look; link?: string } & (
  | {
      kind: 'text'
      text: string
      width: number
      /** White space: it may stand beyond the end of a line. */
      space: boolean
      breakAfter: boolean
      /** A break after it shows a hyphen. */
      soft: boolean
      field?: { kind: FieldKind; format: string }
    }
  | { kind: 'tab'; to?: 'left' | 'center' | 'right' }
  | { kind: 'break'; type: 'line' | 'page' | 'column' }
  | { kind: 'picture'; picture: Picture; width: number; height: number }
)

export interface PageNumbers {
  page: number
  pages: number
  /** Number format of the section. */
  format: string
}

const FIELD_FORMATS: Record<string, string> = {
  roman: 'lowerRoman',
  ROMAN: 'upperRoman',
  alphabetic: 'lowerLetter',
  ALPHABETIC: 'upperLetter',
  Arabic: 'decimal',
}

export function fieldText(field: FieldKind, format: string, numbers: PageNumbers): string {
  if (field === 'NUMPAGES') return formatNumber(numbers.pages, FIELD_FORMATS[format] ?? 'decimal') ?? String(numbers.pages)
  return formatNumber(numbers.page, FIELD_FORMATS[format] ?? numbers.format) ?? String(numbers.page)
}

const isSpace = (code: number) => code === 0x20 || code === 0x3000 || (code >= 0x2000 && code <= 0x200b && code !== 0x2007)
const isLetter = (code: number) =>
  code > 0x7f ? code !== 0xa0 && code !== 0x2011 && code !== 0x202f : /[A-Za-z]/.test(String.fromCodePoint(code))
const isIdeograph = (code: number) =>
  (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff)
// Marks that may not start a line stay with what they follow.
const CLOSING = /[.,;:!?)\]}»”’…%]/

/**
 * Whether a line may break between two characters of a word; a small part of UAX #14: after hyphens that join letters, after dashes,
 * between ideographs.
 */
export function mayBreak(before: number, code: number, next: number): boolean {
  if (next === 0xa0 || next === 0x202f || next === 0x2060 || next === 0x2011) return false
  if (code === 0xad || code === 0x200b) return true
  if (CLOSING.test(String.fromCodePoint(next))) return false
  if (code === 0x2d || code === 0x2010) return before !== 0 && !isSpace(before) && isLetter(next) && next !== 0x2d
  if (code === 0x2013 || code === 0x2014) return before !== 0 && next !== code
  return isIdeograph(code) || isIdeograph(next)
}

function pushWord(out: Atom[], look: Look, text: string, before: number, link: string | undefined) {
  let from = 0
  let previous = before
  const add = (to: number, breakAfter: boolean, soft: boolean) => {
    const raw = text.slice(from, to)
    const shown = raw.includes('\u00ad') ? raw.replaceAll('\u00ad', '') : raw
    out.push({
      kind: 'text',
      text: shown,
      look,
      width: widthOf(look, shown),
      space: false,
      breakAfter,
      soft,
      ...(link !== undefined && { link }),
    })
    from = to
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i) ?? 0
    const length = code > 0xffff ? 2 : 1
    // ASCII letters and Cyrillic never break on their own: skip the question for nearly every character.
    if (code === 0x2d || code === 0xad || code >= 0x2010) {
      const next = text.codePointAt(i + length)
      if (next !== undefined && mayBreak(previous, code, next)) add(i + length, true, code === 0xad)
    }
    previous = code
    i += length - 1
  }
  if (from < text.length) {
    const last = text.codePointAt(text.length - 1) ?? 0
    // The next run may go on with the word, so only what breaks whatever follows counts at the end of a run.
    add(text.length, last === 0xad || (last === 0x2d && text.length > 1) || last === 0x2014 || isIdeograph(last), last === 0xad)
  }
}

function pushText(out: Atom[], look: Look, text: string, link: string | undefined) {
  let from = 0
  while (from < text.length) {
    const space = isSpace(text.charCodeAt(from))
    let to = from + 1
    while (to < text.length && isSpace(text.charCodeAt(to)) === space) to++
    const part = text.slice(from, to)
    if (space) {
      const width = widthOf(look, part)
      out.push({ kind: 'text', text: part, look, width, space: true, breakAfter: true, soft: false, ...(link !== undefined && { link }) })
    } else pushWord(out, look, part, from > 0 ? text.charCodeAt(from - 1) : 0, link)
    from = to
  }
}

/** Turns the inline content of a paragraph into atoms. */
export function makeAtoms(inlines: Inline[], looks: Looks, numbers: PageNumbers): Atom[] {
  const out: Atom[] = []
  for (const inline of inlines) {
    const look = looks.look(inlineProps(inline))
    const { link } = inline
    const linked = link === undefined ? {} : { link }
    switch (inline.kind) {
      case 'text': {
        looks.checkText(look.face, inline.text)
        const parts = look.small ? inline.text.split(/(\p{Ll}+)/u) : [inline.text]
        for (const [i, part] of parts.entries()) {
          const small = i % 2 === 1 ? look.small : undefined
          if (part !== '') pushText(out, small ?? look, look.caps ? part.toUpperCase() : part, link)
        }
        break
      }
      case 'field': {
        const field = { kind: inline.field, format: inline.format }
        const text = fieldText(field.kind, field.format, numbers)
        const width = widthOf(look, text)
        out.push({ kind: 'text', text, look, width, space: false, breakAfter: false, soft: false, field, ...linked })
        break
      }
      case 'tab':
        out.push({ kind: 'tab', look, ...(inline.to && { to: inline.to }) })
        break
      case 'break':
        out.push({ kind: 'break', type: inline.type, look })
        break
      case 'picture': {
        const { picture } = inline
        // A floating picture takes no room in its line.
        const size = picture.anchor ? { width: 0, height: 0 } : { width: picture.width, height: picture.height }
        out.push({ kind: 'picture', picture, ...size, look, ...linked })
        break
      }
    }
  }
  return out
}
