import { sql } from 'drizzle-orm'
import { sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { flagColumn, json, livingIndex, owned } from '../registry/columns.ts'

export const suppliers = sqliteTable(
  'suppliers',
  {
    ...owned(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    code: text('code'),
    contactPerson: text('contact_person'),
    phone: text('phone'),
    email: text('email'),
    address: text('address'),
    taxNumber: text('tax_number'),
    description: text('description'),
    isActive: flagColumn('is_active').notNull().default(true),
    additionalInfo: json('additional_info'),
    externalCode: text('external_code'),
  },
  (t) => [
    uniqueIndex('suppliers_unique')
      .on(t.orgId, t.name)
      .where(sql`deleted_at is null`),
    livingIndex('suppliers_listed', t, t.createdAt),
    livingIndex('suppliers_updated', t, t.updatedAt),
    livingIndex('suppliers_active', t, t.isActive, t.name),
  ],
)
