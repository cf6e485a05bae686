import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { atPointer } from '../../src/notifications/sms/http.ts'
import { chooseProvider } from '../../src/notifications/sms/provider.ts'
import type { SmsSettings } from '../../src/notifications/sms/provider.ts'
import { SmsTransientError } from '../../src/notifications/sms/types.ts'
import type { SmsMessage, SmsResult } from '../../src/notifications/sms/types.ts'

interface Seen {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

type Answer = (response: ServerResponse) => void

let server: Server
let base = ''
let seen: Seen[] = []
let answer: Answer = (response) => response.end()

const json =
  (body: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const page =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<html><body>+77091234567 Код 123456</body></html>')

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      seen.push({ method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, body })
      answer(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const message: SmsMessage = { to: '+77091234567', text: 'Qoltanba: Код 123456 & ₸ қ=ң', id: 'sms_0f3c.1-2' }

// Short only where silence is what is tested: elsewhere a busy machine must not look like a silent provider.
let timeoutMs = 10_000

const settings: Record<string, () => SmsSettings> = {
  mobizon: () => ({ provider: 'mobizon', sender: 'Qoltanba', timeoutMs, mobizon: { apiKey: 'kz-secret', baseUrl: `${base}/` } }),
  smsc: () => ({ provider: 'smsc', sender: 'Qoltanba', timeoutMs, smsc: { login: 'us', password: 'pa ss', baseUrl: base } }),
  http: () => ({
    provider: 'http',
    timeoutMs,
    http: {
      url: `${base}/v1/send?ref={id}`,
      headers: { authorization: 'Bearer http-secret', 'x-request-id': '{id}' },
      body: { type: 'json', template: { to: '{to}', msisdn: ['{digits}'], content: { text: '{text}', unicode: true }, ref: '{id}' } },
      success: { pointer: '/result/status', equals: 'queued' },
      idPointer: '/result/id',
      codePointer: '/error/code',
    },
  }),
}

async function send(name: string, more: Partial<SmsMessage> = {}, signal?: AbortSignal): Promise<SmsResult> {
  const provider = chooseProvider(settings[name]?.() ?? { provider: 'outbox' })
  if (!provider) throw new Error('no provider')
  return provider.send({ ...message, ...more }, signal)
}

async function failure(name: string, more: Partial<SmsMessage> = {}, signal?: AbortSignal): Promise<SmsTransientError> {
  const error: unknown = await send(name, more, signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof SmsTransientError)) throw new Error(`expected no final answer, got ${String(error)}`)
  return error
}

const first = (): Seen => {
  const [request] = seen
  if (!request) throw new Error('nothing was sent')
  return request
}

describe('mobizon', () => {
  it('sends as documented', async () => {
    answer = json({ code: 0, data: { campaignId: '1004', messageId: '5001', status: 2 }, message: '' })
    expect(await send('mobizon')).toEqual({ status: 'accepted', providerId: '5001' })
    const request = first()
    expect([request.method, request.path]).toEqual(['POST', '/service/message/sendsmsmessage'])
    expect(Object.fromEntries(request.query)).toEqual({ output: 'json', api: 'v1', apiKey: 'kz-secret' })
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      recipient: '77091234567',
      text: message.text,
      from: 'Qoltanba',
      'params[name]': message.id,
    })
  })

  it('counts background execution as accepted', async () => {
    answer = json({ code: 100, data: 77, message: '' })
    expect(await send('mobizon')).toEqual({ status: 'accepted', providerId: '77' })
  })

  it.each([
    [1, { recipient: 'Неверный номер' }, '', 'number'],
    [1, { text: 'Пустой текст' }, '', 'content'],
    [1, { from: 'Неизвестная подпись' }, '', 'content'],
    [2, null, '', 'other'],
    [4, null, '', 'other'],
    [8, null, 'Wrong key', 'auth'],
    [9, null, '', 'auth'],
    [11, null, '', 'other'],
    [12, null, '', 'other'],
    [13, 'api.mobizon.ua', '', 'auth'],
    [14, null, '', 'auth'],
    [15, null, 'Недостаточно средств на балансе', 'funds'],
    [15, null, '', 'other'],
    [99, null, '', 'number'],
  ] as const)('code %s with %j is final', async (code, data, text, reason) => {
    answer = json({ code, data, message: text })
    expect(await send('mobizon')).toEqual({ status: 'rejected', reason, providerCode: String(code) })
  })

  it.each([3, 10, 30, 999])('code %s is for another try', async (code) => {
    answer = json({ code, data: null, message: '' })
    expect((await failure('mobizon')).providerCode).toBe(String(code))
  })
})

