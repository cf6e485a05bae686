import { sql } from 'drizzle-orm'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { announce } from '../../queue/outbox.ts'
import { findPerson } from '../people/people.ts'
import { personOf } from '../person.ts'
import { takeStep } from '../registry/transition.ts'
import { forget, receiptWrites, storeReceipts } from './attachments.ts'
import { mailTo } from './create.ts'
import { approvedLetter } from './letters.ts'
import { needsAnother } from './rules.ts'
import type { ReportAdvance } from './schemas.ts'
import { loadSettings } from './settings.ts'
import { advanceTransactions as table } from './tables.ts'
import { loadAdvance, MISSING, showAdvance } from './transactions.ts'

const reportedAlready = () => new AppError('bad_request', 'По этой операции уже есть отчёт.')
const notReported = () => new AppError('bad_request', 'Утвердить можно только операцию, по которой есть отчёт.')

/** pending → reported: description and document become the report's. */
export async function reportAdvance(ctx: Ctx, id: number, input: z.output<typeof ReportAdvance>) {
  // Asked before anything is stored; decided by the step.
  if ((await loadAdvance(ctx, id)).status !== 'pending') throw reportedAlready()
  const stored = await storeReceipts(ctx, input.files)
  const { description, document_number: documentNumber, document_date: documentDate } = input
  try {
    await takeStep(ctx, {
      table,
      id,
      column: table.status,
      from: ['pending'],
      set: { status: 'reported', reportedAt: ctx.now.toISOString(), description, documentNumber, documentDate },
      action: 'advance.reported',
      missing: MISSING,
      refusal: reportedAlready(),
      also: receiptWrites(ctx, id, stored, sql`changes() > 0`),
    })
  } catch (error) {
    await forget(ctx, stored)
    throw error
  }
  return showAdvance(ctx, id)
}

/** reported → approved, by a person; of a large sum by another one than wrote it down. What accountants note is merged into what is there (RFC 7396). */
export async function approveAdvance(ctx: Ctx, id: number, accounting: Record<string, unknown> | null | undefined) {
  const { userId, orgId } = personOf(ctx)
  const [row, settings] = await Promise.all([loadAdvance(ctx, id), loadSettings(ctx)])
  if (row.status !== 'reported') throw notReported()
  if (needsAnother(row, userId, settings))
    throw new AppError('bad_request', 'Операцию на такую сумму утверждает другой администратор, не тот, кто её записал.')
  const holder = settings.notifyApproval ? await findPerson(ctx, row.userId) : undefined
  const mails = holder ? await mailTo(ctx, orgId, [holder.email], approvedLetter(row), { when: sql`changes() > 0` }) : []
  const merged = sql`json_patch(coalesce(${table.accountingData}, '{}'), ${JSON.stringify(accounting ?? {})})`
  await takeStep(ctx, {
    table,
    id,
    column: table.status,
    from: ['reported'],
    set: {
      status: 'approved',
      approvedAt: ctx.now.toISOString(),
      approvedBy: userId,
      // The column's type is what it holds; here the database works that out.
      ...(accounting ? { accountingData: merged as unknown as Record<string, unknown> } : {}),
    },
    action: 'advance.approved',
    missing: MISSING,
    refusal: notReported(),
    also: mails.map((job) => job.write),
  })
  await announce(ctx.env, mails)
  return showAdvance(ctx, id)
}
