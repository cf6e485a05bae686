import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { override } from '../src/http/openapi.ts'
import { may, SCOPES, type Permission } from '../src/identity/roles.ts'
import { call, createContract, drain, must, templateForm, uploadTemplate, type Call } from './app.ts'
import { countRows, newCompany, newPhone, newSigner, onePage, operatorToken, TEMPLATE, type Company } from './factories.ts'
import './warm.ts'
import { BASE as AGREEMENT, submit } from './agreements/kit.ts'
import { OFFICE, register, session } from './office/kit.ts'
import { invoiceOf, makeDocument, things } from './smart-docs/kit.ts'
import { DECLARED, wrongShape, type Declared } from './spec.ts'

/** Served without the Worker. */
const STATIC = ['/openapi.json', '/docs']
const ADMIN = '/api/v1/admin'
const UUID = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'
const MISSING: Record<string, string> = {
  token: UUID,
  phone: '%2B77009999999',
  webhook_id: UUID,
  delivery_id: UUID,
  key_id: UUID,
  package_id: UUID,
}
const fillPath = (path: string, values: Record<string, string | number> = {}) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    String(
      values[name] ??
        MISSING[name] ??
        (path.startsWith('/api/v1/office/') ? UUID : path.startsWith('/smart_doc') ? 'ffffffff' : 900_000_001),
    ),
  )
type JsonSchema = {
  [key: string]: unknown
  $ref?: string
  type?: string
  format?: string
  pattern?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  anyOf?: JsonSchema[]
  maxLength?: number
  minLength?: number
  minimum?: number
  maximum?: number
  enum?: (string | number | boolean | null)[]
  const?: unknown
  additionalProperties?: unknown
}
/** The schema of an input as the document has it. */
function inputOf(schema: z.ZodType): JsonSchema {
  const whole = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline', override }) as JsonSchema
  return (whole.$ref ? (whole.$defs as Record<string, JsonSchema>)[whole.$ref.split('/').at(-1) ?? ''] : whole) ?? whole
}
const titleOf = ({ spec, path }: Declared) => `${spec.method.toUpperCase()} ${path}`
const OPERATIONS = DECLARED.map((d) => [titleOf(d), d] as const)
/** `account:read` as well as `admin.works.view`; what is none says who may call in a word. */
const isPermission = (access: string): access is Permission => /[:.]/.test(access)
const locked = OPERATIONS.filter(([, { spec }]) => spec.access !== 'public' && spec.access !== 'optional')

let company: Company
let stranger: Company
let operator: string
let emptyKey: string
let fullKey: string
/** A client's session, which opens what no member of an organization sees. */
let clientToken: string

async function newKey(owner: Company, scopes: readonly string[]): Promise<string> {
  return (await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: owner.token, body: { name: 'тест', scopes } })).key
}

beforeAll(async () => {
  company = await newCompany()
  stranger = await newCompany()
  operator = await operatorToken()
  emptyKey = await newKey(company, [])
  fullKey = await newKey(company, SCOPES)
  clientToken = await session(company, await register(company))
  // What is still to be sent would count as rows that a refused call has left.
  await drain()
})

/** A form of the back office: a file alone, by whichever of the names that it goes by. */
function filesForm(): FormData {
  const form = new FormData()
  for (const name of ['file', 'files']) form.set(name, new File([TEMPLATE.slice()], 'файл.docx'))
  return form
}

/** A body that the operation takes. */
const validBody = ({ spec, surface }: Declared): Call =>
  !spec.body
    ? {}
    : spec.bodyAs === 'form'
      ? { raw: surface.name === 'admin' ? filesForm() : templateForm(company.id, TEMPLATE) }
      : { body: spec.example }
