import type { BatchItem } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'

interface Prepared {
  fields?: { field: object }[]
  stmt: D1PreparedStatement
  getQuery: () => { sql: string; params: unknown[] }
}

const nameOf = ({ field }: { field: object }): string | undefined =>
  'fieldAlias' in field ? String(field.fieldAlias) : 'name' in field ? String(field.name) : undefined

/**
 * D1 gives the rows of a batch as objects by the names of their columns, so of two columns `id` of a join one is lost, and drizzle, which reads them by their
 * place, takes one column for another. Such a query is wrapped, so that each of its columns has a name of its own.
 */
export function withDistinctColumns(db: DrizzleD1Database): DrizzleD1Database {
  const client = (db as unknown as { $client: D1Database }).$client
  const distinct = (item: BatchItem<'sqlite'>) => {
    if (!('_prepare' in item)) return item
    const query = item as unknown as { _prepare: () => Prepared }
    const _prepare = () => {
      const prepared = query._prepare()
      const names = prepared.fields?.map(nameOf) ?? []
      if (new Set(names).size === names.length) return prepared
      const { sql, params } = prepared.getQuery()
      const text = `with answer(${names.map((_, i) => `c${i}`).join(', ')}) as (${sql}) select * from answer`
      return Object.assign(prepared, { stmt: client.prepare(text), getQuery: () => ({ sql: text, params }) })
    }
    return { _prepare } as unknown as BatchItem<'sqlite'>
  }
  const run = db.batch.bind(db) as (items: BatchItem<'sqlite'>[]) => Promise<unknown[]>
  return Object.assign(db, { batch: ((items: BatchItem<'sqlite'>[]) => run(items.map(distinct))) as unknown as typeof db.batch })
}
