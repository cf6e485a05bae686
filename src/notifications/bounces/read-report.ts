import { failureOf, type Failure } from './delivery-status.ts'

/** What is read of a message: a report comes before the mail that it returns, and that may be as large as we sent it. */
const HEAD = 256 * 1024
/** A report has one level of parts, a forwarded one a few more. */
const LIMITS = { maxNestingDepth: 10, maxHeadersSize: 65_536 }
const STATUS = new Set(['message/delivery-status', 'message/global-delivery-status'])

/** The beginning of a stream; the rest is not read. */
async function headOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const head = new Uint8Array(HEAD)
  let filled = 0
  for await (const chunk of stream) {
    const some = chunk.subarray(0, HEAD - filled)
    head.set(some, filled)
    filled += some.byteLength
    if (filled === HEAD) break
  }
  return head.subarray(0, filled)
}

/** A report on delivery (RFC 6522), by its own account. */
const isReport = (contentType: string) =>
  /^\s*multipart\/report\s*;/i.test(contentType) && /;\s*report-type\s*=\s*"?delivery-status\b/i.test(contentType)

/** What a message says of a mail that did not arrive; undefined for anything but a report of that: answers of people and machines, spam, what can't be read. */
export async function readReport(raw: ReadableStream<Uint8Array>): Promise<Failure | undefined> {
  const bytes = await headOf(raw)
  const { default: PostalMime } = await import('postal-mime')
  try {
    // What it returns is not opened.
    const message = await PostalMime.parse(bytes, { ...LIMITS, attachmentEncoding: 'utf8', forceRfc822Attachments: true })
    if (!isReport(message.headers.find(({ key }) => key === 'content-type')?.value ?? '')) return undefined
    const status = message.attachments.find(({ mimeType }) => STATUS.has(mimeType))
    return typeof status?.content === 'string' ? failureOf(status.content) : undefined
  } catch {
    // Deeper or longer than any report.
    return undefined
  }
}
