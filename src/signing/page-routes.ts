import * as z from 'zod'
import { loadByToken } from '../contracts/load.ts'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { operation } from '../http/operation.ts'
import { openLink } from './at-link.ts'
import { renderSignPage } from './page/page.ts'
import { PAGE_CSP } from './page/shell.ts'
import { pickLang } from './page/texts.ts'
import { renderVerifyPage } from './page/verify.ts'
import { verifyPackage, type Verified } from './verify.ts'

const html = (status: number, body: string) =>
  new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_CSP,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })
const langOf = (request: Request) => pickLang(new URL(request.url).searchParams.get('lang'), request.headers.get('accept-language'))

/** What may be shown of a package; null for one that does not exist. */
async function known(ctx: Ctx, id: string): Promise<Verified | null> {
  try {
    return await verifyPackage(ctx, id)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

const asMethod = (method: string): 'cms' | 'server' | 'sms' => (method === 'cms' || method === 'server' ? method : 'sms')
const STATUSES = ['signed', 'in_progress', 'declined', 'revoked', 'expired'] as const

const Verification = z
  .object({
    valid: z.boolean(),
    package_id: z.uuid(),
    status: z.string().meta({ example: 'signed' }),
    documents: z.array(z.object({ name: z.string(), sha256: z.string(), stamped_sha256: z.string().nullable() })),
    signatures: z.array(
      z.object({ full_name: z.string().meta({ example: 'С. А. М.' }), method: z.string(), signed_at: z.string(), valid: z.boolean() }),
    ),
  })
  .meta({ id: 'Verification' })

export const pageRoutes = [
  operation(
    {
      id: 'get-sign-token',
      method: 'get',
      path: '/sign/{token}',
      summary: 'The page on which people read and sign',
      tag: 'Signing page',
      access: 'public',
      params: z.object({ token: z.string().max(200) }),
      returns: { 200: { media: ['text/html'] } },
      errors: [404, 410],
    },
    async (ctx, { params, request }) => {
      const page = renderSignPage({ lang: langOf(request) })
      try {
        // A UUID is a contract's token, all else a package's link.
        await (z.uuid().safeParse(params.token).success ? loadByToken(ctx, params.token) : openLink(ctx, params.token))
        return html(200, page)
      } catch (error) {
        if (error instanceof AppError && (error.code === 'not_found' || error.code === 'gone')) return html(error.status, page)
        throw error
      }
    },
  ),
  operation(
    {
      id: 'get-verify-package_id',
      method: 'get',
      path: '/verify/{package_id}',
      summary: 'What was signed, by whom and when, in plain words',
      tag: 'Verification',
      access: 'public',
      params: z.object({ package_id: z.string().max(200) }),
      returns: { 200: { media: ['text/html'] } },
      errors: [404],
    },
    async (ctx, { params, request }) => {
      const lang = langOf(request)
      const v = z.uuid().safeParse(params.package_id).success ? await known(ctx, params.package_id.toLowerCase()) : null
      if (!v) return html(404, renderVerifyPage(null, lang))
      const status = STATUSES.find((s) => s === v.status) ?? 'in_progress'
      const signers = v.signers.map((s) => ({ name: s.name, action: 'signed' as const, method: asMethod(s.method), at: s.at }))
      return html(
        200,
        renderVerifyPage(
          {
            packageId: v.id,
            title: v.title,
            status,
            organization: v.organization,
            documents: v.documents,
            signers,
            timeZone: v.timeZone,
            valid: v.valid,
          },
          lang,
        ),
      )
    },
  ),
  operation(
    {
      id: 'get-api-v1-verify-package_id',
      method: 'get',
      path: '/api/v1/verify/{package_id}',
      summary: 'The same for programs',
      tag: 'Verification',
      access: 'public',
      params: z.object({ package_id: z.uuid() }),
      returns: { 200: { schema: Verification } },
      errors: [404],
    },
    async (ctx, { params }) => {
      const v = await verifyPackage(ctx, params.package_id.toLowerCase())
      return {
        valid: v.valid,
        package_id: v.id,
        status: v.status,
        documents: v.documents.map(({ name, sha256, stampedSha256 }) => ({ name, sha256, stamped_sha256: stampedSha256 })),
        signatures: v.signers.map((s) => ({ full_name: s.name, method: s.method, signed_at: s.at, valid: v.valid })),
      }
    },
  ),
]
