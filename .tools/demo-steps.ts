/** The main job over HTTP, as a company's system would do it. Used by `npm start` (up to the link) and `npm run demo` (to the end). */
import { randomInt } from 'node:crypto'
import { worksContract, worksData } from '../test/fixtures/docx.ts'

type Json = Record<string, unknown>

export class Api {
  readonly url: string
  token: string | undefined

  constructor(url: string) {
    this.url = url
  }

  async raw(method: string, path: string, body?: Json | FormData): Promise<Response> {
    const headers: Record<string, string> = {
      ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
      ...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
    }
    return fetch(this.url + path, { method, headers, ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}) })
  }

  /** Calls and expects success; a refusal is told with what the service said. */
  async call<T = Json>(method: string, path: string, body?: Json | FormData): Promise<T> {
    const response = await this.raw(method, path, body)
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
    return (await response.json()) as T
  }
}

const digits = (n: number) => Array.from({ length: n }, () => randomInt(10)).join('')

/** An IIN with a valid check digit that belongs to nobody: of the nineteenth century. */
export function inventIin(): string {
  for (;;) {
    const s = `${digits(0)}${randomInt(10, 99)}${String(randomInt(1, 13)).padStart(2, '0')}${String(randomInt(1, 29)).padStart(2, '0')}1${digits(4)}`
    const sum = (weights: number[]) => weights.reduce((a, w, i) => a + w * Number(s[i]), 0) % 11
    const check = [sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2])].find((c) => c < 10)
    if (check !== undefined) return s + String(check)
  }
}
/** A phone under a code that no operator has. */
export const inventPhone = () => `+7709${digits(7)}`

export interface Company {
  api: Api
  id: number
  name: string
}

export async function registerCompany(url: string, name = 'ТОО «Демо Строй»'): Promise<Company> {
  const api = new Api(url)
  const owner = { name, email: `demo-${Date.now()}-${digits(4)}@example.com`, phone: inventPhone(), password: `Demo-${digits(10)}` }
  const company = await api.call<{ id: number }>('POST', '/companies/register', owner)
  const { token } = await api.call<{ token: string }>('POST', '/companies/login', { email: owner.email, password: owner.password })
  api.token = token
  return { api, id: company.id, name }
}

export async function uploadTemplate(
  { api, id }: Company,
  bytes: Uint8Array,
  name: string,
  fileName = 'template.docx',
): Promise<{ id: number; warnings: string[] }> {
  const form = new FormData()
  form.append(
    'file',
    new File([bytes as Uint8Array<ArrayBuffer>], fileName, {
      type: fileName.endsWith('.pdf') ? 'application/pdf' : 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    }),
  )
  form.append('company_id', String(id))
  form.append('name', name)
  return api.call('POST', '/templates/upload', form)
}

export interface MadeContract {
  id: number
  contract_token: string
}

/** A contract with one field for every placeholder of its template. Values known beforehand are filled in by the company. */
export async function makeContract({ api, id }: Company, templateId: number, values: Record<string, string> = {}): Promise<MadeContract> {
  const contract = await api.call<{ id: number; contract_token: string }>('POST', '/contracts', { company_id: id, template_id: templateId })
  const fields = await api.call<{ field_name: string; field_type: string }[]>('GET', `/templates/${templateId}/fields`)
  // What the company writes is text as it stands; what the client is asked for keeps its type, so that it is checked.
  for (const { field_name, field_type } of fields) {
    const value = values[field_name] ?? null
    await api.call('POST', '/contract-fields', {
      contract_id: contract.id,
      field_name,
      field_type: value === null ? field_type : 'text',
      value,
    })
  }
  return contract
}

/** The demo's own template: a works contract, of which the company knows all but the client's own data. */
export function demoTemplate(): { bytes: Uint8Array; name: string; values: Record<string, string> } {
  const known = Object.entries(worksData()).filter(([name]) => !['client_name', 'client_iin', 'client_phone'].includes(name))
  const values = Object.fromEntries(known.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
  return { bytes: worksContract(), name: 'Договор подряда', values }
}

/** Makes a contract that waits for its client, and gives the link to sign it. */
export async function demoContract(url: string): Promise<string> {
  const company = await registerCompany(url)
  const { bytes, name, values } = demoTemplate()
  const template = await uploadTemplate(company, bytes, name)
  const contract = await makeContract(company, template.id, values)
  return `${url}/sign/${contract.contract_token}`
}
