import { and, eq, gte, inArray, isNull, lte, or } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { mine } from '../registry/registry.ts'
import { WORK_COST_KINDS, type Coefficient, type Priced } from './apply.ts'
import { rateCoefficients as table } from './tables.ts'

/** What `applyCoefficients` chooses from, in one query: the organization's active coefficients of these kinds that are valid on the day. */
export async function coefficientsFor(ctx: Ctx, { date, kinds = WORK_COST_KINDS }: Pick<Priced, 'date' | 'kinds'>): Promise<Coefficient[]> {
  return ctx.db
    .select({
      id: table.id,
      name: table.name,
      type: table.type,
      value: table.value,
      appliesTo: table.appliesTo,
      scope: table.scope,
      isActive: table.isActive,
      validFrom: table.validFrom,
      validTo: table.validTo,
      conditions: table.conditions,
    })
    .from(table)
    .where(
      and(
        mine(ctx, table),
        eq(table.isActive, true),
        inArray(table.appliesTo, [...kinds]),
        or(isNull(table.validFrom), lte(table.validFrom, date)),
        or(isNull(table.validTo), gte(table.validTo, date)),
      ),
    )
    .orderBy(table.id)
}
