/*
 * The eight hex digits by which document 001 names things. They are the row's number, mixed so that neighbours look unlike, by a bijection of 32 bits:
 * no column, no index, and no two rows with the same digits.
 */

export type List = 'terms' | 'clients' | 'emails' | 'phone_numbers'

const MULTIPLIER = 0x85ebca6b
const SALTS: Record<List, number> = { terms: 0x3c6ef372, clients: 0x1b873593, emails: 0x5bd1e995, phone_numbers: 0x27d4eb2f }

/** The number that takes multiplication by an odd one back, modulo 2³² (Newton: each step doubles the bits that are right). */
function inverse(odd: number): number {
  let found = odd
  for (let i = 0; i < 5; i++) found = Math.imul(found, 2 - Math.imul(odd, found))
  return found
}
const BACK = inverse(MULTIPLIER)

const fold = (x: number) => x ^ (x >>> 16)

/** The digits of row `id`, a whole number from 0 to 2³² − 1. */
export function toHexId(list: List, id: number): string {
  const mixed = fold(Math.imul(fold(Math.imul(fold(id ^ SALTS[list]), MULTIPLIER)), MULTIPLIER))
  return (mixed >>> 0).toString(16).padStart(8, '0')
}

/** The row's number; any eight digits have one, which may be of no row. */
export function fromHexId(list: List, hex: string): number {
  const mixed = Number.parseInt(hex, 16)
  return (fold(Math.imul(fold(Math.imul(fold(mixed), BACK)), BACK)) ^ SALTS[list]) >>> 0
}
