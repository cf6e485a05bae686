import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Atom } from '../../src/documents/docx/atoms.ts'
import { mayBreak } from '../../src/documents/docx/atoms.ts'
import type { Line, LineSettings } from '../../src/documents/docx/lines.ts'
import { fillLines } from '../../src/documents/docx/lines.ts'
import type { Look } from '../../src/documents/docx/looks.ts'
import { nextStop } from '../../src/documents/docx/tabs.ts'
import { Face, wrapText } from '../../src/documents/fonts.ts'
import { TrueTypeFace } from '../../src/documents/truetype.ts'

const read = (name: string) =>
  new TrueTypeFace(new Uint8Array(readFileSync(new URL(`../../.build/fonts/${name}.ttf`, import.meta.url).pathname)), name)
// Every character of this face is as wide as another: 0.6 of the size.
const face = new Face('cousine-regular', read('cousine-regular'), read('symbols'))
const look: Look = {
  face, size: 10, color: '000000', underline: undefined, underlineColor: '000000', strike: false, doubleStrike: false, background: undefined,
  rise: 0, spacing: 0, scale: 1, caps: false, small: undefined, ascent: 8, descent: 2,
} // prettier-ignore

const WIDTH = 6.001
const word = (text: string, more: Partial<Extract<Atom, { kind: 'text' }>> = {}): Atom => ({
  kind: 'text', text, look, width: text.length * WIDTH, space: text.trim() === '', breakAfter: text.trim() === '', soft: false, ...more,
}) // prettier-ignore
const words = (text: string): Atom[] =>
  text
    .split(/( +)/)
    .filter(Boolean)
    .map((t) => word(t))
const tab: Atom = { kind: 'tab', look }

const settings = (more: Partial<LineSettings> = {}): LineSettings => ({
  width: 100, left: 0, right: 0, first: 0, tabs: [], defaultTab: 36, align: 'left', line: 1, lineRule: 'auto', mark: look, expandShiftReturn: true, ...more,
}) // prettier-ignore
const texts = (lines: Line[]) => lines.map((line) => line.pieces.map((p) => (p.kind === 'text' ? p.text : '')).join(''))
const xs = (lines: Line[]) => lines.map((line) => line.pieces.map((p) => Math.round(p.x)))

describe('fillLines', () => {
  it('breaks at spaces, which hang beyond the end', () => {
    expect(texts(fillLines(words('один два          три четыре'), settings()))).toEqual(['один два', 'три четыре'])
  })

  it('takes indents into account, the first line by itself', () => {
    expect(xs(fillLines(words('один два три четыре'), settings({ left: 40, first: -20 })))).toEqual([[20], [40]])
  })

  it('cuts a word that is wider than the line', () => {
    expect(texts(fillLines(words('абвгдежзийклмнопрст'), settings({ width: 50 })))).toEqual(['абвгдежз', 'ийклмноп', 'рст'])
  })

  it('does not tear runs of one word apart', () => {
    expect(texts(fillLines([...words('один два '), word('тр'), word('идцать')], settings()))).toEqual(['один два', 'тридцать'])
  })

  it('shows a hyphen only where the line ends at a soft one', () => {
    const atoms = [...words('один два '), word('пере', { soft: true, breakAfter: true }), word('нос')]
    expect(texts(fillLines(atoms, settings({ width: 90 })))).toEqual(['один два пере-', 'нос'])
    expect(texts(fillLines([word('пере', { soft: true, breakAfter: true }), word('нос')], settings()))).toEqual(['перенос'])
  })

  it('stretches spaces of all lines but the last to the margin', () => {
    const [first, last] = fillLines(words('один два три четыре'), settings({ align: 'both' }))
    const piece = first?.pieces[0]
    expect(piece && piece.x + piece.width).toBeCloseTo(100, 1)
    expect(last?.pieces[0]).toMatchObject({ stretch: 0 })
  })

  it('puts text at the right and in the middle', () => {
    expect(xs(fillLines(words('два'), settings({ align: 'right' })))).toEqual([[82]])
    expect(xs(fillLines(words('два'), settings({ align: 'center' })))).toEqual([[41]])
  })

  it('makes a line for nothing, and one after a final break', () => {
    expect(fillLines([], settings())).toHaveLength(1)
    expect(fillLines([word('a'), { kind: 'break', type: 'line', look }], settings())).toHaveLength(2)
    expect(fillLines([word('a'), { kind: 'break', type: 'page', look }], settings())).toMatchObject([{ end: 'page' }])
  })

  it.each([
    ['auto', 1.5, { height: 15, baseline: 8 }],
    ['exact', 20, { height: 20, baseline: 16 }],
    ['atLeast', 20, { height: 20, baseline: 18 }],
    ['atLeast', 5, { height: 10, baseline: 8 }],
  ] as const)('spaces lines: %s %f', (lineRule, line, metrics) => {
    expect(fillLines([word('a')], settings({ lineRule, line }))[0]).toMatchObject(metrics)
  })

  it('aligns text at tab stops', () => {
    const stop = (kind: 'left' | 'right' | 'center' | 'decimal') => settings({ tabs: [{ position: 60, kind, leader: '' }] })
    expect(xs(fillLines([word('a'), tab, word('bbb')], stop('left')))[0]?.at(-1)).toBe(60)
    expect(xs(fillLines([word('a'), tab, word('bbb')], stop('right')))[0]?.at(-1)).toBe(42)
    expect(xs(fillLines([word('a'), tab, word('bbb')], stop('center')))[0]?.at(-1)).toBe(51)
    expect(xs(fillLines([word('a'), tab, word('12,5')], stop('decimal')))[0]?.at(-1)).toBe(48)
  })

  it('fills leaders up to the stop', () => {
    const lines = fillLines([word('a'), tab, word('5')], settings({ tabs: [{ position: 100, kind: 'right', leader: '.' }] }))
    expect(texts(lines)).toEqual([`a${'.'.repeat(14)}5`])
  })
})

describe('nextStop', () => {
  const tabs = [{ position: 50, kind: 'left' as const, leader: '' }]
  it.each([
    [10, 0, 50],
    [50, 0, 72],
    [10, 30, 30],
    [10, 80, 50],
    [36, 0, 50],
    [71.99, 0, 72],
  ])('from %f with an indent of %f goes to %f', (x, left, to) => {
    const { position } = nextStop(x, { tabs, left, defaultTab: 36 })
    expect(position).toBe(x === 71.99 ? 108 : to)
  })
})

describe('mayBreak', () => {
  const at = (text: string, i: number) => mayBreak(text.charCodeAt(i - 1) || 0, text.charCodeAt(i), text.charCodeAt(i + 1))
  it.each([
    ['по-русски', 2, true],
    ['5-10', 1, false],
    [' -5', 1, false],
    ['да—нет', 2, true],
    ['слово—,', 5, false],
    ['а\u00adб', 1, true],
    ['人民', 0, true],
    ['12\u201113', 2, false],
  ])('%s at %i: %s', (text, i, may) => expect(at(text, i)).toBe(may))
})

describe('wrapText', () => {
  it('wraps, keeps line feeds and cuts long words', () => {
    expect(wrapText(face, 'один два три\nчетыре', 10, 50)).toEqual(['один два', 'три', 'четыре'])
    expect(wrapText(face, 'абвгдежзийк', 10, 30)).toEqual(['абвг', 'дежз', 'ийк'])
    expect(wrapText(face, '', 10, 30)).toEqual([''])
  })
})
