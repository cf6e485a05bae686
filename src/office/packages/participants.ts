import { and, eq, inArray, or, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { AppError, notFound, type FieldIssue } from '../../http/errors.ts'
import type { NewParticipant, Participant, Person, Quorum, Role, SigningMethod } from '../../signing/model.ts'
import { quorumOf } from '../../signing/machine-parts.ts'
import { uuidv7 } from '../../lib/ids.ts'
import { officeClients, officeCompanies } from '../tables.ts'
import type { NewParticipantInput } from './schemas.ts'

type Who = Omit<NewParticipantInput, 'order' | 'role'>
type Named = Pick<Participant, 'person' | 'clientId' | 'companyId' | 'methods'>
type ClientRow = typeof officeClients.$inferSelect

const invalid = (issues: FieldIssue[]) => new AppError('validation', 'The request is not valid.', { issues })

interface Known {
  clients: Map<string, ClientRow>
  byPhone: Map<string, ClientRow>
}

/** The organization's clients that are named, by id or phone. A client or company that is not the organization's does not exist. */
async function loadKnown(ctx: Ctx, all: Who[]): Promise<Known> {
  const orgId = orgOf(ctx)
  const ids = [...new Set(all.flatMap((w) => w.client_id ?? []))]
  const phones = [...new Set(all.flatMap((w) => w.person?.phone ?? []))]
  const companies = [...new Set(all.flatMap((w) => w.company_id ?? []))]
  // As JSON: a hundred participants are more than a statement binds.
  const among = (values: string[]) => sql`(select value from json_each(${JSON.stringify(values)}))`
  const [clients, found] = await ctx.db.batch([
    ctx.db
      .select()
      .from(officeClients)
      .where(and(eq(officeClients.orgId, orgId), or(inArray(officeClients.id, among(ids)), inArray(officeClients.phone, among(phones))))),
    ctx.db
      .select({ id: officeCompanies.id })
      .from(officeCompanies)
      .where(and(eq(officeCompanies.orgId, orgId), inArray(officeCompanies.id, among(companies)))),
  ])
  const byId = new Map(clients.map((c) => [c.id, c]))
  if (ids.some((id) => !byId.has(id))) throw notFound('There is no such client.')
  if (found.length !== companies.length) throw notFound('There is no such company.')
  return { clients: byId, byPhone: new Map(clients.map((c) => [c.phone, c])) }
}

/** How a signer may sign where it was not said: with what it has. */
function defaultMethods(role: Role, person: Person, named: Pick<Named, 'clientId' | 'companyId'>): SigningMethod[] {
  if (role !== 'signer') return []
  return [...(person.phone ? ['sms' as const] : []), 'cms', ...(named.clientId && named.companyId ? ['server' as const] : [])]
}

function resolve({ clients, byPhone }: Known, who: Who, role: Role, path: string): Named {
  // A person with a client's phone is that client (DECISIONS › office).
  const client = who.client_id ? clients.get(who.client_id) : byPhone.get(who.person?.phone ?? '')
  const said = who.person
  const person: Person = {
    fullName: said?.full_name.trim() ?? client?.fullName ?? '',
    identifier: said?.iin ?? client?.iin ?? null,
    inn: said?.inn ?? client?.inn ?? null,
    phone: said?.phone ?? client?.phone ?? null,
    email: said?.email ?? client?.email ?? null,
  }
  const ids = { clientId: client?.id ?? null, companyId: who.company_id ?? null }
  if (ids.companyId && !ids.clientId)
    throw invalid([{ path: `${path}company_id`, message: 'who acts for a company is one of its employees: send client_id' }])
  const methods = role === 'signer' ? [...new Set(who.methods ?? defaultMethods(role, person, ids))] : []
  if (methods.includes('sms') && !person.phone) throw invalid([{ path: `${path}methods`, message: 'a code needs a phone to be sent to' }])
  if (methods.includes('server') && !(ids.clientId && ids.companyId))
    throw invalid([{ path: `${path}methods`, message: 'a server signature is of an employee: send client_id and company_id' }])
  return { person, ...ids, methods }
}

/** Orders are 1..n without gaps, somebody signs, and every quorum can be met. */
function checkRoute(participants: NewParticipantInput[], quorums: Quorum[]): void {
  const issues: FieldIssue[] = []
  const orders = [...new Set(participants.map((p) => p.order))].toSorted((a, b) => a - b)
  if (orders.some((order, i) => order !== i + 1)) issues.push({ path: 'participants', message: 'orders must be 1, 2, 3 … without gaps' })
  if (!participants.some((p) => p.role === 'signer')) issues.push({ path: 'participants', message: 'somebody must sign' })
  for (const [i, { order, need }] of quorums.entries()) {
    const inOrder = participants.filter((p) => p.order === order && p.role !== 'viewer')
    const counted = quorumOf({ quorums: [{ order, need }] }, order, inOrder)
    if (quorums.findIndex((q) => q.order === order) !== i) issues.push({ path: `quorums.${i}.order`, message: 'comes twice' })
    else if (inOrder.filter((p) => p.role === counted?.role).length < need)
      issues.push({ path: `quorums.${i}.need`, message: 'is more than there are in this order' })
  }
  if (issues.length > 0) throw invalid(issues)
}

/** The participants of a new package; refused with 404 for clients and companies that are not the organization's. */
export async function resolveParticipants(ctx: Ctx, participants: NewParticipantInput[], quorums: Quorum[]): Promise<NewParticipant[]> {
  checkRoute(participants, quorums)
  const known = await loadKnown(ctx, participants)
  return participants.map(({ order, role, ...who }, i) => ({
    id: uuidv7(ctx.now.getTime()),
    order,
    role,
    ...resolve(known, who, role, `participants.${i}.`),
  }))
}

/** Who takes a participant's place, in the same role. Methods stay unless others are given. */
export async function resolveReplacement(ctx: Ctx, before: Participant, who: Who): Promise<Named> {
  const known = await loadKnown(ctx, [who])
  const kept = who.methods ?? (before.methods.includes('server') && !who.company_id ? undefined : before.methods)
  return resolve(known, { ...who, methods: kept?.length ? kept : undefined }, before.role, '')
}
