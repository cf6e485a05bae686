/** Hash and signature algorithms by object identifier: RFC 5754, 5758, 4055 (PSS), 9215 (GOST in Russia), and the identifiers of Kazakhstan's authority. */
import { nodeCrypto } from '../../lib/node.ts'
import type { Asn1 } from '../../lib/der.ts'
import { gost94 } from '../gost/gost94.ts'
import { streebog } from '../gost/streebog.ts'
import { Refusal } from './reasons.ts'

/** `SHA-1` is for identifiers that their protocol fixes (OCSP's CertID, ESSCertID), never for signatures. */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512' | 'streebog-256' | 'streebog-512' | 'gost94-cryptopro' | 'gost94-test'

export interface AlgorithmIdentifier {
  readonly oid: string
  readonly parameters: Asn1 | undefined
  readonly raw: Uint8Array
}

export function parseAlgorithm(node: Asn1): AlgorithmIdentifier {
  const [oid, parameters, more] = node.sequence()
  if (!oid || more) throw new Refusal('malformed', 'An algorithm identifier is malformed')
  return { oid: oid.oid(), parameters, raw: node.raw }
}

const NODE_NAMES: Partial<Record<HashName, string>> = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' }

/** What node:crypto calls it. */
export const nodeHash = (hash: HashName): string => NODE_NAMES[hash] ?? hash

/** The hash of `data`. */
export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  switch (hash) {
    case 'streebog-256':
      return streebog(data, 256)
    case 'streebog-512':
      return streebog(data, 512)
    case 'gost94-cryptopro':
      return gost94(data, 'cryptopro')
    case 'gost94-test':
      return gost94(data, 'test')
    default:
      return new Uint8Array(nodeCrypto().hash(nodeHash(hash), data, 'buffer'))
  }
}

/** The hash function that an identifier names. Throws `Refusal` for weak and unknown ones; `allowSha1` where a protocol fixes SHA-1. */
export function hashByOid(oid: string, allowSha1 = false): HashName {
  switch (oid) {
    case '2.16.840.1.101.3.4.2.1':
      return 'SHA-256'
    case '2.16.840.1.101.3.4.2.2':
      return 'SHA-384'
    case '2.16.840.1.101.3.4.2.3':
      return 'SHA-512'
    case '1.2.643.7.1.1.2.2':
    case '1.2.398.3.10.1.3.2':
      return 'streebog-256'
    case '1.2.643.7.1.1.2.3':
    case '1.2.398.3.10.1.3.3':
      return 'streebog-512'
    case '1.2.643.2.2.9':
      return 'gost94-cryptopro'
    case '1.2.398.3.10.1.3.1':
    case '1.2.398.3.10.1.3.1.1.0':
      return 'gost94-test'
    case '1.3.14.3.2.26':
      if (allowSha1) return 'SHA-1'
      throw new Refusal('algorithm-refused', 'SHA-1 is too weak for signatures')
    case '1.2.840.113549.2.5':
    case '1.2.840.113549.2.2':
      throw new Refusal('algorithm-refused', 'MD5 and MD2 are broken')
    default:
      throw new Refusal('algorithm-unsupported', `The hash algorithm ${oid} is not supported`)
  }
}

const HASH_OIDS: Record<HashName, string> = {
  'SHA-1': '1.3.14.3.2.26',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
  'streebog-256': '1.2.643.7.1.1.2.2',
  'streebog-512': '1.2.643.7.1.1.2.3',
  'gost94-cryptopro': '1.2.643.2.2.9',
  'gost94-test': '1.2.398.3.10.1.3.1',
}

export const hashOid = (hash: HashName): string => HASH_OIDS[hash]

export type SignatureAlgorithm =
  | { readonly kind: 'rsa-pkcs1' | 'ecdsa' | 'gost'; readonly hash: HashName; readonly label: string }
  | { readonly kind: 'rsa-pss'; readonly hash: HashName; readonly saltLength: number; readonly label: string }

/** RSASSA-PSS-params (RFC 4055, 3.1). The defaults are SHA-1, so that parameters must be there; the mask must use the same hash. */
export function parsePss(parameters: Asn1 | undefined): { hash: HashName; saltLength: number } {
  let hash: HashName | undefined
  let mask: HashName | undefined
  let saltLength = 20
  for (const field of parameters?.sequence() ?? []) {
    const value = field.only()
    if (field.isContext(0)) hash = hashByOid(parseAlgorithm(value).oid)
    else if (field.isContext(1)) {
      const generator = parseAlgorithm(value)
      if (generator.oid !== '1.2.840.113549.1.1.8' || !generator.parameters)
        throw new Refusal('algorithm-unsupported', 'The PSS mask is not MGF1')
      mask = hashByOid(parseAlgorithm(generator.parameters).oid)
    } else if (field.isContext(2)) saltLength = value.smallInteger()
    else if (!field.isContext(3) || value.smallInteger() !== 1) throw new Refusal('malformed', 'The PSS parameters are malformed')
  }
  if (!hash || !mask) throw new Refusal('algorithm-refused', 'SHA-1 is too weak for signatures (the default of RSASSA-PSS)')
  if (hash !== mask || !hash.startsWith('SHA-'))
    throw new Refusal('algorithm-unsupported', 'RSASSA-PSS with two different hashes is not supported')
  if (saltLength > 512) throw new Refusal('malformed', 'The PSS salt is too long')
  return { hash, saltLength }
}

