// Throw-away authorities and signatures made by the openssl program, to check ours against.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, readCertificates } from '../../../../src/signing/cms/certificate.ts'

const scratch = mkdtempSync(join(tmpdir(), 'qoltanba-cms-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

let files = 0
/** A path of its own for each file of the tests. */
export const fresh = (name = 'file'): string => join(scratch, `${++files}-${name}`)

export const put = (content: string | Uint8Array, name?: string): string => {
  const path = fresh(name)
  writeFileSync(path, content)
  return path
}

export const get = (path: string): Uint8Array => new Uint8Array(readFileSync(path))

export function openssl(...args: string[]): Buffer {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 << 20 })
}

/** Whether openssl says yes. */
export function accepts(...args: string[]): boolean {
  try {
    openssl(...args)
    return true
  } catch {
    return false
  }
}

export type KeyKind = 'rsa' | 'rsa1024' | 'rsa-pss' | 'p256' | 'p384' | 'p521' | 'k256'

const GENERATE: Record<KeyKind, string[]> = {
  rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  rsa1024: ['RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
  'rsa-pss': ['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
  p256: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  p521: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  k256: ['EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
}

export const SIGNING = 'keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=emailProtection,clientAuth\n'
export const LOGIN = 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth\n'
export const AUTHORITY = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'
const IDENTIFIERS = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'

/** openssl 3.0 knows the other Russian attributes by itself. */
const CONFIG = 'oid_section=oids\n[oids]\nINNLE=1.2.643.100.4\n[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n'

export interface Issued {
  readonly key: string
  readonly pem: string
  readonly certificate: Certificate
}

export interface IssueOptions {
  kind?: KeyKind
  days?: number
  ext?: string
  subject?: string
  flags?: string[]
  key?: string
}

export const PERSON = '/CN=ТЕСТОВ ТЕСТ/SN=ТЕСТОВ/serialNumber=IIN990101300017/C=KZ'

export function makeKey(kind: KeyKind = 'p256'): string {
  const [name = '', ...options] = GENERATE[kind]
  const path = fresh('key.pem')
  openssl('genpkey', '-algorithm', name, ...options, '-out', path)
  return path
}

const commonKeys = new Map<KeyKind, string>()

/** One key of each kind does for all that are not roots: making keys takes most of the time. */
function commonKey(kind: KeyKind): string {
  const key = commonKeys.get(kind) ?? makeKey(kind)
  commonKeys.set(kind, key)
  return key
}

/** A certificate signed by `issuer`, or by itself without one. */
export function issue(issuer: Issued | undefined, options: IssueOptions = {}): Issued {
  const {
    kind = 'p256',
    days = 30,
    ext = issuer ? SIGNING : AUTHORITY,
    subject = issuer ? PERSON : `/CN=Root ${++files}`,
    flags = [],
  } = options
  const key = options.key ?? (issuer ? commonKey(kind) : makeKey(kind))
  const pem = fresh('cert.pem')
  const request = fresh('request.pem')
  openssl('req', '-new', '-config', put(CONFIG), '-key', key, '-out', request, '-utf8', '-subj', subject)
  const by = issuer ? ['-CA', issuer.pem, '-CAkey', issuer.key] : ['-signkey', key]
  const serial = ['-set_serial', `0x${(0x10000 + ++files).toString(16)}`]
  const extensions = put(IDENTIFIERS + ext)
  openssl('x509', '-req', '-in', request, ...by, ...serial, '-days', String(days), '-out', pem, '-extfile', extensions, '-sha256', ...flags)
  const [certificate] = readCertificates(get(pem))
  if (!certificate) throw new Error('no certificate')
  return { key, pem, certificate }
}

/** `openssl cms -sign`, detached unless the flags say otherwise. */
export function sign(signer: Issued, content: Uint8Array, ...flags: string[]): Uint8Array {
  const out = fresh('cms.der')
  openssl(
    'cms',
    '-sign',
    '-binary',
    '-in',
    put(content),
    '-signer',
    signer.pem,
    '-inkey',
    signer.key,
    '-outform',
    'DER',
    '-out',
    out,
    '-md',
    'sha256',
    ...flags,
  )
  return get(out)
}

/** `openssl cms -verify` of a detached signature with a chain to `root`. */
export function opensslVerifies(cms: Uint8Array, content: Uint8Array, root: Issued, ...flags: string[]): boolean {
  const input = ['-inform', 'DER', '-in', put(cms), '-content', put(content), '-out', fresh('out')]
  return accepts('cms', '-verify', '-binary', ...input, '-CAfile', root.pem, '-purpose', 'any', ...flags)
}

/** The private key for WebCrypto. */
export function importKey(path: string, algorithm: { name: string; namedCurve?: string; hash?: string }): Promise<CryptoKey> {
  const der = new Uint8Array(openssl('pkcs8', '-topk8', '-nocrypt', '-in', path, '-outform', 'DER'))
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
}
