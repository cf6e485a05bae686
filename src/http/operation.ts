import type { Context } from 'hono'
import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { may, type Permission } from '../identity/roles.ts'
import { AppError, notFound, type FieldIssue } from './errors.ts'
import { isForm, readForm, readJson, type ReadBody } from './body.ts'
import { answerOnce } from './idempotency.ts'
import { limitRate } from './limits.ts'
import type { ErrorShape } from './shapes.ts'

/**
 * Who may call. `public`: nobody needs to say who they are. `optional`: a token or another secret in the body; the verb decides.
 * A permission: a person whose role has it, or a key with that scope. `session`: any person that is logged in, never a key.
 */
export type Access = 'public' | 'optional' | 'session' | Permission

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

interface Answers {
  /** Success statuses and what comes with them: a schema, nothing, or bytes of some media types. */
  [status: number]: { description?: string; schema?: z.ZodType; media?: readonly string[]; example?: unknown }
}

export interface Spec<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** Unique over all surfaces; the `operationId`. */
  id: string
  method: Method
  path: string
  summary: string
  description?: string
  tag: string
  access: Access
  params?: P
  query?: Q
  body?: B
  /** `form`: multipart/form-data in place of JSON; `either`: the one or the other. */
  bodyAs?: 'json' | 'form' | 'either'
  /** A body that the verb reads itself as it comes (`input.request`), of this media type. */
  stream?: { media: string; example: string }
  /** In a form an empty text, or a file field that was left alone, is null: a form can say null in no other way. */
  emptyIsNull?: boolean
  /** How large the body may be, in bytes, where documents come in it; 1 MiB of JSON, 16 MiB of a form otherwise. Of `either`, the form. */
  maxBytes?: number
  returns: Answers
  /** The status of bad input, where the contract has another one than the surface has for all. */
  invalid?: 400 | 422
  /** Refusals that the contract documents, besides those that follow from the rest of the spec. */
  errors?: readonly number[]
  /** Creates or signs: takes an `Idempotency-Key`. A function says by which secret of body or path a caller without a token is known. */
  idempotent?: boolean | ((body: z.output<B>, params: z.output<P>) => string)
  /** A door at which secrets are tried: limited harder. */
  login?: boolean
  example?: unknown
  /** Not in the published document. */
  hidden?: boolean
  /** Exists in development alone: everywhere else there is no such page. */
  development?: boolean
}

export type AnySpec = Spec<z.ZodType, z.ZodType, z.ZodType>

export interface Input<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
  request: Request
}

/** A status other than the first one that the spec returns. */
export class Reply {
  readonly status: number
  readonly data: unknown
  readonly headers: Record<string, string>
  constructor(status: number, data: unknown, headers: Record<string, string> = {}) {
    this.status = status
    this.data = data
    this.headers = headers
  }
}

export interface Operation {
  spec: AnySpec
  /** `errors` is how the surface words a refusal, for the answers that are kept. */
  run: (c: Context, ctx: Ctx, errors: ErrorShape) => Promise<Response>
}

/** A single line of text: no line ends or tabs, not only spaces. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((s) => !/[\n\r\t]/.test(s), 'must be one line')
    .refine((s) => s.trim() !== '', 'is empty')

/** A whole number of a query, from 1 to `max`. */
export const wholeParam = (max: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .refine((n) => n <= max, `must be at most ${max}`)
    .meta({ json: { type: 'integer', minimum: 1, maximum: max } })

/** A positive integer id from a path; anything else can't exist. */
export const idParam = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)
  .refine(Number.isSafeInteger)
  .meta({ json: { type: 'integer', minimum: 1, example: 1 } })

export const issuesOf = (error: z.ZodError): FieldIssue[] =>
  error.issues.slice(0, 50).map((i) => ({
    path: [...i.path, ...(i.code === 'unrecognized_keys' ? i.keys.slice(0, 1) : [])].map((p) => String(p).slice(0, 100)).join('.'),
    message: i.message,
  }))

type BodySpec = Pick<AnySpec, 'bodyAs' | 'maxBytes' | 'emptyIsNull'>
function readBody({ bodyAs = 'json', maxBytes, emptyIsNull }: BodySpec, request: Request): Promise<ReadBody> {
  if (bodyAs === 'form' || (bodyAs === 'either' && isForm(request))) return readForm(request, maxBytes, emptyIsNull)
  return readJson(request, bodyAs === 'either' ? undefined : maxBytes)
}

/** Bad input is told with the operation's own status, whether a schema finds it or a verb. */
async function withStatus<T>({ invalid }: Pick<AnySpec, 'invalid'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (invalid !== undefined && error instanceof AppError && error.code === 'validation') error.details.status = invalid
    throw error
  }
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new AppError('validation', 'The request is not valid.', { issues: issuesOf(parsed.error) })
  return parsed.data
}

function checkAccess(access: Access, ctx: Ctx): void {
  if (access === 'public' || access === 'optional') return
  if (ctx.actor.kind === 'anonymous') throw new AppError('unauthenticated', 'Authentication is needed.')
  if (access === 'session' ? ctx.actor.kind === 'key' : !may(ctx.actor, access)) throw new AppError('forbidden', 'You may not do this.')
}

/** Repeated query parameters make arrays; `name[]` is the same as `name`. */
function queryOf(url: URL): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = Object.create(null)
  for (const [raw, value] of url.searchParams) {
    const many = raw.endsWith('[]')
    const name = many ? raw.slice(0, -2) : raw
    const before = out[name]
    out[name] = before === undefined ? (many ? [value] : value) : [before, value].flat()
  }
  return out
}

function respond(spec: AnySpec, result: unknown): Response {
  if (result instanceof Response) return result
  const [first = 200] = Object.keys(spec.returns).map(Number)
  const reply = result instanceof Reply ? result : new Reply(first, result)
  if (reply.data === undefined) return new Response(null, { status: reply.status, headers: reply.headers })
  return Response.json(reply.data, { status: reply.status, headers: reply.headers })
}

/**
 * Declares an operation: what it takes, gives and who may call it, and the one call that does it. Order on a call: rate limit, access,
 * path (a malformed id is 404), body and query (400), then the handler.
 */
export function operation<P extends z.ZodType = z.ZodUndefined, Q extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
  spec: Spec<P, Q, B>,
  handler: (ctx: Ctx, input: Input<P, Q, B>) => Promise<unknown>,
): Operation {
  const run = (c: Context, ctx: Ctx, errors: ErrorShape): Promise<Response> => withStatus(spec, () => answerCall(c, ctx, errors))
  const answerCall = async (c: Context, ctx: Ctx, errors: ErrorShape): Promise<Response> => {
    await limitRate(ctx, spec)
    checkAccess(spec.access, ctx)
    const params = spec.params?.safeParse(c.req.param())
    if (params && !params.success) throw notFound()
    const read = spec.body ? await readBody(spec, c.req.raw) : undefined
    const input = {
      params: params?.data,
      query: spec.query && parse(spec.query, queryOf(new URL(c.req.url))),
      body: spec.body && parse(spec.body, read?.value),
      request: c.req.raw,
    } as Input<P, Q, B>
    const answer = async () => respond(spec, await handler(ctx, input))
    const key = c.req.header('idempotency-key')
    if (!spec.idempotent || key === undefined) return answer()
    const known = typeof spec.idempotent === 'function' ? spec.idempotent(input.body, input.params) : ''
    return answerOnce(
      {
        ctx,
        errors,
        operation: spec.id,
        key,
        said: `${c.req.path}
${read?.hash ?? ''}`,
        known,
      },
      answer,
    )
  }
  return { spec, run }
}
