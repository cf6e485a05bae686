import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Who did what, when and from where; written in the batch of the mutation that it tells of. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    orgId: integer('org_id'),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    requestId: text('request_id').notNull(),
    address: text('address'),
    at: text('at').notNull(),
  },
  (t) => [index('audit_log_org').on(t.orgId, t.id)],
)
