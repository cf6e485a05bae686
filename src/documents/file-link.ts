import type { Ctx } from '../context.ts'
import { AppError, notFound } from '../http/errors.ts'
import { keyedHash, sameText, utf8 } from '../lib/hash.ts'
import { fromBase64, toBase64Url } from '../lib/ids.ts'
import { sendFile } from './files.ts'

interface Said {
  /** The file's id. */
  f: string
  /** Epoch seconds at which the link ends. */
  e: number
  /** Shown in place rather than kept. */
  i?: 1
}

const macOf = (ctx: Pick<Ctx, 'settings'>, said: string) => keyedHash(ctx.settings.APP_SECRET, 'file-link', said)

/**
 * An address that opens one file to whoever has it, for so many seconds and no longer: what it says is under a MAC, so that it can't be widened. A file that is
 * deleted takes its links with it.
 */
export async function fileLink(
  ctx: Pick<Ctx, 'settings' | 'now'>,
  fileId: string,
  seconds: number,
  how: 'inline' | 'attachment' = 'attachment',
): Promise<string> {
  const said: Said = { f: fileId, e: Math.floor(ctx.now.getTime() / 1000) + seconds, ...(how === 'inline' ? { i: 1 } : {}) }
  const text = toBase64Url(utf8(JSON.stringify(said)))
  return `${ctx.settings.PUBLIC_URL ?? ''}/files/${text}.${await macOf(ctx, text)}`
}

/** The file of a link. @throws AppError not_found for one that is not ours, gone for one that has ended */
export async function openFileLink(ctx: Ctx, token: string): Promise<Response> {
  const [text = '', mac = '', ...more] = token.split('.')
  if (more.length > 0 || !sameText(mac, await macOf(ctx, text))) throw notFound()
  const { f, e, i } = JSON.parse(new TextDecoder().decode(fromBase64(text))) as Said
  if (ctx.now.getTime() / 1000 >= e) throw new AppError('gone', 'This link has ended.')
  return sendFile(ctx, f, i ? 'inline' : 'attachment')
}
