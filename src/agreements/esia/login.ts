import { and, eq, lt, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, openDb } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { organizations } from '../../identity/tables.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { randomToken } from '../../lib/ids.ts'
import { langOf } from '../../http/lang.ts'
import { operatorKey } from '../authority.ts'
import type { AgreementData } from '../fields.ts'
import { hurryOrder, isHandedOver } from '../goskey/order.ts'
import { currentAgreement, findAgreement, identityLabel, type AgreementRow, type Identity } from '../load.ts'
import { changedMeanwhile } from '../move.ts'
import { isOpen, mergeDraft } from '../save.ts'
import type { Kind } from '../statuses.ts'
import { agreements, esiaLogins } from '../tables.ts'
import { vaultOf } from '../vault.ts'
import { authorizationUrl, esiaSettings, exchangeCode, fetchPerson } from './client.ts'
import { askPage, messagePage } from './page.ts'
import { fullNameOf, isTrusted, profileFields, snilsOf } from './profile.ts'

const LOGIN_MS = 15 * 60_000
const TRIES = 5

type LoginRow = typeof esiaLogins.$inferSelect
interface Pending {
  nonce: string
  verifier: string
}
interface Returned {
  identity: Identity
  data: AgreementData
}

const labelOf = ({ id }: Pick<LoginRow, 'id'>) => `esia:${id}`

/** Begins a login: where the person is to be sent. The profile goes into the agreement that moved last, or a new one of a person. */
export async function beginLogin(ctx: Ctx) {
  const orgId = orgOf(ctx)
  const settings = esiaSettings(ctx)
  if (!settings) throw new AppError('unavailable', 'Logging in with ESIA is not configured.')
  await operatorKey(ctx)
  const state = crypto.randomUUID()
  const secrets: Pending = { nonce: randomToken(16), verifier: randomToken(32) }
  const [row, vault] = await Promise.all([currentAgreement(ctx, orgId), vaultOf(ctx, orgId)])
  const id = sha256Hex(state)
  await batch(ctx.db, [
    ctx.db.insert(esiaLogins).values({
      id,
      orgId,
      type: row?.type ?? 'fiz',
      status: 'begun',
      secret: await vault.sealJson(labelOf({ id }), secrets),
      createdAt: ctx.now.toISOString(),
      expiresAt: new Date(ctx.now.getTime() + LOGIN_MS).toISOString(),
    }),
    audit(ctx, orgId, 'esia.login_begun', `esia_login:${id.slice(0, 16)}`),
  ])
  return { url: await authorizationUrl(ctx, settings, { state, ...secrets }), success: true as const }
}

/** Takes a login to its next step, once: its secret, for who was first. */
async function claim(ctx: Ctx, row: LoginRow, to: 'returned' | 'done'): Promise<unknown> {
  const [mine] = await ctx.db
    .update(esiaLogins)
    .set({ status: to, secret: null })
    .where(and(eq(esiaLogins.id, row.id), eq(esiaLogins.status, row.status)))
    .returning({ id: esiaLogins.id })
  if (!mine || row.secret === null) return undefined
  return (await vaultOf(ctx, row.orgId)).openJson(labelOf(row), row.secret)
}

const isOver = (ctx: Ctx, row: LoginRow, status: LoginRow['status']) => row.status !== status || row.expiresAt <= ctx.now.toISOString()

async function profileOf(ctx: Ctx, kind: Kind, code: string, secrets: Pending): Promise<Returned> {
  const settings = esiaSettings(ctx)
  if (!settings) throw new AppError('unavailable', 'Logging in with ESIA is not configured.')
  const { oid, accessToken } = await exchangeCode(ctx, settings, { code, ...secrets })
  const person = await fetchPerson(settings, oid, accessToken)
  const identity: Identity = {
    provider: 'esia',
    oid,
    snils: snilsOf(person),
    trusted: isTrusted(person),
    fullName: fullNameOf(person),
    at: ctx.now.toISOString(),
  }
  return { identity, data: profileFields(kind, person) }
}

interface Callback {
  state?: string | undefined
  code?: string | undefined
  error?: string | undefined
}

