// Signatures of many people under one authority, RSA or ECDSA: what is verified by the bench.
import { algorithm, bitString, explicit, sequence, time, unsignedInteger } from '../../src/lib/der-write.ts'
import { parseCertificate, type Certificate } from '../../src/signing/cms/certificate.ts'
import { ecdsaToDer } from '../../src/signing/cms/signature.ts'
import { signDetachedCms } from '../../src/signing/cms/sign.ts'
import { basicConstraints, EKU, extendedKeyUsage, keyUsage } from '../../src/signing/pki/extensions.ts'
import { randomSerial } from '../../src/signing/pki/issue.ts'
import { writeName, type Subject } from '../../src/signing/pki/names.ts'

/** More than certificates are remembered, so that each is read and checked anew. */
export const PEOPLE = 300

export type Kind = 'RSA 2048' | 'ECDSA P-256'

const ALGORITHMS = {
  'RSA 2048': {
    key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
    id: algorithm('1.2.840.113549.1.1.11'),
  },
  'ECDSA P-256': { key: { name: 'ECDSA', namedCurve: 'P-256' }, id: algorithm('1.2.840.10045.4.3.2', null) },
} as const

/** A root, and for each of `count` people a detached CMS over `content`. Their keys are one: what differs is the certificate, which is what costs. */
export async function signers(kind: Kind, count: number, content: Uint8Array, now: Date) {
  const { key, id } = ALGORITHMS[kind]
  const pair = async () => (await crypto.subtle.generateKey(key, true, ['sign', 'verify'])) as CryptoKeyPair
  const [root, person] = [await pair(), await pair()]
  const issuerName = writeName({ kind: 'plain', commonName: 'Bench CA', country: 'KZ' })
  const issue = async (subject: Uint8Array, { publicKey }: CryptoKeyPair, extensions: Uint8Array[]): Promise<Certificate> => {
    const days = (n: number) => new Date(now.getTime() + n * 86_400_000)
    const spki = new Uint8Array((await crypto.subtle.exportKey('spki', publicKey)) as ArrayBuffer)
    const validity = sequence(time(days(-1)), time(days(300)))
    const serial = unsignedInteger(randomSerial())
    const tbs = sequence(
      explicit(0, unsignedInteger(2)),
      serial,
      id,
      issuerName,
      validity,
      subject,
      spki,
      explicit(3, sequence(...extensions)),
    )
    const made = new Uint8Array(await crypto.subtle.sign({ name: key.name, hash: 'SHA-256' }, root.privateKey, tbs))
    return parseCertificate(sequence(tbs, id, bitString(kind === 'RSA 2048' ? made : ecdsaToDer(made))))
  }
  const anchor = await issue(issuerName, root, [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign')])
  const personal = [keyUsage('digitalSignature', 'nonRepudiation'), extendedKeyUsage([EKU.emailProtection])]
  const messages: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const subject: Subject = { kind: 'kz', commonName: `ҚАСЫМОВ ӘЛИХАН ${i}`, surname: 'ҚАСЫМОВ', iin: '850504300018' }
    const certificate = await issue(writeName(subject), person, personal)
    messages.push(await signDetachedCms({ content, certificate, key: person.privateKey, signingTime: now }))
  }
  return { anchor, messages }
}
