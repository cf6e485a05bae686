import type * as z from 'zod'

/** A row of ours that an accounting system may know by either of two codes. */
export interface Coded {
  id: number
  first: string | null
  second: string | null
}

export interface Matched<R> {
  /** Ours and theirs. */
  pairs: { id: number; remote: R }[]
  unknown: R[]
  /** What can't be read, comes twice, or means a row that another one has meant already. */
  errors: number
}

/** Reads what came and finds what of ours each record means: by the first code, else by the second. */
export function match<R>(
  raw: unknown[],
  schema: z.ZodType<R>,
  ours: Coded[],
  codes: (remote: R) => [first: string, second: string | null],
): Matched<R> {
  const first = new Map(ours.flatMap((row) => (row.first === null ? [] : [[row.first, row.id] as const])))
  const second = new Map(ours.flatMap((row) => (row.second === null ? [] : [[row.second, row.id] as const])))
  const [seen, taken] = [new Set<string>(), new Set<number>()]
  const result: Matched<R> = { pairs: [], unknown: [], errors: 0 }
  for (const one of raw) {
    const parsed = schema.safeParse(one)
    const [by, or] = parsed.success ? codes(parsed.data) : ['', null]
    if (!parsed.success || seen.has(by)) {
      result.errors++
      continue
    }
    seen.add(by)
    const id = first.get(by) ?? (or === null ? undefined : second.get(or))
    if (id === undefined) result.unknown.push(parsed.data)
    else if (taken.has(id)) result.errors++
    else {
      taken.add(id)
      result.pairs.push({ id, remote: parsed.data })
    }
  }
  return result
}

export const pieces = <T>(rows: T[], size = 500): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size))
