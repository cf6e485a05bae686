/** Packages through the API of a running service: from creation to sealed, and what a step costs as routes and documents grow. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import { Api, inventPhone, registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { startLocal } from '../../.tools/local.ts'
import { floorPace } from './floor.ts'

const OFFICE = '/api/v1/office'
const quantile = (numbers: number[], q: number) => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * q)] ?? Number.NaN
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

async function twoPages(): Promise<string> {
  const doc = await PDFDocument.create()
  const font = await doc.embedFont(StandardFonts.TimesRoman)
  for (const n of [1, 2]) {
    const page = doc.addPage([595, 842])
    for (let line = 0; line < 45; line++)
      page.drawText(`Page ${n}, clause ${line + 1}. The parties agree on what follows.`, { x: 60, y: 780 - line * 16, size: 11, font })
  }
  return Buffer.from(await doc.save()).toString('base64')
}

interface Package {
  id: string
  status: string
  participants: { id: string; status: string }[]
  documents: { id: string }[]
}

/** Two employees whose keys the server keeps. */
async function twoSigners(api: Api) {
  const person = (last_name: string) =>
    api.call<{ id: string }>('POST', `${OFFICE}/clients`, { phone: inventPhone(), last_name, first_name: 'Айбек' })
  const company = await api.call<{ id: string }>('POST', `${OFFICE}/companies`, { inn: '7707083893', name: 'ПАО «Проверка»' })
  const clients = [await person('Первый'), await person('Второй')]
  for (const { id: client_id } of clients) {
    await api.call('POST', `${OFFICE}/companies/${company.id}/employees`, { client_id, role: 'signer' })
    await api.call('POST', `${OFFICE}/companies/${company.id}/server-signatures`, { client_id })
  }
  return clients.map(({ id }) => ({ client_id: id, company_id: company.id }))
}

/** Units for all that will be signed: the operator's to give. */
async function giveUnits(company: Company, units: number): Promise<void> {
  const operator = new Api(company.api.url)
  const said = await operator.call<{ data: { token: string } }>('POST', '/api/v1/admin/auth/login', {
    email: 'operator@example.com',
    password: 'operator-dev-password',
  })
  operator.token = said.data.token
  await operator.call('PUT', `/company-balances/${company.id}`, { sms_signatures: units, ecp_signatures: units })
}

async function sealed(api: Api, id: string): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    const { items } = await api.call<{ items: { type: string }[] }>('GET', `${OFFICE}/packages/${id}/files`)
    if (items.some((f) => f.type === 'certificate')) return
    // Asking is work, too: an impatient client would measure itself.
    await pause(40)
  }
  throw new Error(`package ${id} was not sealed`)
}

type Signers = Awaited<ReturnType<typeof twoSigners>>

/** One package of a two-page PDF that two sign one after the other, until its stamped version can be downloaded; ms. */
async function playOne(api: Api, signers: Signers, content_base64: string): Promise<number> {
  const began = performance.now()
  const participants = signers.map((who, i) => ({ ...who, order: i + 1, role: 'signer', methods: ['server'] }))
  const { id } = await api.call<Package>('POST', `${OFFICE}/packages`, {
    title: 'Замер',
    documents: [{ name: 'Договор.pdf', content_base64 }],
    participants,
  })
  for (const who of signers) await api.call('POST', `${OFFICE}/packages/${id}/server-sign`, who)
  await sealed(api, id)
  return performance.now() - began
}

export interface Pace {
  clients: number
  perSecond: number
  p50: number
  p95: number
  count: number
}

async function pace(api: Api, signers: Signers, pdf: string, clients: number, count: number): Promise<Pace> {
  const times: number[] = []
  let left = count
  const began = performance.now()
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left-- > 0) times.push(await playOne(api, signers, pdf))
    }),
  )
  const seconds = (performance.now() - began) / 1000
  return { clients, perSecond: times.length / seconds, p50: quantile(times, 0.5), p95: quantile(times, 0.95), count: times.length }
}

