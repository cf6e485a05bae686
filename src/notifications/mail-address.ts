import * as z from 'zod'

const local = z.email()
/** What may stand in a name of DNS before it becomes ASCII. */
const NAME = /^[\p{L}\p{M}\p{N}.-]+$/u
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])$/

/**
 * An address as mail servers take it: a domain in any script (`sales@пример.рф`) becomes its ASCII form (RFC 5891), the part before it is ASCII already, since few
 * servers take another. Undefined for what is no address.
 */
export function mailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  const [name, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || name.length > 64 || !local.safeParse(`${name}@example.com`).success || !NAME.test(domain)) return undefined
  const url = URL.parse(`http://${domain}`)
  const host = url?.hostname ?? ''
  if (!HOST.test(host) || host.length + name.length + 1 > 254) return undefined
  // As it was written where nothing had to change but the case.
  return host === domain.toLowerCase() ? text : `${name}@${host}`
}
