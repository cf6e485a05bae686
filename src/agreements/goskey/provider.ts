/** Госключ through the API of the portal (ЕПГУ): an order is reserved, the signed archive is sent, and the order is looked at until it is over. */
import { zipSync } from 'fflate'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { utf8 } from '../../lib/hash.ts'
import { callService, objectOf, signatureText, signForAuthority, type Answer } from '../authority.ts'
import { requestXml, serviceFor, type Recipient, type SigningRequest } from './request-xml.ts'

const SERVICE_NAME = 'Госключ'
/** Of a result: a signature is a few kilobytes. */
const MAX_RESULT = 2 * 1_048_576
/** A token is used for so long; the service gives longer ones. */
const TOKEN_MS = 10 * 60_000

interface ResultFile {
  name: string
  link: string
}

/** How far an order is. `reserved`: nothing has been sent yet. */
export type OrderState =
  | { state: 'reserved' }
  /** With the person; or done, with the result still to come. */
  | { state: 'pending' }
  | { state: 'signed'; signature: ResultFile }
  | { state: 'declined'; comment: string | null }

/** What a signing service does for us; this one is Госключ, another may take its place. */
export interface SigningProvider {
  reserve: (recipient: Recipient) => Promise<string>
  send: (orderId: string, request: SigningRequest) => Promise<void>
  look: (orderId: string) => Promise<OrderState>
  fetchSignature: (file: ResultFile) => Promise<Uint8Array>
  cancel: (orderId: string) => Promise<void>
}

interface GoskeySettings {
  url: string
  esia: string
  apiKey: string
  region: string
}

/** The settings, where Госключ is set up. */
export function goskeySettings({ settings: s }: Pick<Ctx, 'settings'>): GoskeySettings | undefined {
  const { GOSKEY_URL: url, GOSKEY_API_KEY: apiKey, GOSKEY_ORG_INN: inn, GOSKEY_REGION: region, ESIA_URL: esia } = s
  const complete = url && apiKey && inn && esia && s.ESIA_CERTIFICATE && s.ESIA_PRIVATE_KEY
  return complete ? { url: url.replace(/\/+$/, ''), esia: esia.replace(/\/+$/, ''), apiKey, region } : undefined
}

const tokens = new Map<string, { token: string; until: number }>()

/** The organization's access token: for its API key, signed (ESIA, `ext-app/…/tkn`). */
async function accessToken(ctx: Ctx, { esia, apiKey }: GoskeySettings): Promise<string> {
  const key = `${esia} ${apiKey}`
  const known = tokens.get(key)
  if (known && known.until > ctx.now.getTime()) return known.token
  const signature = encodeURIComponent(await signatureText(ctx, utf8(apiKey)))
  const answer = await callService(
    'ESIA',
    `${esia}/esia-rs/api/public/v1/orgs/ext-app/${encodeURIComponent(apiKey)}/tkn?signature=${signature}`,
  )
  const { accessTkn: token } = objectOf(answer)
  if (answer.status !== 200 || typeof token !== 'string') throw refused('ESIA', answer)
  tokens.set(key, { token, until: ctx.now.getTime() + TOKEN_MS })
  return token
}

/** A refusal for good: the service's code for it is for the log (its message may name people); people are told that it refused. */
function refused(service: string, answer: Answer): AppError {
  const { code } = objectOf(answer)
  console.warn(
    JSON.stringify({ level: 'warn', where: service, status: answer.status, code: typeof code === 'string' ? code.slice(0, 60) : null }),
  )
  return new AppError('unprocessable', `${service} refused the request.`)
}

const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {})

/** The portal's «услуга оказана». */
const DONE = 3

