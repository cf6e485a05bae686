/** What a picture says of itself in its first bytes. */
export interface Picture {
  mime: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  width: number
  height: number
}

const ascii = (bytes: Uint8Array, from: number, length: number) => String.fromCharCode(...bytes.subarray(from, from + length))
const two = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
const twoLow = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)

/** ISO/IEC 15948: the signature, then IHDR. */
function readPng(bytes: Uint8Array): Picture | undefined {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  if (!signature.every((byte, i) => bytes[i] === byte) || ascii(bytes, 12, 4) !== 'IHDR') return undefined
  // Sides of 65,536 and more, which the upper halves would be, are refused like any that is too long.
  const side = (at: number) => two(bytes, at) * 65_536 + two(bytes, at + 2)
  return { mime: 'image/png', width: side(16), height: side(20) }
}

/** ITU-T T.81, B.2.2: segments up to the frame header. */
function readJpeg(bytes: Uint8Array): Picture | undefined {
  if (two(bytes, 0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { mime: 'image/jpeg', width: two(bytes, at + 7), height: two(bytes, at + 5) }
    at += marker === 0xff ? 1 : 2 + Math.max(2, two(bytes, at + 2))
  }
  return undefined
}

/** RFC 9649: a RIFF container with a lossy, lossless or extended first chunk. */
function readWebp(bytes: Uint8Array): Picture | undefined {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 4) !== 'WEBP') return undefined
  const size = (width: number, height: number): Picture => ({ mime: 'image/webp', width, height })
  switch (ascii(bytes, 12, 4)) {
    case 'VP8 ':
      return two(bytes, 23) === 0x9d01 && bytes[25] === 0x2a ? size(twoLow(bytes, 26) & 0x3fff, twoLow(bytes, 28) & 0x3fff) : undefined
    case 'VP8L': {
      const packed = twoLow(bytes, 21) + twoLow(bytes, 23) * 65_536
      return bytes[20] === 0x2f ? size((packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1) : undefined
    }
    case 'VP8X':
      return size(twoLow(bytes, 24) + ((bytes[26] ?? 0) << 16) + 1, twoLow(bytes, 27) + ((bytes[29] ?? 0) << 16) + 1)
    default:
      return undefined
  }
}

/** GIF89a, 18: the logical screen. */
const readGif = (bytes: Uint8Array): Picture | undefined =>
  ['GIF87a', 'GIF89a'].includes(ascii(bytes, 0, 6)) ? { mime: 'image/gif', width: twoLow(bytes, 6), height: twoLow(bytes, 8) } : undefined

/** Reads kind and size of a PNG, JPEG, WebP or GIF by its bytes, whatever it is called; undefined for anything else. */
export function readPicture(bytes: Uint8Array): Picture | undefined {
  if (bytes.length < 30) return undefined
  const picture = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes) ?? readGif(bytes)
  return picture && picture.width > 0 && picture.height > 0 ? picture : undefined
}
