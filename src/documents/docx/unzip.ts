import { nodeZlib } from '../../lib/node.ts'
import { AppError } from '../../http/errors.ts'

/** What an archive may hold; a bomb is refused by these before it is unpacked. Sizes in bytes. */
export const ZIP_LIMITS = {
  file: 15_000_000,
  part: 30_000_000,
  total: 60_000_000,
  entries: 2000,
  nameLength: 512,
  /** Unpacked to packed. Parts below `ratioFloor` may be denser: a run of spaces is no bomb. */
  ratio: 200,
  ratioFloor: 1_000_000,
} as const

interface Entry {
  name: string
  flags: number
  method: number
  crc: number
  packed: number
  size: number
  offset: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_SIZE = 22

const bad = (message: string) => new AppError('bad_file', message)
const damaged = (what = 'the archive') => bad(`The file is damaged: ${what} cannot be read. It may have been cut off on the way.`)

/**
 * Unpacks a ZIP archive (PKWARE APPNOTE 6.3, without ZIP64) into memory, by name, in the order of its directory.
 *
 * Strict where readers differ, so that nobody sees other contents than we do: the directory and the local headers must agree, entries may
 * not overlap or share a name (compared without case, as OPC does), sizes and checksums must be true. Each part is inflated natively with
 * a ceiling set by its declared size, so a lying header costs little memory.
 *
 * @throws AppError `bad_file`
 */
export function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  const limits = ZIP_LIMITS
  if (bytes.length > limits.file) throw bad(`The file is larger than ${limits.file / 1e6} MB.`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = readDirectory(bytes, view)
  const parts = new Map<string, Uint8Array>()
  const seen = new Set<string>()
  let total = 0
  let free = 0
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    const name = entry.name
    checkName(name)
    const key = name.toLowerCase()
    if (seen.has(key)) throw bad(`The archive holds "${name}" twice.`)
    seen.add(key)
    if (entry.flags & 0x2041) throw bad('The archive is encrypted. Save the document without a password.')
    if (entry.method !== 0 && entry.method !== 8) throw bad(`"${name}" is packed by a method that documents do not use.`)
    if (entry.size > limits.part) throw bad(`"${name}" unpacks to more than ${limits.part / 1e6} MB.`)
    if (entry.size > limits.ratioFloor && entry.size > entry.packed * limits.ratio)
      throw bad(`"${name}" is packed too densely to be a document.`)
    total += entry.size
    if (total > limits.total) throw bad(`The file unpacks to more than ${limits.total / 1e6} MB.`)
    const start = dataStart(bytes, view, entry)
    if (entry.offset < free) throw bad('The archive is malformed: its entries overlap.')
    free = start + entry.packed
    if (free > bytes.length) throw damaged(`"${name}"`)
    if (!name.endsWith('/')) parts.set(name, inflate(bytes.subarray(start, free), entry))
    else if (entry.size) throw bad(`The archive is malformed: the folder "${name}" has contents.`)
  }
  return parts
}

function readDirectory(bytes: Uint8Array, view: DataView): Entry[] {
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const stop = at + view.getUint32(end + 12, true)
  if (view.getUint32(end + 4, true) !== 0 || count !== view.getUint16(end + 8, true))
    throw bad('Archives in several volumes are not taken.')
  if (count > ZIP_LIMITS.entries) throw bad(`The archive holds more than ${ZIP_LIMITS.entries} entries.`)
  if (stop > end) throw damaged()
  const entries: Entry[] = []
  while (entries.length < count) {
    if (at + 46 > stop || view.getUint32(at, true) !== CENTRAL) throw damaged()
    const nameLength = view.getUint16(at + 28, true)
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > stop || nameLength > ZIP_LIMITS.nameLength) throw damaged()
    const entry = {
      name: decodeName(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    if ([entry.packed, entry.size, entry.offset].includes(0xffffffff))
      throw bad('The archive uses ZIP64, which documents of this size do not need.')
    entries.push(entry)
    at = next
  }
  return entries
}

/** The end record closes the file, but for a comment of the length that it names. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_SIZE
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength) return at
  }
  throw damaged()
}

/** Where an entry's data begin, after its local header, which must say the same as the directory. */
function dataStart(bytes: Uint8Array, view: DataView, entry: Entry): number {
  const at = entry.offset
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL) throw damaged(`"${entry.name}"`)
  const nameEnd = at + 30 + view.getUint16(at + 26, true)
  const start = nameEnd + view.getUint16(at + 28, true)
  if (start > bytes.length) throw damaged(`"${entry.name}"`)
  const same = view.getUint16(at + 8, true) === entry.method && decodeName(bytes.subarray(at + 30, nameEnd)) === entry.name
  if (!same) throw bad('The archive is malformed: its directory and its entries disagree.')
  return start
}

/** UTF-8, whatever the flag says; the old code pages show as Latin-1, which harms nobody: the parts we read have ASCII names. */
function decodeName(raw: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(raw)
  } catch {
    return String.fromCharCode(...raw)
  }
}

function checkName(name: string): void {
  const steps = name.split('/')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const odd = name === '' || /[\\\u0000-\u001f\u007f]/.test(name) || name.startsWith('/') || /^[a-z]:/i.test(name)
  // `__proto__` would be lost in objects that libraries make of the names.
  if (odd || steps.includes('__proto__') || steps.includes('..') || steps.includes('.') || steps.slice(0, -1).includes('')) {
    throw bad(`The archive holds an entry with an unsafe name: ${JSON.stringify(name.slice(0, 80))}.`)
  }
}

function inflate(data: Uint8Array, { name, method, size, crc }: Entry): Uint8Array {
  let part: Uint8Array
  try {
    // Twice the size, as workerd compares the limit with its buffer, which grows by doubling. What is longer than declared is refused below.
    const raw = method === 0 ? data : nodeZlib().inflateRawSync(data, { maxOutputLength: 2 * size + 65_536 })
    // A plain view: Node's Buffer subclass would change what slice() means to later readers.
    part = new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength)
  } catch {
    throw bad(`"${name}" is damaged, or unpacks to more than it declares.`)
  }
  if (part.length !== size || nodeZlib().crc32(part) !== crc) throw bad(`"${name}" is damaged: its size or checksum is wrong.`)
  return part
}
