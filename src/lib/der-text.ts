// The character strings of ASN.1 (X.690, 8.23) by tag number.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const fixedWidth = (body: Uint8Array, width: number): string | undefined => {
  if (body.length % width !== 0) return undefined
  let text = ''
  for (let at = 0; at < body.length; at += width) {
    let code = 0
    for (let i = 0; i < width; i++) code = code * 256 + (body[at + i] as number)
    if (code > 0x10ffff) return undefined
    text += width === 2 ? String.fromCharCode(code) : String.fromCodePoint(code)
  }
  return text
}

function singleByte(body: Uint8Array, highest: number): string | undefined {
  let text = ''
  for (const octet of body) {
    if (octet > highest) return undefined
    text += String.fromCharCode(octet)
  }
  return text
}

/** The text of a string's contents, or `undefined` when the tag is no string or the octets do not fit it. T61String is read as Latin-1, as others do. */
export function decodeText(tag: number, body: Uint8Array): string | undefined {
  switch (tag) {
    case 12:
      try {
        return utf8.decode(body)
      } catch {
        return undefined
      }
    case 18: // NumericString
    case 19: // PrintableString
    case 22: // IA5String
    case 26: // VisibleString
      return singleByte(body, 0x7f)
    case 20: // T61String
      return singleByte(body, 0xff)
    case 28: // UniversalString
      return fixedWidth(body, 4)
    case 30: // BMPString
      return fixedWidth(body, 2)
    default:
      return undefined
  }
}
