import { parseCertificate } from '../cms/certificate.ts'
import type { Certificate } from '../cms/certificate.ts'
import { parseCrl } from '../cms/crl.ts'
import { parseOcspResponse } from '../cms/ocsp.ts'
import { signDetachedCms } from '../cms/sign.ts'
import { verifyTimestamp } from '../cms/timestamp.ts'
import type { TimestampVerdict } from '../cms/timestamp.ts'
import { verifyDetachedCms } from '../cms/verify.ts'
import type { CmsVerdict, VerifyOptions } from '../cms/verify.ts'
import { readDss } from './dss.ts'
import { PdfReader } from './reader.ts'
import type { Signer } from './seal.ts'
import { verifyPdfSignatures } from './verify.ts'
import type { PdfVerdict } from './verify.ts'

export interface SealKey {
  certificate: Certificate
  /** Authorities between it and the root. */
  chain: readonly Certificate[]
  key: CryptoKey
}

/**
 * How `sealPdf` signs with a key of ours: CAdES without a signing time, as PAdES wants it (ETSI EN 319 142-1, 6.3). With `stamp`, which adds
 * a time stamp over the signature, that is B-T; a stamp that fails, fails the signature.
 */
export function signWith({ certificate, chain, key }: SealKey, stamp?: (cms: Uint8Array) => Promise<Uint8Array>): Signer {
  return {
    signHash: async (digest) => {
      const cms = await signDetachedCms({ content: { digest }, certificate, chain, key })
      return stamp ? stamp(cms) : cms
    },
  }
}

/**
 * Verifies all signatures and time stamps of a PDF by these anchors, with what the file's document security store has of certificates and
 * revocation beside what is given. A later time stamp over the file is verified, and does not yet prolong the life of what it covers.
 *
 * @throws AppError `bad_file`
 */
export function verifyPdf(bytes: Uint8Array, options: VerifyOptions): Promise<PdfVerdict<CmsVerdict, TimestampVerdict>[]> {
  const store = readDss(new PdfReader(bytes))
  const all = {
    ...options,
    intermediates: [...(options.intermediates ?? []), ...readable(store.certs, parseCertificate)],
    crls: [...(options.crls ?? []), ...readable(store.crls, parseCrl)],
    ocsp: [...(options.ocsp ?? []), ...readable(store.ocsps, parseOcspResponse)],
  }
  return verifyPdfSignatures(bytes, {
    signature: (cms, covered) => verifyDetachedCms(cms, covered, all),
    timestamp: (token, covered) => verifyTimestamp(token, covered, { ...all, anchors: options.timestampAnchors ?? options.anchors }),
  })
}

/** What can be read of material from a file: nothing of it is trusted for being there. */
function readable<T>(items: readonly Uint8Array[], parse: (der: Uint8Array) => T): T[] {
  return items.slice(0, 100).flatMap((item) => {
    try {
      return [parse(item)]
    } catch {
      return []
    }
  })
}
