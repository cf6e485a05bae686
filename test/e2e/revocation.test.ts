// Authorities are asked about revocation over a real network: an `openssl ocsp` responder, and lists of `openssl ca` over HTTP. And files are checked by anybody.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventIin, inventPhone, registerCompany, uploadTemplate, type Company } from '../../.tools/demo-steps.ts'
import { docx, p } from '../documents/files.ts'
import { fresh, get, issue, openssl, put, sign, SIGNING, type Issued } from './crypto/cms/openssl.ts'
import { baseUrl, download, draftContract, freePort, operator, rendered, tool, until, withFile, type Contract } from './service.ts'

const root = issue(undefined)
const responder = issue(root, { ext: 'keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\n', subject: '/CN=Responder' })
const utc = (time: Date) => `${time.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`

let lists: Server
let responding: ChildProcess
let company: Company
let templateId: number
/** Where to ask. */
const at = { ocsp: '', crl: '', nobody: '' }
/** How often the list was fetched. */
let fetched = 0
let list = new Uint8Array()

interface Person extends Issued {
  iin: string
}
const issued: { person: Person; revoked: boolean }[] = []

/** A person whose certificate says where to ask. */
function newPerson({ ocsp, crl, revoked = false }: { ocsp: string; crl?: string; revoked?: boolean }): Person {
  const iin = inventIin()
  const where = `authorityInfoAccess=OCSP;URI:${ocsp}\n${crl ? `crlDistributionPoints=URI:${crl}\n` : ''}`
  const person = { ...issue(root, { subject: `/CN=ТЕСТОВ ТЕСТ/serialNumber=IIN${iin}/C=KZ`, ext: `${SIGNING}${where}` }), iin }
  issued.push({ person, revoked })
  return person
}

/** The database of the authority, as `openssl ca` and `openssl ocsp` read it. */
const index = () =>
  issued
    .map(({ person: { certificate }, revoked }) => {
      const serial = certificate.serial.toUpperCase()
      const mark = revoked
        ? `R\t${utc(certificate.notAfter)}\t${utc(new Date(Date.now() - 3_600_000))},keyCompromise`
        : `V\t${utc(certificate.notAfter)}\t`
      return `${mark}\t${serial.length % 2 ? `0${serial}` : serial}\tunknown\t/CN=${serial}\n`
    })
    .join('')

function makeList(): Uint8Array<ArrayBuffer> {
  const settings = `[ca]\ndefault_ca=d\n[d]\ndatabase=${put(index())}\ncrlnumber=${put('01\n')}\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n`
  const pem = fresh('crl.pem')
  openssl('ca', '-gencrl', '-config', put(settings), '-cert', root.pem, '-keyfile', root.key, '-out', pem)
  return new Uint8Array(openssl('crl', '-in', pem, '-outform', 'DER'))
}

const people = {} as Record<'good' | 'revoked' | 'listed' | 'alsoListed' | 'struckOff' | 'silent', Person>

beforeAll(async () => {
  lists = createServer((_, response) => {
    fetched++
    response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(list)
  })
  await new Promise<void>((done) => {
    lists.listen(0, '127.0.0.1', done)
  })
  at.crl = `http://127.0.0.1:${(lists.address() as AddressInfo).port}/list.crl`
  const port = await freePort()
  at.ocsp = `http://127.0.0.1:${port}/`
  at.nobody = `http://127.0.0.1:${await freePort(port + 1)}/`
  people.good = newPerson({ ocsp: at.ocsp, crl: at.crl })
  people.revoked = newPerson({ ocsp: at.ocsp, revoked: true })
  people.listed = newPerson({ ocsp: at.nobody, crl: at.crl })
  people.alsoListed = newPerson({ ocsp: at.nobody, crl: at.crl })
  people.struckOff = newPerson({ ocsp: at.nobody, crl: at.crl, revoked: true })
  people.silent = newPerson({ ocsp: at.nobody })
  list = makeList()
  const signer = ['-rsigner', responder.pem, '-rkey', responder.key]
  // Without -ignore_err it ends with the first request that is none, as ours that looks whether it is there.
  responding = spawn(
    'openssl',
    ['ocsp', '-ignore_err', '-index', put(index()), '-port', String(port), '-CA', root.pem, ...signer, '-ndays', '1'],
    {
      stdio: 'ignore',
    },
  )
  await until('the responder', async () => ((await fetch(at.ocsp).catch(() => undefined)) ? true : undefined))

  await (await operator()).call('POST', '/api/v1/trust-anchors', { pem: new TextDecoder().decode(get(root.pem)) })
  company = await registerCompany(baseUrl(), 'ТОО «Отзыв»')
  templateId = (await uploadTemplate(company, docx(p('Договор с {client_name}')), 'Договор')).id
})
afterAll(() => {
  responding?.kill()
  lists?.close()
})

