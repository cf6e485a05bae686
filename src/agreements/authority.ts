/** What ESIA and Госключ have in common: calls that are bounded, and requests that are signed with the operator's certificate. */
import type { Ctx } from '../context.ts'
import type { Settings } from '../env.ts'
import { AppError } from '../http/errors.ts'
import { fromBase64, toBase64Url } from '../lib/ids.ts'
import type { Certificate } from '../signing/cms/certificate.ts'

const TIMEOUT_MS = 15_000
const MAX_ANSWER = 1_048_576

export interface Answer {
  status: number
  bytes: Uint8Array<ArrayBuffer>
}

const unreachable = (service: string) => new AppError('unavailable', `${service} does not answer now.`, { retryAfter: 60 })

async function readBounded(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > limit) throw new RangeError('too large')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/**
 * One call. The timeout covers the body too; redirects are not followed: they would carry tokens elsewhere.
 *
 * @throws AppError `unavailable` for no answer, one that is too large, and what may be better later. The cause is not kept: it may name the URL.
 */
export async function callService(service: string, url: string, init: RequestInit = {}, limit = MAX_ANSWER): Promise<Answer> {
  let answer: Answer
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    answer = { status: response.status, bytes: await readBounded(response, limit) }
  } catch {
    throw unreachable(service)
  }
  const { status } = answer
  if ((status >= 300 && status < 400) || status === 408 || status === 429 || status >= 500) throw unreachable(service)
  return answer
}

/** The JSON object of an answer; an empty one for anything else. */
export function objectOf({ bytes }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

interface OperatorKey {
  certificate: Certificate
  chain: Certificate[]
  key: CryptoKey
}

/** By certificate. */
const keys = new Map<string, OperatorKey>()

const derOf = (pem: string) => fromBase64(pem.replaceAll(/-----[A-Z ]+-----|\s|\\n/g, ''))

async function importKey(settings: Settings): Promise<OperatorKey> {
  const { readCertificates } = await import('../signing/cms/certificate.ts')
  const [certificate, ...chain] = readCertificates((settings.ESIA_CERTIFICATE ?? '').replaceAll('\\n', '\n'))
  if (!certificate) throw new Error('no certificate')
  const { publicKey } = certificate
  const algorithm =
    publicKey.kind === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : publicKey.kind === 'ecdsa'
        ? { name: 'ECDSA', namedCurve: publicKey.curve }
        : undefined
  if (!algorithm) throw new Error(`a key for ${publicKey.label} cannot sign here`)
  const key = await crypto.subtle.importKey('pkcs8', derOf(settings.ESIA_PRIVATE_KEY ?? ''), algorithm, false, ['sign'])
  return { certificate, chain, key }
}

/** The certificate by which ESIA knows the operator, and its key: imported once an isolate. */
export async function operatorKey({ settings }: Pick<Ctx, 'settings'>): Promise<OperatorKey> {
  const name = settings.ESIA_CERTIFICATE ?? ''
  const known = keys.get(name)
  if (known) return known
  try {
    const key = await importKey(settings)
    keys.set(name, key)
    return key
  } catch {
    console.error('ESIA_CERTIFICATE or ESIA_PRIVATE_KEY cannot be used')
    throw new AppError('unavailable', 'The certificate for ESIA can’t be used now.')
  }
}

/** Detached PKCS#7 (CAdES-BES) by the operator. */
export async function signForAuthority(ctx: Pick<Ctx, 'settings' | 'now'>, content: Uint8Array): Promise<Uint8Array> {
  const [{ signDetachedCms }, who] = await Promise.all([import('../signing/cms/sign.ts'), operatorKey(ctx)])
  return signDetachedCms({ ...who, content, signingTime: ctx.now })
}

/** The same as base64url with its padding, as both services take it. */
export async function signatureText(ctx: Pick<Ctx, 'settings' | 'now'>, content: Uint8Array): Promise<string> {
  const signature = toBase64Url(await signForAuthority(ctx, content))
  return signature.padEnd(Math.ceil(signature.length / 4) * 4, '=')
}

/** SHA-256's counterpart of GOST R 34.11-2012 (256 bits) over the certificate, capitals: how ESIA is told which of a system's certificates signed. */
export async function certificateHash(ctx: Pick<Ctx, 'settings'>): Promise<string> {
  const [{ digest }, { certificate }, { toHex }] = await Promise.all([
    import('../signing/cms/algorithms.ts'),
    operatorKey(ctx),
    import('../lib/ids.ts'),
  ])
  return ctx.settings.ESIA_CERTIFICATE_HASH ?? toHex(digest('streebog-256', certificate.der)).toUpperCase()
}
