/** A stand-in for ESIA (Госуслуги) that behaves as its guidelines say: `v2/ac`, `v3/te`, `/rs/prns`, and the token for API keys. Invented persons. */
import { SignJWT, type CryptoKey as JoseKey } from 'jose'
import { signBare } from '../../src/signing/cms/sign.ts'
import { GostPrivateKey } from '../../src/signing/gost/sign.ts'
import { hashOf, isSecretOf, isSignedBy, type Client, type Handler } from './requests.ts'

export interface Person {
  oid: string
  person: Record<string, unknown>
  docs: object[]
  addrs: object[]
  ctts: object[]
}

const ADDRESS = { addressStr: 'Москва Город, Тестовая Улица', zipCode: '101000', city: 'Москва', region: 'Москва', house: '1', flat: '2' }
export const PERSONS: Person[] = [
  {
    oid: '1000300890',
    person: {
      firstName: 'Алексей',
      lastName: 'Тестов',
      middleName: 'Петрович',
      birthDate: '15.03.1985',
      trusted: true,
      snils: '112-233-445 95',
      inn: '998800000133',
    },
    docs: [
      {
        type: 'RF_PASSPORT',
        vrfStu: 'VERIFIED',
        series: '4500',
        number: '123456',
        issueDate: '20.04.2005',
        issueId: '770001',
        issuedBy: 'ОВД ТЕСТОВЫЙ',
      },
    ],
    addrs: [
      { type: 'PRG', ...ADDRESS },
      { type: 'PLV', ...ADDRESS, addressStr: 'Казань Город, Пробная Улица', city: 'Казань', zipCode: '420000' },
    ],
    ctts: [
      { type: 'EML', value: 'testov@example.com', vrfStu: 'VERIFIED' },
      { type: 'MBT', value: '+7(999)1234567', vrfStu: 'VERIFIED' },
    ],
  },
  {
    oid: '1000300891',
    person: { firstName: 'Мария', lastName: 'Пробная', birthDate: '01.12.1990', trusted: false },
    docs: [],
    addrs: [],
    ctts: [],
  },
]

interface Options {
  /** Where it is reached; also the issuer of its tokens. */
  url: string
  clientId: string
  /** The certificate that is registered for the client. */
  client: Client
  redirectUri: string
  apiKey: string
  /** By which it signs tokens. */
  key: JoseKey | GostPrivateKey
  alg: 'ES256' | 'RS256' | 'GOST3410_2012_256' | 'GOST3410_2012_512'
  now?: () => Date
  /** Changes the claims of a token before it is signed, for tests. */
  tamper?: Partial<Record<'idToken' | 'accessToken', (claims: Record<string, unknown>) => Record<string, unknown>>>
}

interface Login {
  query: URLSearchParams
  person?: Person
}

const json = (status: number, body: object) => Response.json(body, { status })
const FORM = { 'content-type': 'text/html; charset=utf-8' }
const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

const formOf = async (request: Request) => new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()))

/** The errors that it tells of, by their numbers. */
const ESIA = {
  certificate: 'ESIA-007002: Certificate and mnemonic do not match',
  missing: 'ESIA-007003: A parameter is missing or wrong',
  refused: 'ESIA-007004: The owner of the resource has refused access',
  code: 'ESIA-007011: The authorization code is not valid',
  redirect: 'ESIA-007023: redirect_uri is not allowed',
  secret: 'ESIA-007053: client_secret is not valid',
}

