/** Number formats of lists and pages (ECMA-376 part 1, 17.18.59 ST_NumberFormat). */

// Without ё, й, ъ, ь, as the standard lists them.
const RUSSIAN = 'абвгдежзиклмнопрстуфхцчшщыэюя'
const LATIN = 'abcdefghijklmnopqrstuvwxyz'
const ROMAN: [number, string][] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
]

/** a … z, then aa, bb …: the letter is repeated. Bounded, since a list may be told to start at a billion. */
function letter(value: number, alphabet: string): string {
  if (value < 1) return ''
  const times = Math.min(30, Math.floor((value - 1) / alphabet.length) + 1)
  return (alphabet[(value - 1) % alphabet.length] ?? '').repeat(times)
}

function roman(value: number): string {
  if (value < 1 || value > 32767) return String(value)
  let rest = value
  let text = ''
  for (const [worth, digits] of ROMAN) {
    while (rest >= worth) {
      text += digits
      rest -= worth
    }
  }
  return text
}

const FOOTNOTE_MARKS = '*†‡§'

/** @returns the number in the format, or undefined when the format is unknown, so that the caller may warn and use decimals */
export function formatNumber(value: number, format: string): string | undefined {
  switch (format) {
    case 'decimal':
      return String(value)
    case 'decimalZero':
      return value >= 0 && value < 10 ? `0${value}` : String(value)
    case 'lowerLetter':
      return letter(value, LATIN)
    case 'upperLetter':
      return letter(value, LATIN).toUpperCase()
    case 'lowerRoman':
      return roman(value)
    case 'upperRoman':
      return roman(value).toUpperCase()
    case 'russianLower':
      return letter(value, RUSSIAN)
    case 'russianUpper':
      return letter(value, RUSSIAN).toUpperCase()
    case 'numberInDash':
      return `- ${value} -`
    case 'decimalEnclosedCircle':
      return value >= 1 && value <= 20 ? String.fromCodePoint(0x245f + value) : String(value)
    case 'decimalEnclosedParen':
      return `(${value})`
    case 'hex':
      return value.toString(16).toUpperCase()
    case 'chicago':
      return letter(value, FOOTNOTE_MARKS)
    case 'bullet':
    case 'none':
      return ''
    default:
      return undefined
  }
}
