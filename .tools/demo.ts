/** `npm run demo`: the main job from registration to a verified signed PDF, each step told. Uses a service of its own, and leaves the PDFs behind. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { demoTemplate, inventIin, inventPhone, makeContract, registerCompany, uploadTemplate } from './demo-steps.ts'
import { defaultStateDir, startLocal } from './local.ts'

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let number = 0
const say = (what: string, ...more: string[]) =>
  console.log([`${String(++number).padStart(2)}. ${what}`, ...more.map((m) => `      ${m}`)].join('\n'))

async function play(url: string): Promise<void> {
  const company = await registerCompany(url)
  const { api } = company
  say(`Registered «${company.name}», company ${company.id}, and logged in`)

  const { bytes, name, values } = demoTemplate()
  const template = await uploadTemplate(company, bytes, name)
  say(`Uploaded the Word template «${name}»`, `${bytes.length} bytes`, ...template.warnings.map((w) => `warning: ${w}`))

  const contract = await makeContract(company, template.id, values)
  say(`Created contract ${contract.id}; the company filled in its part`, `${url}/sign/${contract.contract_token}`)

  const client = { client_name: 'Қасымов Әлихан Өмірұлы', client_iin: inventIin(), client_phone: inventPhone() }
  const fields = await api.call<{ field_name: string; value: string | null }[]>('GET', `/contracts/token/${contract.contract_token}/fields`)
  const asked = Object.fromEntries(
    fields.filter((f) => f.value === null).map((f) => [f.field_name, client[f.field_name as keyof typeof client] ?? '—']),
  )
  const filled = await api.call<{ generated_pdf_path: string; package_id: string; rendering: { warnings: string[] } }>(
    'PUT',
    `/contracts/token/${contract.contract_token}/fields`,
    { values: asked },
  )
  say(`The client filled in ${Object.keys(asked).join(', ')}; the contract is rendered`, filled.generated_pdf_path)

  const original = new Uint8Array(await (await api.raw('GET', `/contracts/${contract.id}/pdf`)).arrayBuffer())
  const wish = { contract_id: contract.id, contract_token: contract.contract_token, ...client, method: 'sms' }
  const code = await askCode(url, company, wish, client.client_phone)
  say(`A six-digit code went to ${client.client_phone}`, `the outbox has it: ${code}`)

  const signature = await api.call<{ id: number; signed_at: string }>('POST', '/signatures/sign', { ...wish, code })
  say(`Signed: signature ${signature.id} at ${signature.signed_at}`)

  const signed = new Uint8Array(await (await api.raw('GET', `/contracts/${contract.id}/pdf`)).arrayBuffer())
  const folder = join(defaultStateDir(), 'demo')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'contract.pdf'), original)
  writeFileSync(join(folder, 'contract-signed.pdf'), signed)
  say(
    'The stamped PDF has a mark on each page and the certificate page',
    `${join(folder, 'contract.pdf')} (${original.length} bytes)`,
    `${join(folder, 'contract-signed.pdf')} (${signed.length} bytes)`,
  )

  const balance = await api.call<{ sms_signatures: number }>('GET', `/company-balances/${company.id}`)
  say(`One prepaid signature was taken: ${balance.sms_signatures} are left`)

  const check = await api.call<{ valid: boolean; documents: { sha256: string; stamped_sha256: string }[] }>(
    'GET',
    `/api/v1/verify/${filled.package_id}`,
  )
  const [document] = check.documents
  if (!check.valid || document?.sha256 !== sha256(original) || document.stamped_sha256 !== sha256(signed))
    throw new Error(`The check does not hold: ${JSON.stringify(check)}`)
  say(
    'The public check holds: the trail is unbroken, both files are the ones that were signed and stamped',
    `${url}/verify/${filled.package_id}`,
  )
  console.log(`\nverified: ${join(folder, 'contract-signed.pdf')}`)
}

async function askCode(
  url: string,
  { api }: Awaited<ReturnType<typeof registerCompany>>,
  wish: Record<string, unknown>,
  phone: string,
): Promise<string> {
  await api.call('POST', '/signatures/sign', wish)
  for (let i = 0; i < 50; i++) {
    const { messages } = await api.call<{ messages: { code: string }[] }>('GET', `/dev/outbox?to=${encodeURIComponent(phone)}`)
    if (messages[0]) return messages[0].code
    await new Promise((done) => setTimeout(done, 200))
  }
  throw new Error(`No code arrived at ${url}/dev/outbox`)
}

await buildAll()
const stateDir = mkdtempSync(join(tmpdir(), 'qoltanba-demo-'))
const service = await startLocal({ port: await freePort(), stateDir, log: () => undefined })
try {
  await play(service.url)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await service.stop()
  rmSync(stateDir, { recursive: true, force: true })
}
