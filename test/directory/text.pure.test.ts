import { describe, expect, it } from 'vitest'
import { fromHexId, toHexId, type List } from '../../src/directory/ids.ts'
import { idRange, TERM_KINDS } from '../../src/directory/kinds.ts'
import { inZone } from '../../src/directory/present.ts'
import { rank } from '../../src/directory/rank.ts'
import { coreWords, matchOf, parseSearch, phoneDigits, tag, wordsOf } from '../../src/directory/text.ts'

describe('words', () => {
  it.each([
    ['ТОО "Ёлка-плюс"', ['тоо', 'елка', 'плюс']],
    ['ЖЕТІСУ ҚАЛАСЫ Әлия ҮЙ Һәм', ['жетісу', 'қаласы', 'әлия', 'үй', 'һәм']],
    ['B2B-услуги', ['b2b', 'услуги']],
    ['й разложенное: и\u0306', ['й', 'разложенное', 'й']],
    ['100% "*" () OR NEAR', ['100', 'or', 'near']],
    ['', []],
    ['!!! — …', []],
  ])('%s', (text, words) => {
    expect(wordsOf(text)).toEqual(words)
  })

  it('spell what FTS5 could cut apart', () => {
    // Georgian capitals and an Osage letter are younger than its tokenizer.
    for (const letter of ['\u1c90', '\u{104b0}', '漢']) expect(wordsOf(`a${letter}b`).join('')).toMatch(/^[a-z0-9]+$/)
  })

  it('leave out what a company is, unless it is nothing else', () => {
    expect(coreWords(wordsOf('ТОО "Строй"'))).toEqual(['строй'])
    expect(coreWords(['тоо'])).toEqual(['тоо'])
  })
})

describe('a search', () => {
  it.each<[string, string[][]]>([
    ['orient logist', [['orient'], ['logist']]],
    ['120240004698', [['120240004698']]],
    ['761240004698', [['761240004698']]],
    ['+7(727)382-15-31', [['77273821531', '7273821531']]],
    ['8 (727) 382-15-31', [['87273821531', '7273821531']]],
    ['77273821531', [['77273821531', '7273821531']]],
    ['7273821531', [['7273821531']]],
    ['+7 727', [['7727', '727']]],
    ['8(727)38', [['872738', '72738']]],
    ['382-15-31', [['3821531']]],
    ['Office@Example.com', [['officeexamplecom']]],
    ['Абая 150, кв 15', [['абая'], ['150'], ['кв'], ['15']]],
    ['orient +7(727)382-15-31', [['77273821531', '7273821531'], ['orient']]],
    ['" OR * ) (', [['or']]],
    ['№ !', []],
  ])('%s', (search, groups) => {
    expect(parseSearch(search)).toEqual(groups)
  })

  it('counts eight words at most', () => {
    expect(parseSearch('а б в г д е ж з и к')).toHaveLength(8)
  })

  it('is text to FTS5, whatever it is', () => {
    expect(matchOf(parseSearch('a" OR name:b NEAR(c'))).toBe('"a"* AND "or"* AND "name"* AND "b"* AND "near"* AND "c"*')
    expect(matchOf(parseSearch('+77273821531'))).toBe('("77273821531"* OR "7273821531"*)')
  })

  it('has phones in one form', () => {
    for (const phone of ['+7(727)382-15-31', '8 727 382 15 31', '77273821531', '727 382-15-31'])
      expect(phoneDigits(phone)).toBe('7273821531')
    expect(phoneDigits('382-15-31')).toBe('3821531')
    expect(phoneDigits('+1 202 555 0100 1')).toBe('120255501001')
  })

  it('filters by words that no text has', () => {
    expect(wordsOf(tag('o', '46690'))).toEqual(['o46690'])
    expect(tag('o', '4 "OR" 6')).toBe('_o4__or__6')
  })
})

describe('ranking', () => {
  const order = (search: string, ...labels: string[]) =>
    rank(
      labels.map((label, id) => ({ id, label })),
      parseSearch(search),
    ).map((c) => c.label)

  it('puts what is called so first, then what begins so, then what has the words', () => {
    expect(order('строй', 'тоо стройка', 'тоо мега строй', 'тоо строй групп', 'тоо гранит', 'тоо строй')).toEqual([
      'тоо строй',
      'тоо стройка',
      'тоо строй групп',
      'тоо мега строй',
      'тоо гранит',
    ])
  })

  it('takes the best of several names', () => {
    expect(order('deluxe trade', 'тоо дт|deluxe trade company', 'тоо trade deluxe')).toEqual([
      'тоо дт|deluxe trade company',
      'тоо trade deluxe',
    ])
  })

  it('knows a phone in either form', () => {
    expect(order('+7(727)382-15-31', '7273821599', '7273821531')[0]).toBe('7273821531')
  })
})

describe('ids', () => {
  const LISTS: List[] = ['terms', 'clients', 'emails', 'phone_numbers']
  it('are eight hex digits that lead back', () => {
    for (const list of LISTS) {
      for (const id of [0, 1, 2, 1_000_000, 2 ** 31, 2 ** 32 - 1]) {
        expect(toHexId(list, id)).toMatch(/^[0-9a-f]{8}$/)
        expect(fromHexId(list, toHexId(list, id))).toBe(id)
      }
    }
  })
  it('are no two the same', () => {
    const ids = Array.from({ length: 200_000 }, (_, i) => toHexId('clients', i))
    expect(new Set(ids).size).toBe(ids.length)
  })
  it('leave the ends of the range to nobody', () => {
    for (const list of LISTS)
      for (const hex of ['00000000', 'ffffffff']) expect(fromHexId(list, hex), `${list} ${hex}`).toBeGreaterThan(2 ** 28)
  })
  it('of one kind do not meet those of another', () => {
    const ranges = TERM_KINDS.map(idRange)
    for (const [i, { base }] of ranges.entries()) expect(base).toBeGreaterThan(ranges[i - 1]?.last ?? -1)
  })
})

it.each([
  ['2018-05-27T18:00:00.000Z', '2018-05-28T00:00:00+06:00'],
  ['2021-10-08T05:34:27.320Z', '2021-10-08T11:34:27.320+06:00'],
  ['2026-05-27T18:00:00.000Z', '2026-05-27T23:00:00+05:00'],
  // Until 1924 noon was where the sun was.
  ['1899-12-31T00:00:00.000Z', '1899-12-31T00:00:00Z'],
])('%s is %s in Almaty', (instant, shown) => {
  expect(inZone(instant, 'Asia/Almaty')).toBe(shown)
})
