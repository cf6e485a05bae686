import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { sendSubject, showSigning, statusesQuery, type Route } from '../office/packages/send-subject.ts'
import { mayBeApproved, mustBeApprovable } from './acts/change-act.ts'
import { actDocument } from './acts/export-act.ts'
import { mustBeOfContract } from './acts/hold.ts'
import { getAct, loadAct } from './acts/load-act.ts'
import { performanceActs } from './acts/tables.ts'
import { agreements } from './contracts/agreements.ts'
import { contracts } from './contracts/contracts.ts'
import { agreementDocument, contractDocument } from './contracts/paper.ts'
import { projectContracts, supplementaryAgreements } from './contracts/tables.ts'
import { mine, type OwnedTable } from './registry/registry.ts'

type Sendable = OwnedTable & { packageId: SQLiteColumn; updatedAt: SQLiteColumn }

interface Sent {
  table: Sendable
  row: { id: number; packageId: string | null; updatedAt: string }
  noun: string
  number: string
  document: () => Promise<{ name: string; bytes: Uint8Array }>
  /** What of other rows is on the paper, as one text: null where it may not be sent at all. Of a row of `table`. */
  seal: SQL<string | null>
  /** What else must hold at the moment of sending. */
  when?: SQL | undefined
}

const taken = () => new AppError('conflict', 'Документ уже отправлен на подпись, подписан или изменён.')

/** Sends a thing of construction along a signing route. It must still be as it was drawn when it gets its package. */
async function send(ctx: Ctx, { table, row, noun, number, document, seal, when }: Sent, route: Route): Promise<void> {
  const [drawn] = await ctx.db.select({ seal }).from(table).where(eq(table.id, row.id))
  if (typeof drawn?.seal !== 'string') throw taken()
  const [sent] = row.packageId === null ? [] : await statusesQuery(ctx, [row.packageId])
  const attach = async (packageId: string): Promise<boolean> => {
    const before = row.packageId === null ? isNull(table.packageId) : eq(table.packageId, row.packageId)
    const changed = await ctx.db
      .update(table)
      .set({ packageId })
      .where(and(eq(table.id, row.id), mine(ctx, table), before, eq(table.updatedAt, row.updatedAt), eq(seal, drawn.seal), when))
      .returning({ id: table.id })
    if (changed.length > 0) await batch(ctx.db, [audit(ctx, orgOf(ctx), `${noun}.sent`, `${noun}:${row.id}`)])
    return changed.length > 0
  }
  await sendSubject(
    ctx,
    {
      packageId: row.packageId,
      status: showSigning(row.packageId, sent ? [sent] : [])?.status ?? 'draft',
      document,
      metadata: { [noun]: row.id, number },
      attach,
      said: { taken: taken().message, running: 'Документ сейчас отправляется на подпись.' },
    },
    route,
  )
}

// Columns by their full names, in words: drizzle would leave the table out of what it selects.
const annexes = sql<string>`(select json_group_array(json_array(s.id, s.updated_at)) from contract_specifications as l
  join specifications as s on s.id = l.specification_id and s.deleted_at is null where l.contract_id = project_contracts.id)`
const ofContract = (contractId: SQL) =>
  sql`(select whole.updated_at from project_contracts as whole where whole.id = ${contractId} and whole.deleted_at is null)`
const actLines = sql<
  string | null
>`${ofContract(sql`performance_acts.contract_id`)} || (select json_group_array(json_array(w.id, w.version))
  from act_works as i join completed_works as w on w.id = i.work_id where i.act_id = performance_acts.id)`

export async function sendAct(ctx: Ctx, id: number, route: Route) {
  const loaded = await loadAct(ctx, id)
  const { act } = loaded
  mustBeOfContract(loaded)
  if (!act.isApproved) await mustBeApprovable(ctx, id)
  const when = act.isApproved ? undefined : mayBeApproved(ctx, id)
  const document = () => actDocument(ctx, loaded)
  await send(ctx, { table: performanceActs, row: act, noun: 'performance_act', number: act.number, document, seal: actLines, when }, route)
  return getAct(ctx, id)
}

export async function sendContract(ctx: Ctx, id: number, route: Route) {
  const row = await contracts.load(ctx, id)
  const document = () => contractDocument(ctx, id)
  await send(ctx, { table: projectContracts, row, noun: 'project_contract', number: row.number, document, seal: annexes }, route)
  return contracts.get(ctx, id)
}

export async function sendAgreement(ctx: Ctx, id: number, route: Route) {
  const row = await agreements.load(ctx, id)
  const document = () => agreementDocument(ctx, id)
  const seal = sql<string | null>`${ofContract(sql`supplementary_agreements.contract_id`)}`
  await send(ctx, { table: supplementaryAgreements, row, noun: 'supplementary_agreement', number: row.number, document, seal }, route)
  return agreements.get(ctx, id)
}
