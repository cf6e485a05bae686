import { env, SELF } from 'cloudflare:test'
import { afterEach, vi } from 'vitest'
import { esiaStandIn } from '../../.tools/stand-ins/esia.ts'
import { goskeyStandIn } from '../../.tools/stand-ins/goskey.ts'
import type { Handler } from '../../.tools/stand-ins/requests.ts'
import { exampleOf } from '../../src/agreements/schemas.ts'
import { FILES } from '../../src/agreements/fields.ts'
import type { Kind } from '../../src/agreements/statuses.ts'
import { parseCertificate } from '../../src/signing/cms/certificate.ts'
import { issueAuthority, issueCertificate, issueRoot, randomSerial } from '../../src/signing/pki/issue.ts'
import type { Subject } from '../../src/signing/pki/names.ts'
import { toBase64 } from '../../src/lib/ids.ts'
import { call, must } from '../app.ts'
import { newCtx, operatorToken, type Company } from '../factories.ts'
import { decode } from '../signing/cms/vectors.ts'
import { gostOperators } from '../signing/gost/engine-keys.ts'

export const BASE = '/api/v1/agreement'

/** One pixel. */
export const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (c) => c.charCodeAt(0),
)
export const png = (name = 'паспорт.png') => new File([PNG], name, { type: 'image/png' })