export function esiaStandIn(options: Options): Handler & { logins: Map<string, Login>; tokensGiven: () => number } {
  const { clientId, client, redirectUri, key, alg, apiKey } = options
  const now = options.now ?? (() => new Date())
  const logins = new Map<string, Login>()
  const codes = new Map<string, Login>()
  const access = new Map<string, Person>()
  let given = 0

  const problemOf = async (p: URLSearchParams, code = ''): Promise<string | undefined> => {
    const of = (name: string) => p.get(name) ?? ''
    if (of('redirect_uri') !== redirectUri) return ESIA.redirect
    if (of('client_id') !== clientId || of('client_certificate_hash') !== hashOf(client)) return ESIA.certificate
    const shapes: [string, RegExp][] = [
      ['scope', /^openid( [a-z_]+)*$/],
      ['timestamp', /^\d{4}\.\d\d\.\d\d \d\d:\d\d:\d\d [+-]\d{4}$/],
      ['state', /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/],
    ]
    if (shapes.some(([name, shape]) => !shape.test(of(name)))) return ESIA.missing
    const signed = clientId + of('scope') + of('timestamp') + of('state') + redirectUri + code
    return (await isSecretOf(client, of('client_secret'), signed)) ? undefined : ESIA.secret
  }

  const back = (login: Login, more: Record<string, string>) => {
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries({ ...more, state: login.query.get('state') ?? '' })) url.searchParams.set(name, value)
    return new Response(null, { status: 302, headers: { location: url.href } })
  }

  const authorize = async (url: URL): Promise<Response> => {
    const query = url.searchParams
    const login: Login = { query }
    const problem = await problemOf(query)
    if (problem === ESIA.redirect) return new Response(problem, { status: 400 })
    const incomplete =
      query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge')
    const why = problem ?? (incomplete ? ESIA.missing : undefined)
    if (why) return back(login, { error: 'invalid_request', error_description: why })
    const session = crypto.randomUUID()
    logins.set(session, login)
    const choice = (value: string, label: string) => `<p><button name="person" value="${value}">${label}</button></p>`
    const persons = PERSONS.map(({ oid, person }) => choice(oid, `${String(person.lastName)} ${String(person.firstName)}`)).join('')
    return new Response(
      `<!doctype html><meta charset="utf-8"><title>Госуслуги (замена)</title><h1>Вход через Госуслуги: замена для разработки</h1><form method="post" action="/login"><input type="hidden" name="session" value="${session}">${persons}${choice('', 'Отказаться')}</form>`,
      { headers: FORM },
    )
  }

  const logIn = async (request: Request): Promise<Response> => {
    const form = await formOf(request)
    const session = form.get('session') ?? ''
    const login = logins.get(session)
    if (!login) return new Response('no such session', { status: 404 })
    logins.delete(session)
    const person = PERSONS.find(({ oid }) => oid === form.get('person'))
    if (!person) return back(login, { error: 'access_denied', error_description: ESIA.refused })
    const code = `code-${crypto.randomUUID()}`
    codes.set(code, { ...login, person })
    return back(login, { code })
  }

  const sign = async (claims: Record<string, unknown>): Promise<string> => {
    const header = { alg, typ: 'JWT', ver: 1 }
    if (!(key instanceof GostPrivateKey)) return new SignJWT(claims).setProtectedHeader(header).sign(key)
    const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    const signature = await signBare(key, new TextEncoder().encode(signed))
    return `${signed}.${Buffer.from(signature).toString('base64url')}`
  }

  const exchange = async (request: Request): Promise<Response> => {
    const p = await formOf(request)
    const code = p.get('code') ?? ''
    const refuse = (why: string, error = 'invalid_request') => json(400, { error, error_description: why, state: p.get('state') })
    const problem = await problemOf(p, code)
    if (problem) return refuse(problem)
    const login = codes.get(code)
    codes.delete(code)
    if (!login?.person || p.get('grant_type') !== 'authorization_code' || p.get('token_type') !== 'Bearer')
      return refuse(ESIA.code, 'invalid_grant')
    if ((await sha256(p.get('code_verifier') ?? '')) !== login.query.get('code_challenge')) return refuse(ESIA.code, 'invalid_grant')
    if (p.get('state') === login.query.get('state')) return refuse(ESIA.missing)
    const { oid } = login.person
    const at = Math.floor(now().getTime() / 1000)
    const common = { iss: `${options.url}/`, iat: at, nbf: at, exp: at + 3600 }
    const claims = {
      ...common,
      aud: clientId,
      sub: oid,
      auth_time: at,
      nonce: login.query.get('nonce'),
      'urn:esia:sbj': { 'urn:esia:sbj:oid': oid, 'urn:esia:sbj:typ': 'P' },
    }
    const idToken = await sign(options.tamper?.idToken?.(claims) ?? claims)
    const opens = {
      ...common,
      'urn:esia:sid': crypto.randomUUID(),
      'urn:esia:sbj_id': oid,
      client_id: clientId,
      scope: p.get('scope'),
    }
    const accessToken = await sign(options.tamper?.accessToken?.(opens) ?? opens)
    access.set(accessToken, login.person)
    given++
    return json(200, { access_token: accessToken, id_token: idToken, expires_in: 3600, token_type: 'Bearer', state: p.get('state') })
  }

  const profile = (request: Request, oid: string, list: string | undefined): Response => {
    const person = access.get((request.headers.get('authorization') ?? '').replace('Bearer ', ''))
    if (!person) return json(401, { code: 'ESIA-005011', message: 'The token is not valid' })
    if (person.oid !== oid) return json(403, { code: 'ESIA-005002', message: 'Access denied' })
    if (list === undefined) return json(200, { stateFacts: ['EntityRoot'], ...person.person })
    const elements = { docs: person.docs, addrs: person.addrs, ctts: person.ctts }[list]
    return elements ? json(200, { stateFacts: ['hasSize'], size: elements.length, elements }) : json(404, {})
  }

  const handler = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const path = url.pathname
    if (request.method === 'GET' && path === '/aas/oauth2/v2/ac') return authorize(url)
    if (request.method === 'POST' && path === '/login') return logIn(request)
    if (request.method === 'POST' && path === '/aas/oauth2/v3/te') return exchange(request)
    const [, oid = '', list] = /^\/rs\/prns\/(\d+)(?:\/(\w+))?$/.exec(path) ?? []
    if (oid) return profile(request, oid, list)
    if (path === `/esia-rs/api/public/v1/orgs/ext-app/${apiKey}/tkn`) {
      if (!(await isSignedBy(client, url.searchParams.get('signature') ?? '', apiKey, now())))
        return json(400, { code: 'ESIA-060004', message: 'The signature is not valid' })
      return json(200, { accessTkn: `epgu-${apiKey}` })
    }
    return json(404, {})
  }
  return Object.assign(handler, { logins, tokensGiven: () => given })
}
