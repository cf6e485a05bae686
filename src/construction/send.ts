import { and, eq, isNull, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { sendSubject, showSigning, statusesQuery, type Route } from '../office/packages/send-subject.ts'
import { mayBeApproved, mustBeApprovable } from './acts/change-act.ts'
import { actDocument } from './acts/export-act.ts'
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
  /** What else must hold at the moment of sending. */
  when?: SQL
}

/** Sends a thing of construction along a signing route. It must still be as it was drawn when it gets its package. */
async function send(ctx: Ctx, { table, row, noun, number, document, when }: Sent, route: Route): Promise<void> {
  const [sent] = row.packageId === null ? [] : await statusesQuery(ctx, [row.packageId])
  const attach = async (packageId: string): Promise<boolean> => {
    const before = row.packageId === null ? isNull(table.packageId) : eq(table.packageId, row.packageId)
    const changed = await ctx.db
      .update(table)
      .set({ packageId })
      .where(and(eq(table.id, row.id), mine(ctx, table), before, eq(table.updatedAt, row.updatedAt), when))
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
      said: { taken: 'Документ уже отправлен на подпись, подписан или изменён.', running: 'Документ сейчас отправляется на подпись.' },
    },
    route,
  )
}

export async function sendAct(ctx: Ctx, id: number, route: Route) {
  const loaded = await loadAct(ctx, id)
  const { act } = loaded
  if (!act.isApproved) await mustBeApprovable(ctx, id)
  const when = act.isApproved ? undefined : mayBeApproved(ctx, id)
  const document = () => actDocument(ctx, loaded)
  await send(
    ctx,
    { table: performanceActs, row: act, noun: 'performance_act', number: act.number, document, ...(when ? { when } : {}) },
    route,
  )
  return getAct(ctx, id)
}

export async function sendContract(ctx: Ctx, id: number, route: Route) {
  const row = await contracts.load(ctx, id)
  const document = () => contractDocument(ctx, id)
  await send(ctx, { table: projectContracts, row, noun: 'project_contract', number: row.number, document }, route)
  return contracts.get(ctx, id)
}

export async function sendAgreement(ctx: Ctx, id: number, route: Route) {
  const row = await agreements.load(ctx, id)
  const document = () => agreementDocument(ctx, id)
  await send(ctx, { table: supplementaryAgreements, row, noun: 'supplementary_agreement', number: row.number, document }, route)
  return agreements.get(ctx, id)
}