async function newContract(): Promise<{ contract: Contract; pdf: Uint8Array }> {
  const { contract } = await draftContract(company, templateId)
  await company.api.call('PUT', `/contracts/token/${contract.contract_token}/fields`, { values: { client_name: 'Тестов' } })
  await rendered(company.api, contract.contract_token)
  return { contract, pdf: await download(company.api, `/contracts/${contract.id}/pdf`) }
}

/** Signs a new contract with the person's key; what the service answers, and the contract. */
async function signs(person: Person) {
  const { contract, pdf } = await newContract()
  const cms = Buffer.from(sign(person, pdf, '-cades')).toString('base64')
  const client = { client_name: 'Тестов Тест', client_iin: person.iin, client_phone: inventPhone() }
  const response = await company.api.raw('POST', '/signatures/sign', { contract_id: contract.id, method: 'ecp', ...client, cms })
  return { contract, pdf, status: response.status, text: await response.text() }
}

interface Verification {
  valid: boolean
  signatures: { full_name: string; revocation: string | null; issuer: string | null; valid: boolean }[]
}
const verification = async (contractId: number) => {
  const { package_id: id } = await company.api.call<Contract>('GET', `/contracts/${contractId}`)
  return { id, ...(await company.api.call<Verification>('GET', `/api/v1/verify/${id}`)) }
}

interface FileVerification {
  known: boolean
  valid: boolean
  package_id: string | null
  signatures: { format: string; valid: boolean; signer: string }[]
}
async function check(bytes: Uint8Array): Promise<FileVerification> {
  const form = new FormData()
  form.set('file', new File([bytes], 'doc.pdf'))
  return company.api.call('POST', '/api/v1/verify', form)
}

describe('revocation over the network', () => {
  it('OCSP says good: recorded', async () => {
    const { contract, status, text } = await signs(people.good)
    expect([status, text]).toEqual([201, expect.anything()])
    expect((await verification(contract.id)).signatures).toMatchObject([{ full_name: 'Т. Т.', revocation: 'good', valid: true }])
    expect(fetched).toBe(0)
  })
  it('OCSP says revoked: refused with the reason', async () => {
    const { status, text } = await signs(people.revoked)
    expect([status, text]).toEqual([400, expect.stringMatching(/was revoked on .*keyCompromise/)])
  })
  it('the list says good where nobody answers OCSP, and is fetched once for all', async () => {
    for (const person of [people.listed, people.alsoListed]) {
      const { contract, status } = await signs(person)
      expect(status).toBe(201)
      expect((await verification(contract.id)).signatures).toMatchObject([{ revocation: 'good' }])
    }
    expect(fetched).toBe(1)
  })
  it('the list says revoked: refused', async () => {
    const { status, text } = await signs(people.struckOff)
    expect([status, text]).toEqual([400, expect.stringMatching(/was revoked on/)])
    expect(fetched).toBe(1)
  })
  it('nobody answers: recorded as unknown, and told to everybody', async () => {
    const { contract, status } = await signs(people.silent)
    expect(status).toBe(201)
    const { id, signatures } = await verification(contract.id)
    expect(signatures).toMatchObject([{ revocation: 'unknown', valid: true }])
    const page = await (await fetch(`${baseUrl()}/verify/${id}?lang=ru`)).text()
    expect(page).toContain('не был ли сертификат отозван')
  })
})

describe('a file that anybody sends', () => {
  it('is found, stamped or not, and does not hold with a broken byte', async () => {
    const { contract, pdf } = await signs(people.good)
    const stamped = await until('the stamped PDF', async () => {
      const bytes = await download(company.api, `/contracts/${contract.id}/pdf`)
      return Buffer.compare(bytes, pdf) === 0 ? undefined : bytes
    })
    const { id } = await verification(contract.id)
    expect(await check(pdf)).toMatchObject({ known: true, valid: true, package_id: id, signatures: [{ valid: true, signer: 'Т. Т.' }] })
    expect(await check(stamped)).toMatchObject({ known: true, valid: true, package_id: id })
    const seals = (await check(stamped)).signatures
    await withFile(stamped, 'a.pdf', async (path) => {
      const said = (await tool('pdfsig', ['-nocert', path])).stdout
      expect(said.match(/Signature is Valid/g)?.length ?? 0).toBe(seals.length)
    })
    for (const part of [3, 2]) {
      const broken = stamped.slice()
      const i = Math.floor(broken.length / part)
      broken[i] = (broken[i] ?? 0) ^ 1
      expect(await check(broken)).toMatchObject({ known: false, valid: false })
    }
  })
})
