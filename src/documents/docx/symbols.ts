/** Unicode for the code points of the symbol fonts that word processors use for bullets and check boxes. Keys are the low bytes. */
const WINGDINGS: Record<number, string> = {
  0x21: '✏', 0x22: '✂', 0x23: '✁', 0x28: '☎', 0x29: '✆', 0x2a: '✉', 0x36: '⌛', 0x3f: '✍', 0x41: '✌', 0x46: '☞', 0x4a: '☺', 0x4c: '☹',
  0x4e: '☠', 0x51: '✈', 0x52: '☼', 0x58: '✠', 0x6c: '●', 0x6d: '❍', 0x6e: '■', 0x6f: '□', 0x70: '□', 0x71: '❑', 0x72: '❒', 0x73: '◆',
  0x74: '◆', 0x75: '◆', 0x76: '❖', 0x77: '◆', 0x78: '⊠', 0x9e: '·', 0x9f: '•', 0xa1: '○', 0xa4: '◉', 0xa6: '○', 0xa7: '▪', 0xa8: '◻',
  0xab: '★', 0xb2: '✧', 0xd5: '⌫', 0xd8: '➢', 0xdc: '➲', 0xdf: '←', 0xe0: '→', 0xe1: '↑', 0xe2: '↓', 0xe8: '➔', 0xef: '⇦', 0xf0: '⇨',
  0xfb: '✗', 0xfc: '✓', 0xfd: '☒', 0xfe: '☑',
} // prettier-ignore

const WINGDINGS_2: Record<number, string> = {
  0x4f: '✗', 0x50: '✓', 0x51: '☒', 0x52: '☑', 0x53: '☒', 0x54: '☒', 0x97: '●', 0xa3: '□', 0x2a: '☐',
} // prettier-ignore

const SYMBOL: Record<number, string> = {
  0x22: '∀', 0x24: '∃', 0x27: '∋', 0x2a: '∗', 0x2d: '−', 0x40: '≅', 0x5c: '∴', 0x5e: '⊥', 0x7e: '∼', 0xa0: '€', 0xa2: '′', 0xa3: '≤',
  0xa4: '⁄', 0xa5: '∞', 0xa8: '♦', 0xab: '↔', 0xac: '←', 0xad: '↑', 0xae: '→', 0xaf: '↓', 0xb0: '°', 0xb1: '±', 0xb2: '″', 0xb3: '≥',
  0xb4: '×', 0xb5: '∝', 0xb6: '∂', 0xb7: '•', 0xb8: '÷', 0xb9: '≠', 0xba: '≡', 0xbb: '≈', 0xbc: '…', 0xc5: '⊕', 0xc6: '∅', 0xce: '∈',
  0xd0: '∠', 0xd2: '®', 0xd3: '©', 0xd4: '™', 0xd5: '∏', 0xd6: '√', 0xd7: '⋅', 0xd8: '¬', 0xde: '⇒', 0xe0: '◊', 0xe5: '∑', 0xf2: '∫',
} // prettier-ignore

const GREEK = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ'
const GREEK_LOWER = 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ'
for (let i = 0; i < 26; i++) {
  SYMBOL[0x41 + i] = GREEK[i] ?? ''
  SYMBOL[0x61 + i] = GREEK_LOWER[i] ?? ''
}

const FONTS: Record<string, Record<number, string>> = { wingdings: WINGDINGS, 'wingdings 2': WINGDINGS_2, symbol: SYMBOL }

/** Fonts whose letters are pictures. */
export const isSymbolFont = (font: string | undefined): boolean =>
  font !== undefined && /^(wingdings|wingdings [23]|symbol|webdings)$/i.test(font.trim())

/**
 * The Unicode character that a code point of a symbol font looks like.
 * @param code as in `w:sym`: the font's own byte, or the same in the private area U+F000…U+F0FF
 */
export function symbolCharacter(font: string | undefined, code: number): string {
  const byte = code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code
  const table = FONTS[(font ?? '').trim().toLowerCase()]
  const found = table?.[byte]
  if (found) return found
  // A picture that we do not know is shown as a bullet: a wrong letter would read as text.
  if (isSymbolFont(font) && table !== SYMBOL) return '•'
  if (byte === 0xb7) return '•'
  if (byte >= 0x20 && byte < 0x7f) return String.fromCodePoint(byte)
  return code >= 0xf000 && code <= 0xf0ff ? '•' : String.fromCodePoint(code)
}

/** Text of a run in a symbol font, or with code points of the private area, as Unicode. */
export function symbolText(font: string | undefined, text: string): string {
  if (!isSymbolFont(font) && !/[\uf000-\uf0ff]/.test(text)) return text
  let out = ''
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    out += code === 0x20 || (code > 0xff && (code < 0xf000 || code > 0xf0ff)) ? character : symbolCharacter(font, code)
  }
  return out
}
