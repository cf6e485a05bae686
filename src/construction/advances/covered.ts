import { sql, type SQL } from 'drizzle-orm'
import { AppError } from '../../http/errors.ts'
import { advanceTransactions as t } from './tables.ts'

// An account may go below zero: who spends more than was given is owed the rest. But what was spent or given back of an issue can't lose that issue afterwards.

/** What a transaction becomes; what is not said stays. */
interface Next {
  userId?: number | undefined
  type?: 'issue' | 'expense' | 'return' | undefined
  amount?: number | undefined
}

const effect = (type: SQL, amount: SQL): SQL => sql`(case ${type} when 'issue' then ${amount} else -${amount} end)`
/** Living transactions of a person that were written down after this one. */
const later = (userId: SQL): SQL => sql`l.org_id = ${t.orgId} and l.user_id = ${userId} and l.deleted_at is null and l.id > ${t.id}`

/**
 * Whether the account stays one that could have been written down, if a transaction becomes something else, or goes (`undefined`): no return is then larger than what
 * was held when it was made, and an issue that gets less leaves no later expense without cover. For the `where` of the change, which so looks at that moment.
 */
export function staysCovered(next: Next | undefined): SQL {
  const was = effect(sql`${t.type}`, sql`${t.amount}`)
  if (!next) return sql`not ${uncovered(sql`-${was}`)}`
  const userId = sql`${next.userId ?? t.userId}`
  const type = sql`${next.type ?? t.type}`
  const becomes = effect(type, sql`${next.amount ?? t.amount}`)
  const before = sql`coalesce((select p.balance_after from ${t} as p where p.org_id = ${t.orgId} and p.user_id = ${userId}
    and p.deleted_at is null and p.id < ${t.id} order by p.id desc limit 1), 0)`
  const stays = sql`${userId} = ${t.userId}`
  return sql`not ${uncovered(sql`(iif(${stays}, ${becomes}, 0) - ${was})`)}
    and not (${becomes} < 0 and not ${stays} and exists (select 1 from ${t} as l where ${later(userId)} and l.type = 'return'
      and l.balance_after + ${becomes} < 0))
    and not (${type} = 'return' and ${before} + ${becomes} < 0)`
}

/** Whether a later return, or where this is an issue a later expense, would find less than it takes, if the balance here is moved by `by`. */
const uncovered = (by: SQL): SQL => sql`(${by} < 0 and exists (select 1 from ${t} as l where ${later(sql`${t.userId}`)}
  and (l.type = 'return' or (l.type = 'expense' and ${t.type} = 'issue')) and l.balance_after + ${by} < 0))`

export const notCovered = () =>
  new AppError(
    'bad_request',
    'После этой операции деньги уже израсходованы или возвращены: сначала исправьте последующие расход или возврат.',
  )
