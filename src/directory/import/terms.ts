import { sql } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { fromHexId } from '../ids.ts'
import { idRange, TERM_FIELDS, TERM_KINDS, type TermKind } from '../kinds.ts'
import { directoryTerms, PART } from '../tables.ts'

interface Known {
  id: number
  parentId: number | null
  /** The line that made it, where this import did. */
  line: number
}

const MOST_KNOWN = 50_000
/** Written out: as a parameter it would be no integer to SQLite. */
const SIZE = sql.raw(String(PART))
const isHex = (text: string) => /^[0-9a-f]{8}$/.test(text)

/** The names of the reference lists that an import has met: each is asked of the database once. */
export class Terms {
  #known = new Map<TermKind, Map<string, Known>>(TERM_KINDS.map((kind) => [kind, new Map()]))
  #byId = new Map<TermKind, Set<number>>(TERM_KINDS.map((kind) => [kind, new Set()]))
  readonly ctx: Ctx
  constructor(ctx: Ctx) {
    this.ctx = ctx
  }

  #of = (kind: TermKind) => this.#known.get(kind) ?? new Map<string, Known>()

  get(kind: TermKind, name: string): Known | undefined {
    return this.#of(kind).get(name)
  }

  /** The id that a record means by a name or by eight digits; undefined where nothing before that line is called so. */
  resolve(kind: TermKind, said: string, line: number): number | undefined {
    const known = this.get(kind, said)
    if (known && known.line < line) return known.id
    const id = isHex(said) ? fromHexId('terms', said) : undefined
    return id !== undefined && this.#byId.get(kind)?.has(id) ? id : undefined
  }

  /** Asks for those that are not known yet. */
  async meet(asked: Map<TermKind, Set<string>>): Promise<void> {
    if ([...this.#known.values()].reduce((sum, names) => sum + names.size, 0) > MOST_KNOWN)
      for (const names of this.#known.values()) names.clear()
    const missing = [...asked].flatMap(([kind, names]) => {
      const unknown = [...names].filter((name) => !this.get(kind, name))
      return unknown.length > 0 ? [{ kind, unknown }] : []
    })
    const { id, name, kind, parentId } = directoryTerms
    const queries = missing.map(({ kind: of, unknown }) => {
      const ids = unknown.filter(isHex).map((hex) => fromHexId('terms', hex))
      const named = sql`${name} in (select value from json_each(${JSON.stringify(unknown)}))`
      const numbered = sql`${id} in (select value from json_each(${JSON.stringify(ids)}))`
      return this.ctx.db
        .select({ id, name, kind, parentId })
        .from(directoryTerms)
        .where(sql`${kind} = ${of} and ${ids.length > 0 ? sql`(${named} or ${numbered})` : named}`)
    })
    for (const rows of await Promise.all(queries)) {
      for (const row of rows) {
        this.#of(row.kind).set(row.name, { id: row.id, parentId: row.parentId, line: 0 })
        this.#byId.get(row.kind)?.add(row.id)
      }
    }
  }

  /** Writes new names and changed parents, and knows them from then on. */
  async write(kind: TermKind, rows: Map<string, { parentId: number | null; line: number }>): Promise<void> {
    const { base, last } = idRange(kind)
    const said = JSON.stringify([...rows].map(([name, { parentId }]) => ({ name, parentId })))
    const { db } = this.ctx
    const each = sql`from json_each(${said}) e`
    await batch(db, [
      ...(TERM_FIELDS[kind].parent
        ? [
            db.run(sql`update directory_terms set parent_id = s.parent from (select e.value ->> 'name' as name, e.value ->> 'parentId' as parent ${each}) s
              where directory_terms.kind = ${kind} and directory_terms.name = s.name and directory_terms.parent_id is not s.parent`),
          ]
        : []),
      // Numbered on from the last one: those that another import has made meanwhile leave no gap.
      db.run(sql`insert into directory_terms (id, kind, name, parent_id)
        select (select coalesce(max(id), ${base}) from directory_terms where id > ${base} and id <= ${last}) + row_number() over (order by e.key),
          ${kind}, e.value ->> 'name', e.value ->> 'parentId' ${each}
        where not exists (select 1 from directory_terms t where t.kind = ${kind} and t.name = e.value ->> 'name')`),
      db.run(sql`insert or replace into directory_term_parts (part, terms)
        select p.part, json_group_array(json_array(t.id, t.name) order by t.id)
        from (select distinct id / ${SIZE} as part from directory_terms where kind = ${kind} and name in (select e.value ->> 'name' ${each})) p
          cross join directory_terms t on t.id >= p.part * ${SIZE} and t.id < (p.part + 1) * ${SIZE} group by p.part`),
    ])
    for (const name of rows.keys()) this.#of(kind).delete(name)
    await this.meet(new Map([[kind, new Set(rows.keys())]]))
    for (const [name, { line }] of rows) {
      const known = this.get(kind, name)
      if (known) known.line = line
    }
  }
}
