import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { organizations, users } from '../../src/identity/tables.ts'
import { newCompany, newCtx } from '../factories.ts'

it('a batch gives both sides of a join, in order, also where their columns are called the same', async () => {
  const [a, b] = [await newCompany({ name: 'А' }), await newCompany({ name: 'Б' })]
  const { db } = await newCtx()
  const joined = () =>
    db
      .select({ user: users, organization: organizations, count: sql<number>`1 + 1` })
      .from(users)
      .innerJoin(organizations, eq(organizations.id, users.orgId))
      .where(sql`${users.id} in (${a.userId}, ${b.userId})`)
      .orderBy(sql`${users.id} desc`)
      .limit(2)
  const [rows, [alone]] = await db.batch([joined(), db.select({ n: sql<number>`count(*)` }).from(sql`(select 1)`)])
  expect(rows).toEqual(await joined())
  expect(rows.map((row) => [row.user.id, row.organization.id, row.organization.name, row.count])).toEqual([
    [b.userId, b.id, 'Б', 2],
    [a.userId, a.id, 'А', 2],
  ])
  expect(alone).toEqual({ n: 1 })
})
