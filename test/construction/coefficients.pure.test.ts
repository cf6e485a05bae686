import { describe, expect, it } from 'vitest'
import { applyCoefficients, coefficientFits, type Coefficient, type Priced } from '../../src/construction/coefficients/apply.ts'

let ids = 0
const coefficient = (more: Partial<Coefficient>): Coefficient => ({
  id: ++ids,
  name: 'Надбавка',
  type: 'percentage',
  value: 0,
  appliesTo: 'work_costs',
  scope: 'global_org',
  isActive: true,
  validFrom: null,
  validTo: null,
  conditions: null,
  ...more,
})
const percent = (value: number, more: Partial<Coefficient> = {}) => coefficient({ value: Math.round(value * 10_000), ...more })
const fixed = (value: number, more: Partial<Coefficient> = {}) => percent(value, { type: 'fixed_addition', ...more })
const onProject = (...project_ids: unknown[]): Partial<Coefficient> => ({ scope: 'project', conditions: { project_ids } })
const priced: Priced = { date: '2024-12-20', projectId: 8, workTypeId: 12, workTypeCategory: 'Каменные работы', materialIds: [45] }

describe('the amount', () => {
  it.each<[string, number, Coefficient[], number]>([
    ['none', 100_000, [], 100_000],
    ['15.5 % of 1000', 100_000, [percent(15.5)], 115_500],
    ['the narrower first: (1000 + 5000) × 1.155', 100_000, [percent(15.5), fixed(5000, onProject(8))], 693_000],
    ['percentages compound', 100_000, [percent(10), percent(10)], 121_000],
    ['within a scope the older first: 1000 × 1.1 + 50', 100_000, [percent(10), fixed(50)], 115_000],
    ['within a scope the older first: (1000 + 50) × 1.1', 100_000, [fixed(50), percent(10)], 115_500],
    ['half a cent goes up', 1, [percent(50)], 2],
    ['no rounding between: 0.01 × 1.4 × 1.4 is 0.0196', 1, [percent(40), percent(40)], 2],
    ['four digits of a percentage: 1 000 000 × 0.0001 %', 100_000_000, [percent(0.0001)], 100_000_100],
    ['hundredths of a cent add up: 0.0049 + 0.0001', 0, [fixed(0.0049), fixed(0.0001)], 1],
    ['a hundredth less is nothing', 0, [fixed(0.0049)], 0],
  ])('%s', (_, amount, coefficients, expected) => expect(applyCoefficients(amount, coefficients, priced).amount).toBe(expected))

  it('says which ones were applied, in order', () => {
    const [wide, narrow, off] = [
      percent(10),
      fixed(1, { scope: 'work_type', conditions: { work_type_ids: ['12'] } }),
      percent(5, { isActive: false }),
    ]
    expect(applyCoefficients(100, [wide, off, narrow], priced).applied.map((c) => c.id)).toEqual([narrow.id, wide.id])
  })

  it('refuses what is more than money can be', () => {
    expect(() => applyCoefficients(9e14, [percent(1000)], priced)).toThrow(expect.objectContaining({ code: 'validation' }))
  })

  it('stays exact through many', () => {
    const many = Array.from({ length: 300 }, () => percent(1))
    // 1.01^300 = 19.78846626193…
    expect(applyCoefficients(100_000_000, many, priced).amount).toBe(1_978_846_626)
  })
})

describe('who has a say', () => {
  it.each<[string, Partial<Coefficient>, boolean]>([
    ['a general one', { appliesTo: 'general' }, true],
    ['one for labour', { appliesTo: 'labor_hours' }, false],
    ['one for norms', { appliesTo: 'material_norms' }, false],
    ['one that is switched off', { isActive: false }, false],
    ['from that day', { validFrom: '2024-12-20' }, true],
    ['to that day', { validTo: '2024-12-20' }, true],
    ['from the next day', { validFrom: '2024-12-21' }, false],
    ['to the day before', { validTo: '2024-12-19' }, false],
    ['the whole organization, whatever is listed', { conditions: { project_ids: [1] } }, true],
    ['this project', onProject(1, 8), true],
    ['this project, as text', onProject('8'), true],
    ['other projects', onProject(1, 88), false],
    ['a project, but none is listed', { scope: 'project', conditions: {} }, false],
    ['a project, but the list is none', { scope: 'project', conditions: { project_ids: 'all' } }, false],
    ['a hostile list', { scope: 'project', conditions: { project_ids: [null, { id: 8 }, [8]] } }, false],
    ['this category of works', { scope: 'work_type_category', conditions: { work_type_categories: ['Каменные работы'] } }, true],
    ['one of the materials', { scope: 'material', conditions: { material_ids: [45, 46] } }, true],
    ['another material', { scope: 'material', conditions: { material_ids: [46] } }, false],
    ['this work type, on other projects', { scope: 'work_type', conditions: { work_type_ids: [12], project_ids: [9] } }, false],
    [
      'this work type, on this project, in the cold',
      { scope: 'work_type', conditions: { work_type_ids: [12], project_ids: [8], min_temperature: -10 } },
      true,
    ],
  ])('%s: %j', (_, more, fits) => expect(coefficientFits(coefficient(more), priced)).toBe(fits))

  it('a coefficient of a project says nothing about a work without one', () => {
    expect(coefficientFits(coefficient(onProject(8)), { date: '2024-12-20' })).toBe(false)
  })
})
