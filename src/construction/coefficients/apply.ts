import { AppError } from '../../http/errors.ts'
import { RATE_SCALE } from '../../http/numbers.ts'
import { divideHalfUp, MONEY_SCALE } from '../../lib/money.ts'
import type { AppliesTo, CoefficientType, Scope } from './tables.ts'

/** What of a rate coefficient decides. */
export interface Coefficient {
  id: number
  name: string
  type: CoefficientType
  /** Per cent, or money, with four digits after the point. */
  value: number
  appliesTo: AppliesTo
  scope: Scope
  isActive: boolean
  validFrom: string | null
  validTo: string | null
  /** `project_ids`, `work_type_ids`, … as callers keep them; other keys are theirs alone. */
  conditions: Record<string, unknown> | null
}

/** What is priced. */
export interface Priced {
  /** `YYYY-MM-DD`: the day that coefficients must be valid on. */
  date: string
  projectId?: number | null
  workTypeId?: number | null
  workTypeCategory?: string | null
  /** Several, where a work takes several materials: one of them is enough. */
  materialIds?: readonly number[]
  materialCategories?: readonly string[]
  /** Which kinds count; for the cost of a work those of works and the general ones. */
  kinds?: readonly AppliesTo[]
}

/** What a priced row keeps of a coefficient: what it was at that time. */
export type AppliedCoefficient = Pick<Coefficient, 'id' | 'name' | 'type' | 'value'>

export const WORK_COST_KINDS: readonly AppliesTo[] = ['work_costs', 'general']

/** From the narrowest to the widest: the order in which they are applied. */
const ORDER: readonly Scope[] = ['material', 'work_type', 'material_category', 'work_type_category', 'project', 'global_org']

type Narrow = Exclude<Scope, 'global_org'>
/** How conditions name what a scope is of. A category is its name. */
const LISTS: Record<Narrow, readonly string[]> = {
  project: ['project_ids'],
  work_type: ['work_type_ids'],
  material: ['material_ids'],
  work_type_category: ['work_type_category_ids', 'work_type_categories'],
  material_category: ['material_category_ids', 'material_categories'],
}
const NARROW = Object.keys(LISTS) as Narrow[]

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'number' || typeof v === 'string').map(String) : []

/** What the conditions list for a scope; undefined where they say nothing of it. */
function listOf(conditions: Record<string, unknown> | null, scope: Narrow): string[] | undefined {
  const said = LISTS[scope].filter((key) => Array.isArray(conditions?.[key]))
  return said.length === 0 ? undefined : said.flatMap((key) => textsOf(conditions?.[key]))
}

const valuesOf = (priced: Priced): Record<Narrow, string[]> => ({
  project: textsOf([priced.projectId]),
  work_type: textsOf([priced.workTypeId]),
  work_type_category: textsOf([priced.workTypeCategory]),
  material: textsOf(priced.materialIds),
  material_category: textsOf(priced.materialCategories),
})

/**
 * Whether the scope fits: the whole organization always; any other only if its conditions list what is priced. Lists of the other scopes, where there are any,
 * narrow it further: "these work types, on these projects".
 */
function scopeFits({ scope, conditions }: Coefficient, priced: Priced): boolean {
  if (scope === 'global_org') return true
  const values = valuesOf(priced)
  return NARROW.every((of) => {
    const list = listOf(conditions, of)
    return list === undefined ? of !== scope : list.some((one) => values[of].includes(one))
  })
}

/** Whether a coefficient has a say in this price at all. */
export const coefficientFits = (c: Coefficient, priced: Priced): boolean =>
  c.isActive &&
  (priced.kinds ?? WORK_COST_KINDS).includes(c.appliesTo) &&
  (c.validFrom === null || c.validFrom <= priced.date) &&
  (c.validTo === null || priced.date <= c.validTo) &&
  scopeFits(c, priced)

/** An amount that is not rounded yet: minor units, as a fraction. */
export interface Exact {
  dividend: bigint
  divisor: bigint
}

/**
 * The amount (minor units) after all coefficients that fit, and which ones they were, in order: the narrowest scope first, the older first within one. Percentages
 * compound, additions add up; nothing is rounded on the way, the result half up to the cent.
 *
 * @throws AppError validation for `field` where the result is more than money can be
 */
export function applyCoefficients(
  amount: number | Exact,
  coefficients: readonly Coefficient[],
  priced: Priced,
  field = 'total_amount',
): { amount: number; applied: AppliedCoefficient[] } {
  const fitting = coefficients
    .filter((c) => coefficientFits(c, priced))
    .toSorted((a, b) => ORDER.indexOf(a.scope) - ORDER.indexOf(b.scope) || a.id - b.id)
  const one = 10n ** BigInt(RATE_SCALE)
  let { dividend, divisor } = typeof amount === 'number' ? { dividend: BigInt(amount), divisor: 1n } : amount
  for (const { type, value } of fitting) {
    if (type === 'percentage') {
      dividend *= 100n * one + BigInt(value)
      divisor *= 100n * one
    } else {
      dividend = dividend * one + BigInt(value) * 10n ** BigInt(MONEY_SCALE) * divisor
      divisor *= one
    }
  }
  const result = Number(divideHalfUp(dividend, divisor))
  if (!Number.isSafeInteger(result)) {
    const message = 'С учётом коэффициентов сумма слишком велика.'
    throw new AppError('validation', message, { issues: [{ path: field, message }] })
  }
  return { amount: result, applied: fitting.map(({ id, name, type, value }) => ({ id, name, type, value })) }
}
