import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { SavedItem } from './settings-rules.ts'

/** How a person has arranged the dashboard of an organization. */
export const dashboardSettings = sqliteTable(
  'dashboard_settings',
  {
    userId: integer('user_id').notNull(),
    orgId: integer('org_id').notNull(),
    /** Of the registry of widgets, at the time. */
    version: integer('version').notNull(),
    layoutMode: text('layout_mode').notNull(),
    items: text('items', { mode: 'json' }).$type<SavedItem[]>().notNull(),
    updatedAt: text('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.orgId] })],
)
