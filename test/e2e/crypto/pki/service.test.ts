import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inventIin, inventPhone, registerCompany, type Api, type Company } from '../../../../.tools/demo-steps.ts'
import { readCertificates } from '../../../../src/signing/cms/certificate.ts'
import { parseSignedData } from '../../../../src/signing/cms/signed-data.ts'
import { baseUrl, codeFor, download } from '../../service.ts'
import { Openssl } from './tools.ts'

// openssl as a relying party of a running service: it knows the root, and asks what the certificates say where to ask.

const OFFICE = '/api/v1/office'
const openssl = new Openssl()
let us: Company
let api: Api
let office: { id: string }
let root: string
let authority: string

interface ServerSignature {
  id: string
  certificate: { pem: string }
}

const fetched = async (url: string): Promise<Uint8Array> => {
  const answer = await fetch(url)
  expect(answer.status, url).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}
const published = (name: string) => fetched(`${baseUrl()}/pki/${name}`)

beforeAll(async () => {
  us = await registerCompany(baseUrl(), 'ТОО «Ключи»')
  api = us.api
  office = await api.call('POST', `${OFFICE}/companies`, { inn: '7707083893', kpp: '773601001', name: 'ПАО Сбербанк' })
  root = openssl.pem('CERTIFICATE', await published('root.cer'))
  authority = openssl.pem('CERTIFICATE', await published('authority.cer'))
})
afterAll(() => openssl.close())

const newClient = () =>
  api.call<{ id: string; phone: string }>('POST', `${OFFICE}/clients`, {
    phone: inventPhone(),
    last_name: 'Сериков',
    first_name: 'Айбек',
    iin: inventIin(),
  })
async function employee(): Promise<{ id: string; phone: string }> {
  const client = await newClient()
  await api.call('POST', `${OFFICE}/companies/${office.id}/employees`, { client_id: client.id, role: 'signer' })
  return client
}

async function lists(pem: string): Promise<string> {
  const [certificate] = readCertificates(pem)
  const [issuing] = readCertificates(openssl.say('x509', '-in', authority))
  const urls = [certificate, issuing].flatMap((c) => c?.extensions.crlUrls ?? [])
  expect(urls).toHaveLength(2)
  return openssl.pem('X509 CRL', ...(await Promise.all(urls.map(fetched))))
}

describe('a certificate of the service', () => {
  it('is good by its lists and its responder, and revoked by both once it is revoked', async () => {
    const { id } = await employee()
    const made = await api.call<ServerSignature>('POST', `${OFFICE}/companies/${office.id}/server-signatures`, { client_id: id })
    const own = openssl.file(made.certificate.pem, 'pem')
    const trust = ['-x509_strict', '-CAfile', root, '-untrusted', authority]
    const verify = async () => openssl.say('verify', ...trust, '-crl_check_all', '-CRLfile', await lists(made.certificate.pem), own)
    const url = readCertificates(made.certificate.pem)[0]?.extensions.ocspUrls[0] ?? ''
    const ask = (...flags: string[]) =>
      openssl.sayAsync('ocsp', ...flags, '-url', url, '-issuer', authority, '-cert', own, '-CAfile', root, '-verify_other', authority)

    expect(await verify()).toMatch(/pem: OK/)
    for (const flags of [['-sha256'], ['-no_nonce'], []]) {
      const said = await ask(...flags)
      expect(said).toMatch(/Response verify OK/)
      expect(said).toMatch(/pem: good/)
      expect(said).not.toMatch(/WARNING|Nonce Verify error/)
    }
    await api.raw('DELETE', `${OFFICE}/companies/${office.id}/server-signatures/${made.id}`)
    expect(await verify()).toMatch(/certificate revoked/)
    expect(await ask()).toMatch(/pem: revoked[^]*Reason: cessationOfOperation/)
  })

  it('has lists and certificates that openssl reads, each under the name of its key', async () => {
    for (const name of ['root', 'authority']) {
      const list = openssl.file(await published(`${name}.crl`))
      const crl = openssl.say('crl', '-inform', 'DER', '-in', list, '-CAfile', name === 'root' ? root : authority, '-noout', '-text')
      expect(crl).toMatch(/verify OK/)
      expect(crl).toMatch(/X509v3 CRL Number/)
    }
    expect(openssl.say('verify', '-x509_strict', '-CAfile', root, authority)).toMatch(/OK/)
    const text = openssl.say('x509', '-in', authority, '-noout', '-text')
    expect(text).toMatch(/CA:TRUE, pathlen:0/)
    expect(text).toMatch(/URI:http:\/\/[^/]+\/pki\/root-[0-9a-f]{16}\.crl/)
  })
})

describe('a signature that the service makes', () => {
  it('is a CAdES-T to openssl: the signature, its time stamp, and the way of both to the root', async () => {
    const client = await newClient()
    const request = await api.call<{ id: string; documents: { id: string }[] }>('POST', `${OFFICE}/certificate-requests`, {
      client_id: client.id,
    })
    const at = `${OFFICE}/certificate-requests/${request.id}`
    await api.call('POST', `${at}/documents/send`)
    const done = await api.call<{ status: string; certificate: { pem: string } }>('POST', `${at}/complete`, {
      code: await codeFor(api, client.phone),
    })
    expect(done.status).toBe('issued')
    expect(openssl.say('verify', '-CAfile', root, '-untrusted', authority, openssl.file(done.certificate.pem, 'pem'))).toMatch(/OK/)
    for (const { id } of request.documents) {
      const pdf = openssl.file(await download(api, `${at}/documents/${id}`), 'pdf')
      const cms = await download(api, `${at}/documents/${id}/signature`)
      const check = (content: string) =>
        openssl.say(
          'cms',
          '-verify',
          '-cades',
          '-binary',
          '-inform',
          'DER',
          '-in',
          openssl.file(cms),
          '-content',
          content,
          '-CAfile',
          root,
          '-purpose',
          'any',
          '-out',
          '/dev/null',
        )
      expect(check(pdf)).toMatch(/CAdES Verification successful/)
      expect(check(openssl.file('другой документ'))).toMatch(/Verification failure/)

      const [signer] = parseSignedData(cms).signers
      const [token] = signer?.unsigned.find(({ oid }) => oid === '1.2.840.113549.1.9.16.2.14')?.values ?? []
      if (!signer || !token) throw new Error('no time stamp')
      const stamped = openssl.file(signer.signature)
      const stamp = openssl.file(token.raw)
      const ts = ['ts', '-verify', '-data', stamped, '-in', stamp, '-token_in', '-CAfile', root, '-untrusted', authority]
      expect(openssl.say(...ts)).toMatch(/Verification: OK/)
      expect(openssl.say('ts', '-reply', '-token_in', '-in', stamp, '-token_out', '-text')).toMatch(/Policy OID: 2\.25\.[0-9]+\.3/)
    }
  })
})
