import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventPhone, registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { timestampImprint } from '../../src/signing/cms/sign.ts'
import { Oid, parseSignedData } from '../../src/signing/cms/signed-data.ts'
import { sealPdf } from '../../src/signing/pades/seal.ts'
import { coveredBytes, listSignatures } from '../../src/signing/pades/signatures.ts'
import { Bench, isPrefix, plainPdf } from './crypto/pades/tools.ts'
import { makeLink, makePdf, type MadePackage } from './packages.ts'
import { baseUrl, codeFor, download, until } from './service.ts'

/** What is left of a package of documents of all kinds, judged by outside tools. */

const OFFICE = '/api/v1/office'
const bench = new Bench()
afterAll(() => bench.close())

interface Listed {
  id: string
  name: string
  type: 'original' | 'stamped' | 'certificate'
}

let company: Company
let made: MadePackage
const originals = new Map<string, Uint8Array>()
const stamped = new Map<string, Uint8Array>()
let certificate: Uint8Array
let authorities: { root: string; authority: string }

beforeAll(async () => {
  company = await registerCompany(baseUrl(), 'ТОО «Құрылыс Сервис»')
  const { api } = company
  const table = await plainPdf(2, false)
  originals.set('table.pdf', table)
  originals.set('streams.pdf', await makePdf('Streams', 2))
  originals.set('linearized.pdf', bench.qpdf(table, '--linearize', '--object-streams=generate'))
  for (const name of ['table.pdf', 'streams.pdf', 'linearized.pdf']) {
    const alice = bench.signer(`alice-${name}`)
    const signed = await sealPdf(originals.get(name) ?? new Uint8Array(), { sign: alice.sign, at: new Date(), fieldName: 'Alice' })
    originals.set(`signed ${name}`, signed)
  }
  const people = ['Қасымов Әлихан Өмірұлы', 'Һәсенова Іңкәр Ұлықбекқызы'].map((full_name) => ({ full_name, phone: inventPhone() }))
  made = await api.call('POST', `${OFFICE}/packages`, {
    title: 'Сделка 15',
    documents: Array.from(originals, ([name, bytes]) => ({ name, content_base64: Buffer.from(bytes).toString('base64') })),
    participants: people.map((person, i) => ({ order: i + 1, role: 'signer', person, methods: ['sms'] })),
  })
  for (const [i, { phone }] of people.entries()) {
    const { token } = await makeLink(company, made, i)
    await api.call('POST', `/sign/${token}/otp`, {})
    await api.call('POST', `/sign/${token}/sign`, { method: 'sms', code: await codeFor(api, phone), consent: true })
  }
  const files = await until('the certificate', async () => {
    const { items } = await api.call<{ items: Listed[] }>('GET', `${OFFICE}/packages/${made.id}/files`)
    return items.some((f) => f.type === 'certificate') ? items : undefined
  })
  for (const { id, name, type } of files) {
    const bytes = await download(api, `${OFFICE}/packages/${made.id}/files/${id}`)
    if (type === 'stamped') stamped.set(name, bytes)
    if (type === 'certificate') certificate = bytes
  }
  const pem = async (name: string) => {
    const der = new Uint8Array(await (await fetch(`${baseUrl()}/pki/${name}.cer`)).arrayBuffer())
    const out = bench.path(`${name}.pem`)
    bench.run('openssl', 'x509', '-inform', 'DER', '-in', bench.file(der), '-out', out)
    return out
  }
  authorities = { root: await pem('root'), authority: await pem('authority') }
})

/** The seal: the newest signature, which covers the whole file. */
function sealOf(pdf: Uint8Array) {
  const seal = listSignatures(pdf).at(-1)
  if (!seal || 'problem' in seal) throw new Error('there is no seal')
  expect(seal).toMatchObject({ total: true, name: 'Qoltanba', subFilter: 'ETSI.CAdES.detached' })
  return { cms: seal.cms, covered: coveredBytes(pdf, seal) }
}

