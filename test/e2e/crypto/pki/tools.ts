// A platform authority for tests, and openssl to judge it.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { issueAuthority, issueCertificate, issueRoot, randomSerial } from '../../../../src/signing/pki/issue.ts'
import type { Issuer, Profile, Publication } from '../../../../src/signing/pki/issue.ts'
import type { Subject } from '../../../../src/signing/pki/names.ts'

export const keyPair = () =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

const DAY = 86_400_000
export const validity = (now: Date, days: number, before = 1) => ({
  notBefore: new Date(now.getTime() - before * DAY + 123),
  notAfter: new Date(now.getTime() + days * DAY + 456),
})

export interface Holder extends Issuer {
  publicKey: CryptoKey
}

/** Root, issuing authority, and a way to issue under it. */
export async function makeAuthority(now: Date, published: Publication = {}) {
  const rootPair = await keyPair()
  const root = {
    key: rootPair.privateKey,
    certificate: await issueRoot(
      {
        subject: { kind: 'plain', commonName: 'Qoltanba Root', organization: 'Qoltanba', country: 'KZ' },
        publicKey: rootPair.publicKey,
        serial: randomSerial(),
        ...validity(now, 3650, 20),
      },
      rootPair.privateKey,
    ),
  }
  const pair = await keyPair()
  const subject: Subject = { kind: 'plain', commonName: 'Qoltanba Issuing CA', organization: 'Qoltanba', country: 'KZ' }
  const authority = {
    key: pair.privateKey,
    certificate: await issueAuthority(
      root,
      { subject, publicKey: pair.publicKey, serial: randomSerial(), ...validity(now, 1800, 10) },
      published,
    ),
  }
  const issue = async (
    profile: Profile,
    subject: Subject,
    times = validity(now, 300),
    serial = randomSerial(),
  ): Promise<Holder & { serial: Uint8Array }> => {
    const holder = await keyPair()
    const certificate = await issueCertificate(authority, profile, { subject, publicKey: holder.publicKey, serial, ...times }, published)
    return { certificate, key: holder.privateKey, publicKey: holder.publicKey, serial }
  }
  return { root, authority, issue }
}

export const kz: Subject = {
  kind: 'kz',
  commonName: 'ҚАСЫМОВ ӘЛИХАН',
  surname: 'ҚАСЫМОВ',
  givenName: 'ӨМІРҰЛЫ',
  iin: '123456789011',
  bin: '123456789021',
  organization: 'ТОО «Ромашка»',
  email: 'a@example.kz',
}
export const ru: Subject = {
  kind: 'ru',
  commonName: 'Иванов Иван',
  surname: 'Иванов',
  givenName: 'Иван Иванович',
  inn: '500100732259',
  innle: '7707083893',
  ogrn: '1027700132195',
  snils: '11223344595',
  organization: 'ООО «Лютик»',
}

export class Openssl {
  readonly dir = mkdtempSync(join(tmpdir(), 'pki-'))
  #count = 0

  close(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  file(bytes: Uint8Array | string, suffix = 'der'): string {
    const path = join(this.dir, `${this.#count++}.${suffix}`)
    writeFileSync(path, bytes)
    return path
  }

  pem(label: string, ...ders: Uint8Array[]): string {
    const lines = (der: Uint8Array) =>
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/g)
        ?.join('\n') ?? ''
    const text = ders.map((der) => `-----BEGIN ${label}-----\n${lines(der)}\n-----END ${label}-----\n`).join('')
    return this.file(text, 'pem')
  }

  async keyFile(key: CryptoKey): Promise<string> {
    return this.pem('PRIVATE KEY', new Uint8Array((await crypto.subtle.exportKey('pkcs8', key)) as ArrayBuffer))
  }

  /** What it says, whatever its exit code. */
  say(...args: string[]): string {
    const { stdout, stderr } = spawnSync('openssl', args, { cwd: this.dir })
    return `${String(stdout)}${String(stderr)}`
  }

  /** The same without blocking this process, where a server of ours must answer. */
  sayAsync(...args: string[]): Promise<string> {
    return new Promise((resolve) => {
      execFile('openssl', args, { cwd: this.dir }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`))
    })
  }
}
