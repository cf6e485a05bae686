import type { Settings } from '../env.ts'
import { AppError } from '../http/errors.ts'

const LOCAL_NAME = /(^|\.)(localhost|localdomain|local|internal|private|lan|home|corp|intranet|svc|test|invalid|example|onion|alt|arpa)$/i
const PORTS = new Set(['', '443', '8443'])

const refuse = (message: string) =>
  new AppError('validation', 'The url is not one that we may call.', { issues: [{ path: 'url', message }] })

/**
 * Whether we may call a url that a customer gave (server-side request forgery): https, a public name rather than an address, a web port,
 * no credentials. Development may call itself and its neighbours.
 */
export function checkTarget(settings: Pick<Settings, 'WEBHOOKS_ALLOW_LOCAL' | 'ENVIRONMENT'>, text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw refuse('is not an absolute url')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('must be https')
  if (url.username || url.password) throw refuse('must not carry credentials')
  if (settings.ENVIRONMENT === 'development' && settings.WEBHOOKS_ALLOW_LOCAL) return url
  if (url.protocol !== 'https:') throw refuse('must be https')
  if (!PORTS.has(url.port)) throw refuse('must use port 443 or 8443')
  // The URL parser has already turned 0x7f.1, 2130706433 and the like into dotted quads.
  if (/^[\d.]+$/.test(url.hostname) || url.hostname.includes(':') || url.hostname.startsWith('['))
    throw refuse('must name a host, not an address')
  const name = url.hostname.replace(/\.+$/, '')
  if (!name.includes('.') || LOCAL_NAME.test(name)) throw refuse('must be a public name')
  return url
}
