import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { readBytes } from '../../http/body.ts'
import { AppError } from '../../http/errors.ts'
import { operation } from '../../http/operation.ts'
import { fromBase64 } from '../../lib/ids.ts'

const tag = 'PKI'
/** As much as the responder reads. */
const MAX_REQUEST = 65_536
const MEDIA = { crl: 'application/pkix-crl', cer: 'application/pkix-cert' } as const

const PublishedFile = z
  .string()
  .max(40)
  .regex(/^(root|authority)(-[0-9a-f]{16})?\.(crl|cer)$/)
  .meta({ example: 'authority.crl' })

async function file(ctx: Ctx, asked: string): Promise<Response> {
  const { publishedCertificate, publishedList } = await import('./publish.ts')
  const [name = '', kind] = asked.split('.')
  const der = kind === 'crl' ? await publishedList(ctx, name) : await publishedCertificate(ctx, name)
  const headers = { 'content-type': kind === 'crl' ? MEDIA.crl : MEDIA.cer, 'cache-control': 'public, max-age=300' }
  return new Response(new Uint8Array(der), { headers })
}

async function answer(ctx: Ctx, request: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const { answerOcsp } = await import('./responder.ts')
  const body = new Uint8Array(await answerOcsp(ctx, request))
  return new Response(body, { headers: { 'content-type': 'application/ocsp-response', ...headers } })
}

/** The body of a POST; one that is too long to be a request reads as none. */
async function bodyOf(request: Request): Promise<Uint8Array> {
  try {
    return await readBytes(request, MAX_REQUEST)
  } catch (error) {
    if (error instanceof AppError && error.code === 'too_large') return new Uint8Array()
    throw error
  }
}

/** The request in a GET's path: base64, which may hold slashes, escaped or not (RFC 6960, A.1). What is no base64 reads as none. */
function pathOf(request: Request): Uint8Array {
  const { pathname } = new URL(request.url)
  try {
    return fromBase64(decodeURIComponent(pathname.replace(/^\/+pki\/+ocsp\/?/, '')))
  } catch {
    return new Uint8Array()
  }
}

/** What relying parties need to judge our certificates: certificates and lists of our authorities, and their OCSP responder. */
export const pkiRoutes = [
  operation(
    {
      id: 'get-pki-file',
      method: 'get',
      path: '/pki/{file}',
      summary: 'Certificates and revocation lists of the platform’s authorities, in DER',
      tag,
      access: 'public',
      params: z.object({ file: PublishedFile }),
      returns: { 200: { media: [MEDIA.crl, MEDIA.cer] } },
      errors: [404, 503],
      description:
        '`root.cer`, `root.crl`, `authority.cer` and `authority.crl` are of the authority that issues now; certificates name the files of their own issuer.',
    },
    (ctx, { params }) => file(ctx, params.file),
  ),
  operation(
    {
      id: 'post-pki-ocsp',
      method: 'post',
      path: '/pki/ocsp',
      summary: 'Status of certificates that the platform has issued (RFC 6960)',
      tag,
      access: 'public',
      returns: { 200: { media: ['application/ocsp-response'] } },
      description:
        'The body is an OCSPRequest in DER, `application/ocsp-request`, of 64 KiB at most. GET with the request in base64 after `/pki/ocsp/` works, too.',
    },
    async (ctx, { request }) => answer(ctx, await bodyOf(request)),
  ),
  operation(
    {
      id: 'get-pki-ocsp',
      method: 'get',
      path: '/pki/ocsp/*',
      summary: 'The same by GET',
      tag,
      access: 'public',
      hidden: true,
      returns: { 200: { media: ['application/ocsp-response'] } },
    },
    (ctx, { request }) => answer(ctx, pathOf(request), { 'cache-control': 'public, max-age=300' }),
  ),
]
