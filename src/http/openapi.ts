import * as z from 'zod'
import type { Surface } from '../app.ts'
import { ERROR_STATUS } from './errors.ts'
import type { AnySpec } from './operation.ts'

// Used at build time only: the document is a static file.

const SURFACES: Record<string, () => Promise<Surface>> = {
  ozge: async () => (await import('../surfaces/ozge.ts')).ozge,
  office: async () => (await import('../surfaces/office.ts')).office,
  b2b: async () => (await import('../surfaces/b2b.ts')).b2b,
  agreement: async () => (await import('../surfaces/agreement.ts')).agreement,
  admin: async () => (await import('../surfaces/admin.ts')).admin,
  public: async () => (await import('../surfaces/public.ts')).publicZone,
}

type Json = Record<string, unknown>
const DESCRIPTIONS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  302: 'Found',
  400: 'Bad request',
  401: 'Not authenticated',
  402: 'Nothing left to spend',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  422: 'Can’t be processed',
  429: 'Too many requests',
  503: 'Unavailable',
}

/** A schema whose parsing can't be said in JSON Schema (digits of a path that become a number, a file) says itself what it is: `meta({ json })`. */
export const override = ({ jsonSchema }: { jsonSchema: Json }) => {
  const { json } = jsonSchema
  if (json === undefined) return
  for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
  Object.assign(jsonSchema, json)
}

/** The schema of an input or output; named ones are lifted into components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const whole = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12', reused: 'inline', override }) as Json
  const { $schema: _, $defs, ...rest } = whole as { $schema?: unknown; $defs?: Json }
  const fix = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(fix)
    if (node === null || typeof node !== 'object') return node
    return Object.fromEntries(
      Object.entries(node)
        .filter(([k]) => k !== '$schema' && k !== 'id')
        .map(([k, v]) => [
          k,
          k === '$ref' && typeof v === 'string'
            ? v.replace('#/$defs/', '#/components/schemas/')
            : k === 'properties' || k === '$defs'
              ? keep(v as Json)
              : fix(v),
        ]),
    )
  }
  const keep = (properties: Json): Json => Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, fix(v)]))
  for (const [name, def] of Object.entries($defs ?? {})) components[name] = fix(def)
  const name = schema.meta()?.id
  if (typeof name === 'string') {
    // A named schema comes as a reference to itself among the definitions, which are lifted already.
    if (!('$ref' in rest)) components[name] = fix(rest)
    return { $ref: `#/components/schemas/${name}` }
  }
  return fix(rest) as Json
}

function parameters(spec: AnySpec, components: Json): Json[] {
  const of = (schema: z.ZodType | undefined, where: 'path' | 'query') => {
    if (!schema) return []
    const { properties = {}, required = [] } = schemaOf(schema, 'input', components) as {
      properties?: Record<string, Json>
      required?: string[]
    }
    return Object.entries(properties).map(([name, { description, ...rest }]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description ? { description } : {}),
      schema: rest,
    }))
  }
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string', maxLength: 255 },
  })
  return [
    ...of(spec.params, 'path'),
    ...of(spec.query, 'query'),
    ...(spec.idempotent
      ? [
          header(
            'Idempotency-Key',
            'The same key and body give the first answer again for 24 hours; another body 422, a call still running 409.',
          ),
        ]
      : []),
    header('x-d1-bookmark', 'The bookmark of an earlier answer: this call sees at least what that one wrote.'),
  ]
}

function refusals(surface: string, spec: AnySpec): number[] {
  const statuses = new Set<number>(spec.errors)
  if (spec.access !== 'public' && spec.access !== 'optional') statuses.add(401)
  if (spec.access !== 'public') statuses.add(403)
  if (spec.body || spec.query) statuses.add(400)
  // Document 004: a field that is wrong is 422, a body that can't be read 400.
  if ((spec.body || spec.query) && surface === 'admin') statuses.add(422)
  // What a path names may not be there, or may be somebody else's.
  if (spec.params && surface === 'admin') statuses.add(404)
  if (spec.body) statuses.add(413)
  if (spec.idempotent) for (const s of [409, 422]) statuses.add(s)
  statuses.add(429)
  return [...statuses].sort((a, b) => a - b)
}

/** Examples follow the surface: problem documents, DRF, document 003, Laravel. */
function errorExample(surface: string, status: number): Json {
  const said = DESCRIPTIONS[status] ?? 'Error'
  if (surface === 'b2b') return { detail: said }
  if (surface === 'agreement') {
    if (status === 401) return { message: 'User not found.', code: 500 }
    if (status === 404) return { error: 'Fiz contract not found', code: status }
    return { message: said, ...(status === 409 ? {} : { code: status }) }
  }
  if (surface === 'admin') return { success: false, message: said, data: null }
  return { type: 'about:blank', title: said, status, detail: said, request_id: '8f1c2d3e-0000-4000-8000-000000000000' }
}
const errorSchema = (surface: string) =>
  surface === 'b2b' ? 'DetailError' : surface === 'agreement' ? 'MessageError' : surface === 'admin' ? 'FailureError' : 'Problem'

