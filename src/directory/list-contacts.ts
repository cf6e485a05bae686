import { eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { notFound } from '../http/errors.ts'
import { fromHexId, toHexId } from './ids.ts'
import type { ContactKind } from './kinds.ts'
import { listPage } from './pages.ts'
import type { ListQuery } from './schemas.ts'
import { find } from './search.ts'
import { directoryClients, directoryEmails, directoryPhones } from './tables.ts'

export const CONTACT_TABLES = { emails: directoryEmails, phone_numbers: directoryPhones }
export const CONTACT_INDEXES = {
  emails: { rows: 'directory_emails', search: 'directory_emails_search', label: 'key' },
  phone_numbers: { rows: 'directory_phones', search: 'directory_phones_search', label: 'key' },
}

async function rowsOf(ctx: Ctx, kind: ContactKind, ids: number[]) {
  const table = CONTACT_TABLES[kind]
  const { bin, companyName, alternativeName } = directoryClients
  return ctx.db
    .select({ id: table.id, clientId: table.clientId, value: table.value, bin, companyName, alternativeName })
    .from(table)
    .innerJoin(directoryClients, eq(directoryClients.id, table.clientId))
    .where(inArray(table.id, ids))
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number]
const PRESENT = {
  emails: (row: Row) => ({
    id: toHexId('emails', row.id),
    email: row.value,
    clients_bin: row.bin,
    company_id: toHexId('clients', row.clientId),
    company_name: row.companyName,
    alternative_name: row.alternativeName,
  }),
  phone_numbers: (row: Row) => ({ id: toHexId('phone_numbers', row.id), phone_number: row.value, client: row.companyName }),
}

/** Contacts with whose they are. */
export async function loadContacts(ctx: Ctx, kind: ContactKind, ids: number[]) {
  return new Map((await rowsOf(ctx, kind, ids)).map((row) => [row.id, PRESENT[kind](row)]))
}

export const listContacts = (ctx: Ctx, kind: ContactKind, query: ListQuery, url: string) =>
  listPage(
    {
      list: kind,
      find: (asked) => find(ctx, CONTACT_INDEXES[kind], asked),
      load: (ids) => loadContacts(ctx, kind, ids),
    },
    query,
    url,
  )

export async function getContact(ctx: Ctx, kind: ContactKind, hex: string) {
  const id = fromHexId(kind, hex)
  const found = (await loadContacts(ctx, kind, [id])).get(id)
  if (!found) throw notFound()
  return found
}
