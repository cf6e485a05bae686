import { and, eq, isNull, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { AppError } from '../../http/errors.ts'
import { contains, definePages, flag } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { materialMovements } from '../materials/tables.ts'
import { said, verbsOf } from '../registry/registry.ts'
import { sqlStamp } from '../stamps.ts'
import type { ChangeSupplier, NewSupplier } from './schemas.ts'
import { suppliers as table } from './tables.ts'

export const supplierPages = definePages({
  counted: 'suppliers',
  key: table.id,
  filters: { name: contains(table.nameKey), is_active: flag(table.isActive) },
  sorts: { name: table.name, created_at: table.createdAt, updated_at: table.updatedAt },
  direction: 'asc',
})

const columnsOf = (input: z.output<typeof ChangeSupplier>) =>
  said({
    name: input.name,
    nameKey: input.name === undefined ? undefined : searchable(input.name),
    code: input.code,
    contactPerson: input.contact_person,
    phone: input.phone,
    email: input.email,
    address: input.address,
    taxNumber: input.tax_number,
    description: input.description,
    isActive: input.is_active,
    additionalInfo: input.additional_info,
  })

export const suppliers = verbsOf({
  table,
  noun: 'supplier',
  missing: 'Поставщик не найден',
  list: supplierPages,
  columns: (input: z.output<typeof NewSupplier>) => columnsOf(input),
  changes: (input: z.output<typeof ChangeSupplier>) => columnsOf(input),
  unique: { 'suppliers.name': { path: 'name', message: 'Поставщик с таким названием уже существует в вашей организации.' } },
  related: async () => undefined,
  present: (row) => ({
    id: row.id,
    name: row.name,
    code: row.code,
    contactPerson: row.contactPerson,
    phone: row.phone,
    email: row.email,
    address: row.address,
    tax_number: row.taxNumber,
    description: row.description,
    isActive: row.isActive,
    additional_info: row.additionalInfo,
    organizationId: row.orgId,
    createdAt: sqlStamp(row.createdAt),
    updatedAt: sqlStamp(row.updatedAt),
  }),
  unused: ({ id }) =>
    sql`not exists (select 1 from ${materialMovements} where ${materialMovements.supplierId} = ${id} and ${materialMovements.deletedAt} is null)`,
  mayRemove: async (ctx, { id }) => {
    const [used] = await ctx.db
      .select({ id: materialMovements.id })
      .from(materialMovements)
      .where(and(eq(materialMovements.supplierId, id), isNull(materialMovements.deletedAt)))
      .limit(1)
    if (used) throw new AppError('forbidden', 'Поставщик используется и не может быть удалён.')
  },
})
