import { PAGE_CSP } from './shell.ts'
import { pickLang, type Lang } from './texts.ts'

/** A page for people, under the policy that both of them work under. */
export const htmlAnswer = (status: number, body: string): Response =>
  new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': PAGE_CSP,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  })

/** The language that a page is asked for in: `?lang=`, or the browser's own. */
export const langOf = (request: Request): Lang =>
  pickLang(new URL(request.url).searchParams.get('lang'), request.headers.get('accept-language'))
