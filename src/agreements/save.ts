import { sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { actorName } from '../identity/roles.ts'
import { announce } from '../queue/outbox.ts'
import { publish } from '../webhooks/publish.ts'
import { asSpelt, readFields, wrongFields, type AgreementData } from './fields.ts'
import { dataLabel, findAgreement, nameOf, openData, type AgreementRow } from './load.ts'
import { changedMeanwhile } from './move.ts'
import type { Kind } from './statuses.ts'
import { agreements } from './tables.ts'
import { vaultOf } from './vault.ts'

const TRIES = 30

export const noConsent = () => new AppError('bad_request', 'The selected agree to the terms is invalid.')

const LOCKED: Partial<Record<AgreementRow['status'], string>> = {
  review: 'The agreement is under review',
  ready: 'The agreement is ready to be signed',
  signing: 'The agreement is being signed',
  signed: 'The agreement is signed',
}

/** Data may change until the agreement is sent, and again when it was rejected. */
export const isOpen = ({ status }: Pick<AgreementRow, 'status'>) => LOCKED[status] === undefined

export function mustBeOpen(row: AgreementRow): void {
  const why = LOCKED[row.status]
  if (why !== undefined) throw new AppError('conflict', why)
}

/** The first draft of its type, with its history, audit and webhook; nothing when another one was faster. */
export async function createDraft(ctx: Ctx, orgId: number, kind: Kind, data: AgreementData): Promise<AgreementRow | undefined> {
  const at = ctx.now.toISOString()
  const sealed = await (await vaultOf(ctx, orgId)).sealJson(dataLabel({ type: kind }), data)
  const none = sql`not exists (select 1 from ${agreements} where org_id = ${orgId} and type = ${kind})`
  const told = { client: orgId, name: nameOf({ orgId, type: kind }), type: kind, status: 'draft' }
  const { writes, jobs } = await publish(ctx, orgId, 'agreement.status_changed', told, { key: `agreement:${orgId}:${kind}:1`, when: none })
  const results = await batch(ctx.db, [
    ...writes,
    audit(ctx, orgId, 'agreement.draft', `agreement:${nameOf({ orgId, type: kind })}`, none),
    ctx.db.run(sql`insert or ignore into agreements (org_id, type, status, version, data, created_at, updated_at, status_at)
      values (${orgId}, ${kind}, 'draft', 1, ${sealed}, ${at}, ${at}, ${at})`),
    ctx.db.run(sql`insert or ignore into agreement_history (agreement_id, org_id, version, status, actor, at)
      select id, ${orgId}, 1, 'draft', ${actorName(ctx.actor)}, ${at} from agreements where org_id = ${orgId} and type = ${kind} and version = 1`),
    ctx.db
      .select()
      .from(agreements)
      .where(sql`org_id = ${orgId} and type = ${kind} and version = 1 and data = ${sealed}`),
  ])
  await announce(ctx.env, jobs)
  return (results.at(-1) as AgreementRow[])[0]
}

/** Puts fields into the draft, over those that are there. Two that save at once both find their fields in it. */
export async function mergeDraft(ctx: Ctx, orgId: number, kind: Kind, given: AgreementData): Promise<AgreementData> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await findAgreement(ctx, orgId, kind)
    if (!row) {
      if (await createDraft(ctx, orgId, kind, given)) return given
      continue
    }
    mustBeOpen(row)
    const data = { ...(await openData(ctx, row)), ...given }
    const sealed = await (await vaultOf(ctx, orgId)).sealJson(dataLabel(row), data)
    const written = await ctx.db
      .update(agreements)
      .set({ data: sealed, version: row.version + 1, updatedAt: ctx.now.toISOString() })
      .where(sql`id = ${row.id} and version = ${row.version}`)
      .returning({ id: agreements.id })
    if (written.length > 0) return data
  }
  throw changedMeanwhile()
}

/** Keeps what is filled in so far. What could not be sent so is told, not refused. */
export async function saveDraft(ctx: Ctx, kind: Kind, body: Record<string, unknown>) {
  if (body.agree_to_the_terms === false) throw noConsent()
  const data = await mergeDraft(ctx, orgOf(ctx), kind, readFields(kind, body))
  const warnings: Record<string, string[]> = {}
  for (const { path, message } of asSpelt(wrongFields(kind, data, ctx.now), body)) (warnings[path] ??= []).push(message)
  return { success: true as const, ...(Object.keys(warnings).length > 0 ? { warnings } : {}) }
}
