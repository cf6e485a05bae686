// OpenSSL's GOST engine signs what we accept and refuses what we refuse. Where the engine is not installed (Debian: libengine-gost-openssl) the vectors that it
// made stand for it: test/signing/cms/vectors.pure.test.ts.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { readCertificates } from '../../../../src/signing/cms/certificate.ts'
import { parseSignedData } from '../../../../src/signing/cms/signed-data.ts'
import { verifyDetachedCms } from '../../../../src/signing/cms/verify.ts'
import { notTheirs } from '../../../../src/signing/methods/whose.ts'
import { fresh, get, put } from './openssl.ts'

/** Tells of itself on the standard error each time; what counts is the exit code. */
function openssl(command: string, ...args: string[]): boolean {
  try {
    execFileSync('openssl', [command, '-engine', 'gost', ...args], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const hasEngine = openssl('genpkey', '-algorithm', 'gost2012_256', '-pkeyopt', 'paramset:A', '-out', fresh())

const CONFIG = 'oid_section=oids\n[oids]\nINNLE=1.2.643.100.4\n[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n'
const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']
const PERSON =
  'keyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
const document = new TextEncoder().encode('Договор № 17 — Қазақстан\n'.repeat(50))

/** Root, a person under it with INN and a company's INN, and the person's signature. */
function signedBy(kind: 'gost2012_256' | 'gost2012_512', set: string) {
  const md = kind === 'gost2012_256' ? 'md_gost12_256' : 'md_gost12_512'
  const config = put(CONFIG)
  const must = (command: string, ...args: string[]) => {
    if (!openssl(command, ...args)) throw new Error(`openssl ${command} failed`)
  }
  const key = () => {
    const path = fresh('key.pem')
    must('genpkey', '-algorithm', kind, '-pkeyopt', `paramset:${set}`, '-out', path)
    return path
  }
  const [rootKey, root, personKey, person, request, cms] = [key(), fresh('ca.pem'), key(), fresh('u.pem'), fresh('u.csr'), fresh('s.p7s')]
  const extensions = AUTHORITY.flatMap((e) => ['-addext', e])
  must(
    'req',
    '-x509',
    '-new',
    '-config',
    config,
    '-key',
    rootKey,
    `-${md}`,
    '-utf8',
    '-subj',
    `/CN=GOST ${set}/C=RU`,
    ...extensions,
    '-out',
    root,
  )
  const subject = '/CN=Иванов Иван/INN=500100732259/INNLE=7707083893/C=RU'
  must('req', '-new', '-config', config, '-key', personKey, `-${md}`, '-utf8', '-subj', subject, '-out', request)
  must(
    'x509',
    '-req',
    '-in',
    request,
    '-CA',
    root,
    '-CAkey',
    rootKey,
    '-set_serial',
    '0x1234',
    '-days',
    '20',
    '-extfile',
    put(PERSON),
    `-${md}`,
    '-out',
    person,
  )
  must(
    'cms',
    '-sign',
    '-binary',
    '-cades',
    '-in',
    put(document),
    '-signer',
    person,
    '-inkey',
    personKey,
    '-outform',
    'DER',
    '-md',
    md,
    '-out',
    cms,
  )
  return { root, cms: get(cms) }
}

const engineAccepts = (cms: Uint8Array, content: Uint8Array, root: string) =>
  openssl(
    'cms',
    '-verify',
    '-cades',
    '-binary',
    '-inform',
    'DER',
    '-in',
    put(cms),
    '-content',
    put(content),
    '-out',
    fresh(),
    '-CAfile',
    root,
    '-purpose',
    'any',
  )

const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((octet, i) => (i === at ? octet ^ 1 : octet))

describe.runIf(hasEngine)('GOST R 34.10-2012 by OpenSSL’s engine', () => {
  it.each([
    ['gost2012_256', 'A'],
    ['gost2012_256', 'B'],
    ['gost2012_256', 'C'],
    ['gost2012_256', 'TCA'],
    ['gost2012_512', 'A'],
    ['gost2012_512', 'B'],
    ['gost2012_512', 'C'],
  ] as const)('%s, parameter set %s', async (kind, set) => {
    const { root, cms } = signedBy(kind, set)
    const options = { anchors: readCertificates(get(root)), at: new Date() }
    const accepts = async (message: Uint8Array, content = document) => (await verifyDetachedCms(message, content, options)).ok

    const verdict = await verifyDetachedCms(cms, document, options)
    expect(verdict).toMatchObject({ ok: true, reasons: [], signers: [{ format: 'CAdES-BES' }] })
    expect(engineAccepts(cms, document, root)).toBe(true)

    const other = signedBy(kind, set)
    const [spoiltContent, spoiltSignature] = [flip(document, 99), flip(cms, cms.length - 1)]
    expect([await accepts(cms, spoiltContent), engineAccepts(cms, spoiltContent, root)]).toEqual([false, false])
    expect([await accepts(spoiltSignature), engineAccepts(spoiltSignature, document, root)]).toEqual([false, false])
    expect([await accepts(other.cms), engineAccepts(other.cms, document, root)]).toEqual([false, false])

    // A bit anywhere: whatever the engine refuses, so do we. But for the kinds of string in the issuer's name, by which names do not differ (RFC 5280, 7.1).
    const signer = parseSignedData(cms).signers[0]?.signer
    const issuer = signer && 'issuer' in signer ? signer.issuer.raw : new Uint8Array()
    const isName = (at: number) => at >= issuer.byteOffset && at < issuer.byteOffset + issuer.length
    for (let at = 1; at < cms.length; at += 37) {
      if (isName(at)) continue
      const spoilt = flip(cms, at)
      const ours = await accepts(spoilt)
      if (ours) expect([at, engineAccepts(spoilt, document, root)]).toEqual([at, true])
    }
  })

  it('is whose the INN says', async () => {
    const { root, cms } = signedBy('gost2012_256', 'TCA')
    const { signers } = await verifyDetachedCms(cms, document, { anchors: readCertificates(get(root)), at: new Date() })
    const who = signers[0]?.identifiers ?? {}
    expect(who).toMatchObject({ inn: '500100732259', innLegal: '7707083893', commonName: 'Иванов Иван' })
    expect(notTheirs(who, { identifier: null, inn: '500100732259', companyInn: '7707083893' })).toBeUndefined()
    expect(notTheirs(who, { identifier: null, inn: '500100732260' })).toMatch(/another INN/)
    expect(notTheirs(who, { identifier: null, inn: '500100732259', companyInn: '7736050003' })).toMatch(/another company/)
  })
})