/** Somebody who may. */
function callerOf({ spec }: Declared): string | null {
  if (spec.access === 'public') return null
  if (spec.access === 'client:packages') return clientToken
  const owner = {
    kind: 'user',
    role: 'owner',
    userId: 0,
    staffId: '',
    orgId: 0,
    name: '',
    sessionId: '',
    tokenId: '',
    expiresAt: 0,
  } as const
  return !isPermission(spec.access) || may(owner, spec.access) ? company.token : operator
}
/** What an operation must be asked besides its path, of the least. */
function neededQuery({ spec }: Declared): string {
  const { properties = {}, required = [] } = spec.query ? inputOf(spec.query) : {}
  const values = required.map((name) => [
    name,
    properties[name]?.format === 'date' ? '2026-01-15' : String(properties[name]?.enum?.[0] ?? 1),
  ])
  return required.length === 0 ? '' : `?${new URLSearchParams(values).toString()}`
}
const send = (d: Declared, values: Record<string, string | number>, options: Call) =>
  call(d.spec.method.toUpperCase(), `${fillPath(d.path, values)}${neededQuery(d)}`, options)

describe('declarations', () => {
  it('name each operation once, with an example that it takes', () => {
    const ids = DECLARED.map(({ surface, spec }) => `${surface.name}:${spec.id}`)
    expect(ids).toEqual([...new Set(ids)])
    for (const [title, { spec }] of OPERATIONS) {
      if (!spec.body || spec.bodyAs === 'form' || spec.hidden) continue
      if (spec.example === undefined) expect(z.toJSONSchema(spec.body, { io: 'input', unrepresentable: 'any' }), title).toBeDefined()
      else expect(spec.body.safeParse(spec.example).error, title).toBeUndefined()
    }
  })

  it('take an Idempotency-Key wherever something is created or signed', () => {
    const without = OPERATIONS.filter(
      ([, { spec }]) => spec.method === 'post' && ('201' in spec.returns || '202' in spec.returns) && !spec.idempotent,
    )
    expect(without.map(([title]) => title)).toEqual([])
  })

  it.each(['ozge', 'b2b', 'office', 'agreement', 'admin'])('are what the contract has for %s', (surface) => {
    // Null where the contract is not at hand.
    for (const [path, methods] of Object.entries(env.TEST_CONTRACT?.[surface] ?? {})) {
      for (const [method, statuses] of Object.entries(methods)) {
        if (STATIC.includes(path)) continue
        const declared = DECLARED.find((d) => [surface, 'public'].includes(d.surface.name) && d.path === path && d.spec.method === method)
        expect(declared, `${method} ${path}`).toBeDefined()
        // A contract may foresee that the service fails; ours documents no such answer, since no call may bring it about.
        const missing = statuses.filter((s) => Number(s) < 500 && !declared?.statuses.has(Number(s)))
        expect(missing, `${method} ${path}`).toEqual([])
      }
    }
  })
})

describe('who may not come in', () => {
  it.each(locked)('%s is closed to those without a good token', async (_, d) => {
    // Every kind of bad token is tried somewhere, and two of them everywhere.
    const kinds = ['Bearer qk_nosuchkey', 'Basic b3duZXI6cGFzcw==', 'Bearer', `bearer ${company.token}x`, 'Bearer  ', 'Bearer a b']
    for (const authorization of [undefined, 'Bearer not.a.token', kinds[OPERATIONS.findIndex(([, o]) => o === d) % kinds.length]]) {
      const answer = await send(d, {}, { ...validBody(d), headers: authorization === undefined ? {} : { authorization } })
      expect([answer.status, answer.headers.get('www-authenticate')], authorization).toEqual([401, 'Bearer'])
    }
  })

  it.each(locked)('%s is closed to a key without its scope', async (_, d) => {
    const answer = await send(d, {}, { ...validBody(d), token: isPermission(d.spec.access) ? emptyKey : fullKey })
    expect(answer.status).toBe(403)
  })

  const accounts = locked.filter(([, { spec }]) => /^(account|admin|platform|client):/.test(spec.access))
  it.each(accounts)('%s is closed to every key', async (_, d) => {
    expect((await send(d, {}, { ...validBody(d), token: fullKey })).status).toBe(403)
  })

  it('opens signing to nobody without a token or the contract’s own', async () => {
    const contract = await createContract(company, await uploadTemplate(company))
    const body = { contract_id: contract.id, ...newSigner(), method: 'sms' }
    expect((await call('POST', '/signatures/sign', { body })).status).toBe(401)
    expect((await call('POST', '/signatures/sign', { body, token: 'not.a.token' })).status).toBe(401)
    expect((await call('POST', '/signatures/sign', { body, token: emptyKey })).status).toBe(403)
    expect((await call('POST', '/signatures/sign', { body: { ...body, contract_token: UUID } })).status).toBe(404)
    expect((await call('POST', '/signatures/sign', { body: { ...body, contract_token: UUID }, token: company.token })).status).toBe(404)
  })
})

