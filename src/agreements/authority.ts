/** What ESIA and Госключ have in common: calls that are bounded, and requests that are signed with the operator's certificate. */
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { utf8 } from '../lib/hash.ts'
import { fromBase64, toBase64Url } from '../lib/ids.ts'
import type { Certificate } from '../signing/cms/certificate.ts'
import type { SigningKey } from '../signing/cms/sign.ts'

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
  key: SigningKey
}

/** The one of the settings, with what it was made of. */
let kept: { certificate: string; privateKey: string; key: OperatorKey } | undefined

/** What is around it, as OpenSSL writes of a container's contents, does not matter. */
const KEY = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/
const plainLines = (pem: string) => pem.replaceAll('\\n', '\n')

function derOf(pem: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return fromBase64((KEY.exec(plainLines(pem))?.[1] ?? '').replaceAll(/\s/g, ''))
  } catch {
    return undefined
  }
}

async function readKey({ publicKey }: Certificate, pkcs8: Uint8Array<ArrayBuffer>): Promise<SigningKey> {
  const { PrivateKeyError, readGostPrivateKey } = await import('../signing/cms/private-key.ts')
  if (publicKey.kind === 'gost' && publicKey.form === 'ru') return readGostPrivateKey(pkcs8)
  const algorithm =
    publicKey.kind === 'rsa'
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : publicKey.kind === 'ecdsa'
        ? { name: 'ECDSA', namedCurve: publicKey.curve }
        : undefined
  if (!algorithm) throw new PrivateKeyError(`A key for ${publicKey.label} cannot sign here`)
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
  } catch {
    throw new PrivateKeyError(`The key is not one for ${publicKey.label}`)
  }
}

async function importKey(certificates: string, privateKey: string): Promise<OperatorKey> {
  const [{ readCertificates }, { PrivateKeyError }, { signBare }, { verifyBare }] = await Promise.all([
    import('../signing/cms/certificate.ts'),
    import('../signing/cms/private-key.ts'),
    import('../signing/cms/sign.ts'),
    import('../signing/cms/signature.ts'),
  ])
  const [certificate, ...chain] = readCertificates(plainLines(certificates))
  if (!certificate) throw new PrivateKeyError('There is no certificate')
  const pkcs8 = derOf(privateKey)
  if (!pkcs8) throw new PrivateKeyError('The key is no PEM of PKCS#8')
  const key = await readKey(certificate, pkcs8)
  const probe = utf8(certificate.serial)
  if (!(await verifyBare(certificate.publicKey, probe, await signBare(key, probe))))
    throw new PrivateKeyError('The key is not that of the certificate')
  return { certificate, chain, key }
}

const unusable = (why: string) => {
  console.error(`ESIA_CERTIFICATE or ESIA_PRIVATE_KEY cannot be used${why}`)
  return new AppError('unavailable', 'The certificate for ESIA can’t be used now.')
}

/**
 * The certificate by which ESIA knows the operator, and its key: imported once an isolate.
 *
 * @throws AppError `unavailable`; the reason is for the log
 */
export async function operatorKey({ settings, now }: Pick<Ctx, 'settings' | 'now'>): Promise<OperatorKey> {
  const { ESIA_CERTIFICATE: certificate = '', ESIA_PRIVATE_KEY: privateKey = '' } = settings
  let found = kept?.certificate === certificate && kept.privateKey === privateKey ? kept.key : undefined
  if (!found) {
    try {
      found = await importKey(certificate, privateKey)
    } catch (error) {
      // Of other errors nobody knows whether they quote the key.
      throw unusable(error instanceof Error && ['PrivateKeyError', 'Refusal', 'DerError'].includes(error.name) ? `: ${error.message}` : '')
    }
    kept = { certificate, privateKey, key: found }
  }
  const { notBefore, notAfter } = found.certificate
  if (now < notBefore || now > notAfter) throw unusable(': The certificate does not hold now')
  return found
}

/** The bare signature by the operator: a client's secret of ESIA (`v2/ac`, `v3/te`; only the older `ac` and `te` take PKCS#7). */
export async function clientSecret(ctx: Pick<Ctx, 'settings' | 'now'>, content: Uint8Array): Promise<string> {
  const [{ signBare }, { key }] = await Promise.all([import('../signing/cms/sign.ts'), operatorKey(ctx)])
  return toBase64Url(await signBare(key, content))
}

/** Detached PKCS#7 (CAdES-BES) by the operator. */
export async function signForAuthority(ctx: Pick<Ctx, 'settings' | 'now'>, content: Uint8Array): Promise<Uint8Array> {
  const [{ signDetachedCms }, who] = await Promise.all([import('../signing/cms/sign.ts'), operatorKey(ctx)])
  return signDetachedCms({ ...who, content, signingTime: ctx.now })
}

/** The same as base64url with its padding. */
export async function signatureText(ctx: Pick<Ctx, 'settings' | 'now'>, content: Uint8Array): Promise<string> {
  const signature = toBase64Url(await signForAuthority(ctx, content))
  return signature.padEnd(Math.ceil(signature.length / 4) * 4, '=')
}

/** SHA-256's counterpart of GOST R 34.11-2012 (256 bits) over the certificate, capitals: how ESIA is told which of a system's certificates signed. */
export async function certificateHash(ctx: Pick<Ctx, 'settings' | 'now'>): Promise<string> {
  const [{ digest }, { certificate }, { toHex }] = await Promise.all([
    import('../signing/cms/algorithms.ts'),
    operatorKey(ctx),
    import('../lib/ids.ts'),
  ])
  return ctx.settings.ESIA_CERTIFICATE_HASH ?? toHex(digest('streebog-256', certificate.der)).toUpperCase()
}
