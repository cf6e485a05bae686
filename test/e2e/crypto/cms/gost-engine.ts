// OpenSSL with its GOST engine (Debian: libengine-gost-openssl), where it is installed.
import { execFileSync } from 'node:child_process'
import { fresh, put } from './openssl.ts'

/** Tells of itself on the standard error each time; what counts is the exit code. */
export function engine(command: string, ...args: string[]): boolean {
  try {
    execFileSync('openssl', [command, '-engine', 'gost', ...args], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export const hasEngine = engine('genpkey', '-algorithm', 'gost2012_256', '-pkeyopt', 'paramset:A', '-out', fresh())

export type GostKind = 'gost2012_256' | 'gost2012_512'
export const digestOf = (kind: GostKind) => (kind === 'gost2012_256' ? 'md_gost12_256' : 'md_gost12_512')

const CONFIG = 'oid_section=oids\n[oids]\nINNLE=1.2.643.100.4\n[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n'
const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']
const PERSON =
  'keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'

/** Root, and a person under it with INN and a company's INN: paths of PEM. */
export function gostPerson(kind: GostKind, set: string): { root: string; person: string; key: string } {
  const md = digestOf(kind)
  const config = put(CONFIG)
  const must = (command: string, ...args: string[]) => {
    if (!engine(command, ...args)) throw new Error(`openssl ${command} failed`)
  }
  const newKey = () => {
    const path = fresh('key.pem')
    must('genpkey', '-algorithm', kind, '-pkeyopt', `paramset:${set}`, '-out', path)
    return path
  }
  const [rootKey, root, key, person, request] = [newKey(), fresh('ca.pem'), newKey(), fresh('u.pem'), fresh('u.csr')]
  const named = (subject: string) => ['-config', config, `-${md}`, '-utf8', '-subj', subject]
  const extensions = AUTHORITY.flatMap((e) => ['-addext', e])
  must('req', '-x509', '-new', '-key', rootKey, ...named(`/CN=GOST ${set}/C=RU`), ...extensions, '-out', root)
  must('req', '-new', '-key', key, ...named('/CN=Иванов Иван/INN=500100732259/INNLE=7707083893/C=RU'), '-out', request)
  const issued = ['-CA', root, '-CAkey', rootKey, '-set_serial', '0x1234', '-days', '20', '-extfile', put(PERSON), `-${md}`]
  must('x509', '-req', '-in', request, ...issued, '-out', person)
  return { root, person, key }
}

export const engineAccepts = (cms: Uint8Array, content: Uint8Array, root: string): boolean => {
  const files = ['-in', put(cms), '-content', put(content), '-CAfile', root, '-out', fresh()]
  return engine('cms', '-verify', '-cades', '-binary', '-inform', 'DER', ...files, '-purpose', 'any')
}
