import { and, eq, isNull } from 'drizzle-orm'
import type * as z from 'zod'
import { AppError } from '../../http/errors.ts'
import { orNull, showMoney } from '../../http/numbers.ts'
import { contains, definePages, equals, flag } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { said, verbsOf } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { unitReference, unitsOf, type UnitRow } from '../units/units.ts'
import { completedWorks } from '../works/tables.ts'
import type { ChangeWorkType, NewWorkType } from './schemas.ts'
import { workTypes as table } from './tables.ts'

type Change = z.output<typeof ChangeWorkType>

export const workTypePages = definePages({
  counted: 'work_types',
  key: table.id,
  filters: { name: contains(table.nameKey), category: equals(table.category), is_active: flag(table.isActive) },
  sorts: { name: table.name, category: table.category, created_at: table.createdAt, updated_at: table.updatedAt },
  direction: 'asc',
})

const columnsOf = (input: Change) =>
  said({
    name: input.name,
    nameKey: input.name === undefined ? undefined : searchable(input.name),
    code: input.code,
    externalCode: input.external_code,
    category: input.category,
    description: input.description,
    defaultPrice: input.default_price,
    measurementUnitId: input.measurement_unit_id,
    isActive: input.is_active,
    additionalProperties: input.additional_properties,
  })

/** A unit as rows show it. */
export const shortUnit = (unit: UnitRow | undefined) =>
  unit ? { id: unit.id, name: unit.name, code: unit.shortName, short_name: unit.shortName } : null

const inUse = () => new AppError('bad_request', 'Вид работ используется в выполненных работах и не может быть удалён.')

export const workTypes = verbsOf({
  table,
  noun: 'work_type',
  missing: 'Вид работ не найден',
  list: workTypePages,
  columns: (input: z.output<typeof NewWorkType>) => columnsOf(input),
  changes: columnsOf,
  references: (input) => [unitReference(input.measurement_unit_id)],
  unique: { 'work_types.name': { path: 'name', message: 'Вид работ с таким названием уже существует в вашей организации.' } },
  refusals: { 'work type in use': inUse },
  related: (ctx, rows) =>
    unitsOf(
      ctx,
      rows.map((row) => row.measurementUnitId),
    ),
  present: (row, units) => ({
    id: row.id,
    name: row.name,
    code: row.code,
    external_code: row.externalCode,
    category: row.category,
    description: row.description,
    default_price: orNull(row.defaultPrice, showMoney),
    is_active: row.isActive,
    organization_id: row.orgId,
    measurement_unit: shortUnit(units.get(row.measurementUnitId)),
    additional_properties: row.additionalProperties,
    created_at: isoStamp(row.createdAt),
    updated_at: isoStamp(row.updatedAt),
  }),
  mayRemove: async (ctx, { id }) => {
    const [used] = await ctx.db
      .select({ id: completedWorks.id })
      .from(completedWorks)
      .where(and(eq(completedWorks.workTypeId, id), isNull(completedWorks.deletedAt)))
      .limit(1)
    if (used) throw inUse()
  },
})
