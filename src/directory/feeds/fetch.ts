/** Why a feed could not be read; the message names no address, as one may hold a key. */
export class FeedError extends Error {}

const MAX_BYTES = 4 * 1_048_576
const TIMEOUT_MS = 15_000

async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body ?? []) {
    size += part.length
    // Leaving the loop cancels the stream.
    if (size > MAX_BYTES) throw new FeedError('is too large')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** A feed's text, whatever its encoding. @throws FeedError */
export async function fetchFeed(url: string, timeout = TIMEOUT_MS): Promise<string> {
  let response: Response
  let bytes: Uint8Array<ArrayBuffer>
  try {
    response = await fetch(url, {
      headers: { accept: 'application/xml, text/xml, application/rss+xml;q=0.9' },
      signal: AbortSignal.timeout(timeout),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      throw new FeedError(`answered ${response.status}`)
    }
    bytes = await readBounded(response.body)
  } catch (error) {
    if (error instanceof FeedError) throw error
    throw new FeedError(error instanceof Error && error.name === 'TimeoutError' ? 'took too long' : 'cannot be reached')
  }
  return decodeFeed(bytes, response.headers.get('content-type') ?? '')
}

/** The encoding by its mark, by the answer's header, or by the XML declaration, in the order of RFC 7303; a wrong one is passed over. */
export function decodeFeed(bytes: Uint8Array<ArrayBuffer>, contentType: string): string {
  const [a, b] = bytes
  const marked = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be' : undefined
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const said = /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]
  const declared = /^(?:ï»¿)?\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w-]+)/i.exec(start)?.[1]
  for (const label of [marked, said, declared, 'utf-8']) {
    if (!label) continue
    try {
      return new TextDecoder(label, { fatal: true, ignoreBOM: false }).decode(bytes)
    } catch {
      // Not that one.
    }
  }
  throw new FeedError('is in an encoding that cannot be read')
}
