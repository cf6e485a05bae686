import { describe, expect, it } from 'vitest'
import { Warnings } from '../../src/documents/docx/model.ts'
import { formatNumber } from '../../src/documents/docx/number-format.ts'
import { NumberingState } from '../../src/documents/docx/numbering.ts'
import { parseXml } from '../../src/documents/docx/xml.ts'

describe('formatNumber', () => {
  it.each([
    ['decimal', 12, '12'],
    ['decimalZero', 7, '07'],
    ['decimalZero', 17, '17'],
    ['lowerLetter', 1, 'a'],
    ['lowerLetter', 26, 'z'],
    ['lowerLetter', 27, 'aa'],
    ['lowerLetter', 53, 'aaa'],
    ['upperLetter', 2, 'B'],
    ['lowerRoman', 4, 'iv'],
    ['upperRoman', 1999, 'MCMXCIX'],
    ['russianLower', 1, 'а'],
    ['russianLower', 7, 'ж'],
    ['russianLower', 10, 'к'],
    ['russianLower', 29, 'я'],
    ['russianLower', 30, 'аа'],
    ['russianUpper', 26, 'Ы'],
    ['numberInDash', 3, '- 3 -'],
    ['decimalEnclosedCircle', 20, '⑳'],
    ['none', 5, ''],
    ['bullet', 5, ''],
    ['cardinalText', 5, undefined],
    ['lowerLetter', 0, ''],
    ['upperRoman', 0, '0'],
  ])('%s of %i is %s', (format, value, text) => expect(formatNumber(value, format)).toBe(text))

  it('is bounded for any number', () => {
    for (const format of ['lowerLetter', 'russianLower', 'lowerRoman', 'chicago'])
      expect(formatNumber(1e9, format)?.length).toBeLessThan(40)
  })
})

const level = (index: number, format: string, text: string, more = '') =>
  `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:lvlText w:val="${text}"/>${more}</w:lvl>`

const lists = (levels: string[], nums: string) => {
  const xml = `<w:numbering><w:abstractNum w:abstractNumId="0">${levels.join('')}</w:abstractNum>${nums}</w:numbering>`
  return new NumberingState(parseXml(xml), {}, () => undefined, new Warnings())
}

const LEGAL = [level(0, 'decimal', '%1.'), level(1, 'decimal', '%1.%2.'), level(2, 'decimal', '%1.%2.%3.'), level(3, 'russianLower', '%4)')]
const ONE = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
const run = (state: NumberingState, steps: [string, number][]) => steps.map(([num, depth]) => state.next(num, depth))
const ones = (depths: number[]): [string, number][] => depths.map((d) => ['1', d])

describe('NumberingState', () => {
  it('counts legal numbering and starts lower levels again', () => {
    expect(run(lists(LEGAL, ONE), ones([0, 1, 1, 2, 2, 3, 3, 1, 2, 3, 0, 1]))).toEqual([
      '1.',
      '1.1.',
      '1.2.',
      '1.2.1.',
      '1.2.2.',
      'а)',
      'б)',
      '1.3.',
      '1.3.1.',
      'а)',
      '2.',
      '2.1.',
    ])
  })

  it('shows the start of levels that were skipped', () => expect(run(lists(LEGAL, ONE), ones([2, 0]))).toEqual(['1.1.1.', '2.']))

  it('restarts a list by override once, and shares counters with the list it is made of otherwise', () => {
    const nums = `${ONE}<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>`
    expect(
      run(lists(LEGAL, nums), [
        ['1', 0],
        ['1', 0],
        ['2', 0],
        ['2', 0],
        ['3', 0],
        ['1', 0],
      ]),
    ).toEqual(['1.', '2.', '5.', '6.', '7.', '8.'])
  })

  it('never restarts a level that says so', () => {
    const levels = [level(0, 'upperRoman', '%1'), level(1, 'decimal', '%2', '<w:lvlRestart w:val="0"/>')]
    expect(run(lists(levels, ONE), ones([0, 1, 1, 0, 1]))).toEqual(['I', '1', '2', 'II', '3'])
  })

  it('shows decimals for upper levels where legal style asks for it', () => {
    const levels = [level(0, 'upperRoman', '%1.'), level(1, 'decimal', '%1.%2', '<w:isLgl/>')]
    expect(run(lists(levels, ONE), ones([0, 1]))).toEqual(['I.', '1.1'])
  })

  it('gives nothing for unknown lists', () => expect(run(lists(LEGAL, ONE), [['9', 0]])).toEqual(['']))
})