/** The person comes back from ESIA. Nothing goes into the agreement yet: the person is asked first, since the login may have been begun by anybody. */
export async function returnFromEsia(ctx: Ctx, { state = '', code, error }: Callback, request: Request): Promise<Response> {
  const lang = langOf(request)
  const find = ({ db }: Pick<Ctx, 'db'>) =>
    db
      .select()
      .from(esiaLogins)
      .where(eq(esiaLogins.id, sha256Hex(state)))
  // A replica may not have it yet.
  const row = (await find(ctx))[0] ?? (await find(openDb(ctx.env, 'first-primary')))[0]
  if (!row) return messagePage(lang, 'notFound')
  if (isOver(ctx, row, 'begun')) return messagePage(lang, 'gone')
  const secrets = (await claim(ctx, row, 'returned')) as Pending | undefined
  if (!secrets) return messagePage(lang, 'gone')
  if (error !== undefined || !code) return messagePage(lang, 'refused')
  let returned: Returned
  try {
    returned = await profileOf(ctx, row.type, code, secrets)
  } catch (problem) {
    if (!(problem instanceof AppError)) throw problem
    return messagePage(lang, problem.code === 'unavailable' ? 'unavailable' : 'failed')
  }
  const token = randomToken(32)
  const sealed = await (await vaultOf(ctx, row.orgId)).sealJson(labelOf(row), returned)
  await ctx.db
    .update(esiaLogins)
    .set({ secret: sealed, answerHash: sha256Hex(token), expiresAt: new Date(ctx.now.getTime() + LOGIN_MS).toISOString() })
    .where(eq(esiaLogins.id, row.id))
  const [org] = await ctx.db.select({ name: organizations.name }).from(organizations).where(eq(organizations.id, row.orgId))
  return askPage(lang, org?.name ?? '', returned.identity.fullName, token)
}

/** Who signs stays who it is once that is signed, or is with somebody to be signed. */
async function isSettled(ctx: Ctx, row: AgreementRow): Promise<boolean> {
  return row.status === 'signed' || (row.status === 'signing' && (await isHandedOver(ctx, row)))
}

/** Notes who the subscriber is. */
async function keepIdentity(ctx: Ctx, orgId: number, kind: Kind, identity: Identity): Promise<void> {
  const sealed = await (await vaultOf(ctx, orgId)).sealJson(identityLabel({ type: kind }), identity)
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await findAgreement(ctx, orgId, kind)
    if (!row) break
    if (await isSettled(ctx, row)) return
    const written = await ctx.db
      .update(agreements)
      .set({ identity: sealed, version: row.version + 1, updatedAt: ctx.now.toISOString() })
      .where(sql`id = ${row.id} and version = ${row.version}`)
      .returning({ id: agreements.id })
    if (written.length === 0) continue
    if (row.status === 'signing') await hurryOrder(ctx, { ...row, version: row.version + 1 })
    return
  }
  throw changedMeanwhile()
}

/** Puts the data into the agreement, if it can still change; it may be sent at this moment. Whether it could. */
async function fillIn(ctx: Ctx, { orgId, type }: LoginRow, data: AgreementData): Promise<boolean> {
  const canChange = async () => {
    const row = await findAgreement(ctx, orgId, type)
    return !row || isOpen(row)
  }
  if (!(await canChange())) return false
  try {
    await mergeDraft(ctx, orgId, type, data)
    return true
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict' || (await canChange())) throw error
    return false
  }
}

/** The person's answer. */
export async function answerLogin(
  ctx: Ctx,
  { token, answer }: { token: string; answer: 'yes' | 'no' },
  request: Request,
): Promise<Response> {
  const lang = langOf(request)
  const [row] = await ctx.db
    .select()
    .from(esiaLogins)
    .where(eq(esiaLogins.answerHash, sha256Hex(token)))
  if (!row) return messagePage(lang, 'notFound')
  if (isOver(ctx, row, 'returned')) return messagePage(lang, 'gone')
  const returned = (await claim(ctx, row, 'done')) as Returned | undefined
  if (!returned) return messagePage(lang, 'gone')
  if (answer === 'no') return messagePage(lang, 'refused')
  const open = await fillIn(ctx, row, returned.data)
  await keepIdentity(ctx, row.orgId, row.type, returned.identity)
  await batch(ctx.db, [audit(ctx, row.orgId, 'esia.login_done', `esia_login:${row.id.slice(0, 16)}`)])
  return messagePage(lang, open ? 'done' : 'noted')
}

/** Forgets logins whose time has run out, and with them what ESIA told. */
export async function sweepEsiaLogins(ctx: Ctx): Promise<void> {
  await ctx.db.delete(esiaLogins).where(lt(esiaLogins.expiresAt, ctx.now.toISOString()))
}
