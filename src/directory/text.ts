import { searchable } from '../lib/search-text.ts'

/*
 * Words as the directory is searched by: small letters, ё as е, nothing but letters and digits. FTS5 gets them ready made, for rows and for queries
 * alike, so that both are cut in the same way.
 */

const LONGEST = 64
/** How many words of a search count: what is longer finds no less for it. */
const MOST = 8

/** Letters that FTS5's tokenizer, which knows an older Unicode, could cut apart are spelled by their numbers. */
const spell = (letter: string) => `x${(letter.codePointAt(0) ?? 0).toString(16)}`
const UNUSUAL = /[\u0528-\u{10ffff}]/u

/** The words of a text. */
export function wordsOf(text: string | null | undefined): string[] {
  if (!text) return []
  const folded = searchable(text)
  const words = (/\p{M}/u.test(folded) ? folded.replaceAll(/\p{M}/gu, '') : folded).match(/[\p{L}\p{N}]+/gu) ?? []
  return words.map((word) => (UNUSUAL.test(word) ? word.replaceAll(/[\u0528-\u{10ffff}]/gu, spell) : word).slice(0, LONGEST))
}

/** All of a text as one word. */
export const joined = (text: string | null | undefined) => wordsOf(text).join('').slice(0, LONGEST)

// What companies are, not what they are called: people leave it out.
const LEGAL_FORMS = new Set('тоо жшс ао ак ип жк оао зао ооо пао кх шк рго ргп гкп кгп гу ку мм филиал llp llc ltd jsc'.split(' '))
/** The words of a name without its legal form, unless it is nothing else. */
export function coreWords(words: string[]): string[] {
  const core = words.filter((word) => !LEGAL_FORMS.has(word))
  return core.length > 0 ? core : words
}

/** A phone's digits in one form: a number of Kazakhstan or Russia without its country code or trunk prefix. */
export function phoneDigits(text: string): string {
  const digits = text.replaceAll(/\D/g, '')
  return digits.length === 11 && /^[78]/.test(digits) ? digits.slice(1) : digits
}

/** Phones as people write them: after a plus, however much of it; ten or eleven digits in groups; with an area code in brackets; a local number 382-15-31. */
const PHONES = new RegExp(
  [
    String.raw`\+[\s(]*\d[\d\s().-]*`,
    String.raw`(?<![\d.])(?:[78][\s-]*)?\(\d{3,5}\)[\d\s-]*`,
    String.raw`(?<![\d.])[78]?[\s-]*\d{3}[\s-]*\d{3}[\s-]*\d\d[\s-]*\d\d(?!\d)`,
    String.raw`(?<![\d-])\d{3}-\d\d-\d\d(?![\d-])`,
  ].join('|'),
  'g',
)
const EMAILS = /[^\s@,;<>]+@[^\s@,;<>]*/g

function phoneTerms(written: string): string[] {
  const digits = written.replaceAll(/\D/g, '')
  const coded = /^\s*(?:\+[\s(]*7|[78][\s-]*\()/.test(written)
  return [...new Set([digits, coded ? digits.slice(1) : phoneDigits(digits)])].map((d) => d.slice(0, LONGEST))
}

/** What a search asks for: each group must match, by any of its words, each of which may be a beginning. */
export type Groups = string[][]

/** Reads a search. E-mails and phones in it are taken whole, everything else as words. No groups: nothing that could be found was asked for. */
export function parseSearch(search: string): Groups {
  const groups: Groups = []
  const take = (pattern: RegExp, text: string, terms: (written: string) => string[]) =>
    text.replaceAll(pattern, (written) => {
      const found = terms(written).filter((term) => term !== '')
      if (found.length > 0) groups.push(found)
      return ' '
    })
  const rest = take(
    PHONES,
    take(EMAILS, search, (written) => [joined(written)]),
    phoneTerms,
  )
  for (const word of wordsOf(rest)) groups.push([word])
  return groups.slice(0, MOST)
}

/** Whether the words of a name answer a search: one begins like each group, or all of them written together do. */
export function answers(words: string[], groups: Groups): boolean {
  if (groups.length === 0) return false
  const all = [...words, words.join('').slice(0, LONGEST)]
  return groups.every((group) => group.some((asked) => all.some((word) => word.startsWith(asked))))
}

const prefix = (word: string) => `"${word}"*`

/** The FTS5 query of a search. The words hold no quotes: FTS5 sees them as text whatever they are. */
export const matchOf = (groups: Groups): string =>
  groups.map((group) => (group.length === 1 ? group.map(prefix).join('') : `(${group.map(prefix).join(' OR ')})`)).join(' AND ')

/** Words that no text holds: by which clients are filtered. */
export const tag = (filter: string, value: string | number) =>
  `_${filter}${String(value)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_')}`
