import * as z from 'zod'
import { callService, objectOf, type Answer } from '../../agreements/authority.ts'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'

/** How an accounting system names things: codes are its own. */
const code = z.string().trim().min(1).max(100)
const optional = z.string().trim().max(100).nullish()
const data = z.record(z.string(), z.unknown()).nullish()

export const RemoteUser = z.object({ external_code: code, employee_id: optional, accounting_account: optional, accounting_data: data })
export const RemoteProject = z.object({
  external_code: code,
  name: z.string().trim().min(1).max(255),
  address: z.string().max(1000).nullish(),
  start_date: z.iso.date().nullish(),
  end_date: z.iso.date().nullish(),
  cost_category: z.object({ external_code: code, name: z.string().trim().min(1).max(255) }).nullish(),
  accounting_data: data,
})
export const RemoteMaterial = z.object({
  external_code: code,
  sbis_nomenclature_code: optional,
  sbis_unit_code: optional,
  accounting_account: z.string().trim().max(50).nullish(),
  accounting_data: data,
})

/** An accountable transaction as it is handed over; the amount is a decimal with two digits. */
export interface OutgoingTransaction {
  id: number
  type: string
  amount: string
  description: string | null
  document_number: string | null
  document_date: string | null
  reported_at: string | null
  approved_at: string | null
  user: { external_code: string | null; employee_id: string | null; name: string }
  project: { external_code: string | null; name: string } | null
}

export type Listed = 'users' | 'projects' | 'materials'

/** What an accounting system does for us. All calls name the organization: one system may keep the books of many. */
export interface AccountingSystem {
  /** Everything of a kind, as it came: rows are checked one by one by whoever takes them. */
  list: (what: Listed, orgId: number) => Promise<unknown[]>
  /** Hands a transaction over and gives the code it has there. Said again with the same key it is the same transaction. */
  send: (transaction: OutgoingTransaction, orgId: number, key: string) => Promise<string>
}

const NAME = 'Бухгалтерская система'
const PER_PAGE = 500
const MOST_PAGES = 100

const refused = () => new AppError('unavailable', `${NAME} ответила не так, как договорено.`)

/** Pages one after the other, until one is not full. */
async function allPages(page: (offset: number) => Promise<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for (let i = 0; i < MOST_PAGES; i++) {
    const rows = await page(i * PER_PAGE)
    if (!Array.isArray(rows)) throw refused()
    all.push(...(rows as unknown[]))
    if (rows.length < PER_PAGE) return all
  }
  throw refused()
}

function codeOf(value: unknown): string {
  const found = code.safeParse(value)
  if (!found.success) throw refused()
  return found.data
}

function must(answer: Answer): Record<string, unknown> {
  if (answer.status >= 400) throw new AppError('bad_request', `${NAME} не приняла запрос (${answer.status}).`)
  return objectOf(answer)
}

interface Access {
  url: string
  login: string
  secret: string
}
const MAX_ANSWER = 16 * 1_048_576

/** An HTTP service published by a 1С base: Basic, a resource for each kind. */
function oneC({ url, login, secret }: Access): AccountingSystem {
  const credentials = Buffer.from(`${login}:${secret}`, 'utf8').toString('base64')
  const headers = { authorization: `Basic ${credentials}`, accept: 'application/json' }
  const at = (path: string, query: Record<string, string>) => `${url}/hs/qoltanba/${path}?${new URLSearchParams(query).toString()}`
  return {
    list: (what, orgId) =>
      allPages(async (offset) => {
        const query = { organization: String(orgId), offset: String(offset), limit: String(PER_PAGE) }
        return must(await callService(NAME, at(what, query), { headers }, MAX_ANSWER))[what]
      }),
    send: async (transaction, orgId, key) => {
      const answer = await callService(NAME, at('transactions', { organization: String(orgId) }), {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(transaction),
      })
      return codeOf(must(answer).external_code)
    },
  }
}

const METHODS: Record<Listed, string> = { users: 'Сотрудник.Список', projects: 'Проект.Список', materials: 'Номенклатура.Список' }

/** СБИС: JSON-RPC 2.0 at one address, with an access token. */
function sbis({ url, secret }: Access): AccountingSystem {
  const ask = async (method: string, params: object): Promise<unknown> => {
    const answer = await callService(
      NAME,
      `${url}/service/`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', 'x-sbisaccesstoken': secret },
        body: JSON.stringify({ jsonrpc: '2.0', protocol: 2, id: 1, method, params }),
      },
      MAX_ANSWER,
    )
    const said = must(answer)
    if (said.error) throw new AppError('bad_request', `${NAME} не приняла запрос.`)
    return said.result
  }
  const part = (result: unknown, name: string): unknown =>
    typeof result === 'object' && result !== null ? Object.entries(result).find(([key]) => key === name)?.[1] : undefined
  return {
    list: (what, orgId) =>
      allPages(async (offset) =>
        part(
          await ask(METHODS[what], { Фильтр: { Организация: String(orgId) }, Навигация: { Смещение: offset, РазмерСтраницы: PER_PAGE } }),
          'Записи',
        ),
      ),
    send: async (transaction, orgId, key) =>
      codeOf(part(await ask('АвансовыйОтчет.Записать', { Организация: String(orgId), Ключ: key, Документ: transaction }), 'Идентификатор')),
  }
}

const SYSTEMS = { '1c': oneC, sbis } as const

/** The accounting system that the settings name. @throws AppError unavailable where they name none */
export function accountingSystem({ settings: s }: Pick<Ctx, 'settings'>): AccountingSystem {
  const { ACCOUNTING_PROVIDER: provider, ACCOUNTING_URL: url, ACCOUNTING_SECRET: secret } = s
  if (provider === 'none' || !url || !secret) throw new AppError('unavailable', 'Обмен с бухгалтерской системой не настроен.')
  return SYSTEMS[provider]({ url: url.replace(/\/+$/, ''), login: s.ACCOUNTING_LOGIN ?? '', secret })
}
