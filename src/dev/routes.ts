import { and, desc, eq, sql } from 'drizzle-orm'
import * as z from 'zod'
import { operation } from '../http/operation.ts'
import { outboxMessages } from '../notifications/tables.ts'
import { devState } from './tables.ts'

// A space is what a plus becomes in a query that was not encoded.
const recipient = z
  .string()
  .max(254)
  .transform((to) => to.replace(/^ /, '+'))
  .optional()

export const devRoutes = [
  operation(
    {
      id: 'get-dev-outbox',
      method: 'get',
      path: '/dev/outbox',
      summary: 'What went to phones and mailboxes, newest first',
      tag: 'Development',
      access: 'public',
      query: z.object({ to: recipient }),
      returns: { 200: { schema: z.unknown() } },
      hidden: true,
      development: true,
    },
    async (ctx, { query }) => {
      const rows = await ctx.db
        .select()
        .from(outboxMessages)
        .where(and(query.to ? eq(outboxMessages.to, query.to) : undefined))
        .orderBy(desc(outboxMessages.seq))
        .limit(50)
      return { messages: rows.map(({ seq: _, id: __, createdAt, ...m }) => ({ ...m, created_at: createdAt })) }
    },
  ),
  operation(
    {
      id: 'post-dev-clock',
      method: 'post',
      path: '/dev/clock',
      summary: 'Move the service’s clock',
      tag: 'Development',
      access: 'public',
      hidden: true,
      development: true,
      body: z.object({ advance_seconds: z.number().min(-1e9).max(1e9).optional(), reset: z.boolean().optional() }),
      returns: { 200: { schema: z.unknown() } },
    },
    async (ctx, { body }) => {
      const ms = Math.round((body.advance_seconds ?? 0) * 1000)
      const value = body.reset ? sql`${ms}` : sql`${devState.value} + ${ms}`
      const [row] = await ctx.db
        .insert(devState)
        .values({ name: 'clock', value: ms })
        .onConflictDoUpdate({ target: devState.name, set: { value } })
        .returning()
      return { offset_seconds: (row?.value ?? 0) / 1000, now: new Date(Date.now() + (row?.value ?? 0)).toISOString() }
    },
  ),
]