/** The time stamp within a CMS (EN 319 122-1, 5.3). */
function tokenOf(cms: Uint8Array): Uint8Array {
  const unsigned = parseSignedData(cms).signers[0]?.unsigned ?? []
  const token = unsigned.find(({ oid }) => oid === Oid.timestampToken)?.values[0]?.raw
  if (!token) throw new Error('there is no time stamp')
  return token
}

describe('a package that all have signed', () => {
  it('has a stamped version of each document, whose signatures all hold', () => {
    expect([...stamped.keys()]).toEqual([...originals.keys()])
    for (const [name, pdf] of stamped) {
      const before = originals.get(name) ?? new Uint8Array()
      expect(isPrefix(before, pdf), name).toBe(true)
      const count = name.startsWith('signed') ? 2 : 1
      const valid = Array.from({ length: count }, (_, i) => ({ validation: 'Signature is Valid.', total: i === count - 1 }))
      expect(bench.pdfsig(pdf), name).toEqual(valid)
      expect(bench.qpdfCheck(pdf), name).toMatch(/No syntax or stream encoding errors/)
      const text = bench.run('pdftotext', '-enc', 'UTF-8', bench.file(pdf, 'pdf'), '-')
      for (const known of ['Қасымов Әлихан Өмірұлы', 'Һәсенова Іңкәр Ұлықбекқызы', `Подписано через Qoltanba · ${made.id}`, 'стр. 3 из 3'])
        expect(text, name).toContain(known)
    }
  })

  it('has one certificate that tells of all', () => {
    expect(bench.pdfsig(certificate)).toEqual([{ validation: 'Signature is Valid.', total: true }])
    expect(bench.qpdfCheck(certificate)).toMatch(/No syntax or stream encoding errors/)
    const text = bench.run('pdftotext', '-enc', 'UTF-8', bench.file(certificate, 'pdf'), '-')
    for (const known of [...originals.keys(), ...made.documents.map((d) => d.sha256), 'Сделка 15', 'ТОО «Құрылыс Сервис»', made.id])
      expect(text).toContain(known)
    const picture = bench.path('certificate')
    const pages = Number(/Pages:\s+(\d+)/.exec(bench.run('pdfinfo', bench.file(certificate, 'pdf')))?.[1])
    bench.run('pdftoppm', '-r', '100', '-f', String(pages), '-singlefile', '-png', bench.file(certificate, 'pdf'), picture)
    expect(bench.run('zbarimg', '--nodbus', '--quiet', '--raw', `${picture}.png`).trim()).toBe(`${baseUrl()}/verify/${made.id}`)
  })

  it('is sealed by the platform’s authority, with a time stamp: openssl takes each part', () => {
    const { root, authority } = authorities
    for (const pdf of [...stamped.values(), certificate]) {
      const { cms, covered } = sealOf(pdf)
      const chain = ['-CAfile', root, '-certfile', authority, '-purpose', 'any', '-out', '/dev/null']
      const verify = (content: Uint8Array) =>
        bench.say(
          'openssl',
          'cms',
          '-verify',
          '-cades',
          '-binary',
          '-inform',
          'DER',
          '-in',
          bench.file(cms),
          '-content',
          bench.file(content),
          ...chain,
        )
      expect(verify(covered)).toContain('CAdES Verification successful')
      expect(verify(covered.subarray(1))).not.toContain('successful')
      const token = bench.file(tokenOf(cms))
      const imprint = bench.file(timestampImprint(cms))
      const stamp = (data: string) =>
        bench.say('openssl', 'ts', '-verify', '-data', data, '-in', token, '-token_in', '-CAfile', root, '-untrusted', authority)
      expect(stamp(imprint)).toContain('Verification: OK')
      expect(stamp(bench.file('something else'))).not.toContain('Verification: OK')
    }
  })
})
