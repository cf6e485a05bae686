/** What authorities say of revocation, asked over the network: OCSP (RFC 6960, appendix A), then lists (RFC 5280, 4.2.1.13). */
import type { Ctx } from '../../context.ts'
import { checkTarget } from '../../webhooks/target.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { RevocationMaterial } from '../cms/chain.ts'
import { checkCrl, type Crl, parseCrl } from '../cms/crl.ts'
import { buildOcspRequest, checkOcsp, type OcspResponse, parseOcspResponse } from '../cms/ocsp.ts'
import { reasonOf } from '../cms/reasons.ts'
import { loadKept, type Kept, remember, revocationKey } from './cache.ts'
import { isOwn, ownAnswer } from './own.ts'

export interface RevocationOptions {
  fetch?: typeof fetch
  /** The end of all waiting; by default 5 s from now. */
  signal?: AbortSignal
}

/** Milliseconds that all of it may take, and that OCSP may take of them, so that time is left for lists. */
const TIMEOUT = 5000
const OCSP_TIMEOUT = 3000
/** Bytes. Lists of Kazakhstan's authority have millions of them. */
const LIMITS = { ocsp: 128 * 1024, crl: 8 * 1024 * 1024 } as const
/** Of each kind, for each certificate: authorities name one or two. */
const MAX_URLS = 2

type Answer = { ocsp: OcspResponse; nextUpdate: Date | undefined } | { crl: Crl; nextUpdate: Date | undefined }

interface Question {
  kind: 'ocsp' | 'crl'
  key: string
  url: URL
  /** Of the platform's own authority: asked without a network, and every time. */
  own: boolean
  certificate: Certificate
  issuer: Certificate
}

/** Where we may ask: as webhooks may be sent, and by plain HTTP too, since answers are signed. Anything else is passed over. */
function targetOf(ctx: Ctx, address: string): URL | undefined {
  try {
    const url = new URL(address)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
    if (isOwn(ctx, url)) return url
    const secure = new URL(url)
    secure.protocol = 'https:'
    checkTarget(ctx.settings, secure.href)
    return url
  } catch {
    return undefined
  }
}

/** What to ask about one certificate, in this order, until there is an answer. */
function questionsOf(ctx: Ctx, certificate: Certificate, issuer: Certificate): Question[] {
  const of = (kind: Question['kind'], addresses: readonly string[]) =>
    addresses.slice(0, MAX_URLS).flatMap((address): Question[] => {
      const url = targetOf(ctx, address)
      return url ? [{ kind, key: revocationKey(kind, url, certificate), url, own: isOwn(ctx, url), certificate, issuer }] : []
    })
  return [...of('ocsp', certificate.extensions.ocspUrls), ...of('crl', certificate.extensions.crlUrls)]
}

/** Whether any certificate of a path says where to ask. */
export const canAsk = (path: readonly Certificate[]): boolean =>
  path.slice(0, -1).some(({ extensions }) => extensions.ocspUrls.length + extensions.crlUrls.length > 0)

async function readBounded({ body }: Response, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > limit) throw new RangeError('too large')
    parts.push(part)
  }
  const { buffer, byteOffset, byteLength } = Buffer.concat(parts)
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** The bytes of an answer; undefined for whatever else than an answer comes, or nothing at all. */
async function get(url: URL, init: RequestInit, limit: number, send: typeof fetch): Promise<Uint8Array | undefined> {
  try {
    const response = await send(url, { ...init, redirect: 'manual' })
    if (response.status === 200) return await readBounded(response, limit)
    await response.body?.cancel()
    return undefined
  } catch {
    return undefined
  }
}

function read({ kind }: Pick<Question, 'kind'>, bytes: Uint8Array): Answer | undefined {
  try {
    if (kind === 'crl') {
      const crl = parseCrl(bytes)
      return { crl, nextUpdate: crl.nextUpdate }
    }
    const ocsp = parseOcspResponse(bytes)
    const times = (ocsp.basic?.responses ?? []).flatMap((r) => r.nextUpdate?.getTime() ?? [])
    return { ocsp, nextUpdate: times.length > 0 ? new Date(Math.min(...times)) : undefined }
  } catch (error) {
    reasonOf(error, 'An answer on revocation')
    return undefined
  }
}

