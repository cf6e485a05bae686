import { showSum } from '../../src/http/numbers.ts'
import { describe, expect, it } from 'vitest'
import { lastMonths, monthStarts } from '../../src/reports/dashboard/months.ts'
import { defaultItems, inStep, refusalOf, type SavedItem } from '../../src/reports/dashboard/settings-rules.ts'
import { REGISTRY_VERSION, WIDGETS, widgetsOf } from '../../src/reports/dashboard/widgets.ts'
import { cellsOf, layOut, shown, totalsOf, type ReportColumn } from '../../src/reports/ready/columns.ts'
import { needOf } from '../../src/reports/ready/official/m29.ts'
import { percentOfSum, priceOf } from '../../src/reports/sums/sums.ts'

describe('months of a dashboard', () => {
  it('go back over a new year, and begin when they do where the organization is', () => {
    expect(lastMonths('2025-02', 6)).toEqual(['2024-09', '2024-10', '2024-11', '2024-12', '2025-01', '2025-02'])
    expect(monthStarts(['2024-12'], 'Asia/Almaty')).toEqual(['2024-11-30T19:00:00.000Z', '2024-12-31T19:00:00.000Z'])
    // Clocks go forward within the month.
    expect(monthStarts(['2024-03'], 'Europe/Berlin')).toEqual(['2024-02-29T23:00:00.000Z', '2024-03-31T22:00:00.000Z'])
    expect(monthStarts(['2024-12'], 'Pacific/Honolulu')).toEqual(['2024-12-01T10:00:00.000Z', '2025-01-01T10:00:00.000Z'])
  })
})

describe('an arrangement of widgets', () => {
  const [a, b] = WIDGETS.map(({ id }) => id) as [string, string]
  const item = (id: string, order: number, more: Partial<SavedItem> = {}): SavedItem => ({ id, enabled: true, order, ...more })
  it.each([
    ['nothing wrong', REGISTRY_VERSION, [item(a, 1), item(b, 2)], undefined],
    ['another version', REGISTRY_VERSION + 1, [], 'invalid_version'],
    ['an unknown widget', REGISTRY_VERSION, [item('__proto__', 1)], 'unknown_widget_id'],
    ['one widget twice', REGISTRY_VERSION, [item(a, 1), item(a, 2)], 'duplicate_widget_id'],
    ['one place twice', REGISTRY_VERSION, [item(a, 1), item(b, 1)], 'duplicate_order'],
    ['too small on one screen', REGISTRY_VERSION, [item(a, 1, { size: { xs: 12, lg: 2 } })], 'size_too_small'],
    ['sizes that are left out', REGISTRY_VERSION, [item(a, 1, { size: { xs: null, md: 6 } })], undefined],
  ] as const)('%s', (_, version, items, refusal) => expect(refusalOf(version, items, WIDGETS)).toBe(refusal))

  it('follows the registry: what has gone is left out, what has come stands last', () => {
    const widgets = WIDGETS.slice(0, 3)
    const kept = inStep([item('gone', 1), item(widgets[2]?.id ?? '', 7)], widgets)
    expect(kept.map(({ id, order }) => [id, order])).toEqual([
      [widgets[2]?.id, 7],
      [widgets[0]?.id, 17],
      [widgets[1]?.id, 27],
    ])
    expect(kept[0]?.size).toEqual(widgets[2]?.default_size)
  })
  it('has for each role what is for it', () => {
    const ids = (role: Parameters<typeof widgetsOf>[0]) => widgetsOf(role).map(({ id }) => id)
    expect(ids('owner')).toContain('limits')
    expect(ids('accountant')).not.toContain('limits')
    expect(ids(undefined)).not.toContain('contracts_statistics')
    expect(defaultItems(WIDGETS).map(({ order }) => order)).toEqual(WIDGETS.map((_, i) => (i + 1) * 10))
  })
})

describe('columns of a report', () => {
  const columns: ReportColumn[] = [
    { key: 'id', header: 'ID', kind: 'integer', hidden: true },
    { key: 'name', header: 'Имя', kind: 'text' },
    { key: 'sum', header: 'Сумма', kind: 'money' },
  ]
  const row = { id: 1, name: '=1+1', sum: 12_345 }
  it('are renamed, ordered and left out by a template; what it makes up stays empty', () => {
    const layout = layOut(columns, { total: 'sum' }, [
      { header: 'Кто', data_key: 'name', order: 3, format_options: { number_format: 'currency' } },
      { header: 'Сколько', data_key: 'total', order: 1, format_options: { number_format: 'decimal' } },
      { header: 'Что это', data_key: 'constructor', order: 2, format_options: null },
    ])
    expect(layout.map(({ header, column }) => [header, column.kind])).toEqual([
      ['Сколько', 'quantity'],
      ['Что это', 'text'],
      ['Кто', 'text'],
    ])
    expect(cellsOf(layout, row)).toEqual([12_345, null, '=1+1'])
    expect(totalsOf(layout, { sum: 99 })).toEqual([99, null, null])
  })
  it('without one are all but the hidden', () => {
    const layout = layOut(columns, {}, undefined)
    expect(cellsOf(layout, row)).toEqual(['=1+1', 12_345])
    expect(totalsOf(layout, { sum: 99 })).toEqual(['Итого', 99])
  })
  it('show sums that no number holds exactly, and never fail', () => {
    expect(shown({ kind: 'money' }, 2 ** 60)).toBeCloseTo(2 ** 60 / 100, -3)
    expect(cellsOf(layOut(columns, {}, undefined), { name: null, sum: 2 ** 60 })).toEqual([null, String(2 ** 60 / 100)])
    expect(showSum(2 ** 60)).toBeGreaterThan(1e16)
    expect(needOf(9e13, 9e13)).toBeGreaterThan(1e20)
  })
})

it('prices and shares are exact, half up', () => {
  expect(priceOf(100, 30_000)).toBe(33)
  expect(priceOf(5, 20_000)).toBe(3)
  expect(priceOf(5, 0)).toBeNull()
  expect(percentOfSum(1, 3)).toBe(3333)
  expect(percentOfSum(175_000_00, 3_000_000_00)).toBe(583)
  expect(percentOfSum(1, 0)).toBe(0)
  // 0.00005 of a norm is rounded up once.
  expect(needOf(15_000, 1)).toBe(2)
})