/** Milliseconds of one signature by code in a route of so many, all of one order; the code is asked for before the clock starts. */
async function perSignature(api: Api, participants: number, documents: number, pdf: string): Promise<number> {
  const people = Array.from({ length: participants }, (_, i) => ({
    order: 1,
    role: 'signer',
    person: { full_name: `Подписант ${i + 1}`, phone: inventPhone() },
    methods: ['sms'],
  }))
  const named = Array.from({ length: documents }, (_, i) => ({ name: `Документ ${i + 1}.pdf`, content_base64: pdf }))
  const made = await api.call<Package>('POST', `${OFFICE}/packages`, { title: 'Рост', documents: named, participants: people })
  const open = new Api(api.url)
  const times: number[] = []
  for (const [i, { id }] of made.participants.entries()) {
    // Of a long route some are enough, early and late ones.
    if (participants > 20 && i % Math.floor(participants / 16) !== 0) continue
    const { token } = await api.call<{ token: string }>('POST', `${OFFICE}/packages/${made.id}/signing-links`, { participant_id: id })
    await open.call('POST', `/sign/${token}/otp`, {})
    const code = await codeFor(open, people[i]?.person.phone ?? '')
    const began = performance.now()
    await open.call('POST', `/sign/${token}/sign`, { method: 'sms', code, consent: true })
    // The last one starts the sealing, too.
    if (i < participants - 1) times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}

async function codeFor(open: Api, phone: string): Promise<string> {
  for (let tries = 0; tries < 500; tries++) {
    const { messages } = await open.call<{ messages: { code: string | null }[] }>('GET', `/dev/outbox?to=${encodeURIComponent(phone)}`)
    const code = messages.find((m) => m.code)?.code
    if (code) return code
    await pause(10)
  }
  throw new Error('no code came')
}

export interface Growth {
  participants: number
  documents: number
  ms: number
}

/** Everything that is measured on one running service. */
export async function measurePackages(port = 8796): Promise<{ paces: Pace[]; growth: Growth[]; floor: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'qoltanba-bench-packages-'))
  const service = await startLocal({ port, stateDir: join(directory, 'state'), log: () => undefined })
  try {
    const company = await registerCompany(service.url)
    await giveUnits(company, 100_000)
    const signers = await twoSigners(company.api)
    const pdf = await twoPages()
    for (let i = 0; i < 15; i++) await playOne(company.api, signers, pdf)
    const paces = [await pace(company.api, signers, pdf, 1, 60), await pace(company.api, signers, pdf, 8, 240)]
    const growth: Growth[] = []
    for (const [participants, documents] of SIZES)
      growth.push({ participants, documents, ms: await perSignature(company.api, participants, documents, pdf) })
    // The service rests meanwhile, its clients gone.
    const floor = await floorPace(join(directory, 'floor'), Buffer.from(pdf, 'base64').length, 240)
    return { paces, growth, floor }
  } finally {
    await service.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Participants and documents of the routes in which one signature is timed. */
const SIZES = [
  [2, 1],
  [10, 1],
  [50, 1],
  [100, 1],
  [10, 10],
  [10, 50],
] as const

type Report = (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void

/** The lines of the report: pace of whole packages, and what a signature costs as routes and documents grow. */
export async function packages(report: Report): Promise<void> {
  const { paces, growth, floor } = await measurePackages()
  for (const { clients, perSecond, p50, p95, count } of paces) {
    const what = `packages of a two-page PDF, two ordered server signatures, created through the API to sealed, ${clients} client(s) of npm start's wrangler`
    const detail = `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, of ${count}`
    report(what, perSecond, 'a second', { least: clients === 8 ? 20 : 1 }, detail)
  }
  const pace = paces.find(({ clients }) => clients === 8)?.perSecond ?? Number.NaN
  const platform = `${floor.toFixed(1)} a second by a Worker that makes a package's calls to D1, R2 and Durable Objects and does nothing besides`
  report('that pace with 8 clients, of what the local platform carries', pace / floor, '', { least: 0.4 }, platform)
  const of = (participants: number, documents: number) =>
    growth.find((g) => g.participants === participants && g.documents === documents)?.ms ?? Number.NaN
  const told = growth.map((g) => `${g.participants} × ${g.documents}: ${g.ms.toFixed(0)} ms`).join('; ')
  const flat = of(100, 1) / of(10, 1)
  report('one signature by code in a route of 100, against a route of 10', flat, '×', { most: 1.5 }, `participants × documents: ${told}`)
  // Every document gets a signature of its own: what a document adds is what is told.
  report('what each further document adds to a signature', (of(10, 50) - of(10, 1)) / 49, 'ms', { most: 15 })
}
