import { describe, expect, it } from 'vitest'
import { readPicture } from '../../src/documents/picture.ts'

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (c) => c.charCodeAt(0)) : part)))
const PAD = Array.from({ length: 40 }, () => 0)

const png = (width: number[], height: number[]) => bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', width, height, PAD)
const jpeg = (frame: number) => bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xff, frame, 0, 17, 8, 0x03, 0x20, 0x04, 0x00], PAD)
const webp = (chunk: string, rest: number[]) => bytes('RIFF', [0, 0, 0, 0], 'WEBP', chunk, [0, 0, 0, 0], rest, PAD)

describe('a picture', () => {
  it.each([
    ['PNG', png([0, 0, 1, 0], [0, 0, 0, 5]), { mime: 'image/png', width: 256, height: 5 }],
    ['PNG of many pixels', png([0xff, 0, 0, 0], [0, 0, 0, 1]), { mime: 'image/png', width: 0xff000000, height: 1 }],
    ['JPEG', jpeg(0xc0), { mime: 'image/jpeg', width: 1024, height: 800 }],
    ['progressive JPEG', jpeg(0xc2), { mime: 'image/jpeg', width: 1024, height: 800 }],
    ['lossy WebP', webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]), { mime: 'image/webp', width: 320, height: 240 }],
    // 14 bits of width less one, then 14 of height less one: 320 × 240
    ['lossless WebP', webp('VP8L', [0x2f, 0x3f, 0xc1, 0x3b, 0x00]), { mime: 'image/webp', width: 320, height: 240 }],
    ['extended WebP', webp('VP8X', [0, 0, 0, 0, 0x3f, 0x01, 0x00, 0xef, 0x00, 0x00]), { mime: 'image/webp', width: 320, height: 240 }],
    ['GIF', bytes('GIF89a', [64, 1, 240, 0], PAD), { mime: 'image/gif', width: 320, height: 240 }],
  ])('%s', (_, file, picture) => expect(readPicture(file)).toEqual(picture))

  it.each([
    ['nothing', bytes()],
    ['zeros', bytes(PAD)],
    ['PNG without width', png([0, 0, 0, 0], [0, 0, 0, 1])],
    ['JPEG without a frame', bytes([0xff, 0xd8, 0xff, 0xda, 0, 8], PAD)],
    [
      'JPEG that ends',
      bytes(
        [0xff, 0xd8],
        Array.from({ length: 40 }, () => 0xff),
      ),
    ],
    ['WebP of another kind', webp('ALPH', [])],
    ['WebP without a start code', webp('VP8 ', [])],
    ['GIF without a height', bytes('GIF89a', [1, 0, 0, 0], PAD)],
    ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')],
  ])('%s is none', (_, file) => expect(readPicture(file)).toBeUndefined())
})
