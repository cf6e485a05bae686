import type { Lang } from '../http/lang.ts'
import { normalizePhone } from '../lib/phones.ts'

export type Languages = readonly [Lang, ...Lang[]]

export interface Reader {
  /** The one in which it was seen to read. */
  lang?: Lang | undefined
  phone: string | null
  /** IIN or BIN of Kazakhstan. */
  identifier?: string | null
  /** INN of Russia. */
  inn?: string | null
}

/** In Kazakhstan both of its languages stand, the state language first. */
const OF: Readonly<Record<'KZ' | 'RU' | 'abroad', Languages>> = { KZ: ['kk', 'ru'], RU: ['ru'], abroad: ['ru', 'en'] }

function countryOf({ phone, identifier = null, inn = null }: Reader): keyof typeof OF | undefined {
  const byPhone = phone === null ? undefined : normalizePhone(phone)?.country
  if (byPhone === 'KZ' || identifier !== null) return 'KZ'
  if (byPhone === 'RU' || inn !== null) return 'RU'
  return phone === null ? undefined : 'abroad'
}

/**
 * In which languages somebody is written to, the main one first: the one that it chose; else those of its country, by phone and number; else
 * those of the organization's country.
 */
export function languagesFor(reader: Reader, organizationPhone: string | null = null): Languages {
  if (reader.lang) return [reader.lang]
  return OF[countryOf(reader) ?? countryOf({ phone: organizationPhone }) ?? 'KZ']
}
