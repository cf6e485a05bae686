import { sql } from 'drizzle-orm'
import { index, integer, text, type SQLiteColumn } from 'drizzle-orm/sqlite-core'

/** What every registry's row has. A deleted one stays for history, and no list shows it. */
export const owned = () => ({
  id: integer('id').primaryKey({ autoIncrement: true }),
  orgId: integer('org_id').notNull(),
  createdAt: text('created_at').notNull(),
  updatedAt: text('updated_at').notNull(),
  deletedAt: text('deleted_at'),
})

/** Free JSON that a caller keeps with a row. */
export const json = (name: string) => text(name, { mode: 'json' }).$type<Record<string, unknown>>()
export const flagColumn = (name: string) => integer(name, { mode: 'boolean' })

interface Living {
  orgId: SQLiteColumn
  id: SQLiteColumn
}
/** An index of an organization's living rows in the order of a column: a page of a list costs what it shows. */
export const livingIndex = (name: string, t: Living, ...columns: SQLiteColumn[]) =>
  index(name)
    .on(t.orgId, ...columns, t.id)
    .where(sql`deleted_at is null`)
