import { nodeZlib } from '../lib/node.ts'

// Pictures carry more than they show: where and when a photo was taken, whose camera it was, notes, whole other files after the end. What is not needed to draw
// the picture is left out. Nothing is decoded: the pixels stay as they were.

const ascii = (bytes: Uint8Array, from: number, length: number) => String.fromCharCode(...bytes.subarray(from, from + length))
const two = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const four = (bytes: Uint8Array, at: number) => two(bytes, at) * 65_536 + two(bytes, at + 2)

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** What a PNG is drawn with; times, texts, EXIF and unknown chunks are not among them. */
const PNG_KEPT = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'sBIT', 'pHYs'])

/** ISO/IEC 15948, 5.3: chunks, each with its CRC, up to IEND. */
function stripPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const parts = [bytes.subarray(0, 8)]
  let drawn = false
  for (let at = 8; at + 12 <= bytes.length;) {
    const size = four(bytes, at)
    const end = at + 12 + size
    if (end > bytes.length || nodeZlib().crc32(bytes.subarray(at + 4, end - 4)) !== four(bytes, end - 4)) return undefined
    const type = ascii(bytes, at + 4, 4)
    if (PNG_KEPT.has(type)) parts.push(bytes.subarray(at, end))
    drawn ||= type === 'IDAT'
    if (type === 'IEND') return drawn ? join(parts) : undefined
    at = end
  }
  return undefined
}

/** The orientation of a photo (EXIF 2.32, tag 0x0112), 1 to 8; without it a phone's photo would lie on its side. */
function orientationOf(segment: Uint8Array): number | undefined {
  if (ascii(segment, 4, 6) !== 'Exif\0\0') return undefined
  const tiff = segment.subarray(10)
  const low = ascii(tiff, 0, 2) === 'II'
  const short = (at: number) => (low ? (tiff[at] ?? 0) | ((tiff[at + 1] ?? 0) << 8) : two(tiff, at))
  const long = (at: number) => (low ? short(at) + short(at + 2) * 65_536 : four(tiff, at))
  const directory = long(4)
  for (let i = 0; i < Math.min(short(directory), 200); i++) {
    const entry = directory + 2 + i * 12
    if (short(entry) === 0x0112) return short(entry + 8) <= 8 ? short(entry + 8) : undefined
  }
  return undefined
}

/** An EXIF segment that says the orientation and nothing else. */
const orientationSegment = (orientation: number) => {
  const exif = '\xff\xe1\0\x22Exif\0\0'
  const directory = 'MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0'
  return Uint8Array.from(`${exif}${directory}${String.fromCharCode(orientation)}\0\0\0\0\0\0`, (c) => c.charCodeAt(0))
}

/** Where the entropy-coded data of a scan ends: at the next marker that is neither stuffing nor a restart. */
function scanEnd(bytes: Uint8Array, from: number): number {
  let at = from
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0
    if (bytes[at] === 0xff && next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at
    at++
  }
  return bytes.length
}

/** ITU-T T.81, B.1: segments and scans up to EOI; of the applications' segments JFIF, the ICC profile and Adobe's colour transform stay. */
function stripJpeg(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const parts = [bytes.subarray(0, 2)]
  let scans = 0
  for (let at = 2; at + 1 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0xd9) return scans > 0 ? join([...parts, bytes.subarray(at, at + 2)]) : undefined
    const size = two(bytes, at + 2)
    const end = at + 2 + size
    if (size < 2 || end > bytes.length) return undefined
    const segment = bytes.subarray(at, end)
    const isOther = marker === 0xfe || (marker >= 0xe1 && marker <= 0xef && marker !== 0xe2 && marker !== 0xee)
    const orientation = marker === 0xe1 ? orientationOf(segment) : undefined
    if (orientation !== undefined && orientation > 1) parts.push(orientationSegment(orientation))
    // The other use of APP2 is MPF, which tells of further pictures in the file.
    if (!isOther && (marker !== 0xe2 || ascii(segment, 4, 11) === 'ICC_PROFILE')) parts.push(segment)
    at = end
    if (marker !== 0xda) continue
    scans++
    const data = scanEnd(bytes, end)
    parts.push(bytes.subarray(end, data))
    at = data
  }
  return undefined
}

/** GIF89a, appendix A: blocks up to the trailer; comments and applications' notes are left out, but for the one that repeats an animation. */
function stripGif(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  const subBlocks = (from: number) => {
    let at = from
    while ((bytes[at] ?? 0) > 0) at += 1 + (bytes[at] ?? 0)
    return at + 1
  }
  let at = 13 + tableSize(bytes[10] ?? 0)
  const parts = [bytes.subarray(0, at)]
  let images = 0
  while (at < bytes.length) {
    const introducer = bytes[at]
    if (introducer === 0x3b) return images > 0 ? join([...parts, bytes.subarray(at, at + 1)]) : undefined
    if (introducer !== 0x21 && introducer !== 0x2c) return undefined
    const isImage = introducer === 0x2c
    const end = subBlocks(isImage ? at + 11 + tableSize(bytes[at + 9] ?? 0) : at + 2)
    if (end > bytes.length) return undefined
    if (isImage) images++
    const repeats = bytes[at + 1] === 0xff && ascii(bytes, at + 3, 11) === 'NETSCAPE2.0'
    if (isImage || bytes[at + 1] === 0xf9 || repeats) parts.push(bytes.subarray(at, end))
    at = end
  }
  return undefined
}

/** The picture without anything that is not drawn; undefined where it is broken, or ends before its end. WebP is not taken here. */
export function stripPicture(bytes: Uint8Array, mime: 'image/png' | 'image/jpeg' | 'image/gif'): Uint8Array<ArrayBuffer> | undefined {
  switch (mime) {
    case 'image/png':
      return stripPng(bytes)
    case 'image/jpeg':
      return stripJpeg(bytes)
    case 'image/gif':
      return stripGif(bytes)
  }
}
