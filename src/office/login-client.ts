import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { endClientSessions, openClientSession } from '../identity/sessions.ts'
import { organizations } from '../identity/tables.ts'
import { loginSucceeded, takeLoginTry } from '../identity/throttle.ts'
import { presentClient, type ClientRow } from './load-client.ts'
import { spendLoginCode } from './login-code.ts'
import { clientsByPassword } from './password.ts'
import { officeClients } from './tables.ts'

const blocked = () => new AppError('forbidden', 'The client is blocked.')

/** Clients by id, in the order given; those of a company that is gone are gone, too. */
async function living(ctx: Ctx, ids: string[]): Promise<ClientRow[]> {
  if (ids.length === 0) return []
  // More than a few are clients of organizations that drew the same code at the same minute.
  const some = ids.slice(0, 50)
  const rows = await ctx.db
    .select({ client: officeClients })
    .from(officeClients)
    .innerJoin(organizations, and(eq(organizations.id, officeClients.orgId), isNull(organizations.deletedAt)))
    .where(inArray(officeClients.id, some))
  return some.flatMap((id) => rows.find((r) => r.client.id === id)?.client ?? [])
}

/** Who logs in: the password or the code tells of which organization the phone's client is. */
async function prove(ctx: Ctx, input: { phone: string; password?: string | undefined; code?: string | undefined }): Promise<ClientRow[]> {
  const { phone, password, code } = input
  // A code guards itself by its five tries, so that guessing at passwords does not keep its owner out.
  const account = code === undefined ? `client:${phone}` : null
  await takeLoginTry(ctx, account)
  const ids = code === undefined ? await clientsByPassword(ctx, phone, password ?? '') : await spendLoginCode(ctx, phone, code)
  const clients = await living(ctx, ids)
  if (clients.length === 0) throw new AppError('unauthenticated', 'The phone, password or code is wrong.')
  await loginSucceeded(ctx, account)
  return clients
}

/** Logs a client in with a password or a code that came by SMS; the session lives an hour. */
export async function logInClient(ctx: Ctx, input: { phone: string; password?: string | undefined; code?: string | undefined }) {
  const client = (await prove(ctx, input)).find((c) => c.status === 'active')
  if (!client) throw blocked()
  const token = await openClientSession(ctx, client.id, client.orgId)
  // Blocked meanwhile: whoever blocked may have ended sessions before this one was there.
  const [now] = await ctx.db.select({ status: officeClients.status }).from(officeClients).where(eq(officeClients.id, client.id))
  if (now?.status !== 'active') {
    await endClientSessions(ctx, client.id)
    throw blocked()
  }
  return { token, client: presentClient(client) }
}