/** What the order's details say (Спецификация API ЕПГУ, 2.4); the order itself comes as JSON within JSON. */
export function readOrder(details: Record<string, unknown>): OrderState {
  const order =
    typeof details.order === 'string' ? objectOf({ status: 200, bytes: new Uint8Array(utf8(details.order)) }) : record(details.order)
  const current = record(order.currentStatusHistory)
  if (Object.keys(order).length === 0 || order.orderStatusId === 0) return { state: 'reserved' }
  if (current.finalStatus !== true && order.closed !== true) return { state: 'pending' }
  const files = Array.isArray(order.orderResponseFiles) ? order.orderResponseFiles.map(record) : []
  const signature = files.find(({ fileName }) => typeof fileName === 'string' && /\.pdf\.sig$/i.test(fileName))
  if (signature)
    return {
      state: 'signed',
      signature: { name: String(signature.fileName), link: typeof signature.link === 'string' ? signature.link : '' },
    }
  if (current.statusId === DONE) return { state: 'pending' }
  const comment = [current.comment, current.title].find((said) => typeof said === 'string' && said !== '')
  return { state: 'declined', comment: typeof comment === 'string' ? comment.slice(0, 500) : null }
}

/** The archive: the request and the document, each with the operator's detached signature beside it. */
async function archiveOf(ctx: Ctx, request: SigningRequest): Promise<Uint8Array> {
  const files: Record<string, Uint8Array> = { 'req.xml': requestXml(request), [request.document.name]: request.document.bytes }
  for (const [name, bytes] of Object.entries(files)) files[`${name}.sig`] = await signForAuthority(ctx, bytes)
  return zipSync(files, { level: 6 })
}

/** Госключ, with the settings of this service. */
export function goskey(ctx: Ctx, settings: GoskeySettings): SigningProvider {
  const callOnce = async (method: string, path: string, init: RequestInit, limit?: number): Promise<Answer> => {
    const authorization = `Bearer ${await accessToken(ctx, settings)}`
    const headers = { accept: 'application/json', ...Object.fromEntries(new Headers(init.headers)), authorization }
    return callService(SERVICE_NAME, `${settings.url}${path}`, { ...init, method, headers }, limit)
  }
  const call = async (method: string, path: string, init: RequestInit = {}, limit?: number): Promise<Answer> => {
    let answer = await callOnce(method, path, init, limit)
    if (answer.status === 401) {
      // A token may be over before its time.
      tokens.clear()
      answer = await callOnce(method, path, init, limit)
    }
    if (answer.status >= 400) throw refused(SERVICE_NAME, answer)
    return answer
  }
  const metaOf = (recipient: Recipient) => {
    const { code } = serviceFor(recipient)
    return JSON.stringify({ region: settings.region, serviceCode: code, targetCode: `-${code}` })
  }
  const orderPath = (orderId: string) => `/api/gusmev/order/${encodeURIComponent(orderId)}`
  return {
    reserve: async (recipient) => {
      const answer = await call('POST', '/api/gusmev/order', {
        body: metaOf(recipient),
        headers: { 'content-type': 'application/json' },
      })
      const { orderId } = objectOf(answer)
      if (typeof orderId !== 'number' && typeof orderId !== 'string') throw refused(SERVICE_NAME, answer)
      return String(orderId)
    },
    send: async (orderId, request) => {
      const form = new FormData()
      form.set('orderId', orderId)
      form.set('meta', metaOf(request.recipient))
      form.set('chunk', '0')
      form.set('chunks', '1')
      form.set('file', new File([new Uint8Array(await archiveOf(ctx, request))], `${orderId}-archive.zip`))
      await call('POST', '/api/gusmev/push/chunked', { body: form })
    },
    look: async (orderId) => readOrder(objectOf(await call('POST', `${orderPath(orderId)}?embed=STATUS_HISTORY`))),
    fetchSignature: async ({ name, link }) => {
      // terrabyte://00/{objectId}/{mnemonic}/{objectType}
      const [, objectId = '', , objectType = ''] = /^terrabyte:\/\/\d+\/(\d+)\/([^/]+)\/(\d+)$/.exec(link) ?? []
      const answer = await call(
        'GET',
        `/api/storage/v2/files/${objectId}/${objectType}/download?mnemonic=${encodeURIComponent(name)}`,
        { headers: { accept: '*/*' } },
        MAX_RESULT,
      )
      return answer.bytes
    },
    cancel: async (orderId) => void (await call('POST', `${orderPath(orderId)}/cancel`)),
  }
}
