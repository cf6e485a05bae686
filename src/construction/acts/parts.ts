import type { FieldIssue } from '../../http/errors.ts'
import { QUANTITY_SCALE } from '../../http/numbers.ts'
import { divideHalfUp } from '../../lib/money.ts'
import { MOST_OF_A_WORK } from '../works/cost.ts'

/** A work as an act sees it; money in minor units, quantities with four digits. */
export interface ActableWork {
  id: number
  quantity: number
  totalAmount: number
  isConfirmed: boolean
  /** In another act, which is approved or out for signature. */
  isTaken: boolean
}

/** How much of a work an act takes, where not the whole of it. */
export interface Part {
  work_id: number
  included_quantity?: number | undefined
  included_amount?: number | undefined
  notes?: string | null | undefined
}

export interface Included {
  workId: number
  quantity: number
  amount: number
  notes: string | null
  /** The work as it was when that was worked out. */
  of: { quantity: number; totalAmount: number }
}

/** The part's price, to the same measure as the whole's: half up. */
const priceOfPart = ({ quantity, totalAmount }: ActableWork, part: number): number =>
  part === quantity ? totalAmount : Number(divideHalfUp(BigInt(totalAmount) * BigInt(part), BigInt(quantity)))

function problemOf(work: ActableWork | undefined): string | undefined {
  if (!work) return 'Работа не относится к контракту этого акта.'
  if (!work.isConfirmed) return 'Работа не подтверждена.'
  return work.isTaken ? 'Работа уже включена в другой утверждённый или отправленный на подпись акт.' : undefined
}

/** What an act includes of the works that were chosen, or what is wrong with the choice. A work is taken whole unless a part of it was named. */
export function includeWorks(
  ids: readonly number[],
  parts: readonly Part[],
  works: ReadonlyMap<number, ActableWork>,
): { included: Included[]; issues: FieldIssue[] } {
  const issues: FieldIssue[] = []
  const wanted = new Map<number, Part>()
  for (const [i, part] of parts.entries()) {
    const message = wanted.has(part.work_id)
      ? 'Работа названа дважды.'
      : ids.includes(part.work_id)
        ? undefined
        : 'Работа не выбрана в work_ids.'
    if (message !== undefined) issues.push({ path: `parts.${i}.work_id`, message })
    wanted.set(part.work_id, part)
  }
  const included = [...new Set(ids)].flatMap((id): Included[] => {
    const work = works.get(id)
    const problem = problemOf(work)
    if (!work || problem !== undefined) {
      issues.push({ path: `work_ids.${ids.indexOf(id)}`, message: problem ?? '' })
      return []
    }
    const { included_quantity: quantity = work.quantity, included_amount, notes = null } = wanted.get(id) ?? { work_id: id }
    const at = `parts.${parts.findIndex((p) => p.work_id === id)}`
    if (quantity > work.quantity) {
      issues.push({ path: `${at}.included_quantity`, message: 'Больше, чем выполнено.' })
      return []
    }
    const amount = included_amount ?? priceOfPart(work, quantity)
    if (amount > work.totalAmount) issues.push({ path: `${at}.included_amount`, message: 'Больше стоимости работы.' })
    // The papers of the act tell what a unit of the part costs.
    else if (BigInt(amount) * 10n ** BigInt(QUANTITY_SCALE) > BigInt(quantity) * BigInt(MOST_OF_A_WORK))
      issues.push({ path: `${at}.included_amount`, message: 'Слишком велика для такого количества.' })
    return [{ workId: id, quantity, amount, notes, of: { quantity: work.quantity, totalAmount: work.totalAmount } }]
  })
  if (!Number.isSafeInteger(included.reduce((sum, { amount }) => sum + amount, 0)))
    issues.push({ path: 'work_ids', message: 'Сумма акта слишком велика.' })
  return { included, issues }
}
