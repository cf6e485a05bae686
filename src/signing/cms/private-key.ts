/** Private keys of GOST R 34.10-2012 out of PKCS#8 (RFC 5958), as OpenSSL's engine writes them: the number little-endian, by the identifiers of RFC 9215. */
import { DerError, readAsn1 } from '../../lib/der.ts'
import { GostPrivateKey } from '../gost/sign.ts'
import { hashOid, parseAlgorithm } from './algorithms.ts'
import { gostCurveByOid, gostKind } from './public-key.ts'

/** Why a private key can't be used. The message has nothing of the key in it. */
export class PrivateKeyError extends Error {
  override readonly name = 'PrivateKeyError'
}

const MASKED = 'The GOST key is masked: write it anew without masks (openssl pkey -engine gost)'

const littleEndian = (octets: Uint8Array): bigint => octets.reduceRight((value, octet) => value * 256n + BigInt(octet), 0n)

/** The number: bare, in an OCTET STRING of its own (also little-endian), or as an INTEGER. */
function numberOf(octets: Uint8Array, size: number): bigint {
  if (octets.length === size) return littleEndian(octets)
  // The masks follow the masked number, each as long; or they stand in a SEQUENCE with it.
  if (octets.length > 0 && octets.length % size === 0) throw new PrivateKeyError(MASKED)
  const inner = readAsn1(octets)
  if (inner.is(16)) throw new PrivateKeyError(MASKED)
  if (inner.is(2)) return inner.integer()
  const wrapped = inner.octets()
  if (wrapped.length > size && wrapped.length % size === 0) throw new PrivateKeyError(MASKED)
  if (wrapped.length !== size) throw new PrivateKeyError('The GOST key is of another length than its parameter set')
  return littleEndian(wrapped)
}

function parse(pkcs8: Uint8Array): GostPrivateKey {
  const [version, identifier, key] = readAsn1(pkcs8, { maxBytes: 16_384, maxNodes: 100 }).sequence()
  if (!version || version.smallInteger() > 1 || !identifier || !key) throw new DerError('no PKCS#8')
  const { oid, parameters } = parseAlgorithm(identifier)
  const kind = gostKind(oid)
  if (kind?.form !== 'ru') throw new PrivateKeyError(`A private key of the kind ${oid} is not one of GOST R 34.10-2012`)
  const [set, hash] = parameters?.sequence() ?? []
  const curve = set && gostCurveByOid(set.oid())
  if (!set || !curve) throw new PrivateKeyError(`The GOST parameter set ${set?.oid() ?? '(none)'} is not supported`)
  const size = kind.hash === 'streebog-256' ? 32 : 64
  if (curve.includes('512') !== (size === 64)) throw new PrivateKeyError('The GOST key and its parameter set are of two sizes')
  if (hash && hash.oid() !== hashOid(kind.hash)) throw new PrivateKeyError('The GOST key is for another hash than its own')
  return new GostPrivateKey(curve, numberOf(key.octets(), size))
}

/** Reads a key. Throws `PrivateKeyError`. */
export function readGostPrivateKey(pkcs8: Uint8Array): GostPrivateKey {
  try {
    return parse(pkcs8)
  } catch (error) {
    if (error instanceof PrivateKeyError) throw error
    // What else may be wrong is of the encoding or of the number; it is not told on, as an error of a parser may quote.
    throw new PrivateKeyError('The GOST key cannot be read')
  }
}
