import { PAGE_CSP } from './shell.ts'

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
