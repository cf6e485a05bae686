import { and, eq, getTableColumns, isNull, or, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { AppError } from '../../http/errors.ts'
import { definePages, oneOf } from '../../http/page-list.ts'
import { materials } from '../materials/tables.ts'
import type { Reference } from '../registry/references.ts'
import { mine, mineCounted, said, verbsOf } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { workTypes } from '../work-types/tables.ts'
import type { ChangeUnit, NewUnit } from './schemas.ts'
import { measurementUnits, UNIT_TYPES } from './tables.ts'

type New = z.output<typeof NewUnit>
type Change = z.output<typeof ChangeUnit>
export type UnitRow = typeof measurementUnits.$inferSelect

/** The organization under which the system's own units are. */
export const SYSTEM = 0
const isSystem = eq(measurementUnits.orgId, SYSTEM)

export const unitPages = definePages({
  counted: 'measurement_units',
  key: measurementUnits.id,
  filters: { type: oneOf(measurementUnits.type, UNIT_TYPES) },
  sorts: { id: measurementUnits.id },
  direction: 'asc',
})

export const presentUnit = (row: Omit<UnitRow, 'deletedAt'>) => ({
  id: row.id,
  name: row.name,
  code: row.shortName,
  short_name: row.shortName,
  type: row.type,
  description: row.description,
  is_default: row.isDefault,
  is_system: row.orgId === SYSTEM,
  organization_id: row.orgId === SYSTEM ? null : row.orgId,
  created_at: isoStamp(row.createdAt),
  updated_at: isoStamp(row.updatedAt),
})

/** A unit that a body names: the organization's own or the system's. */
export const unitReference = (id: number | null | undefined, path = 'measurement_unit_id'): Reference => ({
  path,
  table: measurementUnits,
  id,
  open: isSystem,
  message: 'Единица измерения не найдена.',
})

/** The units that rows name, for a batch with other queries. Deleted ones too, since rows keep naming them. */
export const unitsQuery = (ctx: Ctx, ids: readonly number[]) =>
  ctx.db.select(getTableColumns(measurementUnits)).from(asked(ids)).crossJoin(measurementUnits).where(isAsked(measurementUnits.id))

/** The same by id: for answers that show them. */
export async function unitsOf(ctx: Ctx, ids: readonly number[]): Promise<Map<number, UnitRow>> {
  if (ids.length === 0) return new Map()
  const rows = await unitsQuery(ctx, ids)
  return new Map(rows.map((row) => [row.id, row]))
}

async function isUsed(ctx: Ctx, id: number): Promise<boolean> {
  const [a, b] = await ctx.db.batch([
    ctx.db
      .select({ id: materials.id })
      .from(materials)
      .where(and(eq(materials.measurementUnitId, id), isNull(materials.deletedAt)))
      .limit(1),
    ctx.db
      .select({ id: workTypes.id })
      .from(workTypes)
      .where(and(eq(workTypes.measurementUnitId, id), isNull(workTypes.deletedAt)))
      .limit(1),
  ])
  return a.length > 0 || b.length > 0
}

function mustBeOwn(row: UnitRow): void {
  if (row.orgId === SYSTEM) throw new AppError('forbidden', 'Системную единицу измерения нельзя изменить или удалить.')
}

/** Own units are led as any registry; the system's are only seen. */
export const units = verbsOf({
  table: measurementUnits,
  noun: 'measurement_unit',
  missing: 'Единица измерения не найдена',
  list: unitPages,
  seen: (ctx) => sql`(${mine(ctx, measurementUnits)} or (${isSystem} and ${measurementUnits.deletedAt} is null))`,
  sources: (ctx) => [
    { where: mine(ctx, measurementUnits), scope: mineCounted(ctx) },
    { where: and(isSystem, isNull(measurementUnits.deletedAt)), scope: { orgs: [SYSTEM] } },
  ],
  columns: (input: New) => ({
    name: input.name,
    shortName: input.short_name,
    type: input.type,
    description: input.description ?? null,
    isDefault: input.is_default,
  }),
  changes: (input: Change) =>
    said({
      name: input.name,
      shortName: input.short_name,
      type: input.type,
      description: input.description,
      isDefault: input.is_default,
    }),
  check: async (input, { ctx, before }) => {
    if (!before) return []
    mustBeOwn(before)
    if (input.type !== undefined && input.type !== before.type && (await isUsed(ctx, before.id)))
      throw new AppError('forbidden', 'Тип единицы измерения, которая используется, изменить нельзя.')
    return []
  },
  unique: {
    'measurement_units.name': { path: 'name', message: 'Единица измерения с таким названием уже существует в вашей организации.' },
  },
  // One default of each type: the new one takes the flag from the others.
  also: (input, id, { ctx, before }) =>
    input.is_default
      ? [
          ctx.db
            .update(measurementUnits)
            .set({ isDefault: false })
            .where(
              and(
                eq(measurementUnits.orgId, orgOf(ctx)),
                eq(measurementUnits.type, input.type ?? before?.type ?? 'material'),
                eq(measurementUnits.isDefault, true),
                sql`${measurementUnits.id} <> ${id}`,
              ),
            ),
        ]
      : [],
  related: async () => undefined,
  present: presentUnit,
  unused: ({
    id,
  }) => sql`not exists (select 1 from ${materials} where ${materials.measurementUnitId} = ${id} and ${materials.deletedAt} is null)
    and not exists (select 1 from ${workTypes} where ${workTypes.measurementUnitId} = ${id} and ${workTypes.deletedAt} is null)`,
  mayRemove: async (ctx, row) => {
    mustBeOwn(row)
    if (await isUsed(ctx, row.id)) throw new AppError('forbidden', 'Единица измерения используется и не может быть удалена.')
  },
})

/** All units of materials that the organization may choose from. */
export async function materialUnits(ctx: Ctx) {
  const rows = await ctx.db
    .select()
    .from(measurementUnits)
    .where(
      and(or(eq(measurementUnits.orgId, orgOf(ctx)), isSystem), eq(measurementUnits.type, 'material'), isNull(measurementUnits.deletedAt)),
    )
    .orderBy(measurementUnits.id)
  return rows.map(presentUnit)
}
