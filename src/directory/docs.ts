import { coreWords, joined, tag, wordsOf } from './text.ts'

/** What FTS5 keeps of a row; it keeps words, not texts. */
export interface SearchDoc {
  id: number
  /** Each name as one word: finds what begins like the search. */
  whole: string
  name: string
  /** Where else it may be found. */
  more: string
  tags: string
}

interface Names {
  companyName: string
  alternativeName: string | null
  companyNameEx: string | null
}

const unique = (words: string[]) => [...new Set(words)].join(' ')
const namesOf = (c: Names) => [c.companyName, c.alternativeName, c.companyNameEx].map(wordsOf).filter((words) => words.length > 0)

/** The names by which a client is ranked. */
export const labelOf = (client: Names): string => [...new Set(namesOf(client).map((words) => words.join(' ')))].join('|')

/** The local part of a number is what neighbours dial. */
const phoneWords = (key: string) => (key.length >= 10 ? [key, key.slice(-7)] : [key])
const emailWords = (email: string) => [joined(email), ...wordsOf(email)]

export interface ClientParts extends Names {
  id: number
  bin: string
  director: string | null
  address: string | null
  addressEx: string | null
  companyNameSearch: string | null
  krpName: number | null
  regionEx: number | null
  localityEx: number | null
  districtEx: number | null
  oked: string | null
  rubrics: number[]
}

/** By what clients are filtered, and how each filter is written among the tags. */
export const FILTER_TAGS = { krp_name: 'k', region_ex: 'r', locality_ex: 'l', district_ex: 'd', rubric: 'u', oked: 'o' } as const

function tagsOf(c: ClientParts): string[] {
  const said: [keyof typeof FILTER_TAGS, string | number | null][] = [
    ['krp_name', c.krpName],
    ['region_ex', c.regionEx],
    ['locality_ex', c.localityEx],
    ['district_ex', c.districtEx],
    ['oked', c.oked],
    ...c.rubrics.map((id): ['rubric', number] => ['rubric', id]),
  ]
  return said.flatMap(([filter, value]) => (value === null ? [] : [tag(FILTER_TAGS[filter], value)]))
}

export function clientDoc(client: ClientParts, emails: string[], phones: string[]): SearchDoc {
  const names = namesOf(client)
  return {
    id: client.id,
    whole: unique(names.flatMap((words) => [words.join('').slice(0, 64), coreWords(words).join('').slice(0, 64)])),
    name: unique([...names.flat(), ...wordsOf(client.companyNameSearch)]),
    more: unique([
      client.bin,
      ...[client.address, client.addressEx, client.director].flatMap(wordsOf),
      ...emails.flatMap(emailWords),
      ...phones.flatMap(phoneWords),
    ]),
    tags: tagsOf(client).join(' '),
  }
}

export interface ContactParts {
  id: number
  value: string
  key: string
  bin: string
  label: string
}

/** E-mails and phones are found by themselves, and by whose they are. */
export function contactDoc(kind: 'emails' | 'phone_numbers', contact: ContactParts): SearchDoc {
  const words = kind === 'emails' ? emailWords(contact.value) : phoneWords(contact.key)
  return {
    id: contact.id,
    whole: words[0] ?? '',
    name: unique(words),
    more: unique([contact.bin, ...contact.label.split(/[ |]/)]),
    tags: '',
  }
}
