import { sql, type SQL } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch, type Write } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { actorName } from '../identity/roles.ts'
import { announce, type Job } from '../queue/outbox.ts'
import { publish } from '../webhooks/publish.ts'
import { nameOf, type AgreementRow } from './load.ts'
import { agreements } from './tables.ts'

/** Whether the agreement is still as it was read. */
export const stillAt = ({ id, version }: Pick<AgreementRow, 'id' | 'version'>): SQL =>
  sql`exists (select 1 from ${agreements} where id = ${id} and version = ${version})`

export const changedMeanwhile = () => new AppError('conflict', 'The agreement was changed meanwhile.')

interface Move {
  /** Told to the subscriber with the status. */
  comment?: string | null
  /** The fields anew, sealed. */
  data?: string
  /** What else belongs to it: each on the condition that it is given. */
  writes?: (open: SQL) => Write[]
  jobs?: Job[]
}

/**
 * Moves an agreement to a status: with its history, the audit trail and the webhook in one batch, all of it on the condition that the agreement
 * is still as it was read.
 *
 * @throws AppError `conflict` when somebody was faster
 */
export async function moveAgreement(ctx: Ctx, row: AgreementRow, to: AgreementRow['status'], move: Move = {}): Promise<void> {
  const { comment = null, data = row.data, writes, jobs: more = [] } = move
  const open = stillAt(row)
  const version = row.version + 1
  const at = ctx.now.toISOString()
  const told = { client: row.orgId, name: nameOf(row), type: row.type, status: to }
  const { writes: calls, jobs } = await publish(ctx, row.orgId, 'agreement.status_changed', told, {
    key: `agreement:${row.orgId}:${row.type}:${version}`,
    when: open,
  })
  const results = await batch(ctx.db, [
    ...calls,
    ...(writes?.(open) ?? []),
    ...more.map(({ write }) => write),
    ctx.db.run(sql`insert into agreement_history (agreement_id, org_id, version, status, comment, actor, at)
      select ${row.id}, ${row.orgId}, ${version}, ${to}, ${comment}, ${actorName(ctx.actor)}, ${at} where ${open}`),
    audit(ctx, row.orgId, `agreement.${to}`, `agreement:${nameOf(row)}`, open),
    ctx.db
      .update(agreements)
      .set({ status: to, version, data, comment, updatedAt: at, statusAt: at })
      .where(sql`id = ${row.id} and version = ${row.version}`)
      .returning({ id: agreements.id }),
  ])
  if ((results.at(-1) as unknown[]).length === 0) throw changedMeanwhile()
  await announce(ctx.env, [...jobs, ...more])
}
