import { sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { searchable } from '../../lib/search-text.ts'
import { heldBy } from '../../office/packages/send-subject.ts'
import { invalid } from '../registry/registry.ts'
import type { Loaded } from './load-act.ts'

/** A work that another act holds: one that is approved, or out for signature. `work` is the column of its id. */
export const takenBy = (ctx: Ctx, work: SQL, actId: number | null): SQL => sql`exists (select 1 from act_works as other
  join performance_acts as holder on holder.id = other.act_id
  where other.work_id = ${work} and holder.id is not ${actId} and holder.deleted_at is null
    and (holder.is_approved = 1 or ${heldBy(ctx, sql`holder.package_id`)}))`

export const frozen = (path: string) => invalid([{ path, message: 'Акт утверждён: сначала снимите утверждение.' }])

/** An act that is out for signature, or signed, stays as it is: it is what people sign. */
export function mustNotBeHeld({ status }: Pick<Loaded, 'status'>): void {
  if (status === 'sent') throw new AppError('conflict', 'Акт отправлен на подпись: сначала отзовите его.')
  if (status === 'signed') throw new AppError('conflict', 'Акт подписан и не может быть изменён.')
}

/** What is no longer there is not acted on: of a deleted contract an act may only lose its approval, or go itself. */
export function mustBeOfContract({ contract }: Pick<Loaded, 'contract'>): void {
  if (contract.deletedAt !== null) throw new AppError('conflict', 'Контракт этого акта удалён.')
}
/** The same for the moment of a write to acts. */
export const ofContract = sql`exists (select 1 from project_contracts as whole
  where whole.id = performance_acts.contract_id and whole.deleted_at is null)`

/** An approved act's composition stays as it is. */
export function mustBeOpen(loaded: Loaded): void {
  mustBeOfContract(loaded)
  mustNotBeHeld(loaded)
  if (loaded.act.isApproved) throw frozen('work_ids')
}

export const searchOf = (number: string, description: string | null | undefined) => searchable([number, description ?? ''].join('\n'))
