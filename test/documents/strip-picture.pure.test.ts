import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { stripPicture } from '../../src/documents/strip-picture.ts'

const ascii = (text: string) => Array.from(text, (c) => c.charCodeAt(0))
const big = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
const bytes = (...parts: (number[] | Uint8Array)[]) => Uint8Array.from(parts.flatMap((p) => Array.from(p)))
const latin = (b: Uint8Array | undefined) => String.fromCharCode(...(b ?? []))

const chunk = (type: string, data: number[] | Uint8Array) => {
  const body = bytes(ascii(type), data)
  return bytes(big(data.length), body, big(crc32(body)))
}
const HEAD = bytes([0x89], ascii('PNG\r\n'), [0x1a, 0x0a])
const IHDR = chunk('IHDR', [...big(1), ...big(1), 8, 2, 0, 0, 0])
const IDAT = chunk('IDAT', deflateSync(Uint8Array.from([0, 255, 255, 255])))
const IEND = chunk('IEND', [])
const PNG = bytes(HEAD, IHDR, IDAT, IEND)

const segment = (marker: number, data: number[]) => [0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255, ...data]
const SOI = [0xff, 0xd8]
const EOI = [0xff, 0xd9]
const JFIF = segment(0xe0, [...ascii('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0])
const FRAME = segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0])
const SCAN = [...segment(0xda, [1, 1, 0, 0, 63, 0]), 0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]
/** A phone's EXIF: turned by 90°, and the model of the camera. */
const exif = (orientation: number) =>
  segment(
    0xe1,
    [
      ascii('Exif\0\0II'),
      [42, 0, 8, 0, 0, 0, 2, 0],
      [0x10, 0x01, 2, 0, 4, 0, 0, 0],
      ascii('Pix\0'),
      [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0],
      [0, 0, 0, 0],
    ].flat(),
  )
const JPEG = bytes(SOI, JFIF, FRAME, SCAN, EOI)

const GIF_HEAD = [...ascii('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
const GIF_IMAGE = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0]
const GIF = bytes(GIF_HEAD, GIF_IMAGE, [0x3b])

describe('a picture without what it does not show', () => {
  it('PNG: texts, time, EXIF and what follows the end are gone, the drawing is the same', () => {
    const noted = bytes(
      HEAD,
      IHDR,
      chunk('tEXt', ascii('Author\0Ivan')),
      chunk('eXIf', ascii('MM gps')),
      IDAT,
      chunk('tIME', [7, 232, 1, 1, 0, 0, 0]),
      IEND,
      ascii('PK another file'),
    )
    expect(stripPicture(noted, 'image/png')).toEqual(PNG)
  })
  it('JPEG: EXIF, notes and a second picture are gone', () => {
    const noted = bytes(
      SOI,
      JFIF,
      exif(1),
      segment(0xed, ascii('Photoshop')),
      segment(0xfe, ascii('note')),
      FRAME,
      SCAN,
      EOI,
      SOI,
      ascii('MPF'),
    )
    expect(stripPicture(noted, 'image/jpeg')).toEqual(JPEG)
  })
  it('JPEG: of a turned photo the turn alone stays', () => {
    const got = stripPicture(bytes(SOI, exif(6), FRAME, SCAN, EOI), 'image/jpeg')
    expect(latin(got)).not.toContain('Pix')
    expect(got).toEqual(
      bytes(
        SOI,
        segment(0xe1, [...ascii('Exif\0\0MM'), 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]),
        FRAME,
        SCAN,
        EOI,
      ),
    )
  })
  it('JPEG: ICC stays, MPF does not; a progressive one keeps all its scans', () => {
    const icc = segment(0xe2, ascii('ICC_PROFILE\0..'))
    const got = stripPicture(bytes(SOI, icc, segment(0xe2, ascii('MPF\0..')), FRAME, SCAN, SCAN, EOI), 'image/jpeg')
    expect(got).toEqual(bytes(SOI, icc, FRAME, SCAN, SCAN, EOI))
  })
  it('GIF: comments and applications’ notes are gone, the loop stays', () => {
    const loop = [0x21, 0xff, 11, ...ascii('NETSCAPE2.0'), 3, 1, 0, 0, 0]
    const xmp = [0x21, 0xff, 11, ...ascii('XMP DataXMP'), 2, 1, 2, 0]
    const got = stripPicture(bytes(GIF_HEAD, loop, xmp, [0x21, 0xfe, 3, 1, 2, 3, 0], GIF_IMAGE, [0x3b], ascii('rest')), 'image/gif')
    expect(got).toEqual(bytes(GIF_HEAD, loop, GIF_IMAGE, [0x3b]))
  })
  it.each([
    ['PNG', PNG, 'image/png'],
    ['JPEG', JPEG, 'image/jpeg'],
    ['GIF', GIF, 'image/gif'],
  ] as const)('%s: every way to cut it is refused or harmless', (_, whole, mime) => {
    expect(stripPicture(whole, mime)).toEqual(whole)
    for (let size = 0; size < whole.length; size++) expect(stripPicture(whole.subarray(0, size), mime), `cut to ${size}`).toBeUndefined()
  })
  it('a PNG with a wrong checksum is refused', () => {
    const spoilt = PNG.slice()
    spoilt[30] = (spoilt[30] ?? 0) ^ 1
    expect(stripPicture(spoilt, 'image/png')).toBeUndefined()
  })
})
