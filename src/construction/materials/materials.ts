import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { orNull, showMoney, showQuantity } from '../../http/numbers.ts'
import { contains, custom, definePages, equals, flag, flagValue } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { said, verbsOf } from '../registry/registry.ts'
import { sqlStamp } from '../stamps.ts'
import { presentUnit, unitReference, unitsQuery, type UnitRow } from '../units/units.ts'
import { workTypes } from '../work-types/tables.ts'
import { normsOfMaterial, readRatesOf } from './norms.ts'
import type { ChangeMaterial, NewMaterial } from './schemas.ts'
import { materials as table } from './tables.ts'

type New = z.output<typeof NewMaterial>
type Change = z.output<typeof ChangeMaterial>

export const materialPages = definePages({
  counted: 'materials',
  key: table.id,
  filters: {
    name: contains(table.nameKey),
    category: equals(table.category),
    is_active: flag(table.isActive),
    // Says how rows are shown, not which.
    include_consumption_rates: custom(flagValue, () => undefined),
  },
  sorts: { created_at: table.createdAt, updated_at: table.updatedAt, name: table.name },
})

const columnsOf = (input: Partial<Change>) =>
  said({
    name: input.name,
    nameKey: input.name === undefined ? undefined : searchable(input.name),
    code: input.code,
    measurementUnitId: input.measurement_unit_id,
    description: input.description,
    category: input.category,
    defaultPrice: input.default_price,
    additionalProperties: input.additional_properties,
    isActive: input.is_active,
    externalCode: input.external_code === '' ? null : input.external_code,
    sbisNomenclatureCode: input.sbis_nomenclature_code,
    sbisUnitCode: input.sbis_unit_code,
    accountingData: input.accounting_data,
    useInAccountingReports: input.use_in_accounting_reports ?? undefined,
    accountingAccount: input.accounting_account,
  })

/** Units and norms of a page of materials, in one trip. */
async function readRelated(ctx: Ctx, rows: readonly (typeof table.$inferSelect)[]) {
  if (rows.length === 0) return { units: new Map<number, UnitRow>(), rates: [] }
  const [units, rates] = await ctx.db.batch([
    unitsQuery(
      ctx,
      rows.map((row) => row.measurementUnitId),
    ),
    readRatesOf(
      ctx,
      rows.map((row) => row.id),
    ),
  ])
  return { units: new Map(units.map((unit) => [unit.id, unit])), rates }
}

export const materials = verbsOf({
  table,
  noun: 'material',
  missing: 'Материал не найден',
  list: materialPages,
  columns: (input: New) => columnsOf(input),
  changes: (input: Change) => columnsOf(input),
  references: (input) => [
    unitReference(input.measurement_unit_id),
    ...Object.keys(input.consumption_rates ?? {}).map((id) => ({ path: `consumption_rates.${id}`, table: workTypes, id: Number(id) })),
  ],
  unique: {
    'materials.name': { path: 'name', message: 'Материал с таким названием уже существует в вашей организации.' },
    'materials.external_code': { path: 'external_code', message: 'Материал с таким внешним кодом уже существует в вашей организации.' },
  },
  also: ({ consumption_rates: rates }, id, { ctx }) =>
    rates === undefined
      ? []
      : normsOfMaterial(
          ctx,
          id,
          Object.entries(rates ?? {}).map(([workTypeId, quantity]) => ({ id: Number(workTypeId), quantity })),
        ),
  related: readRelated,
  present: (row, { units, rates }) => {
    const unit = units.get(row.measurementUnitId)
    const own = rates.filter((rate) => rate.materialId === row.id).toSorted((a, b) => a.workTypeId - b.workTypeId)
    return {
      id: row.id,
      name: row.name,
      code: row.code,
      description: row.description,
      category: row.category,
      default_price: orNull(row.defaultPrice, showMoney),
      is_active: row.isActive,
      additional_properties: row.additionalProperties,
      external_code: row.externalCode,
      sbis_nomenclature_code: row.sbisNomenclatureCode,
      sbis_unit_code: row.sbisUnitCode,
      consumption_rates: own.length > 0 ? Object.fromEntries(own.map((rate) => [rate.workTypeId, showQuantity(rate.quantity)])) : null,
      accounting_data: row.accountingData,
      use_in_accounting_reports: row.useInAccountingReports,
      accounting_account: row.accountingAccount,
      measurement_unit: unit ? presentUnit(unit) : null,
      consumption_rates_with_work_types: own.map((rate) => ({
        work_type_id: rate.workTypeId,
        work_type_name: rate.name,
        rate: showQuantity(rate.quantity),
        notes: rate.notes,
      })),
      organization_id: row.orgId,
      created_at: sqlStamp(row.createdAt),
      updated_at: sqlStamp(row.updatedAt),
    }
  },
})
type Shown = Awaited<ReturnType<typeof materials.get>>

/** Norms with the names of their work types are only for those who ask. */
export function withRates(shown: Shown, asked: unknown) {
  if (asked === true) return shown
  const { consumption_rates_with_work_types: _, ...rest } = shown
  return rest
}