/** An example made of the schema's own examples. */
function sample(schema: unknown, components: Json, depth = 0): unknown {
  const s = schema as Json
  if (depth > 6 || s === null || typeof s !== 'object') return null
  if (typeof s.$ref === 'string') return sample(components[s.$ref.split('/').at(-1) ?? ''], components, depth + 1)
  if ('example' in s) return s.example
  if ('const' in s) return s.const
  if (Array.isArray(s.enum)) return s.enum[0]
  if (Array.isArray(s.anyOf)) return sample(s.anyOf[0], components, depth + 1)
  const type = Array.isArray(s.type) ? s.type[0] : s.type
  if (type === 'object')
    return Object.fromEntries(Object.entries((s.properties ?? {}) as Json).map(([k, v]) => [k, sample(v, components, depth + 1)]))
  if (type === 'array') return s.items ? [sample(s.items, components, depth + 1)] : []
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return true
  if (type === 'string')
    return s.format === 'uuid' ? '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e' : s.format === 'date-time' ? '2026-01-15T10:30:00Z' : 'string'
  return null
}

function operationOf(surface: string, spec: AnySpec, components: Json): Json {
  const responses: Json = {}
  for (const [status, { schema, media, description }] of Object.entries(spec.returns)) {
    const said = schema && schemaOf(schema, 'output', components)
    const json = said && { 'application/json': { schema: said, example: sample(said, components) } }
    // One that comes as JSON or as a file has both.
    const content = media
      ? {
          ...json,
          ...Object.fromEntries(
            media.map((m: string) => [m, { schema: { type: 'string', ...(m.startsWith('text/') ? {} : { format: 'binary' }) } }]),
          ),
        }
      : json
    responses[status] = { description: description ?? DESCRIPTIONS[Number(status)] ?? 'OK', ...(content ? { content } : {}) }
  }
  const type = errorSchema(surface) === 'Problem' ? 'application/problem+json' : 'application/json'
  for (const status of refusals(surface, spec)) {
    responses[status] ??= {
      description: DESCRIPTIONS[status] ?? 'Error',
      content: { [type]: { schema: { $ref: `#/components/schemas/${errorSchema(surface)}` }, example: errorExample(surface, status) } },
    }
  }
  const input = spec.body && schemaOf(spec.body, 'input', components)
  const { bodyAs = 'json' } = spec
  const body = input && {
    ...(bodyAs === 'json' ? {} : { 'multipart/form-data': { schema: input } }),
    ...(bodyAs === 'form' ? {} : { 'application/json': { schema: input, example: spec.example ?? sample(input, components) } }),
  }
  const stream = spec.stream && { [spec.stream.media]: { schema: { type: 'string' }, example: spec.stream.example } }
  return {
    operationId: spec.id,
    summary: spec.summary,
    ...(spec.description ? { description: spec.description } : {}),
    tags: [spec.tag],
    ...(spec.access === 'public' ? { security: [] } : spec.access === 'optional' ? { security: [{ bearer: [] }, {}] } : {}),
    parameters: parameters(spec, components),
    ...((body ?? stream) ? { requestBody: { required: true, content: body ?? stream } } : {}),
    responses,
  }
}

const text = { type: 'string' }
const ERROR_SCHEMAS: Json = {
  Problem: {
    type: 'object',
    description: 'RFC 9457',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: text,
      status: { type: 'integer', enum: [...new Set(Object.values(ERROR_STATUS))] },
      detail: text,
      errors: { type: 'object', additionalProperties: { type: 'array', items: text } },
      request_id: text,
    },
  },
  DetailError: { type: 'object', properties: { detail: text }, additionalProperties: true },
  MessageError: {
    type: 'object',
    properties: {
      message: text,
      error: text,
      code: { type: 'integer' },
      errors: { type: 'object', additionalProperties: { type: 'array', items: text } },
    },
  },
  FailureError: { type: 'object', properties: { success: { type: 'boolean' }, message: text, errors: { type: 'object' } } },
}

/** The OpenAPI 3.1 document of every operation of every surface. */
export async function openApiDocument(): Promise<Json> {
  const components: Json = { ...ERROR_SCHEMAS }
  const paths: Record<string, Json> = {}
  const ids = new Set<string>()
  for (const [name, load] of Object.entries(SURFACES)) {
    const surface = await load()
    for (const { spec } of surface.operations.filter((o) => !o.spec.hidden)) {
      if (ids.has(`${name}:${spec.id}`)) throw new Error(`two operations are called ${spec.id}`)
      ids.add(`${name}:${spec.id}`)
      const path = `${surface.base === '/' ? '' : surface.base}${spec.path}`
      ;(paths[path] ??= {})[spec.method] = operationOf(name, spec, components)
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Qoltanba',
      version: '1',
      description: 'Contracts and electronic signatures for Kazakhstan and Russia.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'A JWT of a login, or an API key (qk_…).' } },
    },
  }
}
