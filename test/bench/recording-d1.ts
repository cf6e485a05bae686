/** D1 that counts what each statement reads, as D1 itself bills it (`meta.rows_read`). */

export interface Seen {
  sql: string
  rowsRead: number
}

interface Call {
  sql: string
  /** What had been answered when this was sent. */
  after: Call[]
}

/** A view of `db` that writes down every statement that goes through it. Only for reads: where drizzle asks for raw rows, the query is run twice. */
export function recordReads(db: D1Database): { db: D1Database; seen: Seen[]; trips: (besides?: RegExp) => number } {
  const seen: Seen[] = []
  // A batch is one trip, whatever is in it; so is what is sent side by side, since it is waited for once: one that starts when another has ended came after it.
  const calls: (Call & { ended: boolean })[] = []
  const trip = async <T>(sql: string, call: () => Promise<T>): Promise<T> => {
    const mine = { sql, after: calls.filter((one) => one.ended), ended: false }
    calls.push(mine)
    try {
      return await call()
    } finally {
      mine.ended = true
    }
  }
  const trips = (besides?: RegExp): number => {
    const depths = new Map<Call, number>()
    for (const call of calls) {
      const before = Math.max(0, ...call.after.map((one) => depths.get(one) ?? 0))
      depths.set(call, before + (besides?.test(call.sql) ? 0 : 1))
    }
    return Math.max(0, ...depths.values())
  }
  const real = new WeakMap<object, D1PreparedStatement>()
  const note = (sql: string, meta: D1Meta) => void seen.push({ sql, rowsRead: meta.rows_read })

  const statement = (sql: string, inner: D1PreparedStatement): D1PreparedStatement => {
    const outer = {
      bind: (...values: unknown[]) => statement(sql, inner.bind(...values)),
      all: async () => {
        const result = await trip(sql, () => inner.all())
        note(sql, result.meta)
        return result
      },
      run: async () => {
        const result = await trip(sql, () => inner.run())
        note(sql, result.meta)
        return result
      },
      // Raw rows come without their meta.
      raw: async (options: { columnNames: true }) => {
        return trip(sql, async () => {
          const { meta } = await inner.all()
          note(sql, meta)
          return inner.raw(options)
        })
      },
      first: () => Promise.reject(new Error('not recorded: first()')),
    }
    real.set(outer, inner)
    return outer as unknown as D1PreparedStatement
  }
  const batch =
    (to: D1Database | D1DatabaseSession, sqls: WeakMap<object, string>) =>
    async (statements: D1PreparedStatement[]): Promise<D1Result[]> => {
      const results = await trip('batch', () => to.batch(statements.map((s) => real.get(s) ?? s)))
      for (const [i, result] of results.entries()) note(sqls.get(statements[i] ?? {}) ?? 'batch', result.meta)
      return results
    }
  const withSession = (start?: string) => {
    const session = db.withSession(start)
    const sqls = new WeakMap<object, string>()
    return {
      prepare: (sql: string) => {
        const made = statement(sql, session.prepare(sql))
        sqls.set(made, sql)
        return made
      },
      batch: batch(session, sqls),
      getBookmark: () => session.getBookmark(),
    }
  }
  return {
    db: { withSession } as unknown as D1Database,
    seen,
    trips,
  }
}