const BAD_IDS = [
  'abc',
  '0',
  '-1',
  '1.5',
  '01',
  '%00',
  '%E0%A4%A',
  '%D9%A3',
  '1%2F2',
  '9007199254740993',
  'x'.repeat(8000),
  '__proto__',
  '1%0A',
]
/** Keys, names and secrets: any text could be one, and is looked up. */
function isFreeText({ spec }: Declared, name: string): boolean {
  const { type, format, pattern, enum: values } = (spec.params && inputOf(spec.params).properties?.[name]) ?? {}
  return type === 'string' && !format && !pattern && !values
}
const withParams = OPERATIONS.filter(([, { spec }]) => spec.params)

describe('paths', () => {
  it.each(withParams)('%s answers 404 to ids that cannot be', async (_, d) => {
    const names = [...d.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '')
    for (const [i, name] of names.entries()) {
      // What a path says is judged by the schema alone: some of all go the whole way.
      for (const bad of BAD_IDS.filter((id) => !/[%\n]/.test(id))) {
        const valid = Object.fromEntries(names.map((n) => [n, decodeURIComponent(fillPath(`{${n}}`))]))
        if (!d.path.startsWith('/sign/') && !d.path.startsWith('/verify/') && !isFreeText(d, name))
          expect(d.spec.params?.safeParse({ ...valid, [name]: bad }).success, bad).toBe(false)
      }
      for (const bad of [0, 4, 8].map((n) => BAD_IDS[(n + i + d.path.length) % BAD_IDS.length] ?? '')) {
        const answer = await send(d, { [name]: bad }, { token: callerOf(d), ...(d.spec.body ? validBody(d) : {}) })
        expect(answer.status, bad).toBe(404)
      }
    }
  })

  it.each(withParams)('%s answers 404 to what is not there', async (_, d) => {
    expect((await send(d, {}, { token: callerOf(d), ...validBody(d) })).status).toBe(404)
  })

  it('knows no other page, on no surface, and words it as the surface does', async () => {
    const pages = {
      '/companies/nothing/here': 'ozge',
      '/clients/nothing': 'b2b',
      '/smart_doc/x/': 'b2b',
      '/api/v1/office/x': 'office',
      '/api/v1/agreement/x': 'agreement',
      '/api/v1/admin/x': 'admin',
      '/nothing': 'public',
      '//companies': 'public',
      '/%63ompanies': 'public',
      '/companies%2fregister': 'public',
    }
    for (const [path, surface] of Object.entries(pages)) {
      for (const method of ['GET', 'POST', 'DELETE', 'HEAD', 'PROPFIND']) {
        const answer = await call(method, path, { token: company.token })
        expect(answer.status, `${method} ${path}`).toBe(404)
        if (method !== 'HEAD') expect(wrongShape(surface, 404, answer.headers.get('content-type') ?? '', answer.body), path).toBeUndefined()
      }
    }
  })
})

/** One of each thing of document 002, by the names that paths have for their ids. */
async function officeThings({ token }: Company): Promise<Record<string, string>> {
  const made = async (path: string, body: object) => (await must<{ id: string }>(201, 'POST', `${OFFICE}${path}`, { token, body })).id
  const client_id = await made('/clients', { phone: newPhone(), last_name: 'Чужой', first_name: 'Клиент' })
  const company_id = await made('/companies', { inn: '7707083893', name: 'Чужая' })
  await must(201, 'POST', `${OFFICE}/companies/${company_id}/employees`, { token, body: { client_id, role: 'head' } })
  const signature_id = await made(`/companies/${company_id}/server-signatures`, { client_id })
  const request = await must<{ id: string; documents: { id: string }[] }>(201, 'POST', `${OFFICE}/certificate-requests`, {
    token,
    body: { client_id, company_id },
  })
  const document = { name: 'Чужой.pdf', content_base64: Buffer.from(onePage()).toString('base64') }
  const participant = { order: 1, role: 'signer', client_id, company_id, methods: ['server'] }
  const made_ = await must<{ id: string; documents: { id: string }[]; participants: { id: string }[] }>(201, 'POST', `${OFFICE}/packages`, {
    token,
    body: { documents: [document], participants: [participant] },
  })
  const participant_id = made_.participants[0]?.id ?? ''
  const link_id = await made(`/packages/${made_.id}/signing-links`, { participant_id })
  return {
    client_id,
    company_id,
    signature_id,
    participant_id,
    link_id,
    request_id: request.id,
    package_id: made_.id,
    file_id: made_.documents[0]?.id ?? '',
  }
}

