/** 1 for white space and delimiters: a table, as every byte of a file is looked up. */
const BREAKS = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte <= 0x20 || '()<>[]{}/%'.includes(String.fromCharCode(byte))))

/**
 * Whether there is a name or a number of absurd length, which pdf-lib would build a character at a time. Runs after `<` are the digits of
 * hexadecimal strings (a signature has tens of thousands), and others are data of streams.
 */
export function hasAbsurdToken(bytes: Uint8Array, longest = 20_000): boolean {
  let run = 0
  let token = false
  let last = 0
  for (const byte of bytes) {
    if (BREAKS[byte] === 1) {
      run = 0
      token = byte === 0x2f
    } else {
      if (run++ === 0) token ||= last !== 0x3c && byte >= 0x2b && byte <= 0x39
      if (token && run > longest) return true
    }
    last = byte
  }
  return false
}
