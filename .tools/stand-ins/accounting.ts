/**
 * A stand-in for an accounting system, as a 1С base publishes its HTTP service and as СБИС takes JSON-RPC. What it knows of an organization is put there by
 * `PUT /books/{organization}`; what it took is at `GET /books/{organization}`. A transaction that comes again with its key is the same one.
 */
import type { Handler } from './requests.ts'

export interface Books {
  users: unknown[]
  projects: unknown[]
  materials: unknown[]
  /** By key. */
  transactions: Map<string, { external_code: string; transaction: unknown }>
}

interface Options {
  login: string
  secret: string
  /** Whether it takes a transaction; all of them unless said otherwise. */
  takes?: (transaction: { id: number }) => boolean
}

const LISTS = ['users', 'projects', 'materials'] as const
const METHODS: Record<string, (typeof LISTS)[number]> = {
  'Сотрудник.Список': 'users',
  'Проект.Список': 'projects',
  'Номенклатура.Список': 'materials',
}
const json = (status: number, body: object) => Response.json(body, { status })
const newBooks = (): Books => ({ users: [], projects: [], materials: [], transactions: new Map() })

export function accountingStandIn({ login, secret, takes = () => true }: Options) {
  const books = new Map<string, Books>()
  const booksOf = (organization: string): Books => {
    const known = books.get(organization) ?? newBooks()
    books.set(organization, known)
    return known
  }
  let taken = 0
  const take = (organization: string, key: string, transaction: { id: number }): string | undefined => {
    const { transactions } = booksOf(organization)
    const known = transactions.get(key)
    if (known) return known.external_code
    if (!takes(transaction)) return undefined
    const external_code = `БУХ-${String(++taken).padStart(6, '0')}`
    transactions.set(key, { external_code, transaction })
    return external_code
  }

  async function oneC(request: Request, path: string): Promise<Response> {
    const expected = `Basic ${Buffer.from(`${login}:${secret}`, 'utf8').toString('base64')}`
    if (request.headers.get('authorization') !== expected) return new Response(null, { status: 401 })
    const query = new URL(request.url).searchParams
    const organization = query.get('organization') ?? ''
    const list = LISTS.find((name) => name === path)
    if (request.method === 'GET' && list) {
      const offset = Number(query.get('offset'))
      return json(200, { [list]: booksOf(organization)[list].slice(offset, offset + Number(query.get('limit'))) })
    }
    if (request.method !== 'POST' || path !== 'transactions') return new Response(null, { status: 404 })
    const code = take(organization, request.headers.get('idempotency-key') ?? '', (await request.json()) as { id: number })
    return code === undefined ? json(422, { error: 'Документ не принят' }) : json(201, { external_code: code })
  }

  async function sbis(request: Request): Promise<Response> {
    if (request.headers.get('x-sbisaccesstoken') !== secret) return new Response(null, { status: 401 })
    const { method, params, id } = (await request.json()) as {
      id: number
      method: string
      params: {
        Фильтр?: { Организация: string }
        Навигация?: { Смещение: number; РазмерСтраницы: number }
        Организация?: string
        Ключ?: string
        Документ?: { id: number }
      }
    }
    const answer = (result: object) => json(200, { jsonrpc: '2.0', id, result })
    const list = METHODS[method]
    if (list) {
      const { Смещение: offset = 0, РазмерСтраницы: limit = 500 } = params.Навигация ?? {}
      return answer({ Записи: booksOf(params.Фильтр?.Организация ?? '')[list].slice(offset, offset + limit) })
    }
    const code = params.Документ && take(params.Организация ?? '', params.Ключ ?? '', params.Документ)
    return code === undefined
      ? json(200, { jsonrpc: '2.0', id, error: { message: 'Документ не принят' } })
      : answer({ Идентификатор: code })
  }

  const handle: Handler = async (request) => {
    const { pathname } = new URL(request.url)
    const [, organization] = /^\/books\/(\d+)$/.exec(pathname) ?? []
    if (organization) {
      if (request.method === 'PUT') books.set(organization, { ...booksOf(organization), ...((await request.json()) as Partial<Books>) })
      const { transactions, ...lists } = booksOf(organization)
      return json(200, { ...lists, transactions: [...transactions].map(([key, one]) => ({ key, ...one })) })
    }
    if (pathname === '/service/') return sbis(request)
    const [, path = ''] = /^\/hs\/qoltanba\/(\w+)$/.exec(pathname) ?? []
    return oneC(request, path)
  }
  return Object.assign(handle, { booksOf })
}
