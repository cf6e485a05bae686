/** A stand-in for Госключ behind the portal's API (Спецификация API ЕПГУ): orders, signed archives, statuses, files of results. */
import { unzipSync } from 'fflate'
import { isSignedBy, type Client, type Handler } from './requests.ts'

interface Options {
  client: Client
  apiKey: string
  /** What the person's telephone makes: a detached signature over the document. */
  sign: (document: Uint8Array) => Promise<Uint8Array>
  now?: () => Date
}

interface Status {
  statusId: number
  title: string
  finalStatus: boolean
  comment?: string
}

export interface Order {
  id: number
  meta: string
  statuses: Status[]
  request: string
  documentName: string
  document: Uint8Array
  signature?: Uint8Array
}

const SERVICES: Record<string, RegExp> = {
  '10000000374':
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<SignRequest xmlns="urn:\/\/mpkey\.gosuslugi\.ru\/sign_document\/1\.0\.0">(<OID>[^<]{1,20}<\/OID>|<Snils>\d{3}-\d{3}-\d{3} \d\d<\/Snils>)<SignExpiration>/,
  '60025907':
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<SignRequest xmlns="urn:\/\/mpkey\.gosuslugi\.ru\/sign_document_ukep_legalperson\/1\.0\.0"><RFOrg>(<OID>[^<]{1,20}<\/OID>|<Snils>\d{3}-\d{3}-\d{3} \d\d<\/Snils>)<OGRN>(\d{13}|\d{15})<\/OGRN><\/RFOrg><SignExpiration>/,
}
const DOCUMENT_NAME = /^[A-Za-zА-Яа-яЁё0-9_ .,’']+\.pdf$/
const DAY_MS = 86_400_000

const json = (status: number, body: object) => Response.json(body, { status })
const refuse = (status: number, code: string, message: string) => json(status, { code, message })

export function goskeyStandIn({ client, apiKey, sign, now = () => new Date() }: Options) {
  const orders = new Map<number, Order>()
  let next = 1_230_000_000

  const checkArchive = async (order: Order, archive: Uint8Array): Promise<string | undefined> => {
    let files: Record<string, Uint8Array>
    try {
      files = unzipSync(archive)
    } catch {
      return 'the archive cannot be read'
    }
    const [documentName, ...others] = Object.keys(files).filter((name) => name !== 'req.xml' && !name.endsWith('.sig'))
    const request = files['req.xml']
    const document = files[documentName ?? '']
    if (!request || !document || !documentName || others.length > 0 || !DOCUMENT_NAME.test(documentName))
      return 'the archive does not hold what it must'
    for (const [name, bytes] of Object.entries({ 'req.xml': request, [documentName]: document })) {
      const signature = files[`${name}.sig`]
      if (!signature || !(await isSignedBy(client, signature, bytes, now()))) return `${name} is not signed by the organization`
    }
    const xml = new TextDecoder().decode(request)
    const { serviceCode } = JSON.parse(order.meta) as { serviceCode: string }
    const expires = Date.parse(/<SignExpiration>([^<]+\+03:00)<\/SignExpiration>/.exec(xml)?.[1] ?? '')
    if (!SERVICES[serviceCode]?.test(xml) || !/<AttributeName>orgName<.*<AttributeName>orgINN</.test(xml))
      return 'req.xml is not by its schema'
    if (!(expires > now().getTime() && expires <= now().getTime() + DAY_MS)) return 'the term is over, or longer than a day'
    Object.assign(order, { request: xml, documentName, document })
    return undefined
  }

  const push = async (request: Request): Promise<Response> => {
    const form = await request.formData()
    const order = orders.get(Number(form.get('orderId')))
    const file = form.get('file')
    if (!order) return refuse(404, 'order_not_found', 'Заявление не найдено')
    if (order.meta !== form.get('meta') || form.get('chunk') !== '0' || form.get('chunks') !== '1' || !(file instanceof File))
      return refuse(400, 'bad_request', 'Неверные параметры')
    if (order.statuses.length > 1) return refuse(409, 'push_denied', 'Заявление уже отправлено')
    const problem = await checkArchive(order, new Uint8Array(await file.arrayBuffer()))
    if (problem) return refuse(400, 'bad_request', problem)
    for (const [statusId, title] of [
      [17, 'Зарегистрировано на портале'],
      [21, 'Заявление отправлено в ведомство'],
      [2, 'Заявление получено ведомством'],
    ] as const)
      order.statuses.push({ statusId, title, finalStatus: false })
    return json(200, { orderId: order.id })
  }

  const details = (order: Order): Response => {
    const current = order.statuses.at(-1)
    const link = (name: string) => `terrabyte://00/${order.id}/${name}/1`
    const name = `${order.documentName}.sig`
    const inner = {
      id: order.id,
      orderStatusId: current?.statusId,
      statuses: order.statuses,
      currentStatusHistory: current,
      closed: current?.finalStatus ?? false,
      hasResult: order.signature !== undefined,
      orderResponseFiles: order.signature ? [{ fileName: name, link: link(name), mimeType: 'application/pkcs7-signature' }] : [],
    }
    return json(200, { code: 'OK', message: null, messageId: crypto.randomUUID(), order: JSON.stringify(inner) })
  }

  const handler: Handler = async (request) => {
    const { pathname } = new URL(request.url)
    if (request.headers.get('authorization') !== `Bearer epgu-${apiKey}`) return refuse(401, 'access_denied', 'Нет доступа')
    if (request.method === 'POST' && pathname === '/api/gusmev/order') {
      const meta = (await request.json()) as { region?: string; serviceCode?: string; targetCode?: string }
      if (!meta.region || !meta.serviceCode || meta.targetCode !== `-${meta.serviceCode}`)
        return refuse(400, 'bad_request', 'Неверные параметры')
      const draft = { statusId: 0, title: 'Черновик заявления', finalStatus: false }
      const order: Order = {
        id: ++next,
        meta: JSON.stringify(meta),
        statuses: [draft],
        request: '',
        documentName: '',
        document: new Uint8Array(),
      }
      orders.set(order.id, order)
      return json(200, { orderId: order.id })
    }
    if (request.method === 'POST' && pathname === '/api/gusmev/push/chunked') return push(request)
    const [, id, cancel] = /^\/api\/gusmev\/order\/(\d+)(\/cancel)?$/.exec(pathname) ?? []
    const order = orders.get(Number(id))
    if (id && request.method === 'POST') {
      if (!order) return refuse(404, 'order_not_found', 'Заявление не найдено')
      if (!cancel) return details(order)
      // Nothing was sent yet, or it is over.
      if (order.statuses.length === 1 || order.statuses.at(-1)?.finalStatus) return refuse(409, 'cancel_denied', 'Отмена невозможна')
      order.statuses.push({ statusId: 10, title: 'Отменено', finalStatus: true })
      return json(200, {})
    }
    const [, fileOf] = /^\/api\/storage\/v2\/files\/(\d+)\/1\/download$/.exec(pathname) ?? []
    const signature = orders.get(Number(fileOf))?.signature
    return signature
      ? new Response(new Uint8Array(signature), { headers: { 'content-type': 'application/octet-stream' } })
      : refuse(404, 'not_found', 'Нет файла')
  }

  /** What the person does in the app. */
  const app = {
    sign: async (order: Order, signature?: Uint8Array) => {
      order.signature = signature ?? (await sign(order.document))
      order.statuses.push({ statusId: 3, title: 'Услуга оказана', finalStatus: true })
    },
    decline: (order: Order, comment?: string) =>
      void order.statuses.push({
        statusId: 4,
        title: 'Отказано в предоставлении услуги',
        finalStatus: true,
        ...(comment ? { comment } : {}),
      }),
  }
  return Object.assign(handler, { orders, app })
}
