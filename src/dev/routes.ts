import * as z from 'zod'
import { operation } from '../http/operation.ts'
import { listOutbox, moveClock } from './service.ts'

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
    (ctx, { query }) => listOutbox(ctx, query.to),
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
    (ctx, { body }) => moveClock(ctx, body.advance_seconds ?? 0, body.reset ?? false),
  ),
]
