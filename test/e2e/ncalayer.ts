/**
 * Stands in for NCALayer, the program of Kazakhstan's national authority that signs with a person's key on the person's own machine: a WebSocket over TLS at
 * the same address, which greets, answers and refuses in the same words, and signs with a key of openssl's making.
 */
import { readFileSync } from 'node:fs'
import { fresh, issue, openssl, sign, type Issued } from './crypto/cms/openssl.ts'
import { pause } from './service.ts'
import { serveWebSocket, type Peer } from './websocket.ts'

const PORT = 13579

/** What the person at the machine does. */
export type Behaviour = 'sign' | 'cancel' | 'fail' | 'leave'

export interface NcaLayer {
  /** What it was asked, in order; the documents themselves as bytes. */
  requests: { origin: string; method: string; args: Record<string, unknown>; content: Uint8Array }[]
  /** The most requests that waited for an answer at once. The real one takes one at a time. */
  mostAtOnce: () => number
  behave: (how: Behaviour) => void
  /** The key that is chosen from now on. */
  use: (signer: Issued) => void
  stop: () => Promise<void>
}

/** An authority and a person under it, as the national one writes them. `login` gives a certificate that is for logging in. */
export function nationalPerson(
  iin: string,
  authority = issue(undefined, { subject: '/CN=ҰКО ТЕСТ/C=KZ' }),
  ext?: string,
): Issued & { authority: Issued } {
  const subject = `/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN${iin}/C=KZ/GN=ТЕСТОВИЧ`
  return { ...issue(authority, { subject, ...(ext === undefined ? {} : { ext }) }), authority }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const pem = (der: Uint8Array): string =>
  `-----BEGIN CMS-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CMS-----\n`

/** Its own certificate is for 127.0.0.1, from an authority that only its own machine trusts. */
function ownCertificate(): { key: string; cert: string } {
  const [key, cert] = [fresh('nca.key'), fresh('nca.pem')]
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...name)
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

/** Starts it. Waits for the address, should another run of the tests have it at the moment. */
export async function startNcaLayer(person: Issued): Promise<NcaLayer> {
  const requests: NcaLayer['requests'] = []
  let signer = person
  let how: Behaviour = 'sign'
  let [open, most] = [0, 0]

  function answer(args: Record<string, unknown>, content: Uint8Array): unknown {
    const params = isRecord(args.signingParams) ? args.signingParams : {}
    if (args.format !== 'cms' || params.decode !== true) {
      return { status: false, code: 'INVALID_SIGNING_PARAMS', message: 'format', details: null }
    }
    if (how === 'cancel') return { status: true, body: {} }
    if (how === 'fail') return { status: false, code: 'SIGNING_FAILURE', message: 'Ошибка при подписании', details: 'SunEC' }
    const flags = [...(params.encapsulate === true ? ['-nodetach'] : []), '-cades']
    return { status: true, body: { result: [pem(sign(signer, content, ...flags))] } }
  }

  async function onMessage(peer: Peer, text: string): Promise<void> {
    if (text === '--heartbeat--') return peer.send(text)
    const request: unknown = JSON.parse(text)
    if (!isRecord(request) || request.module !== 'kz.gov.pki.knca.basics' || request.method !== 'sign' || !isRecord(request.args)) {
      return peer.send(JSON.stringify({ success: false, errorCode: 'MODULE_NOT_FOUND' }))
    }
    const content = Buffer.from(String(request.args.data), 'base64')
    requests.push({ origin: peer.origin, method: request.method, args: request.args, content })
    if (how === 'leave') return peer.close()
    open += 1
    most = Math.max(most, open)
    // a person takes a moment, and meanwhile it may say that it is alive
    await pause(300)
    peer.send('--heartbeat--')
    open -= 1
    peer.send(JSON.stringify(answer(request.args, content)))
  }

  const greet = (peer: Peer): void => peer.send(JSON.stringify({ result: { version: '1.4' } }))
  const options = { port: PORT, ...ownCertificate() }
  for (let i = 0; ; i++) {
    try {
      const server = await serveWebSocket(options, greet, (peer, text) => void onMessage(peer, text))
      return { requests, mostAtOnce: () => most, behave: (next) => (how = next), use: (next) => (signer = next), stop: server.stop }
    } catch (error) {
      if (i === 60) throw error
      await pause(1000)
    }
  }
}