/** One of each thing of document 001 that an organization has, by the start of its paths. */
async function smartThings(owner: Company): Promise<Record<string, string>> {
  const { work, product, actor, beneficiary } = await things(owner)
  const document = await makeDocument(owner, invoiceOf({ work, product, actor, beneficiary }))
  const all = { works: work, products: product, actors: actor, beneficiaries: beneficiary, documents: document.id }
  return Object.fromEntries(Object.entries(all).map(([name, id]) => [`/smart_doc/${name}/`, id]))
}

/** One of each thing of document 004 that needs no other, by the start of its paths. */
async function adminThings({ token }: Company): Promise<Record<string, number>> {
  const kinds = ['measurement-units', 'suppliers', 'projects', 'contractors', 'cost-categories', 'rate-coefficients', 'specifications']
  const made: Record<string, number> = {}
  for (const kind of [...kinds, 'report-templates']) {
    const path = `${ADMIN}/${kind}`
    const body = DECLARED.find((d) => d.path === path && d.spec.method === 'post')?.spec.example
    const answer = await must<{ id?: number; data?: { id: number } }>(201, 'POST', path, { token, body })
    made[`${path}/`] = answer.data?.id ?? answer.id ?? 0
  }
  return made
}

/** A file that came with an agreement. */
async function agreementFile(owner: Company): Promise<string> {
  const { status, text } = await submit(owner, 'fiz')
  if (status !== 200) throw new Error(`an agreement: ${status} ${text}`)
  const row = await env.DB.prepare('select id from agreement_files where org_id = ?').bind(owner.id).first<{ id: string }>()
  return row?.id ?? ''
}

