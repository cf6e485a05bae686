import { env } from 'cloudflare:test'
import { openingBalance, type Balance } from '../src/billing/balances.ts'
import { serviceContext, type Ctx } from '../src/context.ts'
import { batch } from '../src/db/client.ts'
import { memberships } from '../src/construction/people/tables.ts'
import { hashPassword } from '../src/identity/password.ts'
import type { Role } from '../src/identity/roles.ts'
import { organizations, users } from '../src/identity/tables.ts'
import { signToken } from '../src/identity/tokens.ts'
import { randomHex } from '../src/lib/ids.ts'
import { sql } from 'drizzle-orm'
import { docx, p } from './documents/files.ts'

let counter = Math.floor(Math.random() * 9e6)
/** Another number on every call; random where it starts, so that files that run side by side do not meet. */
export const next = () => ++counter

export const newPhone = () => `+7701${String(next()).padStart(7, '0')}`
export const newEmail = () => `company${next()}@example.com`
export const PASSWORD = 'верный пароль 1'

const WEIGHTS = [
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2],
]
/** Adds the check digit to eleven digits; undefined for the few that have none. */
function withCheck(eleven: string): string | undefined {
  const rest = WEIGHTS.map((w) => w.reduce((sum, k, i) => sum + k * Number(eleven[i]), 0) % 11).find((r) => r < 10)
  return rest === undefined ? undefined : eleven + String(rest)
}
function identifier(start: string): string {
  for (;;) {
    const made = withCheck(start + String(next() % 100_000).padStart(11 - start.length, '0'))
    if (made) return made
  }
}
/** A person born on 4 May 1985. */
export const newIin = () => identifier('850504')
/** A company of May 2018. */
export const newBin = () => identifier('180540')
/** The same number with a wrong check digit. */
export const spoil = (digits: string) => digits.slice(0, -1) + String((Number(digits.at(-1)) + 1) % 10)

export interface Signer {
  client_name: string
  client_iin: string
  client_phone: string
}
export const newSigner = (): Signer => ({ client_name: 'Қасымов Әлихан Ұлы', client_iin: newIin(), client_phone: newPhone() })

/** The service's own context, as queue and cron have it. */
export const newCtx = (): Promise<Ctx> => serviceContext(env, () => undefined)

export interface Company {
  id: number
  token: string
  email: string
  phone: string
  sessionId: string
  userId: number
}

let passwordHash: Promise<string> | undefined

/** An organization with an owner who is logged in; straight into the stores, since registering hashes a password each time. Its password is `PASSWORD`. */
export async function newCompany({ name = 'ТОО «Тест»', role = 'owner' }: { name?: string; role?: Role } = {}): Promise<Company> {
  passwordHash ??= hashPassword(PASSWORD)
  const ctx = await newCtx()
  const [email, phone, at] = [newEmail(), newPhone(), ctx.now.toISOString()]
  const orgId = sql<number>`(select id from organizations where email = ${email} and deleted_at is null)`
  await batch(ctx.db, [
    ctx.db.insert(organizations).values({ name, email, phone, createdAt: at }),
    ctx.db
      .insert(users)
      .values({ staffId: randomHex(4), orgId, name, email, phone, role, passwordHash: await passwordHash, createdAt: at, updatedAt: at }),
    ...openingBalance(ctx, orgId, at),
  ])
  const row = await env.DB.prepare(
    'select u.id as user, o.id as org from users u join organizations o on o.id = u.org_id where u.email = ?',
  )
    .bind(email)
    .first<{ user: number; org: number }>()
  if (!row) throw new Error('the company was not written')
  return { id: row.org, userId: row.user, email, phone, ...(await openSession(ctx, `user:${row.user}`, row.user, row.org)) }
}

