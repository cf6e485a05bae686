import * as z from 'zod'
import { loadByToken } from '../contracts/load.ts'
import { AppError } from '../http/errors.ts'
import { operation } from '../http/operation.ts'
import { openLink } from './at-link.ts'
import { langOf, type Lang } from '../http/lang.ts'
import { htmlAnswer } from './page/answer.ts'
import { isPackageToken } from './page/token.ts'
import { renderSignPage } from './page/page.ts'

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
      const page = (remembered?: Lang) =>
        renderSignPage({ lang: langOf(request, remembered), subject: isPackageToken(params.token) ? 'package' : 'contract' })
      try {
        // A UUID is a contract's token, all else a package's link.
        if (!z.uuid().safeParse(params.token).success) return htmlAnswer(200, page((await openLink(ctx, params.token)).participant.lang))
        await loadByToken(ctx, params.token)
        return htmlAnswer(200, page())
      } catch (error) {
        if (error instanceof AppError && (error.code === 'not_found' || error.code === 'gone')) return htmlAnswer(error.status, page())
        throw error
      }
    },
  ),
]
