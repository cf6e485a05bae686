import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { fileKey, readBytes } from '../../src/documents/files.ts'
import { inPieces, storeStream } from '../../src/documents/store-stream.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import { newCtx, next } from '../factories.ts'

const MB = 1_048_576

/** Bytes that differ, so that a piece out of place shows. */
function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let i = 0, x = next() + 1; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, size)
}
/** In chunks of all sizes; fails after them where it is told to. */
function streamOf(bytes: Uint8Array, sizes: number[], failure?: Error): ReadableStream<Uint8Array> {
  let at = 0
  let n = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return failure ? controller.error(failure) : controller.close()
      const size = sizes[n++ % sizes.length] ?? 1
      controller.enqueue(bytes.subarray(at, at + size))
      at += size
    },
  })
}
const unfinished = async (orgId: number) => (await env.FILES.list({ prefix: `unfinished/${orgId}/` })).objects

describe('a stream that is kept', () => {
  it.each([0, 1000, 5 * MB - 1, 5 * MB, 5 * MB + 1, 12 * MB + 7])('of %i bytes lies under its hash, whole', async (size) => {
    const orgId = 900_000 + next()
    const bytes = bytesOf(size)
    const file = await storeStream(await newCtx(), orgId, streamOf(bytes, [1, 70_000, 3 * MB]), 'Отчёт.csv', 'text/csv')
    expect(file).toMatchObject({ orgId, size, name: 'Отчёт.csv', mime: 'text/csv', sha256: sha256Hex(bytes) })
    expect((await readBytes(await newCtx(), orgId, file.sha256)).byteLength).toBe(size)
    expect((await env.FILES.head(fileKey(orgId, file.sha256)))?.httpMetadata?.contentType).toBe('text/csv')
    expect(await unfinished(orgId)).toEqual([])
  })

  it('leaves nothing where it fails, early or late', async () => {
    for (const size of [1000, 11 * MB]) {
      const orgId = 900_000 + next()
      const broken = streamOf(bytesOf(size), [MB], new Error('the database went away'))
      await expect(storeStream(await newCtx(), orgId, broken, 'a.csv', 'text/csv')).rejects.toThrow('the database went away')
      expect((await env.FILES.list({ prefix: `organizations/${orgId}/` })).objects).toEqual([])
      expect(await unfinished(orgId)).toEqual([])
    }
  })

  it('is refused where it is too long, and read no further', async () => {
    const orgId = 900_000 + next()
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(MB).fill(pulled++)) })
    const kept = storeStream(await newCtx(), orgId, endless, 'a.csv', 'text/csv', 20 * MB)
    await expect(kept).rejects.toMatchObject({ code: 'unprocessable' })
    expect(pulled).toBeLessThan(30)
    expect(await unfinished(orgId)).toEqual([])
  })
})

it('pieces are of one size, whatever chunks they come in', async () => {
  for (const [size, chunks] of [
    [0, [1]],
    [10, [3]],
    [10, [100]],
    [12, [5, 1, 1]],
  ] as const) {
    const bytes = bytesOf(size)
    const pieces: Uint8Array[] = []
    for await (const piece of inPieces(streamOf(bytes, [...chunks]), 4)) pieces.push(piece)
    expect(pieces.map((p) => p.byteLength)).toEqual([...Array<number>(Math.floor(size / 4)).fill(4), ...(size % 4 ? [size % 4] : [])])
    expect(pieces.flatMap((p) => [...p])).toEqual([...bytes])
  }
})
