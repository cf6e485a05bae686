import { divideHalfUp, formatDecimal, tryParseDecimal } from '../../lib/money.ts'
import { FeedError } from './fetch.ts'
import { allOf, parseFeed, textOf, type Element } from './xml.ts'

export const CURRENCIES = ['CNY', 'USD', 'RUB', 'EUR'] as const
export type Currency = (typeof CURRENCIES)[number]

/** Digits after the point of a rate: tenge for one unit. */
const SCALE = 6
const ONE = 10n ** BigInt(SCALE)
/** No currency is a million tenge: such a number is a mistake, and would not be counted with. */
const MOST = 1_000_000n * ONE

/** The official rates of a day. */
export interface DayRates {
  /** `YYYY-MM-DD`. */
  date: string
  /** Tenge for one unit, in millionths. */
  rates: Record<Currency, number>
}

const decimal = (text: string | undefined) =>
  text === undefined ? undefined : tryParseDecimal(text.replace(/\s/g, '').replace(',', '.'), SCALE)
/** A day that there is: of another one nobody could tell how old it is. */
function isoDate(text: string | undefined): string | undefined {
  const [, day, month, year] = /^(\d\d)\.(\d\d)\.(\d{4})$/.exec(text ?? '') ?? []
  const date = `${year}-${month}-${day}`
  const at = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date) ? date : undefined
}

/** Rates for some number of units, by currency; what has no rate, or not for how many, is left out. */
type Quotes = Map<string, { value: bigint; units: bigint }>

function quotesOf(elements: Element[], [code, value, units]: [string, string, string]): Quotes {
  const quotes: Quotes = new Map()
  for (const element of elements) {
    const [rate, number] = [decimal(textOf(element, value)), decimal(textOf(element, units))]
    if (rate && rate > 0 && number && number > 0) quotes.set(textOf(element, code) ?? '', { value: BigInt(rate), units: BigInt(number) })
  }
  return quotes
}

function complete(date: string | undefined, rateOf: (currency: Currency) => bigint | undefined): DayRates {
  if (!date) throw new FeedError('tells no date')
  const rates = CURRENCIES.map((currency) => [currency, rateOf(currency)] as const)
  const missing = rates.filter(([, rate]) => !rate || rate > MOST).map(([currency]) => currency)
  if (missing.length > 0) throw new FeedError(`has no rate of ${missing.join(', ')}`)
  return { date, rates: Object.fromEntries(rates.map(([currency, rate]) => [currency, Number(rate)])) as DayRates['rates'] }
}

/** The National Bank of Kazakhstan: `rates_all.xml`, or the rates of a day. @throws FeedError */
export function parseNationalBank(text: string): DayRates {
  const root = parseFeed(text)
  const items = allOf(root, 'item')
  if (items.length === 0) throw new FeedError('has no rates')
  const quotes = quotesOf(items, ['title', 'description', 'quant'])
  const dated = items.map((item) => isoDate(textOf(item, 'pubDate'))).find((date) => date !== undefined)
  return complete(isoDate(textOf(root, 'date')) ?? dated, (currency) => {
    const quote = quotes.get(currency)
    return quote && divideHalfUp(quote.value * ONE, quote.units)
  })
}

/** The Bank of Russia, whose rates are in roubles: the tenge is one of its currencies, by which the others are reckoned. @throws FeedError */
export function parseBankOfRussia(text: string): DayRates {
  const root = parseFeed(text)
  const quotes = quotesOf(allOf(root, 'Valute'), ['CharCode', 'Value', 'Nominal'])
  const tenge = quotes.get('KZT')
  if (!tenge) throw new FeedError('has no rate of KZT')
  return complete(isoDate(root.attributes.Date), (currency) => {
    const quote = currency === 'RUB' ? { value: ONE, units: ONE } : quotes.get(currency)
    return quote && divideHalfUp(quote.value * tenge.units * ONE, quote.units * tenge.value)
  })
}

/** What a rate is shown as: sold dearer and bought cheaper by the margin (hundredths of a per cent), never at the same price; and how it differs from before. */
export function quote(rate: number, before: number | undefined, margin: number): { buy: string; sale: string; difference: string } {
  const [whole, part] = [BigInt(rate), BigInt(margin)]
  // From millionths, and ten thousandths of them, to hundredths.
  const divisor = 10_000n * 10_000n
  const buy = Number((whole * (10_000n - part)) / divisor)
  const sale = Number((whole * (10_000n + part) + divisor - 1n) / divisor)
  const difference = before === undefined ? 0 : Number(divideHalfUp(whole - BigInt(before), 10_000n))
  return { buy: formatDecimal(buy), sale: formatDecimal(Math.max(sale, buy + 1)), difference: formatDecimal(difference) }
}
