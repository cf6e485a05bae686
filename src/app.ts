import { Hono, type Context } from 'hono'
import type { Ctx } from './context.ts'
import { serviceNow } from './context.ts'
import { openDb } from './db/client.ts'
import { settingsOf } from './env.ts'
import { authenticate } from './http/auth.ts'
import { AppError } from './http/errors.ts'
import { limitRate } from './http/limits.ts'
import { logUnknown } from './http/log.ts'
import type { Operation } from './http/operation.ts'
import { problem, type ErrorShape } from './http/shapes.ts'

export const BOOKMARK_HEADER = 'x-d1-bookmark'
const NO_PAGE = 'There is no such page.'

export interface Surface {
  name: string
  base: string
  operations: Operation[]
  errors: ErrorShape
  /** How it words one to a person whose browser asked for a page; undefined where it was not one. */
  pages?: (error: AppError, request: Request) => Response | undefined
}

export type Bindings = { Bindings: Env }

/** Makes the context of a request: one D1 session for all its queries, and the service's clock. */
async function contextOf(c: Context<Bindings>): Promise<{ ctx: Ctx; bookmark: () => string | undefined }> {
  const settings = settingsOf(c.env)
  const reads = c.req.method === 'GET' || c.req.method === 'HEAD'
  const session = openDb(c.env, reads ? 'first-unconstrained' : 'first-primary', c.req.header(BOOKMARK_HEADER))
  const ctx: Ctx = {
    env: c.env,
    settings,
    db: session.db,
    now: await serviceNow(settings, session.db),
    requestId: requestIdOf(c),
    actor: { kind: 'anonymous' },
    address: c.req.header('cf-connecting-ip') ?? null,
    userAgent: c.req.header('user-agent')?.slice(0, 300) ?? null,
    acceptLanguage: c.req.header('accept-language') ?? null,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  }
  return { ctx, bookmark: session.bookmark }
}

const ids = new WeakMap<Request, string>()
export function requestIdOf(c: Context): string {
  const id = ids.get(c.req.raw) ?? c.req.header('cf-ray') ?? crypto.randomUUID()
  ids.set(c.req.raw, id)
  return id
}

/** Builds a surface's app: its operations, and its one way of wording errors. */
export function newSurface({ operations, errors, pages, base, name }: Surface): Hono<Bindings> {
  const app = new Hono<Bindings>({ strict: false }).basePath(base)
  for (const { spec, run } of operations) {
    // Without its last slash: the router looks both forms up so.
    app.on(spec.method.toUpperCase(), spec.path.replace(/\{(\w+)\}/g, ':$1').replace(/(.)\/$/, '$1'), async (c) => {
      const { ctx, bookmark } = await contextOf(c)
      if (spec.development && ctx.settings.ENVIRONMENT !== 'development') throw new AppError('not_found', NO_PAGE)
      // A public door opens whatever the visitor's pockets hold.
      const actor = spec.access === 'public' ? ctx.actor : await authenticate(ctx, c.req.header('authorization'))
      if (!actor) {
        // Whoever tries tokens is counted like any other stranger.
        await limitRate(ctx, spec)
        throw new AppError('unauthenticated', 'The token is not valid.')
      }
      const response = await run(c, { ...ctx, actor }, errors)
      const at = bookmark()
      if (!at) return response
      const answer = new Response(response.body, response)
      answer.headers.set(BOOKMARK_HEADER, at)
      return answer
    })
  }
  const say = (error: AppError, c: Context) => pages?.(error, c.req.raw) ?? errors(error, requestIdOf(c))
  app.notFound((c) => say(new AppError('not_found', NO_PAGE), c))
  app.onError((error, c) => {
    if (error instanceof AppError) return say(error, c)
    logUnknown(error, requestIdOf(c), `${name} ${c.req.method} ${c.req.routePath}`)
    return say(new AppError('internal', 'Something went wrong on our side.'), c)
  })
  return app
}

type Loader = () => Promise<Surface>

/** Which surface answers a path: the first prefix that fits. Each is loaded on its first call. */
const ROUTES: [RegExp, Loader][] = [
  [
    /^\/(companies|templates|contracts|contract-fields|signatures|company-balances|tariff-plans|payment_requests|payments|stats)(\/|$)/,
    async () => (await import('./surfaces/ozge.ts')).ozge,
  ],
  [/^\/(clients|smart_doc|smart_docs)(\/|$)/, async () => (await import('./surfaces/b2b.ts')).b2b],
  [/^\/api\/v1\/(office|webhooks|api-keys|trust-anchors)(\/|$)/, async () => (await import('./surfaces/office.ts')).office],
  [/^\/api\/v1\/agreement(\/|$)/, async () => (await import('./surfaces/agreement.ts')).agreement],
  [/^\/api\/v1\/admin(\/|$)/, async () => (await import('./surfaces/admin.ts')).admin],
  [/^\//, async () => (await import('./surfaces/public.ts')).publicZone],
]

const loaded = new Map<Loader, Promise<Hono<Bindings>>>()
function load(loader: Loader): Promise<Hono<Bindings>> {
  const found = loaded.get(loader) ?? loader().then(newSurface)
  loaded.set(loader, found)
  return found
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': `${BOOKMARK_HEADER}, retry-after, link, location, x-request-id, idempotency-replayed`,
}
const PREFLIGHT = {
  ...CORS,
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': `authorization, content-type, idempotency-key, client, ${BOOKMARK_HEADER}`,
  'access-control-max-age': '86400',
}

/** Answers a request: finds its surface, and adds what every answer carries. */
export async function handle(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: PREFLIGHT })
  const { pathname } = new URL(request.url)
  const route = ROUTES.find(([prefix]) => prefix.test(pathname))
  const answer = route ? await (await load(route[1])).fetch(request, env, execution) : problem(new AppError('not_found', NO_PAGE), '')
  const response = new Response(answer.body, answer)
  for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value)
  response.headers.set('x-request-id', ids.get(request) ?? crypto.randomUUID())
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  if (!response.headers.has('referrer-policy')) response.headers.set('referrer-policy', 'no-referrer')
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  return response
}
