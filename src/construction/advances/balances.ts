import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { showMoney } from '../../http/numbers.ts'
import { users } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { avatarsOf, presentAvatar } from '../people/avatars.ts'
import { findPerson } from '../people/people.ts'
import { memberships } from '../people/tables.ts'
import { projectForemen, projects } from '../projects/tables.ts'
import { mine } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { todayIn } from '../zone.ts'
import { overdueBefore } from './rules.ts'
import { loadSettings } from './settings.ts'
import { advanceAccounts, advanceTransactions as table } from './tables.ts'

const SHOWN = 500

/** Issues on which nobody has reported in time. */
export const unreported = (orgId: number, before: string) =>
  and(eq(table.orgId, orgId), sql`type = 'issue' and status = 'pending' and ${isNull(table.deletedAt)}`, lt(table.countsFrom, before))

/** The day before which an issue that is still pending is overdue today; undefined where there is no deadline. */
export async function overdueDay(ctx: Ctx): Promise<string | undefined> {
  const [settings, today] = await Promise.all([loadSettings(ctx), todayIn(ctx)])
  return overdueBefore(today, settings)
}

/** Accounts of people, and who of them is late with a report. Without a day nobody is. */
async function accountsOf(ctx: Ctx, userIds: readonly number[]) {
  const orgId = orgOf(ctx)
  const before = await overdueDay(ctx)
  const ids = sql`(select value from json_each(${JSON.stringify(userIds)}))`
  const [accounts, late] = await ctx.db.batch([
    ctx.db
      .select()
      .from(advanceAccounts)
      .where(and(eq(advanceAccounts.orgId, orgId), inArray(advanceAccounts.userId, ids))),
    ctx.db
      .selectDistinct({ userId: table.userId })
      .from(table)
      .where(and(unreported(orgId, before ?? ''), inArray(table.userId, ids))),
  ])
  return { accounts: new Map(accounts.map((a) => [a.userId, a])), late: new Set(late.map((l) => l.userId)) }
}

export async function getBalance(ctx: Ctx, userId: number) {
  const person = await findPerson(ctx, userId)
  if (!person) throw notFound('Пользователь не найден')
  const { accounts, late } = await accountsOf(ctx, [userId])
  const account = accounts.get(userId)
  return {
    user_id: userId,
    name: person.name,
    current_balance: showMoney(account?.balance ?? 0),
    total_issued: showMoney(account?.issued ?? 0),
    total_reported: showMoney(account?.reported ?? 0),
    has_overdue_balance: late.has(userId),
    last_transaction_at: account ? isoStamp(account.lastTransactionAt) : null,
  }
}

/** To whom money may be given: foremen and project managers who work here. Found by name or position. */
export async function availableUsers(ctx: Ctx, search: string) {
  const orgId = orgOf(ctx)
  const text = searchable(search.trim())
  const [foremen, managers] = await ctx.db.batch([
    ctx.db
      .select({ user: users, member: memberships })
      .from(memberships)
      .innerJoin(users, and(eq(users.id, memberships.userId), isNull(users.deletedAt)))
      .where(
        and(
          eq(memberships.orgId, orgId),
          eq(memberships.isActive, true),
          text ? sql`instr(${memberships.search}, ${text}) > 0` : undefined,
        ),
      )
      .orderBy(memberships.name, memberships.userId)
      .limit(SHOWN),
    ctx.db
      .select({ user: users })
      .from(users)
      .where(and(eq(users.orgId, orgId), eq(users.role, 'project_manager'), eq(users.isActive, true), isNull(users.deletedAt)))
      .limit(SHOWN),
  ])
  // Of a guest what the organization has noted, and nothing of the account.
  const people = foremen.map(({ user, member }) => ({
    id: user.id,
    name: member.name,
    position: member.position ?? (member.isGuest ? null : user.position),
    avatar: member.isGuest ? member.accountAvatarId : user.avatarFileId,
  }))
  const others = managers.map(({ user: { id, name, position, avatarFileId } }) => ({ id, name, position, avatar: avatarFileId }))
  // Managers are few, and have no column that is searched.
  const found = [...people, ...others.filter((m) => searchable([m.name, m.position ?? ''].join('\n')).includes(text))].slice(0, SHOWN)
  const [{ accounts, late }, avatars] = await Promise.all([
    accountsOf(
      ctx,
      found.map(({ id }) => id),
    ),
    avatarsOf(
      ctx,
      found.map(({ avatar }) => avatar),
    ),
  ])
  return Promise.all(
    found.map(async ({ id, name, position, avatar }) => ({
      id,
      name,
      current_balance: showMoney(accounts.get(id)?.balance ?? 0),
      has_overdue_balance: late.has(id),
      position,
      avatar_url: (await presentAvatar(ctx, avatar, avatars)).avatar_url,
    })),
  )
}

/** Active projects on which money may be spent; with a person, those that they are assigned to. */
export async function availableProjects(ctx: Ctx, { userId, search }: { userId?: number | undefined; search: string }) {
  const text = searchable(search.trim())
  const assigned = sql`exists (select 1 from ${projectForemen} where ${projectForemen.projectId} = ${projects.id} and ${projectForemen.userId} = ${userId ?? 0})`
  return ctx.db
    .select({
      id: projects.id,
      name: projects.name,
      external_code: projects.externalCode,
      status: projects.status,
      address: projects.address,
    })
    .from(projects)
    .where(
      and(
        mine(ctx, projects),
        eq(projects.status, 'active'),
        eq(projects.isArchived, false),
        userId === undefined ? undefined : assigned,
        text ? sql`instr(${projects.search}, ${text}) > 0` : undefined,
      ),
    )
    .orderBy(projects.name, projects.id)
    .limit(SHOWN)
}
