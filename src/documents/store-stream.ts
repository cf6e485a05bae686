import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { nodeCrypto } from '../lib/node.ts'
import { cleanFileName, fileKey, storeBytes, type FileRow } from './files.ts'

/** Of a multipart upload: R2 takes no smaller ones, and all but the last must be alike. */
const PART = 5 * 1_048_576
/** What a report's file may weigh. */
const MOST = 100 * 1_048_576

const tooLarge = (most: number) =>
  new AppError('unprocessable', `Файл был бы больше ${Math.floor(most / 1_048_576)} МБ: сузьте период или добавьте фильтры.`)

/** The bytes of a stream in pieces of one size; the last one may be shorter, and none is empty. */
export async function* inPieces(stream: ReadableStream<Uint8Array>, size: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(size)
  let filled = 0
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.byteLength;) {
      const some = chunk.subarray(at, at + size - filled)
      piece.set(some, filled)
      filled += some.byteLength
      at += some.byteLength
      if (filled < size) continue
      yield piece
      piece = new Uint8Array(size)
      filled = 0
    }
  }
  if (filled > 0) yield piece.subarray(0, filled)
}

/**
 * Puts a stream into R2 under the hash of what it held, in memory of a few pieces whatever its length: what is longer than one goes to a place of its own first,
 * since its hash is known only at its end. @throws AppError unprocessable for what is longer than `most`; nothing of it stays
 */
export async function storeStream(
  ctx: Ctx,
  orgId: number,
  stream: ReadableStream<Uint8Array>,
  name: string,
  mime: string,
  most = MOST,
): Promise<FileRow> {
  const pieces = inPieces(stream, PART)
  const first = await pieces.next()
  const opening = first.done ? new Uint8Array() : first.value
  if (opening.byteLength < PART) return storeBytes(ctx, orgId, opening, name, mime)

  const { FILES } = ctx.env
  const id = uuidv7(ctx.now.getTime())
  const place = `unfinished/${orgId}/${id}`
  const upload = await FILES.createMultipartUpload(place)
  const hash = nodeCrypto().createHash('sha256')
  const parts: R2UploadedPart[] = []
  let size = 0
  try {
    for (let next: IteratorResult<Uint8Array<ArrayBuffer>, void> = first; !next.done; next = await pieces.next()) {
      size += next.value.byteLength
      if (size > most) throw tooLarge(most)
      hash.update(next.value)
      parts.push(await upload.uploadPart(parts.length + 1, next.value))
    }
  } catch (error) {
    await pieces.return(undefined)
    await upload.abort()
    throw error
  }
  await upload.complete(parts)
  try {
    const sha256 = hash.digest('hex')
    const whole = await FILES.get(place)
    if (!whole) throw new Error('what was uploaded is not in R2')
    await FILES.put(fileKey(orgId, sha256), whole.body, { sha256, httpMetadata: { contentType: mime } })
    return { id, orgId, sha256, name: cleanFileName(name), mime, size, createdAt: ctx.now.toISOString() }
  } finally {
    await FILES.delete(place)
  }
}
