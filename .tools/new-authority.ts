/**
 * Makes the platform's root and an authority under it, on the operator's machine, and prints the secrets for the Worker.
 *
 *   node .tools/new-authority.ts --url https://sign.example --root root.json [--name Qoltanba] [--country KZ]
 *   node .tools/new-authority.ts --crl --root root.json [--revoke SERIAL]
 *
 * `root.json` holds the root's key: it is made by the first call, wanted again for the next authority and once a year for the list (`--crl`),
 * and otherwise belongs on a medium that is kept away. The authority's key is wrapped under the first of `KEY_ENCRYPTION_KEYS`, which is read
 * from the environment, or made and printed, too.
 */
import { webcrypto } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseCertificate, readCertificates } from '../src/signing/cms/certificate.ts'
import { ownName, publication, TERMS, validity } from '../src/signing/keys/terms.ts'
import { issueCrl } from '../src/signing/pki/crl.ts'
import { issueAuthority, issueRoot, randomSerial } from '../src/signing/pki/issue.ts'
import { importKeyRing, wrapKey } from '../src/signing/pki/wrap.ts'
import { makeKeyRing } from './local.ts'

interface RootFile {
  certificate: string
  /** PKCS#8, base64. */
  key: string
  /** Authorities that are not to be trusted any longer: serial number and since when. */
  revoked: { serial: string; at: string }[]
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256' }
const LIST_DAYS = 400
const now = new Date()
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${
    base64(der)
      .match(/.{1,64}/g)
      ?.join('\n') ?? ''
  }\n-----END CERTIFICATE-----\n`
const newPair = () => webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    root: { type: 'string' },
    name: { type: 'string', default: 'Qoltanba' },
    country: { type: 'string', default: 'KZ' },
    crl: { type: 'boolean', default: false },
    revoke: { type: 'string' },
  },
})
const fail = (why: string): never => {
  console.error(why)
  process.exit(1)
}
const file = values.root ?? fail('--root FILE: where the root and its key are, or will be')
const url = values.url?.replace(/\/+$/, '')
const settings = {
  ENVIRONMENT: 'production' as const,
  PUBLIC_URL: url,
  PLATFORM_NAME: values.name,
  PLATFORM_COUNTRY: values.country === 'RU' ? ('RU' as const) : ('KZ' as const),
}

async function makeRoot(): Promise<RootFile> {
  const { privateKey, publicKey } = await newPair()
  const request = {
    subject: ownName(settings, 'root'),
    publicKey,
    serial: randomSerial(),
    ...validity({ settings, now }, TERMS.root.years),
  }
  const certificate = await issueRoot(request, privateKey)
  return { certificate: pem(certificate), key: base64(new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', privateKey))), revoked: [] }
}

async function openRoot(root: RootFile) {
  const [certificate] = readCertificates(root.certificate)
  if (!certificate) return fail(`${file} holds no certificate`)
  const key = await webcrypto.subtle.importKey('pkcs8', Buffer.from(root.key, 'base64'), P256, false, ['sign'])
  return { certificate, issuer: { certificate: certificate.der, key: key as CryptoKey } }
}

async function printList(root: RootFile): Promise<void> {
  const { issuer } = await openRoot(root)
  const list = await issueCrl(issuer, {
    number: now.getTime(),
    thisUpdate: now,
    nextUpdate: new Date(now.getTime() + LIST_DAYS * 86_400_000),
    revoked: root.revoked.map(({ serial, at }) => ({
      serial: new Uint8Array(Buffer.from(serial, 'hex')),
      at: new Date(at),
      reason: 'cACompromise' as const,
    })),
  })
  console.log(`PLATFORM_ROOT_CRL=${base64(list)}`)
}

async function printAuthority(root: RootFile): Promise<void> {
  const { certificate: above, issuer } = await openRoot(root)
  const given = process.env.KEY_ENCRYPTION_KEYS || undefined
  const ring = given ?? JSON.stringify(makeKeyRing())
  const { privateKey, publicKey } = await newPair()
  const id = webcrypto.randomUUID()
  const certificate = await issueAuthority(
    issuer,
    {
      subject: ownName(settings, 'authority'),
      publicKey,
      serial: randomSerial(),
      ...validity({ settings, now }, TERMS.authority.years, above),
    },
    publication({ settings }, 'root', above),
  )
  const key = await wrapKey(await importKeyRing(ring), id, privateKey)
  if (given === undefined) console.log(`KEY_ENCRYPTION_KEYS=${ring}`)
  console.log(`PLATFORM_AUTHORITY=${JSON.stringify({ root: pem(above.der), certificate: pem(certificate), key })}`)
  console.error(`Serial number of the authority: ${parseCertificate(certificate).serial}`)
}

if (!existsSync(file) && (values.crl || !url)) fail(values.crl ? `${file} is not there` : '--url URL: the PUBLIC_URL of the service')
const root = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RootFile) : await makeRoot()
if (values.revoke) root.revoked.push({ serial: values.revoke.toLowerCase(), at: now.toISOString() })
writeFileSync(file, `${JSON.stringify(root, null, 2)}\n`, { mode: 0o600 })
if (!values.crl) {
  if (!url) fail('--url URL: the PUBLIC_URL of the service')
  await printAuthority(root)
}
await printList(root)
