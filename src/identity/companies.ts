import { and, eq, isNull, or, sql, type SQL } from 'drizzle-orm'
import { openingBalance } from '../billing/balances.ts'
import { audit, mustSeeOrg, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError, notFound } from '../http/errors.ts'
import { defineList } from '../http/list.ts'
import { hashPassword } from './password.ts'
import { endSessions, normalizeEmail } from './sessions.ts'
import { newStaffId } from './staff.ts'
import { organizations, users } from './tables.ts'

export interface Company {
  id: number
  name: string
  email: string
  phone: string
}

const columns = { id: organizations.id, name: organizations.name, email: organizations.email, phone: organizations.phone }
const alive = isNull(organizations.deletedAt)

function taken(error: unknown): AppError {
  if (isUniqueViolation(error, 'email')) return new AppError('conflict', 'This e-mail is taken.')
  if (isUniqueViolation(error, 'phone')) return new AppError('conflict', 'This phone is taken.')
  throw error
}

/** Creates the organization, its owner and the trial balance, all or nothing; with `parentId` as the child of another one. */
export async function registerCompany(
  ctx: Ctx,
  input: { name: string; email: string; phone: string; password: string },
  parentId: number | null = null,
): Promise<Company> {
  const { name, phone } = input
  const email = normalizeEmail(input.email)
  if (email === normalizeEmail(ctx.settings.OPERATOR_EMAIL)) throw new AppError('conflict', 'This e-mail is taken.')
  // The hash is slow on purpose: an e-mail that is plainly taken is told before it.
  const [known] = await ctx.db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.email, email), isNull(users.deletedAt)))
  if (known) throw new AppError('conflict', 'This e-mail is taken.')
  const passwordHash = await hashPassword(input.password)
  const at = ctx.now.toISOString()
  // The batch is one transaction, so the organization is found again by its e-mail, which no other living one has.
  const orgId = sql<number>`(select id from organizations where email = ${email} and deleted_at is null)`
  try {
    await batch(ctx.db, [
      ctx.db.insert(organizations).values({ name, email, phone, parentId, createdAt: at }),
      ctx.db.insert(users).values({
        staffId: newStaffId(),
        orgId,
        name,
        email,
        phone,
        position: null,
        role: 'owner',
        passwordHash,
        createdAt: at,
        updatedAt: at,
      }),
      ...openingBalance(ctx, orgId, at),
      audit(ctx, orgId, 'company.registered', 'company'),
    ])
  } catch (error) {
    throw taken(error)
  }
  const [made] = await ctx.db
    .select(columns)
    .from(organizations)
    .where(and(eq(organizations.email, email), alive))
  if (!made) throw notFound()
  return made
}

const companyList = defineList({ key: organizations.id })
export const companiesQuery = companyList.query

/** The companies that the caller may see, newest first: its own; the operator sees all. */
export async function listCompanies(ctx: Ctx, asked: { limit?: number; after?: string }) {
  const own = ctx.actor.kind === 'operator' ? undefined : eq(organizations.id, 'orgId' in ctx.actor ? ctx.actor.orgId : 0)
  const { where, orderBy, limit } = companyList.plan(asked, and(alive, own))
  const rows = await ctx.db.select(columns).from(organizations).where(where).orderBy(orderBy).limit(limit)
  return companyList.page(rows, asked, (r) => r.id)
}

async function find(ctx: Ctx, by: SQL): Promise<Company> {
  const [row] = await ctx.db.select(columns).from(organizations).where(and(by, alive))
  if (!row) throw notFound()
  mustSeeOrg(ctx, row.id)
  return row
}

export const getCompany = (ctx: Ctx, id: number) => find(ctx, eq(organizations.id, id))
export const getCompanyByPhone = (ctx: Ctx, phone: string) => find(ctx, eq(organizations.phone, phone))

/** The owner's account and the company's life are the owner's (and the operator's): no key and no other role may take them over. */
function mustOwn({ actor }: Ctx): void {
  if (actor.kind === 'operator' || (actor.kind === 'user' && actor.role === 'owner')) return
  throw new AppError('forbidden', 'Only the owner may do this.')
}

/** The owner's own account goes along with the company's e-mail, phone and password; a new password ends every other session. */
export async function changeCompany(
  ctx: Ctx,
  id: number,
  input: { name?: string; email?: string; phone?: string; password?: string },
): Promise<Company> {
  await getCompany(ctx, id)
  const { name, phone } = input
  const account = input.email !== undefined || phone !== undefined || input.password !== undefined
  if (account) mustOwn(ctx)
  const email = input.email === undefined ? undefined : normalizeEmail(input.email)
  if (email === normalizeEmail(ctx.settings.OPERATOR_EMAIL)) throw new AppError('conflict', 'This e-mail is taken.')
  const passwordHash = input.password === undefined ? undefined : await hashPassword(input.password)
  const at = ctx.now.toISOString()
  // What is said alone is written: a change beside this one keeps its own. The owner is whom the company's contacts name at that moment.
  const contacts = { ...(email === undefined ? {} : { email }), ...(phone === undefined ? {} : { phone }) }
  const named = (column: string) => sql`(select ${sql.raw(column)} from organizations where id = ${id})`
  const owner = and(
    eq(users.orgId, id),
    eq(users.role, 'owner'),
    or(eq(users.email, named('email')), eq(users.phone, named('phone'))),
    isNull(users.deletedAt),
  )
  const known = and(eq(organizations.id, id), alive)
  try {
    await batch(ctx.db, [
      ctx.db
        .update(users)
        .set({ ...contacts, updatedAt: at, ...(passwordHash ? { passwordHash } : {}) })
        .where(owner),
      ctx.db
        .update(organizations)
        .set({ id, ...contacts, ...(name === undefined ? {} : { name }) })
        .where(known),
      audit(ctx, id, 'company.changed', `company:${id}`),
    ])
  } catch (error) {
    throw taken(error)
  }
  if (passwordHash) await endSessions(ctx, id, null, ctx.actor.kind === 'user' ? ctx.actor.sessionId : null)
  return getCompany(ctx, id)
}

/** Soft: what was signed stays checkable for years. Its accounts can no longer log in, and who is logged in is put out at once. */
export async function deleteCompany(ctx: Ctx, id: number): Promise<void> {
  await getCompany(ctx, id)
  mustOwn(ctx)
  const at = ctx.now.toISOString()
  await batch(ctx.db, [
    ctx.db
      .update(organizations)
      .set({ deletedAt: at })
      .where(and(eq(organizations.id, id), alive)),
    ctx.db
      .update(users)
      .set({ deletedAt: at, updatedAt: at })
      .where(and(eq(users.orgId, id), isNull(users.deletedAt))),
    audit(ctx, id, 'company.deleted', `company:${id}`),
  ])
  await endSessions(ctx, id, null)
}
