import { AppError } from './errors.ts'
import { sha256Hex } from '../lib/hash.ts'

const MAX_DEPTH = 32
export const MAX_JSON_BYTES = 1_048_576
export const MAX_FORM_BYTES = 16 * 1_048_576

// The characters that no text of ours may hold: C0 controls but tab and line ends, DEL, noncharacters, and halves of surrogate pairs.
export const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Reads at most `limit` bytes of a body; a longer one is refused as soon as it is seen, whatever its Content-Length says. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError('too_large', `The body is larger than ${Math.floor(limit / 1_048_576)} MB.`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge()
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of request.body ?? []) {
    size += part.byteLength
    if (size > limit) throw tooLarge()
    parts.push(part)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** Refuses nesting that would exhaust the stack of whoever walks it; counts brackets outside strings. */
function checkDepth(text: string): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (inString) {
      if (c === 0x5c) i++
      else if (c === 0x22) inString = false
    } else if (c === 0x22) inString = true
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > MAX_DEPTH) throw new AppError('bad_request', `The JSON is nested deeper than ${MAX_DEPTH} levels.`)
    } else if (c === 0x5d || c === 0x7d) depth--
  }
}

function checkText(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (FORBIDDEN.test(value))
      throw new AppError('validation', 'The request is not valid.', {
        issues: [{ path, message: 'has control characters or broken Unicode' }],
      })
  } else if (Array.isArray(value)) for (const [i, item] of value.entries()) checkText(item, path ? `${path}.${i}` : String(i))
  else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      checkText(key, path)
      checkText(item, path ? `${path}.${key}` : key)
    }
  }
}

export interface ReadBody {
  value: unknown
  /** SHA-256 of what was said, the same however it was framed. */
  hash: string
}

const mediaType = (request: Request) => (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''

export const isForm = (request: Request): boolean => mediaType(request) === 'multipart/form-data'

/** A JSON body (RFC 8259, UTF-8). An empty body reads as `undefined`. */
export async function readJson(request: Request, limit = MAX_JSON_BYTES): Promise<ReadBody> {
  const type = mediaType(request)
  const bytes = await readBytes(request, limit)
  if (bytes.length === 0) return { value: undefined, hash: sha256Hex('') }
  if (type !== 'application/json' && !type.endsWith('+json')) throw new AppError('bad_request', 'Send the body as application/json.')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new AppError('bad_request', 'The body is not UTF-8.')
  }
  checkDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AppError('bad_request', 'The body is not valid JSON.')
  }
  checkText(value, '')
  return { value, hash: sha256Hex(bytes) }
}

/** A browser sends a file without a name and bytes for a file field that was left alone. */
const isEmpty = (entry: string | File) => (typeof entry === 'string' ? entry === '' : entry.size === 0 && entry.name === '')

/** A multipart/form-data body: text fields as strings, files as `File`; a name that comes again makes an array. */
export async function readForm(request: Request, limit = MAX_FORM_BYTES, emptyIsNull = false): Promise<ReadBody> {
  if (!isForm(request)) throw new AppError('bad_request', 'Send the body as multipart/form-data.')
  const bytes = await readBytes(request, limit)
  let form: FormData
  try {
    form = await new Response(bytes, { headers: { 'content-type': request.headers.get('content-type') ?? '' } }).formData()
  } catch {
    throw new AppError('bad_request', 'The multipart body is broken.')
  }
  const value: Record<string, unknown> = Object.create(null)
  const said: string[] = []
  for (const [name, entry] of form.entries() as IterableIterator<[string, string | File]>) {
    if (said.length >= 200) throw new AppError('bad_request', 'The form has more than 200 parts.')
    checkText(name, '')
    if (typeof entry === 'string') checkText(entry, name)
    said.push(
      `${name}=${typeof entry === 'string' ? entry : `${entry.name}:${entry.type}:${sha256Hex(new Uint8Array(await entry.arrayBuffer()))}`}`,
    )
    const kept = emptyIsNull && isEmpty(entry) ? null : entry
    value[name] = name in value ? [value[name], kept].flat() : kept
  }
  return { value, hash: sha256Hex(said.join('\n')) }
}