/** Whether the answer says something of the certificate; one that does not is not kept for longer than a failure. */
async function tells(answer: Answer, { certificate, issuer }: Question, now: Date, nonce?: Uint8Array): Promise<boolean> {
  if ('crl' in answer) return (await checkCrl(answer.crl, certificate, issuer, { at: now })).status !== 'unknown'
  // Responders that answer from a store send no nonce back; one that does, must send ours.
  const expected = nonce && answer.ocsp.basic?.nonce ? { nonce } : {}
  return (await checkOcsp(answer.ocsp, certificate, issuer, { at: now, ...expected })).status !== 'unknown'
}

/** The bytes that come to a question: undefined where none do. */
async function bytesFor(ctx: Ctx, question: Question, nonce: Uint8Array, send: typeof fetch, signal: AbortSignal) {
  const { kind, url, own, certificate, issuer } = question
  const request = new Uint8Array(kind === 'ocsp' ? buildOcspRequest(certificate, issuer, { nonce }) : [])
  if (own) return ownAnswer(ctx, kind, url, request)
  if (kind === 'crl') return get(url, { signal }, LIMITS.crl, send)
  const headers = { 'content-type': 'application/ocsp-request', accept: 'application/ocsp-response' }
  const soon = AbortSignal.any([signal, AbortSignal.timeout(OCSP_TIMEOUT)])
  return get(url, { method: 'POST', headers, body: request, signal: soon }, LIMITS.ocsp, send)
}

async function fetchAnswer(ctx: Ctx, question: Question, send: typeof fetch, signal: AbortSignal): Promise<Answer | undefined> {
  const nonce = crypto.getRandomValues(new Uint8Array(16))
  const bytes = await bytesFor(ctx, question, nonce, send, signal)
  const answer = bytes && read(question, bytes)
  const good = answer && (await tells(answer, question, ctx.now, nonce)) ? answer : undefined
  if (!question.own) await remember(ctx, question, good && bytes ? { bytes, nextUpdate: good.nextUpdate } : null)
  return good
}

/** The first answer there is about one certificate. */
async function answerOf(
  ctx: Ctx,
  questions: Question[],
  kept: Map<string, Kept>,
  send: typeof fetch,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  for (const question of questions) {
    const known = kept.get(question.key)
    const bytes = await known?.bytes()
    if (known && bytes === null) continue
    const remembered = bytes && read(question, bytes)
    if (remembered) return remembered
    // Who was not asked for want of time, has not failed.
    if (signal.aborted) return undefined
    const fresh = await fetchAnswer(ctx, question, send, signal)
    if (fresh) return fresh
  }
  return undefined
}

/**
 * Gets what the authorities say of each certificate of a path but its anchor: from the cache, else by OCSP, else their lists. The path must lead to a
 * trusted anchor: only by that may its certificates tell us whom to call. Whatever fails is left out and remembered for a minute; never throws for it.
 */
export async function fetchRevocation(
  ctx: Ctx,
  path: readonly Certificate[],
  { fetch: send = fetch, signal = AbortSignal.timeout(TIMEOUT) }: RevocationOptions = {},
): Promise<RevocationMaterial> {
  const questions = path.flatMap((issuer, i) => {
    const issued = path[i - 1]
    return issued ? [questionsOf(ctx, issued, issuer)] : []
  })
  const kept = await loadKept(
    ctx,
    questions.flat().flatMap(({ key, own }) => (own ? [] : [key])),
  )
  const answers = await Promise.all(questions.map((of) => answerOf(ctx, of, kept, send, signal)))
  return {
    ocsp: answers.flatMap((answer) => (answer && 'ocsp' in answer ? [answer.ocsp] : [])),
    crls: answers.flatMap((answer) => (answer && 'crl' in answer ? [answer.crl] : [])),
  }
}
