import type { Ctx } from '../context.ts'
import { logUnknown } from '../http/log.ts'

const TIMEOUT_MS = 3000
const NO_SUCH_NAME = 3

interface DnsAnswer {
  Status?: unknown
  Answer?: { type?: unknown; data?: unknown }[]
}

/**
 * Whether mail can reach an address's domain, asked of DNS over HTTPS where `MAIL_DNS_URL` names a resolver (a setting, since the question tells somebody outside
 * which domains are typed in here). Only a clear no is one: no such name, or the null MX of RFC 7505. A resolver that is down refuses nobody.
 */
export async function mayReceive(ctx: Pick<Ctx, 'settings' | 'requestId'>, email: string): Promise<boolean> {
  const resolver = ctx.settings.MAIL_DNS_URL
  const domain = email.slice(email.lastIndexOf('@') + 1)
  if (resolver === undefined) return true
  try {
    const url = new URL(resolver)
    url.searchParams.set('name', domain)
    url.searchParams.set('type', 'MX')
    const response = await fetch(url, { headers: { accept: 'application/dns-json' }, signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (!response.ok) return true
    const { Status, Answer = [] } = await response.json<DnsAnswer>()
    return Status !== NO_SUCH_NAME && !Answer.some(({ data }) => typeof data === 'string' && /^0\s+\.$/.test(data.trim()))
  } catch (error) {
    logUnknown(error, ctx.requestId, 'mail domain')
    return true
  }
}
