/** What the end-to-end tests know of the service: they talk to it over HTTP alone, as a company's system and its client do. */
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Api, registerCompany, uploadTemplate, type Company } from '../../.tools/demo-steps.ts'

const run = promisify(execFile)

/** Where the service under test is. `npm run test:e2e` says it; vitest itself puts '/' into BASE_URL. */
export function baseUrl(): string {
  const given = process.env.E2E_BASE_URL ?? process.env.BASE_URL
  return given?.startsWith('http') ? given.replace(/\/$/, '') : 'http://127.0.0.1:8787'
}

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

/** Asks again until there is an answer; what was waited for is told when it does not come. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, seconds = 30, everyMs = 200): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`)
    await pause(everyMs)
  }
}

/** Somewhere else each time, so that a service that is down for a moment does not lose its port to another run of the tests. */
const firstPort = () => Number(process.env.E2E_PORT_FROM ?? randomInt(20_000, 30_000))

/** The first port from `from` on that nobody listens at. */
export async function freePort(from = firstPort()): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    const free = await new Promise<boolean>((done) => {
      const probe = createServer()
      probe.once('error', () => done(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)))
    })
    if (free) return port
  }
  throw new Error(`no free port from ${from} on`)
}

/** The platform operator, as it is by default in development. */
export async function operator(url = baseUrl()): Promise<Api> {
  const api = new Api(url)
  const email = process.env.OPERATOR_EMAIL ?? 'operator@example.com'
  const password = process.env.OPERATOR_PASSWORD ?? 'operator-dev-password'
  api.token = (await api.call<{ token: string }>('POST', '/companies/login', { email, password })).token
  return api
}

export interface Contract {
  id: number
  contract_token: string
  client_filled: boolean
  generated_pdf_path: string | null
  signed_at: string | null
  package_id: string | null
  rendering: { status: 'none' | 'rendering' | 'ready' | 'failed'; reason: string | null; warnings: string[] }
}

/** A contract with a field for each placeholder of its template, all of them empty and of type text. */
export async function draftContract({ api, id }: Company, templateId: number): Promise<{ contract: Contract; fields: string[] }> {
  const contract = await api.call<Contract>('POST', '/contracts', { company_id: id, template_id: templateId })
  const fields = (await api.call<{ field_name: string }[]>('GET', `/templates/${templateId}/fields`)).map((f) => f.field_name)
  for (const field_name of fields) await api.call('POST', '/contract-fields', { contract_id: contract.id, field_name, field_type: 'text' })
  return { contract, fields }
}

export const contractByToken = (api: Api, token: string) => api.call<Contract>('GET', `/contracts/token/${token}`)

/** Waits until the document is made; says why when it can't be. */
export async function rendered(api: Api, token: string, seconds = 60): Promise<Contract> {
  return until(
    'the rendering',
    async () => {
      const contract = await contractByToken(api, token)
      if (contract.rendering.status === 'failed') throw new Error(`the contract was not rendered: ${contract.rendering.reason}`)
      return contract.rendering.status === 'ready' ? contract : undefined
    },
    seconds,
  )
}

export async function download(api: Api, path: string): Promise<Uint8Array> {
  const response = await api.raw('GET', path)
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${(await response.text()).slice(0, 300)}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** The newest code that went to a phone. */
export async function codeFor(api: Api, phone: string, seconds = 20): Promise<string> {
  return until(
    `a code for ${phone}`,
    async () => {
      const { messages } = await api.call<{ messages: { code: string | null }[] }>('GET', `/dev/outbox?to=${encodeURIComponent(phone)}`)
      return messages.find((m) => m.code)?.code ?? undefined
    },
    seconds,
  )
}

export interface Person {
  client_name: string
  client_iin: string
  client_phone: string
}

/** Asks for a code as the company and signs with it. */
export async function signBySms(api: Api, contractId: number, person: Person): Promise<{ signed_at: string }> {
  const body = { contract_id: contractId, method: 'sms', ...person }
  await api.call('POST', '/signatures/sign', body)
  const code = await codeFor(api, person.client_phone)
  return api.call('POST', '/signatures/sign', { ...body, code })
}

let shared: Promise<Company> | undefined
/** One company for everything in a test file that does not care whose it is. */
export function sharedCompany(): Promise<Company> {
  shared ??= registerCompany(baseUrl(), 'ТОО «Проверка»')
  return shared
}

/**
 * What the service makes of a Word template: uploads it, makes a contract with a field for each placeholder, fills them all at once and
 * gives the PDF. `values` has a text for every placeholder (a JSON array for a loop); one that is missing is an error.
 */
export async function renderViaService(docx: Uint8Array, values: Record<string, string>): Promise<Uint8Array> {
  const company = await sharedCompany()
  const template = await uploadTemplate(company, docx, 'Проверка вёрстки')
  const { contract, fields } = await draftContract(company, template.id)
  const missing = fields.filter((name) => !values[name])
  if (missing.length > 0) throw new Error(`no value for ${missing.join(', ')}`)
  const mine = Object.fromEntries(fields.map((name) => [name, values[name]]))
  if (fields.length > 0) await company.api.call('PUT', `/contracts/token/${contract.contract_token}/fields`, { values: mine })
  await rendered(company.api, contract.contract_token)
  return download(company.api, `/contracts/${contract.id}/pdf`)
}

/** Runs an outside tool; its output and what it complained of. A status that is not 0 is given, not thrown. */
export async function tool(command: string, args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  try {
    // File names and output in Cyrillic, whatever the machine speaks.
    const env = { ...process.env, LC_ALL: 'C.UTF-8' }
    const { stdout, stderr } = await run(command, args, { maxBuffer: 64 * 1_048_576, timeout: 120_000, env })
    return { status: 0, stdout, stderr }
  } catch (error) {
    const failed = error as { code?: number | string; stdout?: string; stderr?: string; message: string }
    if (failed.code === 'ENOENT') throw new Error(`${command} is not installed`, { cause: error })
    return {
      status: typeof failed.code === 'number' ? failed.code : 1,
      stdout: failed.stdout ?? '',
      stderr: failed.stderr ?? failed.message,
    }
  }
}

/** A directory of its own for one piece of work, gone afterwards. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'qoltanba-e2e-'))
  try {
    return await work(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Writes bytes where outside tools can read them. */
export const withFile = <T>(bytes: Uint8Array, name: string, work: (path: string, directory: string) => Promise<T>): Promise<T> =>
  withDirectory(async (directory) => {
    const path = join(directory, name)
    await writeFile(path, bytes)
    return work(path, directory)
  })