/** Valid fields and files of a type; `change` puts others in their place, undefined takes one away. */
export function formOf(kind: Kind, change: Record<string, unknown> = {}): FormData {
  const form = new FormData()
  const whole = { ...exampleOf(kind), ...Object.fromEntries(FILES[kind].map((name) => [name, png(`${name}.png`)])), ...change }
  for (const [name, value] of Object.entries(whole)) {
    if (value instanceof File) form.append(name, value)
    else if (value !== undefined) form.append(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return form
}

export interface Refusal {
  message: string
  error: string
  code: number
  errors?: Record<string, string[]>
}
export interface Saved {
  agreement: Record<string, string | boolean | null>
}

export const save = (company: Company, kind: Kind, body: unknown) =>
  call<Refusal & { success: boolean; warnings?: Record<string, string[]> }>('POST', `${BASE}/${kind}-save`, { token: company.token, body })
export const submit = (company: Company, kind: Kind, change: Record<string, unknown> = {}) =>
  call<Refusal & { success: boolean }>('POST', `${BASE}/${kind}`, { token: company.token, raw: formOf(kind, change) })
export const saved = async (company: Company, kind: Kind) =>
  (await must<Saved>(200, 'GET', `${BASE}/${kind}`, { token: company.token })).agreement
export const status = async (company: Company) =>
  must<{ status: string; title: string; name: string | null; type: string | null; comment: string | null }>(
    200,
    'GET',
    `${BASE}/current-status`,
    {
      token: company.token,
    },
  )
export const review = async (company: Pick<Company, 'id'>, type: Kind, verdict: 'ready' | 'rejected', comment?: string) =>
  call<Refusal>('POST', `${BASE}/review`, {
    token: await operatorToken(),
    body: { client: company.id, type, status: verdict, ...(comment ? { comment } : {}) },
  })

/** An agreement that is ready to be signed. */
export async function readyAgreement(company: Company, kind: Kind, change: Record<string, unknown> = {}): Promise<void> {
  const sent = await submit(company, kind, change)
  if (sent.status !== 200) throw new Error(`sending: ${sent.status} ${sent.text}`)
  const judged = await review(company, kind, 'ready')
  if (judged.status !== 200) throw new Error(`judging: ${judged.status} ${judged.text}`)
}

export async function bytesOf(path: string, token: string): Promise<{ status: number; bytes: Uint8Array; headers: Headers }> {
  const response = await SELF.fetch(`http://qoltanba.test${path}`, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers }
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const DAY = 86_400_000
const pem = (label: string, der: Uint8Array) => `-----BEGIN ${label}-----\n${toBase64(der)}\n-----END ${label}-----\n`
const newPair = () => crypto.subtle.generateKey(P256, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

/** A certificate of an authority that nobody else knows, with its key. */
async function newHolder(commonName: string, now: Date) {
  const at = (days: number) => ({ notBefore: new Date(now.getTime() - 30 * DAY), notAfter: new Date(now.getTime() + days * DAY) })
  const subject: Subject = { kind: 'plain', commonName, organization: 'Test', country: 'RU' }
  const [root, middle, own] = [await newPair(), await newPair(), await newPair()]
  const rootDer = await issueRoot({ subject, publicKey: root.publicKey, serial: randomSerial(), ...at(900) }, root.privateKey)
  const middleDer = await issueAuthority(
    { certificate: rootDer, key: root.privateKey },
    { subject: { ...subject, commonName: `${commonName} CA` }, publicKey: middle.publicKey, serial: randomSerial(), ...at(800) },
  )
  const request = { subject, publicKey: own.publicKey, serial: randomSerial(), ...at(700) }
  const der = await issueCertificate({ certificate: middleDer, key: middle.privateKey }, 'server_key', request)
  const [certificate, above, top] = [der, middleDer, rootDer].map((made) => parseCertificate(made))
  if (!certificate || !above || !top) throw new Error('no certificate')
  return { certificate, chain: [above], root: top, key: own.privateKey, pair: own, pem: pem('CERTIFICATE', der) }
}

/** An operator with a key of GOST R 34.10-2012 that OpenSSL's engine made. */
export function gostOperator(bits: '256' | '512') {
  const { root, certificate, key } = gostOperators[bits]
  return {
    certificate: parseCertificate(decode(certificate)),
    chain: [],
    root: parseCertificate(decode(root)),
    pem: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
    privateKey: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  }
}

async function ecdsaOperator(now: Date) {
  const holder = await newHolder('Operator', now)
  const key = new Uint8Array((await crypto.subtle.exportKey('pkcs8', holder.pair.privateKey)) as ArrayBuffer)
  return { ...holder, privateKey: pem('PRIVATE KEY', key) }
}

export const ESIA_URL = 'https://esia.test'
export const GOSKEY_URL = 'https://goskey.test'

type EsiaSigner = Pick<Parameters<typeof esiaStandIn>[0], 'key' | 'alg'> & { pem: string }
type Settings = Awaited<ReturnType<typeof newCtx>>['settings']

/**
 * ESIA and Госключ as this service's settings name them; the network leads to stand-ins and nowhere else until the test is over.
 *
 * @param sign what the person's telephone makes of a document
 * @param signer by which ESIA signs its tokens; an ECDSA key otherwise
 * @param registered whom ESIA knows as the operator; one with an ECDSA key otherwise
 */
export async function withProviders(
  sign: (document: Uint8Array) => Promise<Uint8Array>,
  tamper?: Parameters<typeof esiaStandIn>[0]['tamper'],
  registered?: ReturnType<typeof gostOperator>,
  signer?: EsiaSigner,
) {
  const { settings, now } = await newCtx()
  const operator = registered ?? (await ecdsaOperator(now))
  const tokens: EsiaSigner = signer ?? { ...(await newHolder('ESIA', now)), alg: 'ES256' }
  const apiKey = crypto.randomUUID()
  const time = async () => (await newCtx()).now
  let at = now
  const clock = () => at
  const common = { client: operator, apiKey, now: clock }
  const esia = esiaStandIn({
    ...common,
    url: ESIA_URL,
    clientId: 'QOLTANBA',
    redirectUri: `${settings.PUBLIC_URL}${BASE}/esia/callback`,
    key: tokens.key,
    alg: tokens.alg,
    ...(tamper ? { tamper } : {}),
  })
  const goskey = goskeyStandIn({ ...common, sign })
  // The Worker under test and the test are one isolate, whose settings are parsed once.
  Object.assign(settings, {
    ESIA_URL,
    ESIA_CLIENT_ID: 'QOLTANBA',
    ESIA_CERTIFICATE: operator.pem,
    ESIA_PRIVATE_KEY: operator.privateKey,
    ESIA_TOKEN_CERTIFICATE: tokens.pem,
    GOSKEY_URL,
    GOSKEY_API_KEY: apiKey,
    GOSKEY_ORG_INN: '9800291637',
  } satisfies Partial<Settings>)
  /** What stands in for the network: may be changed by a test. */
  const net: Record<string, Handler | undefined> = { [new URL(ESIA_URL).host]: esia, [new URL(GOSKEY_URL).host]: goskey }
  const asked: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init)
    const url = new URL(request.url)
    asked.push(`${request.method} ${url.host}${url.pathname}`)
    at = await time()
    const handler = net[url.host]
    if (!handler) throw new TypeError('fetch failed')
    return handler(request)
  })
  return { esia, goskey, net, asked, tick: async () => void (at = await time()) }
}

/** Forgets the settings again. */
export function forgetProviders(): void {
  afterEach(async () => {
    vi.restoreAllMocks()
    const { settings } = await newCtx()
    for (const name of Object.keys(settings))
      if (/^(ESIA|GOSKEY)_/.test(name) && name !== 'GOSKEY_REGION') delete (settings as Record<string, unknown>)[name]
    await env.DB.prepare("update jobs set status = 'done', payload = null where status = 'pending'").run()
  })
}

export type Providers = Awaited<ReturnType<typeof withProviders>>
const ORIGIN = 'http://qoltanba.test'

export const begin = async (company: Company) =>
  (await must<{ url: string; success: boolean }>(200, 'GET', `${BASE}/esia`, { token: company.token })).url

/** What the person does at ESIA, up to where it is sent back. */
export async function atEsia({ esia }: Providers, url: string, person = '1000300890'): Promise<URL> {
  const page = await esia(new Request(url))
  const session = /name="session" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
  const body = new URLSearchParams({ session, person })
  const answer = await esia(new Request(`${ESIA_URL}/login`, { method: 'POST', body }))
  return new URL(answer.headers.get('location') ?? '')
}
export const visit = async (back: URL, lang = 'ru') => {
  const answer = await SELF.fetch(`${ORIGIN}${back.pathname}${back.search}&lang=${lang}`)
  return { status: answer.status, html: await answer.text(), headers: answer.headers }
}
export const answer = async (html: string, said: 'yes' | 'no', token = /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '') => {
  const form = new FormData()
  form.set('token', token)
  form.set('answer', said)
  const response = await SELF.fetch(`${ORIGIN}${BASE}/esia/confirm?lang=ru`, { method: 'POST', body: form })
  return { status: response.status, html: await response.text() }
}

/** All of it, to the person's consent. */
export async function logInWithEsia(providers: Providers, company: Company): Promise<void> {
  const page = await visit(await atEsia(providers, await begin(company)))
  const { status: code } = await answer(page.html, 'yes')
  if (code !== 200) throw new Error(`the login was not taken: ${code}`)
}
