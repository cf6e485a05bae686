import { and, eq, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { personReference } from '../people/people.ts'
import { writeGuarded, writtenAt } from '../registry/guard.ts'
import { mine, said } from '../registry/registry.ts'
import { takeStep } from '../registry/transition.ts'
import { notCovered, staysCovered } from './covered.ts'
import { mustBeAllowed, mustBeFound, projectReference, writeAdvance } from './create.ts'
import type { ChangeAdvance } from './schemas.ts'
import { loadSettings } from './settings.ts'
import { advanceTransactions as table } from './tables.ts'
import { loadAdvance, MISSING, showAdvance } from './transactions.ts'

const settled = () => new AppError('bad_request', 'Сумму, тип, получателя и проект можно менять только до отчёта.')

/** Sum, kind and person change while nothing was reported, and triggers work the balances out anew; papers and codes at any time. */
export async function changeAdvance(ctx: Ctx, id: number, input: z.output<typeof ChangeAdvance>) {
  const before = await loadAdvance(ctx, id)
  const { user_id: userId, project_id: projectId, type, amount } = input
  const key = said({ userId, projectId, type, amount })
  const references = [personReference(ctx, userId), projectReference(projectId)]
  const moves = Object.entries(key).some(([name, value]) => before[name as keyof typeof key] !== value)
  if (moves) {
    if (before.status !== 'pending') throw settled()
    await mustBeFound(ctx, references)
    mustBeAllowed({ ...before, ...key }, await loadSettings(ctx))
  }
  const papers = said({
    description: input.description,
    documentNumber: input.document_number,
    documentDate: input.document_date,
    ...(input.document_date ? { countsFrom: input.document_date } : {}),
    externalCode: input.external_code,
    accountingData: input.accounting_data,
  })
  const writes = [
    ctx.db
      .update(table)
      .set({ ...papers, ...(moves ? key : {}), updatedAt: writtenAt(ctx, moves ? references : []) })
      .where(and(eq(table.id, id), mine(ctx, table), ...(moves ? [eq(table.status, 'pending'), staysCovered(key)] : [])))
      .returning({ id: table.id }),
    audit(ctx, orgOf(ctx), 'advance.changed', `advance:${id}`, sql`changes() > 0`),
  ]
  const [changed] = await writeGuarded(
    ctx,
    table,
    writes,
    () => mustBeFound(ctx, references),
    (all) => writeAdvance(ctx, all),
  )
  if ((changed as unknown[]).length === 0) throw moves ? await whyNot(ctx, id, settled()) : notFound(MISSING)
  return showAdvance(ctx, id)
}

/** Why nothing was written: what is still pending is not covered any more. */
const whyNot = async (ctx: Ctx, id: number, reported: AppError): Promise<AppError> =>
  (await loadAdvance(ctx, id)).status === 'pending' ? notCovered() : reported

/** Only what nobody has reported on, nor spent or given back of; the balance goes back. */
export async function removeAdvance(ctx: Ctx, id: number): Promise<void> {
  await takeStep(ctx, {
    table,
    id,
    column: table.status,
    from: ['pending'],
    set: { deletedAt: ctx.now.toISOString() },
    action: 'advance.deleted',
    missing: MISSING,
    when: staysCovered(undefined),
    refusal: () => whyNot(ctx, id, new AppError('bad_request', 'Удалить можно только операцию, по которой ещё нет отчёта.')),
  })
}
