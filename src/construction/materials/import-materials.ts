import { and, eq, isNull, or } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { sendTable, type Format } from '../../documents/spreadsheet/write-table.ts'
import { scaled } from '../../http/numbers.ts'
import { MONEY_SCALE } from '../../lib/money.ts'
import { searchable } from '../../lib/search-text.ts'
import { cellLine, cellText, importFile, type FileImporter } from '../registry/import.ts'
import { said } from '../registry/registry.ts'
import { measurementUnits } from '../units/tables.ts'
import { SYSTEM } from '../units/units.ts'
import { materials as table } from './tables.ts'

/** `1 234,50` and `1234.5` alike. */
const price = z.string().transform((text, context) => {
  const value = scaled(text.replaceAll(/[\s\u00a0\u202f]/g, '').replace(',', '.'), MONEY_SCALE)
  if (value !== undefined && value >= 0 && value <= 9e14) return value
  context.addIssue({ code: 'custom', message: 'должно быть числом не меньше нуля' })
  return z.NEVER
})

const MaterialRow = z.object({
  name: cellLine(255),
  code: cellText(50).optional(),
  measurement_unit: cellText(255).optional(),
  category: cellText(100).optional(),
  default_price: price.optional(),
  external_code: cellText(100).optional(),
  description: cellText(1000).optional(),
})
export type MaterialRow = z.output<typeof MaterialRow>

/** Units as people type them: `м2` for `м²`, with or without a point. */
export const unitKey = (text: string) => searchable(text).replaceAll('²', '2').replaceAll('³', '3').replaceAll(/[\s.]/g, '')

/** Which unit a text means: the organization's own come before the system's, short names before whole ones. */
export async function unitsByName(ctx: Ctx): Promise<Map<string, number>> {
  const rows = await ctx.db
    .select()
    .from(measurementUnits)
    .where(and(or(eq(measurementUnits.orgId, orgOf(ctx)), eq(measurementUnits.orgId, SYSTEM)), isNull(measurementUnits.deletedAt)))
    .orderBy(measurementUnits.id)
  const own = rows.toSorted((a, b) => Number(a.orgId === SYSTEM) - Number(b.orgId === SYSTEM))
  const found = new Map<string, number>()
  for (const name of ['shortName', 'name'] as const)
    for (const row of own) if (!found.has(unitKey(row[name]))) found.set(unitKey(row[name]), row.id)
  return found
}

/** A material is known again by its name and by its external code; the same row again changes it. */
export const materialImporter: FileImporter<MaterialRow, Map<string, number>> = {
  table,
  noun: 'material',
  columns: {
    name: ['name', 'наименование', 'название'],
    code: ['code', 'код', 'артикул'],
    measurement_unit: ['measurement_unit', 'unit', 'единица измерения', 'ед. изм.', 'ед.изм.', 'ед'],
    category: ['category', 'категория', 'группа'],
    default_price: ['default_price', 'price', 'цена'],
    external_code: ['external_code', 'внешний код'],
    description: ['description', 'описание'],
  },
  required: ['name'],
  schema: MaterialRow,
  lookups: unitsByName,
  keys: ['name', 'externalCode'],
  match: 'all',
  identify: (row) => [
    { key: 'name', value: row.name },
    ...(row.external_code === undefined ? [] : [{ key: 'externalCode', value: row.external_code }]),
  ],
  values: (row, units, before) => {
    const unit = row.measurement_unit === undefined ? undefined : units.get(unitKey(row.measurement_unit))
    if (row.measurement_unit !== undefined && unit === undefined) return `единица измерения '${row.measurement_unit}' не найдена`
    if (unit === undefined && !before) return `отсутствует обязательное поле 'measurement_unit'`
    return said({
      name: row.name,
      nameKey: searchable(row.name),
      code: row.code,
      measurementUnitId: unit,
      category: row.category,
      defaultPrice: row.default_price,
      externalCode: row.external_code,
      description: row.description,
      ...(before ? {} : { isActive: true, useInAccountingReports: false }),
    })
  },
}

export const importMaterials = (ctx: Ctx, file: File) => importFile(ctx, materialImporter, file)

/** An empty file with the columns that the import reads. */
export const materialTemplate = (format: Format): Response =>
  sendTable(
    {
      name: 'Материалы',
      columns: Object.values(materialImporter.columns).map(([header]) => ({ header, kind: header === 'default_price' ? 'money' : 'text' })),
      rows: [],
    },
    { format, filename: 'materials-import-template' },
  )
