// Packages over HTTP: made by a licensee, acted on by links.
import { env } from 'cloudflare:test'
import { toBase64 } from '../../src/lib/ids.ts'
import { sealPackage } from '../../src/signing/seal.ts'
import { call, codeFor, must, type Answer, type Problem } from '../app.ts'
import { newBin, newCtx, newPhone, onePage, type Company } from '../factories.ts'
import { OFFICE, register, type Client } from './kit.ts'
import '../warm.ts'

export interface File_ {
  id: string
  name: string
  type: 'original' | 'stamped' | 'certificate'
  size: number
  sha256: string
}
export interface Participant {
  id: string
  order: number
  role: string
  full_name: string
  client_id: string | null
  company_id: string | null
  status: string
  method: string | null
  signed_at: string | null
}
export interface Package {
  id: string
  title: string
  status: string
  current_order: number
  documents: File_[]
  participants: Participant[]
  deadline: string | null
  created_at: string
  updated_at: string
  completed_at: string | null
}
export interface Event {
  seq: number
  type: string
  actor: string
  ip: string | null
  data?: Record<string, unknown>
  prev_hash: string
  hash: string
}
export interface Opened {
  package: { id: string; title: string; status: string; organization: string; documents: File_[]; results: File_[] }
  participant: Record<string, unknown>
  methods: string[]
  expires_at: string
  code: { expires_at: string; resend_at: string } | null
}
export interface Acted {
  participant_status: string
  package_status: string
}
interface Person {
  full_name: string
  phone?: string
  email?: string
  iin?: string
  inn?: string
}

export const PACKAGES = `${OFFICE}/packages`
export const documentOf = (text = 'Agreement', name = `${text}.pdf`) => ({ name, content_base64: toBase64(onePage(text)) })
export const aPerson = (full_name: string, more: Partial<Person> = {}) => ({ full_name, phone: newPhone(), ...more })
export const signs = (order: number, person: Person, methods = ['sms']) => ({ order, role: 'signer', person, methods })
export const approves = (order: number, person: Person) => ({ order, role: 'approver', person })
export const reads = (order: number, person: Person) => ({ order, role: 'viewer', person })

export const create = (company: Pick<Company, 'token'>, body: object, headers: Record<string, string> = {}) =>
  call<Package & Problem>('POST', PACKAGES, { token: company.token, body, headers })
/** A package of one document, unless told otherwise; sent. */
export const newPackage = async (company: Pick<Company, 'token'>, participants: object[], more: object = {}): Promise<Package> => {
  const made = await create(company, { title: 'Договор №7', documents: [documentOf()], participants, ...more })
  if (made.status !== 201) throw new Error(`creating a package: ${made.status} ${made.text}`)
  return made.body
}

/** A call about one package: `on(company, p)('POST', 'revoke', {…})`. */
export const on =
  ({ token }: Pick<Company, 'token'>, { id }: { id: string }) =>
  <T = Package & Problem>(method: string, step = '', body?: object): Promise<Answer<T>> =>
    call<T>(method, `${PACKAGES}/${id}${step && `/${step}`}`, { token, ...(body ? { body } : {}) })
export const look = async (company: Pick<Company, 'token'>, p: { id: string }) =>
  must<Package>(200, 'GET', `${PACKAGES}/${p.id}`, { token: company.token })
export const statusesOf = (p: Package) => p.participants.map((x) => x.status).join()
export const idOf = (p: Package, place: number) => p.participants[place]?.id ?? ''
export const eventsOf = async (company: Pick<Company, 'token'>, p: { id: string }) =>
  must<{ items: Event[]; valid: boolean }>(200, 'GET', `${PACKAGES}/${p.id}/events`, { token: company.token })
export const filesOf = async (company: Pick<Company, 'token'>, p: { id: string }) =>
  (await must<{ items: File_[] }>(200, 'GET', `${PACKAGES}/${p.id}/files`, { token: company.token })).items

export interface SigningLink {
  id: string
  url: string
  token: string
  expires_at: string
}
export const linkOf = (company: Pick<Company, 'token'>, p: Package, place: number, ttl_seconds?: number) =>
  must<SigningLink>(201, 'POST', `${PACKAGES}/${p.id}/signing-links`, {
    token: company.token,
    body: { participant_id: idOf(p, place), ...(ttl_seconds === undefined ? {} : { ttl_seconds }) },
  })
export const door = async (company: Pick<Company, 'token'>, p: Package, place: number) => (await linkOf(company, p, place)).token

/** A step in the public zone, with a link's token and nothing else. */
export const atLink = <T = Acted & Problem>(token: string, step: string, body?: object) =>
  call<T>(body || step === 'otp' ? 'POST' : 'GET', `/sign/${token}/${step}`, body ? { body } : {})
export const bySms = (code: string) => ({ method: 'sms', code, consent: true })

/** Asks for a code by a link and reads it from the phone. */
export async function askAt(token: string, phone = '', count = 1): Promise<string> {
  const asked = await atLink(token, 'otp')
  if (asked.status !== 202) throw new Error(`asking for a code: ${asked.status} ${asked.text}`)
  return codeFor(phone, count)
}
/** Everything that it takes to sign by SMS at a place of the route. */
export async function signAt(company: Pick<Company, 'token'>, p: Package, place: number, phone = ''): Promise<Answer<Acted & Problem>> {
  const token = await door(company, p, place)
  return atLink(token, 'sign', bySms(await askAt(token, phone)))
}
/** Signed by one person, and sealed. */
export async function signedPackage(company: Pick<Company, 'token'>, more: object = {}): Promise<{ p: Package; phone: string }> {
  const person = aPerson('Подписант Один')
  const p = await newPackage(company, [signs(1, person)], more)
  const done = await signAt(company, p, 0, person.phone)
  if (done.body.package_status !== 'signed') throw new Error(`signing: ${done.status} ${done.text}`)
  await sealPackage(await newCtx(), p.id)
  return { p: await look(company, p), phone: person.phone ?? '' }
}

/** A company of the organization's clients, and somebody who works there with that right. */
export const newFirm = (company: Pick<Company, 'token'>) =>
  must<{ id: string; inn: string }>(201, 'POST', `${OFFICE}/companies`, {
    token: company.token,
    body: { inn: newBin(), name: 'ТОО «Ромашка»' },
  })
export async function employ(company: Company, firm: { id: string }, role: string): Promise<Client> {
  const client = await register(company)
  await must(201, 'POST', `${OFFICE}/companies/${firm.id}/employees`, { token: company.token, body: { client_id: client.id, role } })
  return client
}
export const giveKey = (company: Pick<Company, 'token'>, firm: { id: string }, client: Pick<Client, 'id'>) =>
  must<{ id: string }>(201, 'POST', `${OFFICE}/companies/${firm.id}/server-signatures`, {
    token: company.token,
    body: { client_id: client.id },
  })
export const serverSign = (company: Pick<Company, 'token'>, p: Package, client: { id: string }, firm: { id: string }) =>
  on(company, p)('POST', 'server-sign', { client_id: client.id, company_id: firm.id })

/** How many prepaid units are there: set outright. */
export const setUnits = async (orgId: number, sms: number, ecp = 5) =>
  env.DB.batch([
    env.DB.prepare(
      "insert into balance_entries (id, org_id, cause, sms, ecp, created_at) select ?, org_id, 'operator', ? - sms_signatures, ? - ecp_signatures, '' from balances where org_id = ?",
    ).bind(crypto.randomUUID(), sms, ecp, orgId),
    env.DB.prepare('update balances set sms_signatures = ?, ecp_signatures = ? where org_id = ?').bind(sms, ecp, orgId),
  ])
