import { and, eq, ne, sql } from 'drizzle-orm'
import { audit, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { endClientSessions } from '../identity/sessions.ts'
import { loadClient, presentClient, type ClientRow } from './load-client.ts'
import { officeClients, officeLoginCodes } from './tables.ts'

async function change(ctx: Ctx, client: ClientRow, status: ClientRow['status']) {
  const other = and(eq(officeClients.id, client.id), ne(officeClients.status, status))
  const wasOther = sql`exists (select 1 from ${officeClients} where ${other})`
  await batch(ctx.db, [
    audit(ctx, client.orgId, status === 'blocked' ? 'client.blocked' : 'client.unblocked', `client:${client.id}`, wasOther),
    ctx.db.update(officeClients).set({ status }).where(other),
    // A code from before the block does not come back with the account.
    ...(status === 'active'
      ? [ctx.db.update(officeLoginCodes).set({ expiresAt: ctx.now.toISOString() }).where(eq(officeLoginCodes.clientId, client.id))]
      : []),
  ])
}

/** Puts a client out at once and keeps them out. Blocking again ends sessions again: the first call may have been cut off midway. */
export async function blockClient(ctx: Ctx, id: string) {
  const client = await loadClient(ctx, id)
  if (client.status !== 'blocked') await change(ctx, client, 'blocked')
  await endClientSessions(ctx, id)
  return presentClient({ ...client, status: 'blocked' })
}

/** Lets a client log in again; sessions from before stay ended. */
export async function unblockClient(ctx: Ctx, id: string) {
  const client = await loadClient(ctx, id)
  if (client.status !== 'active') await change(ctx, client, 'active')
  return presentClient({ ...client, status: 'active' })
}
