import type { Ctx } from '../../context.ts'
import { keyedHash, sha256Hex } from '../../lib/hash.ts'

/** Letters that survive a mail server which writes addresses small: 160 bits in hexadecimal. */
const TOKEN = /^bounce-([0-9a-f]{40})$/

/** What stands in the return address of one mail; it follows from the job that sends it, so that every try has the same. */
export const returnToken = async ({ settings }: Pick<Ctx, 'settings'>, jobId: string): Promise<string> =>
  sha256Hex(await keyedHash(settings.APP_SECRET, 'mail-return', jobId)).slice(0, 40)

/** As the token is kept: whoever reads the database can't report failures in a mail server's name. */
export const returnHash = (token: string): string => sha256Hex(`mail-return:${token}`)

/** Where a mail server is to report that a mail can't be delivered (VERP): one address for each mail; null where nothing is received. */
export const returnAddress = ({ settings }: Pick<Ctx, 'settings'>, token: string): string | null =>
  settings.MAIL_BOUNCE_DOMAIN === undefined ? null : `bounce-${token}@${settings.MAIL_BOUNCE_DOMAIN}`

/** The token of an address that a report came to; undefined for one that is none of ours. */
export function readReturnAddress({ settings }: Pick<Ctx, 'settings'>, address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1).toLowerCase()
  if (at < 0 || domain !== settings.MAIL_BOUNCE_DOMAIN) return undefined
  return TOKEN.exec(address.slice(0, at).toLowerCase())?.[1]
}
