import * as z from 'zod'
import type { Permission } from '../../identity/roles.ts'
import { linkedPage, type PageMeta, type Pages, resourcePage } from '../../http/page-list.ts'
import { idParam, operation, Reply, type Operation } from '../../http/operation.ts'
import type { Verbs } from './registry.ts'

/** How an answer is wrapped: not at all, as `{data}`, or as `{success, message, data}`. */
export type Wrap = 'bare' | 'data' | 'success'

export const wrap = (how: Wrap, data: unknown, message: string | null = null) =>
  how === 'bare' ? data : how === 'data' ? { data } : { success: true, message, data }

const wrapSchema = (how: Wrap, data: z.ZodType): z.ZodType =>
  how === 'bare' ? data : how === 'data' ? z.object({ data }) : z.object({ success: z.literal(true), message: z.string().nullable(), data })

export const Meta = z
  .object({
    current_page: z.int(),
    from: z.int().nullable(),
    last_page: z.int(),
    per_page: z.int(),
    to: z.int().nullable(),
    total: z.int(),
  })
  .meta({ id: 'PageMeta' })
const Links = z
  .object({ first: z.string(), last: z.string(), prev: z.string().nullable(), next: z.string().nullable() })
  .meta({ id: 'PageLinks' })
/** The schema of a page as a Laravel resource. */
export const resourceOf = (item: z.ZodType) => z.object({ data: z.array(item), links: Links, meta: Meta.extend({ path: z.string() }) })
const PageLink = z.object({ url: z.string().nullable(), label: z.string(), active: z.boolean() })
/** The same with links to the pages around in `meta`. */
export const linkedOf = (item: z.ZodType) =>
  z.object({ data: z.array(item), links: Links, meta: Meta.extend({ path: z.string(), links: z.array(PageLink) }) })
/** The schema of a page as `{success, message, data, meta}`. */
export const successPageOf = (item: z.ZodType) =>
  z.object({ success: z.literal(true), message: z.string(), data: z.array(item), meta: Meta })
export const successOf = (data: z.ZodType) => wrapSchema('success', data)
export const dataOf = (data: z.ZodType) => wrapSchema('data', data)

export type PageForm = 'resource' | 'linked' | 'success'

/** A page in the form of its resource. */
export function wrapPage(how: PageForm, page: { rows: unknown[]; meta: PageMeta }, url: string, message = '') {
  if (how === 'success') return { success: true, message, data: page.rows, meta: page.meta }
  return how === 'linked' ? linkedPage(page.rows, page.meta, url) : resourcePage(page.rows, page.meta, url)
}

const pageSchema: Record<PageForm, (item: z.ZodType) => z.ZodType> = { resource: resourceOf, linked: linkedOf, success: successPageOf }

type Verb = 'list' | 'create' | 'get' | 'change' | 'remove'

interface Said {
  summary: string
  /** What the answer says in words. */
  message?: string
  wrap?: Wrap
  invalid?: 400 | 422
  access?: Permission
  errors?: readonly number[]
}

interface Declared<New extends z.ZodType, Change extends z.ZodType> {
  path: string
  tag: string
  /** The path's parameter, `id` unless the contract calls it otherwise. */
  param?: string
  access: { read: Permission; write: Permission }
  schemas: { New: New; Change: Change; Shown: z.ZodType }
  wrap: Wrap
  /** Of the list. */
  page: PageForm
  list: Pages
  words: Partial<Record<Verb, Said>>
  /** Of a new one; and of a change, which has no more to say, unless that has its own. */
  example?: unknown
  changeExample?: unknown
  /** Whether a change may come by PATCH as well. */
  patch?: boolean
  /** A deletion is answered with a message, not with 204. */
  removed?: string
}

const idOf = (method: string, path: string) => `${method}${path.replaceAll(/[{}]/g, '').replaceAll('/', '-')}`

/** The five operations of a registry, of which it has those that have words. */
export function registryRoutes<New extends z.ZodType, Change extends z.ZodType, Shown>(
  verbs: Verbs<z.output<New>, z.output<Change>, Shown>,
  {
    path,
    tag,
    param = 'id',
    access,
    schemas,
    wrap: how,
    page,
    list,
    words,
    example,
    patch = false,
    removed,
    changeExample = example,
  }: Declared<New, Change>,
): Operation[] {
  const item = `${path}/{${param}}`
  const params = z.object({ [param]: idParam })
  const at = (p: Record<string, unknown>) => Number(p[param])
  const routes: Operation[] = []
  const common = (verb: Verb) => ({
    tag,
    summary: words[verb]?.summary ?? '',
    ...(words[verb]?.invalid ? { invalid: words[verb].invalid } : {}),
    // Of one thing: it may not be there.
    errors: [...(words[verb]?.errors ?? []), ...(verb === 'list' || verb === 'create' ? [] : [404])],
  })
  const said = (verb: Verb) => words[verb]?.message ?? ''
  const form = (verb: Verb) => words[verb]?.wrap ?? how

  if (words.list)
    routes.push(
      operation(
        {
          ...common('list'),
          id: idOf('get', path),
          method: 'get',
          path,
          access: words.list.access ?? access.read,
          query: list.query,
          returns: { 200: { schema: pageSchema[page](schemas.Shown) } },
        },
        async (ctx, { query, request }) => wrapPage(page, await verbs.list(ctx, query), request.url, said('list')),
      ),
    )
  if (words.create)
    routes.push(
      operation(
        {
          ...common('create'),
          id: idOf('post', path),
          method: 'post',
          path,
          access: words.create.access ?? access.write,
          body: schemas.New,
          returns: { 201: { schema: wrapSchema(form('create'), schemas.Shown) } },
          idempotent: true,
          ...(example === undefined ? {} : { example }),
        },
        async (ctx, { body }) => wrap(form('create'), await verbs.create(ctx, body), said('create')),
      ),
    )
  if (words.get)
    routes.push(
      operation(
        {
          ...common('get'),
          id: idOf('get', item),
          method: 'get',
          path: item,
          access: words.get.access ?? access.read,
          params,
          returns: { 200: { schema: wrapSchema(form('get'), schemas.Shown) } },
        },
        async (ctx, { params: p }) => wrap(form('get'), await verbs.get(ctx, at(p)), said('get')),
      ),
    )
  if (words.change)
    for (const method of patch ? (['put', 'patch'] as const) : (['put'] as const))
      routes.push(
        operation(
          {
            ...common('change'),
            id: idOf(method, item),
            method,
            path: item,
            access: words.change.access ?? access.write,
            params,
            body: schemas.Change,
            returns: { 200: { schema: wrapSchema(form('change'), schemas.Shown) } },
            ...(changeExample === undefined ? {} : { example: changeExample }),
          },
          async (ctx, { params: p, body }) => wrap(form('change'), await verbs.change(ctx, at(p), body), said('change')),
        ),
      )
  if (words.remove)
    routes.push(
      operation(
        {
          ...common('remove'),
          id: idOf('delete', item),
          method: 'delete',
          path: item,
          access: words.remove.access ?? access.write,
          params,
          returns: removed === undefined ? { 204: {} } : { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) } },
        },
        async (ctx, { params: p }) => {
          await verbs.remove(ctx, at(p))
          return removed === undefined ? new Reply(204, undefined) : { success: true, message: removed }
        },
      ),
    )
  return routes
}
