import { sql, type SQL } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, sqliteMessage, type Write } from '../../db/client.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { announce, makeJob, type Job } from '../../queue/outbox.ts'
import { administratorsOf, findPerson, personReference } from '../people/people.ts'
import { authorOf } from '../person.ts'
import { projects } from '../projects/tables.ts'
import { writeGuarded, writtenAt } from '../registry/guard.ts'
import { findMissing, type Reference } from '../registry/references.ts'
import { invalid } from '../registry/registry.ts'
import { todayIn } from '../zone.ts'
import { highValueLetter, type Letter } from './letters.ts'
import { isHighValue, refusalOf, signed } from './rules.ts'
import type { AdvanceInput } from './schemas.ts'
import { loadSettings, type SettingsRow } from './settings.ts'
import { advanceAccounts, advanceTransactions } from './tables.ts'
import { presentAdvances, type AdvanceRow } from './transactions.ts'

export const projectReference = (id: number | null | undefined): Reference => ({
  path: 'project_id',
  table: projects,
  id,
  message: 'Проект не найден в вашей организации.',
})

/** Throws for what is named and not there. */
export async function mustBeFound(ctx: Ctx, references: readonly Reference[]): Promise<void> {
  const issues = await findMissing(ctx, references)
  if (issues.length > 0) throw invalid(issues)
}

/** Throws what the settings refuse. */
export function mustBeAllowed(asked: { type: AdvanceRow['type']; amount: number; projectId: number | null }, settings: SettingsRow): void {
  const refusal = refusalOf(asked, settings)
  if (refusal instanceof AppError) throw refusal
  if (refusal) throw invalid([refusal])
}

/** Runs writes that triggers may refuse. */
export async function writeAdvance(ctx: Ctx, writes: Write[]): Promise<unknown[]> {
  try {
    return await batch(ctx.db, writes)
  } catch (error) {
    if (!sqliteMessage(error).includes('advance_return_exceeds_balance')) throw error
    throw new AppError('bad_request', 'Возврат больше, чем числится за подотчётным лицом.')
  }
}

/** One letter to each, in jobs of their own. */
export const mailTo = (
  ctx: Ctx,
  orgId: number,
  emails: readonly string[],
  letter: Letter,
  { key, when }: { key?: string; when?: SQL } = {},
) =>
  Promise.all(
    emails.map((to, i) =>
      makeJob(
        ctx,
        'mail.send',
        { orgId, to, ...letter, html: null, attachments: [], unsubscribe: null },
        { ...(key === undefined ? {} : { id: `${key}:${i}` }), ...(when ? { when } : {}) },
      ),
    ),
  )

async function highValueMail(ctx: Ctx, row: Parameters<typeof highValueLetter>[0], holder: string): Promise<Job[]> {
  const orgId = orgOf(ctx)
  const administrators = await administratorsOf(ctx, orgId)
  return mailTo(
    ctx,
    orgId,
    administrators.map((a) => a.email),
    highValueLetter(row, holder),
  )
}

/** Writes a transaction down. What the person holds then is worked out where it is written, so that none of those made at once is lost. */
export async function createAdvance(ctx: Ctx, input: AdvanceInput) {
  const orgId = orgOf(ctx)
  const references = [personReference(ctx, input.user_id), projectReference(input.project_id)]
  await mustBeFound(ctx, references)
  const [settings, today, holder] = await Promise.all([loadSettings(ctx), todayIn(ctx), findPerson(ctx, input.user_id)])
  const asked = { type: input.type, amount: input.amount, projectId: input.project_id ?? null }
  mustBeAllowed(asked, settings)
  const at = ctx.now.toISOString()
  const paper = { documentNumber: input.document_number ?? null, documentDate: input.document_date ?? null }
  const mails = isHighValue(input.amount, settings) ? await highValueMail(ctx, { ...asked, ...paper }, holder?.name ?? '') : []
  const held = sql`coalesce((select ${advanceAccounts.balance} from ${advanceAccounts}
    where ${advanceAccounts.orgId} = ${orgId} and ${advanceAccounts.userId} = ${input.user_id}), 0)`
  const writes = [
    ctx.db
      .insert(advanceTransactions)
      .values({
        ...asked,
        ...paper,
        orgId,
        userId: input.user_id,
        description: input.description ?? null,
        countsFrom: input.document_date ?? today,
        balanceAfter: sql`${held} + ${signed(asked)}`,
        createdBy: authorOf(ctx),
        createdAt: at,
        updatedAt: writtenAt(ctx, references),
      })
      .returning(),
    audit(ctx, orgId, 'advance.created', `user:${input.user_id}`),
    ...mails.map((job) => job.write),
  ]
  const [made] = await writeGuarded(
    ctx,
    advanceTransactions,
    writes,
    () => mustBeFound(ctx, references),
    (all) => writeAdvance(ctx, all),
  )
  await announce(ctx.env, mails)
  const [shown] = await presentAdvances(ctx, made as AdvanceRow[])
  if (!shown) throw new Error('the transaction was not written')
  return shown
}

/** The same for a person of the path: somebody who is not of the organization does not exist. */
export async function moveFunds(ctx: Ctx, userId: number, type: 'issue' | 'return', input: Omit<AdvanceInput, 'user_id' | 'type'>) {
  if (!(await findPerson(ctx, userId))) throw notFound('Пользователь не найден')
  return createAdvance(ctx, { ...input, user_id: userId, type })
}