describe('another organization’s things', () => {
  // A thousand calls, one after the other: a busy machine takes its time.
  it('do not exist', async () => {
    const template = await uploadTemplate(stranger)
    const contract = await createContract(stranger, template)
    const field = { contract_id: contract.id, field_name: 'client_name', field_type: 'text' }
    await must(201, 'POST', '/contract-fields', { token: stranger.token, body: field })
    const signature = await must<{ id: number }>(201, 'POST', '/signatures', {
      token: stranger.token,
      body: { contract_id: contract.id, ...newSigner(), method: 'sms' },
    })
    const payment = await must<{ id: number }>(201, 'POST', '/payment_requests', {
      token: stranger.token,
      body: { company_id: stranger.id, sms_count: 1, ecp_count: 0 },
    })
    const webhook = await must<{ id: string }>(201, 'POST', '/api/v1/webhooks', {
      token: stranger.token,
      body: { url: 'https://example.com/hook' },
    })
    const { items } = await must<{ items: { id: string }[] }>(200, 'GET', '/api/v1/api-keys', { token: stranger.token })
    const key =
      items[0]?.id ?? (await must<{ id: string }>(201, 'POST', '/api/v1/api-keys', { token: stranger.token, body: { name: 'x' } })).id
    const { results } = await must<{ results: { user: string }[] }>(200, 'GET', '/clients/staff/', { token: stranger.token })
    const office = await officeThings(stranger)
    const smart = await smartThings(stranger)
    const file = await agreementFile(stranger)
    const built = await adminThings(stranger)

    const idOf = (path: string) =>
      path.startsWith(`${AGREEMENT}/files`) ? file : Object.entries(smart).find(([start]) => path.startsWith(start))?.[1]
    // What the path begins with; what comes after belongs to it.
    const builtAt = (path: string): Record<string, number> => {
      const id = Object.entries(built).find(([start]) => path.startsWith(`${start}{`))?.[1]
      const name = /\{(\w+)\}/.exec(path)?.[1]
      return id === undefined || name === undefined ? {} : { [name]: id }
    }
    const ids = (path: string): Record<string, string | number> => ({
      id: path.startsWith('/templates')
        ? template
        : path.startsWith('/contracts')
          ? contract.id
          : path.startsWith('/signatures')
            ? signature.id
            : path.startsWith('/payment')
              ? payment.id
              : path.startsWith('/clients/staff')
                ? (results[0]?.user ?? '')
                : (idOf(path) ?? stranger.id),
      company_id: stranger.id,
      contract_id: contract.id,
      phone: encodeURIComponent(stranger.phone),
      webhook_id: webhook.id,
      key_id: key,
      ...(path.startsWith(OFFICE) ? office : {}),
      ...builtAt(path),
    })
    const before = await countRows()
    // Organizations that look for partners see each other.
    const shown = [`${ADMIN}/organizations/{id}/availability`, `${ADMIN}/organizations/{id}/profile`]
    const own = withParams.filter(
      ([, { spec, path }]) =>
        spec.access !== 'public' && spec.access !== 'platform:write' && !path.includes('delivery_id') && !shown.includes(path),
    )
    for (const [title, d] of own) {
      for (const token of [company.token, fullKey]) {
        const answer = await send(d, ids(d.path), { token, ...validBody(d) })
        expect([404, ...(token === fullKey && !(SCOPES as readonly string[]).includes(d.spec.access) ? [403] : [])], title).toContain(
          answer.status,
        )
      }
    }
    const named: [string, object][] = [
      ['/contracts', { company_id: stranger.id, template_id: template }],
      ['/contract-fields', { ...field, field_name: 'other' }],
      ['/signatures', { contract_id: contract.id, ...newSigner(), method: 'sms' }],
      ['/signatures/sign', { contract_id: contract.id, ...newSigner(), method: 'sms' }],
      ['/payment_requests', { company_id: stranger.id, sms_count: 1, ecp_count: 0 }],
    ]
    for (const [path, body] of named) expect((await call('POST', path, { token: company.token, body })).status, path).toBe(404)
    expect((await call('POST', '/templates/upload', { token: company.token, raw: templateForm(stranger.id, TEMPLATE) })).status).toBe(404)
    // A template that belongs to somebody else is bad input like an unknown one.
    expect(
      (await call('POST', '/contracts', { token: company.token, body: { company_id: company.id, template_id: template } })).status,
    ).toBe(400)
    expect(await countRows()).toEqual(before)

    // And they are all still there.
    for (const path of [
      ...Object.entries(smart).map(([start, id]) => `${start}${id}/`),
      ...Object.entries(built).map(([start, id]) => `${start}${id}`),
      `${AGREEMENT}/files/${file}`,
      `/templates/${template}`,
      `/contracts/${contract.id}`,
      `/signatures/${signature.id}`,
      `/payment_requests/${payment.id}`,
      `/companies/id/${stranger.id}`,
    ])
      await must(200, 'GET', path, { token: stranger.token })
    expect((await must<{ items: object[] }>(200, 'GET', '/api/v1/webhooks', { token: stranger.token })).items).toHaveLength(1)
    expect((await must<{ id: number }[]>(200, 'GET', '/companies', { token: company.token })).map((c) => c.id)).toEqual([company.id])
  }, 90_000)
})

