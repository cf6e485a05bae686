export const CATEGORIES = ['similar_projects', 'geographic', 'industry_leaders', 'new_market'] as const
export type Category = (typeof CATEGORIES)[number]

/** What speaks for an organization as a partner. */
export interface Signals {
  orgId: number
  sameCity: boolean
  city: string | null
  isVerified: boolean
  connections: number
  /** Organizations that are contractors of both. */
  shared: number
  /** Kinds of work that both do, by name. */
  workTypes: string[]
}

interface Fit {
  score: number
  reasons: string[]
}

const round = (score: number) => Math.min(100, Math.round(score * 10) / 10)
/** Grows with a number, ever slower, towards `most`. */
const towards = (most: number, count: number, half: number) => (most * count) / (count + half)

const plural = (n: number, one: string, few: string, many: string) => {
  const [tens, units] = [n % 100, n % 10]
  return `${n} ${tens > 10 && tens < 20 ? many : units === 1 ? one : units > 1 && units < 5 ? few : many}`
}

const said = {
  types: (s: Signals) => `Выполняет похожие работы: ${s.workTypes.slice(0, 3).join(', ')}`,
  city: (s: Signals) => `Работает в вашем регионе: ${s.city ?? ''}`,
  shared: (s: Signals) => `Есть общие подрядчики: ${s.shared}`,
  known: (s: Signals) => `Подрядчик у ${plural(s.connections, 'организации', 'организаций', 'организаций')}`,
  verified: () => 'Организация подтверждена',
  market: (s: Signals) => `Работает в другом регионе: ${s.city ?? ''}`,
}

/** How well an organization suits in general, 0..100, and why; the strongest reason comes first. */
export function compatibility(s: Signals): Fit {
  const parts: [number, string][] = [
    [towards(40, s.workTypes.length, 1), said.types(s)],
    [towards(30, s.shared, 1), said.shared(s)],
    [s.sameCity ? 20 : 0, said.city(s)],
    [towards(10, s.connections, 5), said.known(s)],
    [s.isVerified ? 5 : 0, said.verified()],
  ]
  const counted = parts.filter(([points]) => points > 0).toSorted(([a], [b]) => b - a)
  return { score: round(counted.reduce((sum, [points]) => sum + points, 0)), reasons: counted.map(([, reason]) => reason) }
}

/** The same for one category; null where the organization does not belong to it. */
export function confidence(category: Category, s: Signals): Fit | null {
  const further = compatibility(s)
  const fit = (points: number, first: string): Fit => ({
    score: round(points + further.score / 5),
    reasons: [first, ...further.reasons.filter((reason) => reason !== first)],
  })
  switch (category) {
    case 'similar_projects':
      return s.workTypes.length > 0 ? fit(40 + towards(40, s.workTypes.length, 1), said.types(s)) : null
    case 'geographic':
      return s.sameCity ? fit(60, said.city(s)) : null
    case 'industry_leaders':
      return s.connections > 0 ? fit(30 + towards(50, s.connections, 5), said.known(s)) : null
    case 'new_market':
      return !s.sameCity && s.city !== null && (s.isVerified || s.connections > 0) ? fit(40, said.market(s)) : null
  }
}

export interface Ranked extends Fit {
  orgId: number
  category?: Category
}

const best = (a: Ranked, b: Ranked) => b.score - a.score || a.orgId - b.orgId

/** The best first; those for whom nothing speaks are left out. */
export const suggest = (all: Signals[], limit: number): Ranked[] =>
  all
    .map((s) => ({ orgId: s.orgId, ...compatibility(s) }))
    .filter(({ score }) => score > 0)
    .toSorted(best)
    .slice(0, limit)

/** The best of a category, or each organization in the category that suits it best. */
export const recommend = (all: Signals[], category: Category | undefined, limit: number): Ranked[] =>
  all
    .flatMap((s) => {
      const fits = (category ? [category] : CATEGORIES).flatMap((one) => {
        const fit = confidence(one, s)
        return fit ? [{ orgId: s.orgId, category: one, ...fit }] : []
      })
      return fits.toSorted(best).slice(0, 1)
    })
    .toSorted(best)
    .slice(0, limit)
