/** The stand-ins as servers, beside a local service: so that logging in with ESIA and signing in Госключ can be tried out without either. */
import { createServer, type Server } from 'node:http'
import { issueAuthority, issueCertificate, issueRoot, randomSerial } from '../../src/signing/pki/issue.ts'
import { parseCertificate, type Certificate } from '../../src/signing/cms/certificate.ts'
import { signDetachedCms } from '../../src/signing/cms/sign.ts'
import type { Subject } from '../../src/signing/pki/names.ts'
import { accountingStandIn } from './accounting.ts'
import { esiaStandIn } from './esia.ts'
import { goskeyStandIn } from './goskey.ts'
import type { Handler } from './requests.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
const YEAR_MS = 365 * 86_400_000
const MAX_BODY = 64 * 1_048_576

async function newPair(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('that is no pair of keys')
  return pair
}
const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g)
      ?.join('\n') ?? ''
  }\n-----END ${label}-----\n`

/** A certificate of its own root, for one of the sides. */
export async function newHolder(subject: Subject, now = new Date()) {
  const times = { notBefore: new Date(now.getTime() - YEAR_MS), notAfter: new Date(now.getTime() + 2 * YEAR_MS) }
  const plain: Subject = { kind: 'plain', commonName: 'Stand-in root', organization: 'Test', country: 'RU' }
  const [root, authority, own] = [await newPair(), await newPair(), await newPair()]
  const rootDer = await issueRoot({ subject: plain, publicKey: root.publicKey, serial: randomSerial(), ...times }, root.privateKey)
  const under = { ...times, notAfter: new Date(times.notAfter.getTime() - 86_400_000) }
  const authorityDer = await issueAuthority(
    { certificate: rootDer, key: root.privateKey },
    { subject: { ...plain, commonName: 'Stand-in authority' }, publicKey: authority.publicKey, serial: randomSerial(), ...under },
  )
  const der = await issueCertificate({ certificate: authorityDer, key: authority.privateKey }, 'server_key', {
    subject,
    publicKey: own.publicKey,
    serial: randomSerial(),
    ...under,
    notAfter: new Date(under.notAfter.getTime() - 86_400_000),
  })
  const [certificate, above, top] = [der, authorityDer, rootDer].map(parseCertificate) as [Certificate, Certificate, Certificate]
  return { certificate, chain: [above], root: top, key: own.privateKey, pair: own }
}

/** What the settings hold of a side: its certificate and its key. */
export const certificatePem = ({ certificate }: { certificate: Certificate }) => pem('CERTIFICATE', certificate.der)
export async function privateKeyPem({ pair }: { pair: CryptoKeyPair }): Promise<string> {
  const key = await crypto.subtle.exportKey('pkcs8', pair.privateKey)
  if (!(key instanceof ArrayBuffer)) throw new Error('PKCS#8 is bytes')
  return pem('PRIVATE KEY', new Uint8Array(key))
}

/** Serves a handler on a port of its own of this machine. */
async function listen(handlerOf: (url: string) => Handler): Promise<{ url: string; close: () => void }> {
  let handler: Handler | undefined
  const server: Server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = []
    let size = 0
    incoming.on('data', (part: Buffer) => {
      size += part.length
      if (size <= MAX_BODY) parts.push(part)
    })
    incoming.on('end', () => {
      const { method = 'GET', url = '/', headers } = incoming
      const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(parts)
      const asked = new Request(`http://${headers.host ?? 'localhost'}${url}`, { method, headers: headers as Record<string, string>, body })
      void (handler?.(asked) ?? Promise.reject(new Error('not ready'))).then(
        async (answer) => {
          outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
          outgoing.end(Buffer.from(await answer.arrayBuffer()))
        },
        () => outgoing.writeHead(500).end(),
      )
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  handler = handlerOf(url)
  server.unref()
  return { url, close: () => void server.close() }
}

/** Starts all of them for a service, and gives the settings by which it finds them. */
export async function serveStandIns(publicUrl: string) {
  const [operator, tokens, person] = await Promise.all([
    newHolder({ kind: 'plain', commonName: 'Qoltanba stand-in', organization: 'Test', country: 'RU' }),
    newHolder({ kind: 'plain', commonName: 'ESIA stand-in', organization: 'Test', country: 'RU' }),
    newHolder({
      kind: 'ru',
      commonName: 'Тестов Алексей Петрович',
      surname: 'Тестов',
      givenName: 'Алексей Петрович',
      snils: '11223344595',
    }),
  ])
  const clientId = 'QOLTANBA'
  const apiKey = crypto.randomUUID()
  const common = { client: operator, apiKey }
  const goskeyHandler = goskeyStandIn({ ...common, sign: (content) => signDetachedCms({ ...person, content, signingTime: new Date() }) })
  // The telephone: `POST /app/{order}/sign` or `/decline`; the root of its authority, to be trusted, is at `/authority.pem`.
  const withApp: Handler = async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/authority.pem') return new Response(pem('CERTIFICATE', person.root.der))
    if (pathname === '/app')
      return Response.json([...goskeyHandler.orders.values()].map(({ id, statuses, documentName }) => ({ id, statuses, documentName })))
    const [, id, act] = /^\/app\/(\d+)\/(sign|decline)$/.exec(pathname) ?? []
    const order = goskeyHandler.orders.get(Number(id))
    if (!id) return goskeyHandler(request)
    if (!order) return new Response(null, { status: 404 })
    await (act === 'sign' ? goskeyHandler.app.sign(order) : goskeyHandler.app.decline(order))
    return new Response(null, { status: 204 })
  }
  const books = { login: 'qoltanba', secret: crypto.randomUUID() }
  const [esia, goskey, accounting] = await Promise.all([
    listen((url) => {
      const redirectUri = `${publicUrl}/api/v1/agreement/esia/callback`
      const handler = esiaStandIn({ ...common, url, clientId, redirectUri, key: tokens.key, alg: 'ES256' })
      // The certificate that is registered for the client is at `/client.pem`.
      return async (request) =>
        new URL(request.url).pathname === '/client.pem' ? new Response(certificatePem(operator)) : handler(request)
    }),
    listen(() => withApp),
    listen(() => accountingStandIn(books)),
  ])
  return {
    vars: {
      ESIA_URL: esia.url,
      ESIA_CLIENT_ID: clientId,
      ESIA_CERTIFICATE: certificatePem(operator),
      ESIA_PRIVATE_KEY: await privateKeyPem(operator),
      ESIA_TOKEN_CERTIFICATE: certificatePem(tokens),
      GOSKEY_URL: goskey.url,
      GOSKEY_API_KEY: apiKey,
      GOSKEY_ORG_INN: '9800291637',
      ACCOUNTING_PROVIDER: '1c',
      ACCOUNTING_URL: accounting.url,
      ACCOUNTING_LOGIN: books.login,
      ACCOUNTING_SECRET: books.secret,
    },
    esia: esia.url,
    goskey: goskey.url,
    accounting: accounting.url,
    close: () => {
      esia.close()
      goskey.close()
      accounting.close()
    },
  }
}