/** JSON texts that a property must refuse. */
function badValues(schema: JsonSchema, required: boolean, surface: string): string[] {
  const options = schema.anyOf ?? [schema]
  // Document 004 takes numbers and yes or no as text as well, since forms have nothing else, and rounds what has more digits than are kept.
  const lenient = surface === 'admin'
  const types = options.flatMap((o) => o.type ?? (o.const === undefined ? [] : [typeof o.const]))
  if (types.length === 0) return []
  const longest = Math.max(...options.map((o) => o.maxLength ?? 0))
  const highest = Math.max(...options.map((o) => o.maximum ?? 0))
  // An object of any members takes this one, too.
  const bad = options.some((o) => o.type === 'object' && o.additionalProperties !== false && !o.required?.length) ? [] : ['{"a":1}']
  if (!types.includes('array')) bad.push('["a"]', '[]')
  if (!types.includes('null') && required) bad.push('null')
  if (!types.includes('boolean')) bad.push('true')
  if (!types.some((t) => t === 'integer' || t === 'number')) bad.push('42', '1e400')
  if (!types.includes('string')) bad.push(...(lenient && types.some((t) => t !== 'array' && t !== 'object') ? [] : ['"1"']), '"NaN"', '""')
  if (types.includes('string')) bad.push('"a\\u0000b"', '"\\u001b"', '"\\ud800"', '"\\udc00x"', '"\\uffff"')
  if (types.includes('string') && longest > 0 && longest < 100_000)
    bad.push(JSON.stringify('я'.repeat(longest + 1)), JSON.stringify('a'.repeat(300_000)))
  if (types.includes('string') && options.some((o) => (o.minLength ?? 0) > 0)) bad.push('""')
  const lowest = Math.min(...options.map((o) => o.minimum ?? (lenient && o.type === 'number' ? -Infinity : 0)))
  // What JSON can hold is no bound that somebody said.
  const said = lenient && lowest > -Number.MAX_SAFE_INTEGER ? lowest : 0
  if (types.includes('integer')) bad.push('1.5', ...(said < 0 ? [] : ['-1']), '9007199254740993', '1e400', '-0.1')
  if (types.includes('number')) bad.push(...(lenient && lowest < 0 ? [] : ['-1']), '1e400', ...(lenient ? [] : ['0.001']))
  if (highest > 0 && highest < Number.MAX_SAFE_INTEGER) bad.push(String(highest + 1))
  return bad
}

/** Some of many, others for another `turn`. */
const pick = <T>(all: T[], count: number, turn: number): T[] =>
  all.length === 0 ? [] : Array.from({ length: count }, (_, i) => all[(turn * 7 + i * 3) % all.length]).filter((x) => x !== undefined)

const withBody = OPERATIONS.filter(([, { spec }]) => spec.body && spec.bodyAs !== 'form' && !spec.hidden)
const deep = (open: string, close: string) => `{"x":${open.repeat(20_000)}${close.repeat(20_000)}}`

/** What no operation reads; all of one surface read alike, so that one of them stands for the rest. */
const UNREADABLE = [
  '{',
  '{}}',
  'nul',
  'NaN',
  '"text"',
  '1',
  '[{}]',
  'null',
  'true',
  '{"a":1,}',
  '\u{feff}',
  deep('[', ']'),
  '[['.repeat(50_000),
  '{"x":"\u0001"}',
  '{"\\ud800":1}',
  '{"\u0007":1}',
  ...['__proto__', 'constructor', 'toString'].flatMap((key) => [`{"${key}":"a\\u0000"}`, `{"${key}":{"a":"\\ud800"}}`]),
]
const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml', 'application/jsonp', '']
/** One of each surface, of those whose bodies are of the usual size. */
const isFirst = (d: Declared) => withBody.find(([, other]) => other.surface === d.surface && !other.spec.maxBytes)?.[1] === d

