import type { Surface } from '../src/app.ts'
import { openApiDocument } from '../src/http/openapi.ts'
import type { AnySpec } from '../src/http/operation.ts'
import { admin } from '../src/surfaces/admin.ts'
import { agreement } from '../src/surfaces/agreement.ts'
import { b2b } from '../src/surfaces/b2b.ts'
import { office } from '../src/surfaces/office.ts'
import { ozge } from '../src/surfaces/ozge.ts'
import { publicZone } from '../src/surfaces/public.ts'

export interface Declared {
  surface: Surface
  spec: AnySpec
  /** With the surface's base: `/api/v1/admin/auth/login`. */
  path: string
  statuses: Set<number>
}

const SURFACES = [ozge, b2b, office, agreement, admin, publicZone]

interface Documented {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
}
const document = (await openApiDocument()) as unknown as Documented

/** Every operation of every surface, and the statuses that the published document gives it. */
export const DECLARED: Declared[] = SURFACES.flatMap((surface) =>
  surface.operations.map(({ spec }) => {
    const path = `${surface.base === '/' ? '' : surface.base}${spec.path}`
    return { surface, spec, path, statuses: new Set(Object.keys(document.paths[path]?.[spec.method]?.responses ?? {}).map(Number)) }
  }),
)

const patterns = DECLARED.map((declared) => ({
  declared,
  pattern: new RegExp(
    `^${declared.path
      .replace(/\/$/, '')
      .replace(/[.]/g, '\\.')
      .replace(/\{\w+\}/g, '[^/]+')}/?$`,
  ),
}))

export const declaredFor = (method: string, pathname: string): Declared | undefined =>
  patterns.find(({ declared, pattern }) => declared.spec.method === method.toLowerCase() && pattern.test(pathname))?.declared

const SHAPES: Record<string, (body: Record<string, unknown>, status: number) => boolean> = {
  b2b: (body) => typeof body.detail === 'string' || Object.values(body).every((v) => Array.isArray(v)),
  agreement: (body, status) =>
    typeof (status === 404 ? body.error : body.message) === 'string' &&
    (status === 409 ? body.code === undefined : typeof body.code === 'number'),
  admin: (body) => body.success === false && typeof body.message === 'string',
}

/** Why an error is not worded as its surface does; undefined when it is. */
export function wrongShape(surface: string, status: number, contentType: string, body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return `an error that is ${typeof body}`
  const said = body as Record<string, unknown>
  const special = SHAPES[surface]
  if (special) return special(said, status) && contentType.startsWith('application/json') ? undefined : `not the form of ${surface}`
  if (contentType !== 'application/problem+json') return `an error sent as ${contentType}`
  if (said.status !== status || typeof said.title !== 'string' || typeof said.detail !== 'string' || said.type !== 'about:blank') {
    return 'not a problem document'
  }
  return typeof said.request_id === 'string' && said.request_id !== '' ? undefined : 'a problem without request_id'
}

/** Keys of `value` that are lost in `parsed`: what a reply holds beyond its schema. */
function undeclaredKeys(value: unknown, parsed: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((v, i) => undeclaredKeys(v, Array.isArray(parsed) ? parsed[i] : undefined, `${path}.${i}`))
  if (typeof value !== 'object' || value === null || typeof parsed !== 'object' || parsed === null) return []
  return Object.entries(value).flatMap(([k, v]) =>
    k in parsed ? undeclaredKeys(v, (parsed as Record<string, unknown>)[k], `${path}.${k}`) : [`${path}.${k}`],
  )
}

/** How an answer departs from what its operation declares; undefined when it does not. */
export function departs(method: string, url: URL, response: Response, text: string): string | undefined {
  const { status } = response
  const contentType = response.headers.get('content-type') ?? ''
  if (status >= 500 && status !== 503) return `${status}: ${text.slice(0, 300)}`
  const declared = declaredFor(method, url.pathname)
  if (!declared) return undefined
  const { spec, surface, statuses } = declared
  if (!spec.hidden && !statuses.has(status)) return `${status} is not among the documented ${[...statuses].join(', ')}`
  if (contentType.startsWith('text/html')) return undefined
  if (status >= 400 && !(status in spec.returns)) return wrongShape(surface.name, status, contentType, JSON.parse(text))
  const { schema, media } = spec.returns[status] ?? {}
  if (media && !(schema && contentType === 'application/json'))
    return media.includes(contentType) || media.includes('*/*') ? undefined : `sent as ${contentType}, declared ${media.join(', ')}`
  if (!schema) return text === '' ? undefined : 'a body where none is declared'
  const body: unknown = JSON.parse(text)
  const parsed = schema.safeParse(body)
  if (!parsed.success) return `does not match what it returns: ${parsed.error.message.slice(0, 500)}`
  const lost = undeclaredKeys(body, parsed.data)
  return lost.length > 0 ? `holds undeclared ${lost.join(', ')}` : undefined
}