describe('smsc', () => {
  it('sends as documented', async () => {
    answer = json({ id: message.id, cnt: 1 })
    expect(await send('smsc')).toEqual({ status: 'accepted', providerId: message.id })
    const request = first()
    expect([request.method, request.path]).toEqual(['POST', '/sys/send.php'])
    expect(Object.fromEntries(new URLSearchParams(request.body))).toEqual({
      login: 'us',
      psw: 'pa ss',
      phones: '+77091234567',
      mes: message.text,
      id: message.id,
      fmt: '3',
      charset: 'utf-8',
      sender: 'Qoltanba',
    })
  })

  it('takes an API key instead', async () => {
    answer = json({ id: 5, cnt: 1 })
    const provider = chooseProvider({ provider: 'smsc', smsc: { apiKey: 'k', baseUrl: base } })
    expect(await provider?.send(message)).toEqual({ status: 'accepted', providerId: '5' })
    const sent = new URLSearchParams(first().body)
    expect([sent.get('apikey'), sent.has('login'), sent.has('psw'), sent.has('sender')]).toEqual(['k', false, false, false])
  })

  it.each([
    [1, 'other'],
    [2, 'auth'],
    [3, 'funds'],
    [4, 'rate'],
    [5, 'other'],
    [6, 'content'],
    [7, 'number'],
    [8, 'number'],
    [42, 'other'],
  ] as const)('error %s is final', async (code, reason) => {
    answer = json({ error: 'описание', error_code: code, ...(code >= 6 ? { id: 1 } : {}) })
    expect(await send('smsc')).toEqual({ status: 'rejected', reason, providerCode: String(code) })
  })

  it('error 9 on a retry is our own earlier try', async () => {
    answer = json({ error: 'duplicate request, wait a minute', error_code: 9 })
    expect(await send('smsc', { retry: true })).toEqual({ status: 'accepted', providerId: message.id })
    const error = await failure('smsc')
    expect([error.providerCode, error.retryAfter]).toEqual(['9', 60])
  })
})

describe('http', () => {
  it('fills the template in', async () => {
    answer = json({ result: { status: 'queued', id: 9 } })
    expect(await send('http')).toEqual({ status: 'accepted', providerId: '9' })
    const request = first()
    expect([request.path, request.query.get('ref'), request.headers['x-request-id']]).toEqual(['/v1/send', message.id, message.id])
    expect(request.headers['content-type']).toBe('application/json')
    expect(JSON.parse(request.body)).toEqual({
      to: '+77091234567',
      msisdn: ['77091234567'],
      content: { text: message.text, unicode: true },
      ref: message.id,
    })
  })

  it('a message cannot leave its place in the template', async () => {
    answer = json({ result: { status: 'queued' } })
    const text = '"}, {id} & ?x=1'
    expect(await send('http', { text })).toEqual({ status: 'accepted', providerId: message.id })
    expect(JSON.parse(first().body)).toMatchObject({ content: { text } })
  })

  it('sends a form, or a bare GET, and trusts the status alone', async () => {
    answer = (response) => response.writeHead(202).end('OK')
    const form = chooseProvider({ provider: 'http', http: { url: base, body: { type: 'form', template: { n: '{digits}', m: '{text}' } } } })
    expect(await form?.send(message)).toEqual({ status: 'accepted', providerId: message.id })
    const get = chooseProvider({ provider: 'http', http: { url: `${base}/s?to={to}&m={text}`, method: 'GET' } })
    expect(await get?.send(message)).toEqual({ status: 'accepted', providerId: message.id })
    expect(Object.fromEntries(new URLSearchParams(first().body))).toEqual({ n: '77091234567', m: message.text })
    expect([seen[1]?.method, seen[1]?.query.get('to'), seen[1]?.query.get('m')]).toEqual(['GET', message.to, message.text])
  })

  it.each([
    [401, 'auth'],
    [402, 'funds'],
    [403, 'auth'],
    [404, 'other'],
    [422, 'other'],
  ] as const)('status %s is final', async (status, reason) => {
    answer = json({ error: { code: 'E7' } }, status)
    expect(await send('http')).toEqual({ status: 'rejected', reason, providerCode: 'E7' })
    answer = page(status)
    expect(await send('http')).toEqual({ status: 'rejected', reason, providerCode: `http_${status}` })
  })

  it('2xx that does not say success is a refusal', async () => {
    answer = json({ result: { status: 'refused' } })
    expect(await send('http')).toEqual({ status: 'rejected', reason: 'other', providerCode: 'not_accepted' })
  })

  it('reads JSON pointers', () => {
    const value = { a: [{ 'b/c': { 'd~e': 1 } }] }
    expect([atPointer(value, '/a/0/b~1c/d~0e'), atPointer(value, ''), atPointer(value, '/a/1'), atPointer(value, '/__proto__')]).toEqual([
      1,
      value,
      undefined,
      undefined,
    ])
  })
})

