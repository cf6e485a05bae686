/** 1 for white space and delimiters: a table, as many bytes of a file are looked up. */
const BREAKS = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte <= 0x20 || '()<>[]{}/%'.includes(String.fromCharCode(byte))))

/**
 * Whether there is a name or a number of absurd length, which pdf-lib would build a character at a time. Runs after `<` are the digits of
 * hexadecimal strings (a signature has tens of thousands), and others are data of streams.
 *
 * What is longer than that covers one of any two places that are so far apart: only there the file is looked at.
 */
export function hasAbsurdToken(bytes: Uint8Array, longest = 20_000): boolean {
  for (let at = longest; at < bytes.length; at += longest + 1) {
    if (BREAKS[bytes[at] ?? 0] === 1) continue
    let start = at
    while (start > 0 && at - start <= longest && BREAKS[bytes[start - 1] ?? 0] === 0) start--
    const before = start === 0 ? 0 : (bytes[start - 1] ?? 0)
    const first = bytes[start] ?? 0
    const isToken = before === 0x2f || (before !== 0x3c && first >= 0x2b && first <= 0x39)
    let end = at
    while (end + 1 < bytes.length && BREAKS[bytes[end + 1] ?? 0] === 0) end++
    if (isToken && end - start >= longest) return true
    at = end
  }
  return false
}