async function openSession(ctx: Ctx, subject: string, userId: number, orgId: number | null): Promise<{ token: string; sessionId: string }> {
  const sessionId = randomHex(16)
  const now = ctx.now.getTime()
  await env.SESSIONS.getByName(orgId === null ? 'operator' : String(orgId)).open({
    id: sessionId,
    userId,
    refreshId: null,
    expiresAt: now + 86_400_000,
    now,
  })
  return { token: await signToken(ctx.settings, 'access', { subject, orgId, sessionId, tokenId: randomHex(16) }, ctx.now), sessionId }
}

/** A token of the platform's operator. */
export const operatorToken = async () => (await openSession(await newCtx(), 'operator', 0, null)).token

/** Somebody in the company with that role, logged in. */
export async function newPerson(company: Pick<Company, 'id'>, role: Role): Promise<{ id: number; email: string; token: string }> {
  const ctx = await newCtx()
  const at = ctx.now.toISOString()
  passwordHash ??= hashPassword(PASSWORD)
  const [row] = await ctx.db
    .insert(users)
    .values({
      staffId: randomHex(4),
      orgId: company.id,
      name: 'Сотрудник',
      email: newEmail(),
      phone: null,
      role,
      passwordHash: await passwordHash,
      createdAt: at,
      updatedAt: at,
    })
    .returning({ id: users.id, email: users.email })
  if (!row) throw new Error('the member was not written')
  if (role === 'foreman') {
    const copy = { name: 'Сотрудник', nameKey: 'сотрудник', search: 'сотрудник', email: row.email }
    await ctx.db.insert(memberships).values({ orgId: company.id, userId: row.id, ...copy, createdAt: at, updatedAt: at })
  }
  return { ...row, token: (await openSession(ctx, `user:${row.id}`, row.id, company.id)).token }
}

/** A token of such a person. */
export const newMember = async (company: Pick<Company, 'id'>, role: Role): Promise<string> => (await newPerson(company, role)).token

/** A small contract with two fields. */
export const TEMPLATE = docx(p('Договор') + p('Клиент: {client_name}, ИИН {client_iin}'))
/** One that asks for nothing. */
export const PLAIN_TEMPLATE = docx(p('Публичная оферта. Заполнять нечего.'))

/** Rows of every table, for the proof that a refusal stored nothing. */
export async function countRows(except: readonly string[] = []): Promise<Record<string, number>> {
  const { results: tables } = await env.DB.prepare(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_cf%' escape '\\' and name <> 'd1_migrations' order by name",
  ).all<{ name: string }>()
  const names = tables.map((t) => t.name).filter((name) => !except.includes(name))
  const counts = await env.DB.batch<{ n: number }>(names.map((name) => env.DB.prepare(`select count(*) as n from "${name}"`)))
  return Object.fromEntries(names.map((name, i) => [name, counts[i]?.results[0]?.n ?? -1]))
}

/** What is left, and what the ledger says must be left. */
export async function balanceOf(orgId: number): Promise<{ left: Omit<Balance, 'company_id'>; ledger: Omit<Balance, 'company_id'> }> {
  const read = async (text: string) =>
    (await env.DB.prepare(text).bind(orgId).first<Omit<Balance, 'company_id'>>()) ?? { sms_signatures: 0, ecp_signatures: 0 }
  return {
    left: await read('select sms_signatures, ecp_signatures from balances where org_id = ?'),
    ledger: await read(
      'select coalesce(sum(sms), 0) as sms_signatures, coalesce(sum(ecp), 0) as ecp_signatures from balance_entries where org_id = ?',
    ),
  }
}

/** A PDF of one page with a line of text, as small as they come. */
export function onePage(text = 'Agreement'): Uint8Array {
  const stream = `BT /F1 18 Tf 72 760 Td (${text}) Tj ET`
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${stream.length}>>\nstream\n${stream}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  let out = '%PDF-1.7\n'
  const at = objects.map((object, i) => {
    const offset = out.length
    out += `${i + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const rows = at.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = objects.length + 1
  out += `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF\n`
  return new TextEncoder().encode(out)
}
