import { sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import type { ContactKind } from '../kinds.ts'
import { CONTACT_TABLES } from '../list-contacts.ts'
import { DIRTY, idsOf } from './clients.ts'
import type { ContactRecord, Entry } from './records.ts'
import type { Report } from './report.ts'

type ContactEntry = Extract<Entry, { kind: ContactKind }>
interface Row {
  clientId: number
  value: string
  key: string
}

const rowKey = ({ clientId, key }: Pick<Row, 'clientId' | 'key'>) => `${clientId} ${key}`

async function load(ctx: Ctx, kind: ContactKind, clientIds: number[]): Promise<Map<string, Row>> {
  const table = CONTACT_TABLES[kind]
  const { clientId, value, key } = table
  const rows = await ctx.db
    .select({ clientId, value, key })
    .from(table)
    .where(sql`${clientId} in (select value from json_each(${JSON.stringify(clientIds)}))`)
  return new Map(rows.map((row) => [rowKey(row), row]))
}

async function write(ctx: Ctx, kind: ContactKind, rows: Row[]): Promise<void> {
  const { db } = ctx
  const said = JSON.stringify(rows)
  await batch(db, [
    db.run(sql`insert into ${CONTACT_TABLES[kind]} (client_id, value, key, dirty)
      select e.value ->> 'clientId', e.value ->> 'value', e.value ->> 'key', ${DIRTY} from json_each(${said}) e where true
      on conflict (client_id, key) do update set value = excluded.value, dirty = excluded.dirty`),
    // Clients are found by their e-mails and phones.
    db.run(sql`update directory_clients set dirty = ${DIRTY} where id in (select value ->> 'clientId' from json_each(${said}))`),
  ])
}

/** Records of e-mails or phones. `made` tells which line made a client of this very chunk. */
export async function importContacts(
  ctx: Ctx,
  kind: ContactKind,
  entries: ContactEntry[],
  made: Map<string, number>,
  report: Report,
): Promise<void> {
  if (entries.length === 0) return
  const ids = await idsOf(ctx, [...new Set(entries.map(({ record }) => record.bin))])
  const known = await load(ctx, kind, [...ids.values()])
  const changed = new Map<string, Row>()
  const clientOf = (record: ContactRecord, line: number) => ((made.get(record.bin) ?? 0) < line ? ids.get(record.bin) : undefined)
  for (const { line, record } of entries) {
    const clientId = clientOf(record, line)
    if (clientId === undefined) {
      report.fault({ line, kind, error: 'clients_bin: no such client' })
      continue
    }
    const row = { clientId, value: record.value, key: record.key }
    const before = changed.get(rowKey(row)) ?? known.get(rowKey(row))
    const isSame = before?.value === row.value
    report.count(before, isSame)
    if (!isSame) changed.set(rowKey(row), row)
  }
  if (changed.size > 0) await write(ctx, kind, [...changed.values()])
}
