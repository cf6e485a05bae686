import * as z from 'zod'
import { agreementOperation as operation } from './client-header.ts'
import { Where } from './schemas.ts'

const html = { 200: { media: ['text/html'] } }

export const esiaRoutes = [
  operation(
    {
      id: 'get-esia',
      method: 'get',
      path: '/esia',
      summary: 'Where to log in with ESIA (Госуслуги)',
      description:
        'An address for the person’s browser, good once and for 15 minutes. Back from there the person is asked whether the data may be handed over; then it is in the agreement. 503 where ESIA is not configured.',
      access: 'agreements:write',
      returns: { 200: { schema: Where } },
      errors: [503],
    },
    async (ctx) => (await import('./esia/login.ts')).beginLogin(ctx),
  ),
  operation(
    {
      id: 'get-esia-callback',
      method: 'get',
      path: '/esia/callback',
      summary: 'Where ESIA sends the person back to: a page that asks for consent',
      access: 'public',
      query: z.object({
        state: z.string().max(100).optional(),
        code: z.string().max(5000).optional(),
        error: z.string().max(500).optional(),
        lang: z.string().max(10).optional(),
      }),
      returns: html,
      errors: [404, 410, 503],
    },
    async (ctx, { query, request }) => (await import('./esia/login.ts')).returnFromEsia(ctx, query, request),
  ),
  operation(
    {
      id: 'post-esia-confirm',
      method: 'post',
      path: '/esia/confirm',
      summary: 'The person’s answer: whether the data may be handed over',
      access: 'public',
      bodyAs: 'form',
      body: z.object({ token: z.string().min(1).max(100), answer: z.enum(['yes', 'no']) }).meta({ id: 'EsiaAnswer' }),
      returns: html,
      errors: [404, 409, 410],
    },
    async (ctx, { body, request }) => (await import('./esia/login.ts')).answerLogin(ctx, body, request),
  ),
]
