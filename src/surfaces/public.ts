import * as z from 'zod'
import type { Surface } from '../app.ts'
import { invitationPageRoutes } from '../construction/partners/invitation-page.ts'
import { devRoutes } from '../dev/routes.ts'
import { openFileLink } from '../documents/file-link.ts'
import { errorPage } from '../http/error-page.ts'
import { operation } from '../http/operation.ts'
import { problem } from '../http/shapes.ts'
import { publicKeys } from '../identity/tokens.ts'
import { unsubscribeRoutes } from '../reports/schedules/unsubscribe.ts'
import { pkiRoutes } from '../signing/keys/routes.ts'
import { linkRoutes } from '../signing/link-routes.ts'
import { pageRoutes } from '../signing/page-routes.ts'
import { verifyRoutes } from '../signing/verify-routes.ts'
import { health } from './health.ts'

const check = z.enum(['ok', 'failed']).meta({ example: 'ok' })
const Health = z
  .object({
    status: z.enum(['ok', 'degraded']).meta({ example: 'ok' }),
    checks: z.object({ d1: check, r2: check, durable_objects: check }),
    time: z.string(),
  })
  .meta({ id: 'Health' })

/** What belongs to no document: health, keys, the pages for people, and the development routes. /docs and /openapi.json are static. */
export const publicZone: Surface = {
  name: 'public',
  base: '/',
  errors: problem,
  pages: errorPage,
  operations: [
    operation(
      {
        id: 'get-health',
        method: 'get',
        path: '/health',
        summary: 'Whether the stores answer',
        tag: 'Service',
        access: 'public',
        returns: { 200: { schema: Health }, 503: { schema: Health } },
      },
      (ctx) => health(ctx),
    ),
    operation(
      {
        id: 'get-jwks',
        method: 'get',
        path: '/.well-known/jwks.json',
        summary: 'Public keys of the access tokens (RFC 7517)',
        tag: 'Service',
        access: 'public',
        returns: { 200: { schema: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' }) } },
      },
      async (ctx) => publicKeys(ctx.settings),
    ),
    operation(
      {
        id: 'get-root',
        method: 'get',
        path: '/',
        summary: 'To the API reference',
        tag: 'Service',
        access: 'public',
        returns: { 302: {} },
        hidden: true,
      },
      async () => new Response(null, { status: 302, headers: { location: '/docs' } }),
    ),
    operation(
      {
        id: 'get-file-link',
        method: 'get',
        path: '/files/{token}',
        summary: 'A file, by a link that lasts a while',
        tag: 'Service',
        access: 'public',
        params: z.object({ token: z.string().max(500) }),
        returns: { 200: { media: ['*/*'] } },
        errors: [404, 410],
      },
      (ctx, { params }) => openFileLink(ctx, params.token),
    ),
    ...invitationPageRoutes,
    ...unsubscribeRoutes,
    ...pkiRoutes,
    ...pageRoutes,
    ...verifyRoutes,
    ...linkRoutes,
    ...devRoutes,
  ],
}
