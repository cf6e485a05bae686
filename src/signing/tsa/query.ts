import { DerError, readAsn1 } from '../../lib/der.ts'
import type { Asn1 } from '../../lib/der.ts'
import { algorithm, boolean, octetString, oid, sequence, unsignedInteger } from '../../lib/der-write.ts'
import { digest, hashOid } from '../cms/algorithms.ts'

// Messages between a client and a time-stamping authority (RFC 3161, 2.4).

/** PKIFailureInfo, by the number of its bit. */
export const FAILURE = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  addInfoNotAvailable: 17,
  systemFailure: 25,
} as const
export type Failure = keyof typeof FAILURE

const LIMIT = 65_536

export interface QueryOptions {
  /** 8 to 20 random bytes: what makes the answer one to this very question. */
  nonce: Uint8Array
  /** Policy to be stamped under; the authority's own by default. */
  policy?: string | undefined
}

/** TimeStampReq over data, by its SHA-256, asking for the authority's certificate. */
export function timestampQuery(data: Uint8Array, { nonce, policy }: QueryOptions): Uint8Array {
  return sequence(
    unsignedInteger(1),
    sequence(algorithm(hashOid('SHA-256')), octetString(digest('SHA-256', data))),
    ...(policy ? [oid(policy)] : []),
    unsignedInteger(nonce),
    boolean(true),
  )
}

/** A request as an authority reads it. */
export interface TimestampQuery {
  /** The MessageImprint as it stands: it goes into the token unchanged. */
  imprint: Uint8Array
  hashOid: string
  hashed: Uint8Array
  policy: string | undefined
  /** The INTEGER as it stands. */
  nonce: Uint8Array | undefined
  certReq: boolean
  extensions: boolean
}

/**
 * Reads TimeStampReq (2.4.1).
 *
 * @throws DerError
 */
export function readTimestampQuery(bytes: Uint8Array): TimestampQuery {
  const [version, imprint, ...rest] = readAsn1(bytes, { maxBytes: LIMIT, maxNodes: 500 }).sequence()
  const [hash, hashed, ...more] = imprint?.sequence() ?? []
  if (version?.smallInteger() !== 1 || !imprint || !hash || !hashed || more.length > 0) throw new DerError('no time-stamp request')
  const [id, parameters, ...others] = hash.sequence()
  if (!id || others.length > 0 || (parameters && !parameters.is(5))) throw new DerError('no hash algorithm')
  const policy = rest[0]?.is(6) ? rest.shift()?.oid() : undefined
  const nonce = rest[0]?.is(2) ? rest.shift() : undefined
  if (nonce && nonce.integerBytes().length > 40) throw new DerError('a nonce of absurd length')
  const certReq = rest[0]?.is(1) ? (rest.shift()?.boolean() ?? false) : false
  const extensions = rest[0]?.isContext(0) ? rest.shift() : undefined
  if (rest.length > 0) throw new DerError('something follows the request')
  return {
    imprint: imprint.raw,
    hashOid: id.oid(),
    hashed: hashed.octets(),
    policy,
    nonce: nonce?.raw,
    certReq,
    extensions: extensions !== undefined,
  }
}

export type TimestampAnswer = { granted: true; token: Uint8Array } | { granted: false; status: number; failures: Failure[]; text: string }

/**
 * Reads TimeStampResp (2.4.2). The token is not verified.
 *
 * @throws DerError
 */
export function readTimestampAnswer(bytes: Uint8Array): TimestampAnswer {
  // Authorities write their tokens in BER now and then.
  const [info, token, ...more] = readAsn1(bytes, { ber: true, maxBytes: LIMIT }).sequence()
  const [status, ...rest] = info?.sequence() ?? []
  if (!status || more.length > 0) throw new DerError('no time-stamp response')
  const code = status.smallInteger()
  if (code === 0 || code === 1) {
    if (!token) throw new DerError('no token in the response')
    return { granted: true, token: token.raw }
  }
  const text = rest.find((part) => part.is(16))
  const bits = rest.find((part) => part.is(3))
  return { granted: false, status: code, failures: bits ? failuresOf(bits) : [], text: text ? textOf(text) : '' }
}

function failuresOf(bits: Asn1): Failure[] {
  const { bytes } = bits.bits()
  return (Object.keys(FAILURE) as Failure[]).filter((name) => {
    const bit = FAILURE[name]
    return ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0
  })
}

const textOf = (text: Asn1) =>
  text
    .sequence()
    .map((part) => part.text())
    .join(' ')
    .slice(0, 300)