describe.each(['mobizon', 'smsc', 'http'])('%s when things go wrong', (name) => {
  const huge: Answer = (response) => response.writeHead(200).end(JSON.stringify({ code: 0, id: 1, pad: 'x'.repeat(70_000) }))
  const slowBody: Answer = (response) => {
    response.writeHead(200)
    response.write('{')
  }
  it.each([
    ['HTML with status 200', page(200), 'not_json'],
    ['an empty answer', ((response) => response.end()) satisfies Answer, 'not_json'],
    ['500', page(500), 'http_500'],
    ['502 with JSON', json({ code: 0, id: 1 }, 502), 'http_502'],
    ['a redirect', page(302, { location: 'http://127.0.0.1:1/' }), 'http_302'],
    ['a huge body', huge, 'too_large'],
    ['silence', (() => undefined) satisfies Answer, 'timeout'],
    ['a body that does not end', slowBody, 'timeout'],
    ['a dropped connection', ((response) => response.destroy()) satisfies Answer, 'network'],
  ] as const)('%s', async (_, how, code) => {
    answer = how
    timeoutMs = code === 'timeout' ? 300 : 10_000
    const error = await failure(name)
    timeoutMs = 10_000
    expect(error.providerCode).toBe(code)
    expect(error.provider).toBe(name)
    // what may land in a log names neither the person nor the message nor a key
    const logged = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
    for (const secret of ['7091234567', '123456', 'secret', 'pa ss', '127.0.0.1']) expect(logged).not.toContain(secret)
    expect(seen).toHaveLength(1)
  })

  it('keeps the wait that the provider asks for', async () => {
    answer = page(429, { 'retry-after': '17' })
    const error = await failure(name)
    expect([error.providerCode, error.retryAfter]).toEqual(['http_429', 17])
  })

  it('ends when the caller gives up', async () => {
    answer = () => undefined
    expect((await failure(name, {}, AbortSignal.timeout(20))).providerCode).toBe('aborted')
  })

  it('is refused when its key is', async () => {
    answer = page(403)
    expect(await send(name)).toEqual({ status: 'rejected', reason: 'auth', providerCode: 'http_403' })
  })
})

describe('the choice', () => {
  it('leaves the outbox to the caller', () => expect(chooseProvider({ provider: 'outbox' })).toBeUndefined())
  it.each([
    { provider: 'mobizon' },
    { provider: 'http' },
    { provider: 'smsc' },
    { provider: 'smsc', smsc: { baseUrl: 'https://smsc.kz', login: 'a' } },
  ] satisfies SmsSettings[])('refuses %j', (incomplete) => expect(() => chooseProvider(incomplete)).toThrow('SMS settings'))
})
