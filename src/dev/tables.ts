import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** How far the development clock has been moved. One row, `clock`. */
export const devState = sqliteTable('dev_state', { name: text('name').primaryKey(), value: integer('value').notNull() })
