import { describe, expect, it } from 'vitest'
import { compile } from '../../src/reports/builder/compile.ts'
import { Definition } from '../../src/reports/builder/definition.ts'
import { shapesOf, svgOf, type Chart } from '../../src/reports/export/chart.ts'
import { chartOf, printedCell } from '../../src/reports/export/table.ts'
import { fitted, partsOf, wantedBy } from '../../src/reports/export/widths.ts'
import { mailAddress } from '../../src/notifications/mail-address.ts'

const chart = (more: Partial<Chart>): Chart => ({ type: 'bar', labels: [], values: [], title: 'Сумма', ...more })
const of = (values: number[], more: Partial<Chart> = {}) => chart({ values, labels: values.map((_, i) => `Имя ${i}`), ...more })
const textsOf = (drawn: Chart) => shapesOf(drawn, 640, 320).flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []))
const TYPES = ['bar', 'line', 'area', 'pie'] as const

describe('a chart', () => {
  it.each(TYPES)('of type %s says that there is nothing', (type) => {
    expect(textsOf(chart({ type }))).toContain('Нет данных')
  })

  it.each(TYPES)('of type %s draws within its frame whatever it is given', (type) => {
    for (const values of [[0], [-5], [1e12, -1e12, 0.0001], Array.from({ length: 700 }, (_, i) => i - 350)]) {
      const svg = svgOf(of(values, { type, labels: values.map(() => 'Очень длинное название без конца и края '.repeat(5)) }))
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
      for (const [, points = ''] of svg.matchAll(/points="([^"]*)"/g))
        for (const number of points.split(/[ ,]/).map(Number)) expect(number >= -5 && number <= 645).toBe(true)
    }
  })

  it('keeps the names at its edges whole within it', () => {
    const labels = ['Первое имя, длиннее места под столбцом', 'Второе', 'Третье имя, длиннее места под столбцом']
    const named = shapesOf(of([1, 2, 3], { labels }), 300, 320).flatMap((shape) =>
      shape.kind === 'text' && / имя/.test(shape.text) ? [shape] : [],
    )
    expect(named.map(({ anchor, at: [x] }) => [anchor, x])).toEqual([
      ['start', 1],
      ['end', 299],
    ])
  })

  it('tells in its title what is left out', () => {
    const many = Array.from({ length: 60 }, () => 1)
    expect(textsOf(of(many))[0]).toBe('Сумма (первые 40 из 60)')
    expect(textsOf(of(many, { type: 'line' }))[0]).toBe('Сумма')
    expect(textsOf(of([5, -1], { type: 'pie' }))[0]).toBe('Сумма (без отрицательных)')
    // A pie sums the rest up.
    expect(textsOf(of(many, { type: 'pie' })).at(-1)).toBe('Прочее — 51 (85 %)')
  })
})

const definition = (more: object) =>
  Definition.parse({
    data_sources: {
      primary: 'projects',
      joins: [
        { table: 'contracts', type: 'left', on: ['projects.id', 'contracts.project_id'] },
        { table: 'contractors', type: 'left', on: ['contractors.id', 'contracts.contractor_id'] },
      ],
    },
    columns_config: [
      { field: 'projects.name', label: 'Проект', order: 1 },
      { field: 'contractors.name', label: 'Подрядчик', order: 2 },
      { field: 'contracts.total_amount', label: 'Сумма', order: 3, aggregation: 'sum' },
    ],
    aggregations_config: { aggregations: [{ field: 'contracts.total_amount', function: 'sum', alias: 'total' }] },
    ...more,
  })

describe('the columns of a chart', () => {
  it.each([
    ['contractors.name', 'contracts.total_amount', 'Второй'],
    ['contractors_name', 'total', 'Второй'],
    ['projects.name', 'total', 'Первый'],
    ['name', 'total', 'Первый'],
  ])('are found by what they show: %s, %s', (x_axis, y_axis, label) => {
    const said = definition({ visualization_config: { chart_type: 'bar', x_axis, y_axis } })
    const { query } = compile(said, 1)
    expect(chartOf(said, query?.columns ?? [], [['Первый', 'Второй', '150']], 'UTC')).toMatchObject({ labels: [label], values: [1.5] })
  })
})

