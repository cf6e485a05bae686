/**
 * Sums of money and numbers in words, as documents of Kazakhstan spell them, in Russian and Kazakh. Amounts are in tiyn; everything throws
 * `RangeError` on what is not a whole number from 0 to the largest safe integer.
 *
 * «Тенге» and «тиын» do not change in Russian documents; «тенге» counts as masculine there («двадцать один тенге»), as accounting programs print
 * it. Tiyn stay digits, always two, since that is how a sum is closed against writing more in.
 */

export type WordsLanguage = 'ru' | 'kk'
type Gender = 'masculine' | 'feminine'

const RU_UNITS = ['', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять']
const RU_TEENS = [
  'десять',
  'одиннадцать',
  'двенадцать',
  'тринадцать',
  'четырнадцать',
  'пятнадцать',
  'шестнадцать',
  'семнадцать',
  'восемнадцать',
  'девятнадцать',
]
const RU_TENS = ['', '', 'двадцать', 'тридцать', 'сорок', 'пятьдесят', 'шестьдесят', 'семьдесят', 'восемьдесят', 'девяносто']
const RU_HUNDREDS = ['', 'сто', 'двести', 'триста', 'четыреста', 'пятьсот', 'шестьсот', 'семьсот', 'восемьсот', 'девятьсот']
/** After 1, after 2 to 4, after others. */
type Forms = readonly [one: string, few: string, many: string]
const RU_SCALES: readonly { forms: Forms; gender: Gender }[] = [
  { forms: ['', '', ''], gender: 'masculine' },
  { forms: ['тысяча', 'тысячи', 'тысяч'], gender: 'feminine' },
  { forms: ['миллион', 'миллиона', 'миллионов'], gender: 'masculine' },
  { forms: ['миллиард', 'миллиарда', 'миллиардов'], gender: 'masculine' },
  { forms: ['триллион', 'триллиона', 'триллионов'], gender: 'masculine' },
  { forms: ['квадриллион', 'квадриллиона', 'квадриллионов'], gender: 'masculine' },
]

const KK_UNITS = ['', 'бір', 'екі', 'үш', 'төрт', 'бес', 'алты', 'жеті', 'сегіз', 'тоғыз']
const KK_TENS = ['', 'он', 'жиырма', 'отыз', 'қырық', 'елу', 'алпыс', 'жетпіс', 'сексен', 'тоқсан']
const KK_SCALES = ['', 'мың', 'миллион', 'миллиард', 'триллион', 'квадриллион']

function ruForm(n: number, [one, few, many]: Forms): string {
  const [tens, units] = [Math.floor(n / 10) % 10, n % 10]
  if (tens === 1 || units === 0 || units > 4) return many
  return units === 1 ? one : few
}

function ruTriple(n: number, gender: Gender): string[] {
  const [hundreds, tens, units] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10]
  const feminine = gender === 'feminine' && units > 0 && units < 3
  const unit = feminine ? (units === 1 ? 'одна' : 'две') : RU_UNITS[units]
  return [RU_HUNDREDS[hundreds], ...(tens === 1 ? [RU_TEENS[units]] : [RU_TENS[tens], unit])].filter((word) => word !== undefined)
}

function kkTriple(n: number): string[] {
  const [hundreds, tens, units] = [Math.floor(n / 100), Math.floor(n / 10) % 10, n % 10]
  // «Жүз», not «бір жүз»; a thousand is «бір мың» in sums.
  return [KK_UNITS[hundreds === 1 ? 0 : hundreds], hundreds > 0 ? 'жүз' : '', KK_TENS[tens], KK_UNITS[units]].filter(
    (word) => word !== undefined,
  )
}

/** Groups of three digits, the highest first, each with its power of a thousand; empty ones are left out. */
function triples(n: number): { value: number; scale: number }[] {
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError('Not a whole number that can be spelled')
  const groups = []
  for (let [rest, scale] = [n, 0]; rest > 0; rest = Math.floor(rest / 1000), scale++) groups.unshift({ value: rest % 1000, scale })
  return groups.filter(({ value }) => value > 0)
}

/** A whole number in words, in small letters: `21` → «двадцать один», «жиырма бір». `gender` is of the thing counted, in Russian. */
export function numberInWords(n: number, language: WordsLanguage, gender: Gender = 'masculine'): string {
  const words = triples(n).flatMap(({ value, scale }) => {
    if (language === 'kk') return [...kkTriple(value), KK_SCALES[scale] ?? '']
    const { forms, gender: own } = RU_SCALES[scale] ?? { forms: ['', '', ''] as const, gender }
    return [...ruTriple(value, scale === 0 ? gender : own), ruForm(value, forms)]
  })
  const said = words.filter((word) => word !== '').join(' ')
  return said === '' ? (language === 'kk' ? 'нөл' : 'ноль') : said
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** A sum in tiyn: `100000115` → «Один миллион один тенге 15 тиын», «Бір миллион бір теңге 15 тиын». */
export function amountInWords(amount: number, language: WordsLanguage): string {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError('Not an amount that can be spelled')
  const tiyn = String(amount % 100).padStart(2, '0')
  return `${capital(numberInWords(Math.floor(amount / 100), language))} ${language === 'kk' ? 'теңге' : 'тенге'} ${tiyn} тиын`
}

const FRACTIONS: readonly Forms[] = [
  ['', '', ''],
  ['десятая', 'десятых', 'десятых'],
  ['сотая', 'сотых', 'сотых'],
  ['тысячная', 'тысячных', 'тысячных'],
]

/** A quantity in thousandths, in Russian: `1500` → «Одна целая пять десятых», `12000` → «Двенадцать». */
export function quantityInWords(quantity: number): string {
  if (!Number.isSafeInteger(quantity) || quantity < 0) throw new RangeError('Not a quantity that can be spelled')
  const whole = Math.floor(quantity / 1000)
  const digits = String(quantity % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '')
  if (digits === '') return capital(numberInWords(whole, 'ru'))
  const part = Number(digits)
  const integer = `${numberInWords(whole, 'ru', 'feminine')} ${ruForm(whole, ['целая', 'целых', 'целых'])}`
  return capital(`${integer} ${numberInWords(part, 'ru', 'feminine')} ${ruForm(part, FRACTIONS[digits.length] ?? ['', '', ''])}`)
}
