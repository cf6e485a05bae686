// An authority of a test's own, with people who sign, its OCSP responder and its lists: all made in the test, nothing of openssl.
import { signDetachedCms } from '../../src/signing/cms/sign.ts'
import { parseCertificate, type Certificate } from '../../src/signing/cms/certificate.ts'
import { toBase64 } from '../../src/lib/ids.ts'
import { issueCrl } from '../../src/signing/pki/crl.ts'
import { issueAuthority, issueCertificate, issueRoot, randomSerial, type Profile, type Publication } from '../../src/signing/pki/issue.ts'
import type { Subject } from '../../src/signing/pki/names.ts'
import { ocspRespond } from '../../src/signing/pki/ocsp.ts'
import { trustAnchors } from '../../src/signing/tables.ts'
import { summarize } from '../../src/signing/cms/certificate.ts'
import { newCtx, next } from '../factories.ts'

const DAY = 86_400_000
const pairOf = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']) as Promise<CryptoKeyPair>

export interface Holder {
  certificate: Certificate
  key: CryptoKey
  serial: Uint8Array
}

type Status = { at: Date; reason: 'keyCompromise' }

interface Options {
  days?: number
  profile?: Profile
  by?: Publication
}

/** Root and issuing authority at a time, and what they answer. */
export async function newAuthority(now: Date, published: Publication = {}) {
  const times = (days: number) => ({ notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + days * DAY) })
  const plain = (commonName: string): Subject => ({ kind: 'plain', commonName, organization: 'Тест', country: 'KZ' })
  const [rootPair, pair] = [await pairOf(), await pairOf()]
  const name = next()
  const rootDer = await issueRoot(
    { subject: plain(`Root ${name}`), publicKey: rootPair.publicKey, serial: randomSerial(), ...times(900) },
    rootPair.privateKey,
  )
  const root = { certificate: rootDer, key: rootPair.privateKey }
  const issuerDer = await issueAuthority(
    root,
    { subject: plain(`Authority ${name}`), publicKey: pair.publicKey, serial: randomSerial(), ...times(800) },
    published,
  )
  const issuer = { certificate: issuerDer, key: pair.privateKey }
  const revoked = new Map<string, Status>()
  const statusOf = (serial: string) => {
    const found = revoked.get(serial)
    return Promise.resolve(found ? ({ status: 'revoked', ...found } as const) : ({ status: 'good' } as const))
  }
  return {
    root: { ...root, certificate: parseCertificate(rootDer) },
    authority: { ...issuer, certificate: parseCertificate(issuerDer) },
    issue: async (subject: Subject, { days = 300, profile = 'server_key', by = published }: Options = {}): Promise<Holder> => {
      const { publicKey, privateKey } = await pairOf()
      const serial = randomSerial()
      const der = await issueCertificate(issuer, profile, { subject, publicKey, serial, ...times(days) }, by)
      return { certificate: parseCertificate(der), key: privateKey, serial }
    },
    /** From then on; `of` may be the issuing authority itself. */
    revoke: (of: Certificate, at: Date) => void revoked.set(of.serial, { at, reason: 'keyCompromise' }),
    /** Answers about both levels, each by its own issuer. */
    ocsp: (request: Uint8Array, at: Date, by: 'root' | 'authority' = 'authority', until = new Date(at.getTime() + 3_600_000)) => {
      const signer = by === 'root' ? root : issuer
      return ocspRespond(request, statusOf, { authority: signer.certificate, signer }, at, until)
    },
    crl: (at: Date, by: 'root' | 'authority' = 'authority', until = new Date(at.getTime() + 3_600_000)) =>
      issueCrl(by === 'root' ? root : issuer, {
        number: 1,
        thisUpdate: at,
        nextUpdate: until,
        revoked: [...revoked].map(([serial, entry]) => ({ serial: new Uint8Array(Buffer.from(serial, 'hex')), ...entry })),
      }),
    /** The operator trusts its root. */
    trust: async () => {
      const ctx = await newCtx()
      const certificate = parseCertificate(rootDer)
      const { subject, sha256, notAfter } = summarize(certificate)
      const row = { id: crypto.randomUUID(), subject, thumbprint: sha256, notAfter: notAfter.toISOString(), createdAt: now.toISOString() }
      await ctx.db.insert(trustAnchors).values({ ...row, certificate: toBase64(rootDer) })
    },
    sign: async ({ certificate, key }: Holder, content: Uint8Array, at = now): Promise<Uint8Array> =>
      signDetachedCms({ content, certificate, chain: [parseCertificate(issuerDer)], key, signingTime: at }),
  }
}
export type Authority = Awaited<ReturnType<typeof newAuthority>>

export const kzPerson = (iin: string, bin?: string): Subject => ({
  kind: 'kz',
  commonName: 'ҚАСЫМОВ ӘЛИХАН',
  surname: 'ҚАСЫМОВ',
  iin,
  ...(bin ? { bin, organization: 'ТОО «Ромашка»' } : {}),
})
export const ruPerson = (inn: string, innle?: string): Subject => ({
  kind: 'ru',
  commonName: 'Иванов Иван',
  inn,
  ...(innle ? { innle, organization: 'ООО «Лютик»' } : {}),
})