const RSA = '1.2.840.113549.1.1.'
const ECDSA = '1.2.840.10045.4.'

type Named = 'rsa' | 'ecdsa'
const LABELS = { rsa: 'RSA PKCS#1 v1.5', ecdsa: 'ECDSA' } as const

function withHash(kind: Named, hash: HashName): SignatureAlgorithm {
  if (!hash.startsWith('SHA-')) throw new Refusal('algorithm-mismatch', `${hash} does not go with this signature algorithm`)
  return { kind: kind === 'rsa' ? 'rsa-pkcs1' : kind, hash, label: `${LABELS[kind]} with ${hash}` }
}

const RU_256: SignatureAlgorithm = { kind: 'gost', hash: 'streebog-256', label: 'GOST R 34.10-2012 (256)' }
const RU_512: SignatureAlgorithm = { kind: 'gost', hash: 'streebog-512', label: 'GOST R 34.10-2012 (512)' }
const KZ_2004: SignatureAlgorithm = { kind: 'gost', hash: 'gost94-test', label: 'GOST 34.310-2004' }
const KZ_256: SignatureAlgorithm = { kind: 'gost', hash: 'streebog-256', label: 'GOST 34.10-2015 (256)' }
const KZ_512: SignatureAlgorithm = { kind: 'gost', hash: 'streebog-512', label: 'GOST 34.10-2015 (512)' }

/** Identifiers that say everything. */
const COMPLETE = new Map<string, SignatureAlgorithm>([
  [`${RSA}11`, withHash('rsa', 'SHA-256')],
  [`${RSA}12`, withHash('rsa', 'SHA-384')],
  [`${RSA}13`, withHash('rsa', 'SHA-512')],
  [`${ECDSA}3.2`, withHash('ecdsa', 'SHA-256')],
  [`${ECDSA}3.3`, withHash('ecdsa', 'SHA-384')],
  [`${ECDSA}3.4`, withHash('ecdsa', 'SHA-512')],
  ['1.2.643.7.1.1.3.2', RU_256],
  ['1.2.643.7.1.1.1.1', RU_256],
  ['1.2.643.7.1.1.3.3', RU_512],
  ['1.2.643.7.1.1.1.2', RU_512],
  ['1.2.398.3.10.1.1.1.2', KZ_2004],
  ['1.2.398.3.10.1.1.1.1', KZ_2004],
  ['1.2.398.3.10.1.1.2.3.1', KZ_256],
  ['1.2.398.3.10.1.1.2.1', KZ_256],
  ['1.2.398.3.10.1.4.1.1', KZ_256],
  ['1.2.398.3.10.1.1.2.3.2', KZ_512],
  ['1.2.398.3.10.1.1.2.2', KZ_512],
  ['1.2.398.3.10.1.4.1.2', KZ_512],
])

/**
 * What a signature algorithm identifier means. `messageHash` is the CMS digestAlgorithm, which gives the hash where the identifier names only a key
 * (openssl writes rsaEncryption; GOST signers often the key's identifier). In certificates there is none. Throws `Refusal`.
 */
export function signatureAlgorithm({ oid, parameters }: AlgorithmIdentifier, messageHash?: HashName): SignatureAlgorithm {
  const complete = COMPLETE.get(oid)
  if (complete) return complete
  switch (oid) {
    case `${RSA}1`:
    case '1.2.840.10045.2.1':
      if (!messageHash) throw new Refusal('algorithm-unsupported', 'The signature algorithm names no hash')
      return withHash(oid === `${RSA}1` ? 'rsa' : 'ecdsa', messageHash)
    case `${RSA}10`: {
      const { hash, saltLength } = parsePss(parameters)
      return { kind: 'rsa-pss', hash, saltLength, label: `RSA-PSS with ${hash}` }
    }
    case `${RSA}5`:
    case `${ECDSA}1`:
    case '1.3.14.3.2.29':
      throw new Refusal('algorithm-refused', 'SHA-1 is too weak for signatures')
    case `${RSA}4`:
    case `${RSA}2`:
      throw new Refusal('algorithm-refused', 'MD5 and MD2 are broken')
    default:
      throw new Refusal('algorithm-unsupported', `The signature algorithm ${oid} is not supported`)
  }
}