describe('bodies that the schema forbids', () => {
  it.each(withBody)('%s refuses them, and stores nothing', async (_, d) => {
    const { spec } = d
    if (!spec.body) return
    const root = inputOf(spec.body)
    const valid = (spec.example ?? {}) as Record<string, unknown>
    const with_ = (name: string, text: string) =>
      `{${[
        ...Object.entries(valid)
          .filter(([k]) => k !== name)
          .map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`),
        `${JSON.stringify(name)}:${text}`,
      ].join(',')}}`

    // Where nothing needs to be said, saying nothing is no mistake.
    const texts = [...(spec.body.safeParse(undefined).success ? [] : ['']), '[]', ...(isFirst(d) ? UNREADABLE : [])]
    for (const [name, property] of Object.entries(root.properties ?? {})) {
      const required = root.required?.includes(name) ?? false
      if (required) texts.push(JSON.stringify(Object.fromEntries(Object.entries(valid).filter(([k]) => k !== name))))
      const bad = badValues(property, required, d.surface.name)
      // The schema judges each, but for characters that no text may hold; some of all go the whole way.
      for (const text of bad) {
        const value: unknown = JSON.parse(with_(name, text))
        if (!/\\u/.test(text)) expect(spec.body.safeParse(value).success, `${name}: ${text.slice(0, 100)}`).toBe(false)
      }
      const characters = bad.filter((text) => /\\u/.test(text))
      texts.push(...[...pick(bad, 1, name.length), ...pick(characters, 1, name.length)].map((text) => with_(name, text)))
    }

    const before = await countRows()
    const path = fillPath(d.path)
    const wanted = d.surface.name === 'admin' ? [400, 422] : [400]
    const said = async (raw: BodyInit, type = 'application/json', status = wanted) => {
      const answer = await call(spec.method.toUpperCase(), path, { token: callerOf(d), raw, headers: { 'content-type': type } })
      const shown = typeof raw === 'string' ? raw.slice(0, 200) : 'bytes'
      expect(status, `${answer.status} to ${shown}: ${answer.text.slice(0, 200)}`).toContain(answer.status)
      expect(answer.text.length, shown).toBeLessThan(20_000)
    }
    for (const text of texts) await said(text)
    for (const type of isFirst(d) ? TYPES : ['text/plain']) await said(JSON.stringify(valid), type)
    await said(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))
    if (isFirst(d)) await said(`{"x":"${'a'.repeat(1_048_600)}"}`, 'application/json', [413])
    expect(await countRows()).toEqual(before)
  })

  it('refuses broken forms and files of another kind, and stores nothing', async () => {
    const { token, id } = company
    // Retries of earlier tests' webhooks would go on meanwhile.
    await env.DB.prepare("update jobs set status = 'dead' where status = 'pending'").run()
    const before = await countRows()
    const post = (raw: BodyInit, headers: Record<string, string> = {}) => call('POST', '/templates/upload', { token, raw, headers })
    const form = (change: (f: FormData) => void) => {
      const made = templateForm(id, TEMPLATE)
      change(made)
      return made
    }
    const forms: [string, FormData][] = [
      ['no file', form((f) => f.delete('file'))],
      ['no name', form((f) => f.delete('name'))],
      ['no company', form((f) => f.delete('company_id'))],
      ['text as file', form((f) => f.set('file', 'PK'))],
      ['a file as name', form((f) => f.set('name', new File(['x'], 'x')))],
      ['two files', form((f) => f.append('file', new File(['x'], 'x')))],
      ['two names', form((f) => f.append('name', 'b'))],
      ['name of control characters', form((f) => f.set('name', 'a\u0000b'))],
      ['name of two lines', form((f) => f.set('name', 'a\nb'))],
      ['long name', form((f) => f.set('name', 'я'.repeat(256)))],
      ['blank name', form((f) => f.set('name', '   '))],
      ['company that is no id', form((f) => f.set('company_id', '1e3'))],
      ['no bytes', templateForm(id, new Uint8Array())],
      ['text', templateForm(id, new TextEncoder().encode('Договор'))],
      ['a picture', templateForm(id, new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))],
      ['half an archive', templateForm(id, TEMPLATE.slice(0, TEMPLATE.length / 2))],
      ['a PDF that is none', templateForm(id, new TextEncoder().encode('%PDF-1.7\n'), 'a.pdf')],
      ['a DOCX called a PDF', templateForm(id, TEMPLATE, 'договор.pdf')],
      ['many parts', form((f) => Array.from({ length: 300 }, (_, i) => f.append(`x${i}`, 'y')).length)],
    ]
    for (const [what, raw] of forms) expect((await post(raw)).status, what).toBe(400)
    const type = 'multipart/form-data; boundary=XX'
    const broken = [
      '',
      '--XX',
      '--XX\r\n',
      '--XX\r\ncontent-disposition: form-data\r\n\r\nx\r\n--XX--',
      '--YY\r\n\r\n--YY--',
      `--XX\r\ncontent-disposition: form-data; name="file"; filename="a.docx"\r\n\r\nPK`,
    ]
    for (const raw of broken) expect((await post(raw, { 'content-type': type })).status, raw).toBe(400)
    for (const headers of [
      { 'content-type': 'application/json' },
      { 'content-type': 'multipart/form-data' },
      { 'content-type': 'multipart/form-data; boundary=' },
      { 'content-type': 'application/x-www-form-urlencoded' },
    ])
      expect((await post('--XX', headers)).status, JSON.stringify(headers)).toBe(400)
    const large = templateForm(id, new Uint8Array(17 * 1_048_576))
    expect((await post(large)).status).toBe(413)
    expect(await countRows()).toEqual(before)
  })
})

describe('queries', () => {
  const withQuery = OPERATIONS.filter(([, { spec }]) => spec.query)
  it.each(withQuery)('%s bears any', async (_, d) => {
    if (!d.spec.query) return
    const schema = z.toJSONSchema(d.spec.query, { io: 'input', unrepresentable: 'any' }) as JsonSchema
    const path = fillPath(d.path, { company_id: company.id, id: company.id })
    const weird = [
      '',
      '-1',
      '0',
      '1.5',
      '999999',
      '1e400',
      'Infinity',
      'NaN',
      '0x10',
      '9'.repeat(64),
      '%00',
      '%F0%28',
      'a&b',
      '__proto__',
      "1'or'1",
      'x'.repeat(5000),
      '%ED%A0%80',
    ]
    const names = [...Object.keys(schema.properties ?? {}), '__proto__', '%00']
    const queries = names.flatMap((name) => [...weird.map((value) => `${name}=${value}`), `${name}[]=1`, `${name}=1&${name}=1`, name])
    const first = withQuery[0]?.[1] === d
    // Asked by GET, whatever the operation's own method is.
    const { returns, invalid = 422 } = DECLARED.find((other) => other.path === d.path && other.spec.method === 'get')?.spec ?? d.spec
    const wanted = d.surface.name === 'admin' ? [...Object.keys(returns).map(Number), invalid, 404] : [200, 400, 404]
    for (const query of first ? queries : pick(queries, 12, d.path.length)) {
      const answer = await call('GET', `${path}?${query}`, { token: callerOf(d) })
      expect(wanted, `${query.slice(0, 100)}: ${answer.text.slice(0, 100)}`).toContain(answer.status)
    }
  })
})

describe('odd requests', () => {
  it('answers HEAD as GET without a body', async () => {
    for (const path of ['/health', '/tariff-plans', `/companies/id/${company.id}`]) {
      const answer = await call('HEAD', path, { token: company.token })
      expect([answer.status, answer.text], path).toEqual([200, ''])
    }
  })

  it('takes a body in pieces, and stops reading one that is too long', async () => {
    const pieces = (count: number, size: number) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < count; i++)
            controller.enqueue(new TextEncoder().encode(i === 0 ? `{"name":"${'a'.repeat(size)}` : 'a'.repeat(size)))
          controller.enqueue(new TextEncoder().encode('"}'))
          controller.close()
        },
      })
    const put = (body: ReadableStream) =>
      SELF.fetch(`http://qoltanba.test/companies/${company.id}`, {
        method: 'PUT',
        body,
        headers: { authorization: `Bearer ${company.token}`, 'content-type': 'application/json' },
      })
    expect((await put(pieces(2, 10))).status).toBe(200)
    expect((await put(pieces(40, 65_536))).status).toBe(413)
  })

  it('bears long addresses, odd hosts and odd headers', async () => {
    expect((await call('GET', `/companies/id/${company.id}?x=${'y'.repeat(15_000)}`, { token: company.token })).status).toBe(200)
    for (const host of ['evil.example', '[::1]:99', 'a'.repeat(300)])
      expect((await call('GET', '/tariff-plans', { headers: { host } })).status, host).toBe(200)
    const headers = {
      'x-d1-bookmark': "' or 1=1 --",
      'user-agent': 'ы'.repeat(5),
      'cf-ray': 'x'.repeat(3000),
      'cf-connecting-ip': 'not an address',
    }
    expect((await call('GET', '/tariff-plans', { headers: { ...headers, 'user-agent': 'x'.repeat(9000) } })).status).toBe(200)
    for (const bookmark of [
      'abc',
      '0',
      '-',
      'first-primary',
      '00000000-00000000-00000000-00000000000000000000000000000000',
      'f'.repeat(200),
      '',
    ]) {
      expect((await call('GET', '/tariff-plans', { headers: { 'x-d1-bookmark': bookmark } })).status, bookmark).toBe(200)
      expect(
        (
          await call('POST', '/companies/login', {
            body: { email: 'nobody@example.com', password: 'x' },
            headers: { 'x-d1-bookmark': bookmark },
          })
        ).status,
        bookmark,
      ).toBe(401)
      await env.DB.prepare('delete from login_failures').run()
    }
  })
})
