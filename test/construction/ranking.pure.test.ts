import { describe, expect, it } from 'vitest'
import { compatibility, confidence, recommend, suggest, type Signals } from '../../src/construction/partners/ranking.ts'
import { relevance } from '../../src/construction/partners/search.ts'

const s = (more: Partial<Signals>): Signals => ({
  orgId: 1,
  sameCity: false,
  city: null,
  isVerified: false,
  connections: 0,
  shared: 0,
  workTypes: [],
  ...more,
})

describe('partners', () => {
  it.each([
    [s({}), 0, []],
    [s({ isVerified: true }), 5, ['Организация подтверждена']],
    [s({ sameCity: true, city: 'Алматы' }), 20, ['Работает в вашем регионе: Алматы']],
    [s({ shared: 1, connections: 5 }), 20, ['Есть общие подрядчики: 1', 'Подрядчик у 5 организаций']],
    [
      s({ workTypes: ['Кладка', 'Штукатурка'], isVerified: true }),
      31.7,
      ['Выполняет похожие работы: Кладка, Штукатурка', 'Организация подтверждена'],
    ],
  ])('compatibility, case %#', (signals, score, reasons) => expect(compatibility(signals)).toEqual({ score, reasons }))

  it('no score passes 100, and every reason is true of the organization', () => {
    const most = s({
      sameCity: true,
      city: 'Астана',
      isVerified: true,
      connections: 1e6,
      shared: 1e6,
      workTypes: Array.from({ length: 100 }, (_, i) => `Работа ${i}`),
    })
    for (const score of [
      compatibility(most).score,
      ...(['similar_projects', 'geographic', 'industry_leaders'] as const).map((c) => confidence(c, most)?.score ?? -1),
    ]) {
      expect(score).toBeGreaterThan(50)
      expect(score).toBeLessThanOrEqual(100)
    }
    expect(confidence('new_market', most)).toBeNull()
    expect(confidence('geographic', s({ city: 'Астана' }))).toBeNull()
    expect(confidence('similar_projects', s({ sameCity: true }))).toBeNull()
  })

  it('each organization is named once, the best first', () => {
    const all = [s({ orgId: 1 }), s({ orgId: 2, shared: 9 }), s({ orgId: 3, workTypes: ['Кладка'], connections: 2 })]
    expect(suggest(all, 5).map((one) => one.orgId)).toEqual([2, 3])
    expect(recommend(all, undefined, 5).map((one) => [one.orgId, one.category])).toEqual([[3, 'similar_projects']])
    expect(recommend(all, 'industry_leaders', 1).map((one) => one.orgId)).toEqual([3])
  })

  it('relevance falls as rows come: beginnings first, then who is verified, then who is known', () => {
    const rows = [true, false].flatMap((begins) =>
      [true, false].flatMap((isVerified) => [1e6, 50, 1, 0].map((connections) => ({ begins, isVerified, connections }))),
    )
    const scores = rows.map(relevance)
    expect(scores).toEqual(scores.toSorted((a, b) => b - a))
    expect([Math.max(...scores) <= 100, Math.min(...scores) >= 0]).toEqual([true, true])
  })
})
