import { eq, isNotNull, sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { clientDoc, contactDoc, type SearchDoc } from '../docs.ts'
import { CONTACT_KINDS, type ContactKind } from '../kinds.ts'
import { CONTACT_INDEXES, CONTACT_TABLES } from '../list-contacts.ts'
import { directoryClients, directoryEmails, directoryPhones } from '../tables.ts'

const AT_ONCE = 800

interface Dirty {
  id: number
  dirty: number | null
}

/** Puts rows into the search, and says so; a row that has changed again meanwhile stays marked. */
async function write(ctx: Ctx, rows: string, search: string, dirty: Dirty[], docs: SearchDoc[], hasTags = false): Promise<void> {
  const { db } = ctx
  const columns = ['whole', 'name', 'more', ...(hasTags ? ['tags'] : [])]
  const values = columns.map((column) => `value ->> '${column}'`)
  const marks = JSON.stringify(dirty.map(({ id, dirty: mark }) => ({ id, mark })))
  await batch(db, [
    db.run(sql`insert or replace into ${sql.raw(search)} (rowid, ${sql.raw(columns.join(', '))})
      select value ->> 'id', ${sql.raw(values.join(', '))} from json_each(${JSON.stringify(docs)})`),
    db.run(sql`update ${sql.raw(rows)} set dirty = null
      from (select value ->> 'id' as id, value ->> 'mark' as mark from json_each(${marks})) s where ${sql.raw(rows)}.id = s.id and dirty = s.mark`),
  ])
}

async function indexClients(ctx: Ctx): Promise<number> {
  const rows = await ctx.db.select().from(directoryClients).where(isNotNull(directoryClients.dirty)).limit(AT_ONCE)
  if (rows.length === 0) return 0
  const ids = JSON.stringify(rows.map((row) => row.id))
  const { clientId: ofEmail, value: email } = directoryEmails
  const { clientId: ofPhone, key: phone } = directoryPhones
  const among = (column: typeof ofEmail | typeof ofPhone) => sql`${column} in (select value from json_each(${ids}))`
  const [emails, phones] = await Promise.all([
    ctx.db.select({ clientId: ofEmail, said: email }).from(directoryEmails).where(among(ofEmail)),
    ctx.db.select({ clientId: ofPhone, said: phone }).from(directoryPhones).where(among(ofPhone)),
  ])
  const byClient = (contacts: typeof emails) => Map.groupBy(contacts, (c) => c.clientId)
  const [mail, calls] = [byClient(emails), byClient(phones)]
  const said = (of: typeof mail, id: number) => of.get(id)?.map((c) => c.said) ?? []
  const docs = rows.map((row) => clientDoc(row, said(mail, row.id), said(calls, row.id)))
  await write(ctx, 'directory_clients', 'directory_clients_search', rows, docs, true)
  return rows.length
}

async function indexContacts(ctx: Ctx, kind: ContactKind): Promise<number> {
  const table = CONTACT_TABLES[kind]
  const { id, dirty, value, key } = table
  const { bin, label } = directoryClients
  const rows = await ctx.db
    .select({ id, dirty, value, key, bin, label })
    .from(table)
    .innerJoin(directoryClients, eq(directoryClients.id, table.clientId))
    .where(isNotNull(dirty))
    .limit(AT_ONCE)
  const { rows: name, search } = CONTACT_INDEXES[kind]
  if (rows.length > 0)
    await write(
      ctx,
      name,
      search,
      rows,
      rows.map((row) => contactDoc(kind, row)),
    )
  return rows.length
}

/** Brings the search up to what the tables hold, also what an import that was cut off has left behind. */
export async function indexDirty(ctx: Ctx): Promise<void> {
  const steps = [indexClients, ...CONTACT_KINDS.map((kind) => (c: Ctx) => indexContacts(c, kind))]
  for (const step of steps) while ((await step(ctx)) === AT_ONCE);
}