describe('a cell on paper', () => {
  const cell = (type: 'decimal' | 'datetime' | 'date' | 'boolean', value: string | number, more = {}) =>
    printedCell({ key: 'x', field: 'x.x', label: 'x', format: null, type, scale: 2, ...more }, value, 'Asia/Almaty')
  it('keeps a number on one line, and is exact beyond what a double holds', () => {
    expect(cell('decimal', '123456789', { format: 'currency' })).toBe('1\u00a0234\u00a0567,89')
    expect(cell('decimal', '900719925474099350')).toBe('9\u00a0007\u00a0199\u00a0254\u00a0740\u00a0993,5')
    expect(cell('decimal', '-5')).toBe('-0,05')
  })
  it('tells instants by the clocks of the organization', () => {
    expect(cell('datetime', '2026-01-11T23:59:59.999Z')).toBe('12.01.2026 04:59')
    expect(cell('date', '2026-01-11')).toBe('11.01.2026')
    expect(cell('boolean', 1)).toBe('да')
  })
})

describe('the columns of a paper', () => {
  const ROOM = 760
  const column = (type: 'string' | 'decimal', label: string) => ({ key: label, field: label, label, format: null, type, scale: 2 })
  const columns = Array.from({ length: 30 }, (_, i) => column(i % 3 === 0 ? 'string' : 'decimal', `Колонка ${i}`))
  const row = columns.map(({ type }) =>
    type === 'string' ? 'Слова, которые переносятся на другие строки' : '1\u00a0234\u00a0567\u00a0890,12',
  )
  const wanted = wantedBy(columns, [row], 7)
  const parts = partsOf(wanted, ROOM)

  it('go on in parts where they have no room, each once and with the first again', () => {
    expect(parts.length).toBeGreaterThan(2)
    expect(parts.slice(1).map(([first]) => first)).toEqual(parts.slice(1).map(() => 0))
    expect(parts.flatMap((part, n) => part.slice(n > 0 ? 1 : 0))).toEqual(columns.map((_, i) => i))
    expect(partsOf(wanted.slice(0, 3), ROOM)).toEqual([[0, 1, 2]])
  })

  it('fill the page, and numbers keep the room that they need', () => {
    for (const part of parts) {
      const of = part.flatMap((i) => wanted[i] ?? [])
      const widths = fitted(of, ROOM)
      expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(ROOM)
      for (const [i, { least }] of of.entries()) expect(widths[i]).toBeGreaterThanOrEqual(least - 0.001)
    }
  })

  it('of a chart have whole names, or every so many of them', () => {
    const names = Array.from({ length: 40 }, (_, i) => `Категория ${i}`)
    const told = textsOf(chart({ labels: names, values: names.map(() => 1) })).filter((text) => text.startsWith('Категория'))
    expect(told.length).toBeGreaterThan(4)
    expect(told.every((text) => names.includes(text))).toBe(true)
  })
})

describe('an address', () => {
  it.each([
    ['a@example.com', 'a@example.com'],
    ['A@Example.COM', 'A@Example.COM'],
    ['sales@пример.рф', 'sales@xn--e1afmkfd.xn--p1ai'],
    ['sales@xn--e1afmkfd.xn--p1ai', 'sales@xn--e1afmkfd.xn--p1ai'],
    [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
    [`${'x'.repeat(65)}@example.com`, undefined],
    ['a@example.com\r\nBcc: b@example.com', undefined],
    ['"A" <a@example.com>', undefined],
    ['a@example.com, b@example.com', undefined],
    ['a@b@example.com', undefined],
    ['a@localhost', undefined],
    ['a@127.0.0.1', undefined],
    ['a@example.com:25', undefined],
    ['a@example.com/x', undefined],
    ['почта@example.com', undefined],
    ['@example.com', undefined],
  ])('%j is %j', (text, expected) => {
    expect(mailAddress(text)).toBe(expected)
  })
})
