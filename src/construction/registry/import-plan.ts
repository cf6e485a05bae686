import type { Values } from './bulk.ts'

/** A row of a file (or of another system) and where it stands there. */
export interface Numbered<Row> {
  line: number
  row: Row
}
export interface LineError {
  line: number
  message: string
}

/** By what a row is known again: a property of the table and its value. */
export interface KeyValue {
  key: string
  value: string
}

/** What decides how rows become records. Pure: it sees only what is given. */
export interface Rules<Row, Lookups> {
  /** Properties of the table by which records are found. */
  keys: readonly string[]
  /** Of a row. `all`: each that is found must be the same record; `first`: the first that is found is it. */
  identify: (row: Row) => readonly KeyValue[]
  match: 'all' | 'first'
  /** What of a row is kept; a text tells why it is not. What is left out stays, in a new record it is null. */
  values: (row: Row, lookups: Lookups, before: Values | undefined) => Values | string
  /** Of a tree: which record the row's is below. Nothing said leaves it where it is. */
  parentOf?: (row: Row) => KeyValue | undefined
}

/** What is there already: its id, its keys, and in a tree its parent. */
export type Known = Values & { id: number; parentId?: number | null }

interface Kept {
  id: number
  isNew: boolean
  now: Values
  said: Values
  /** Where the last row puts it, and which line that is. */
  link?: { to: KeyValue; line: number }
}

export interface Plan {
  created: Known[]
  changed: Known[]
  /** Records that get another parent. */
  moved: { id: number; parentId: number }[]
  imported: number
  updated: number
  errors: LineError[]
}

/**
 * What a file does, as if its rows came one after the other: a row whose record is there, or was made by a row above, changes it. Parents may stand below their
 * children. Rows that can't be are told by line, and all others go in.
 *
 * @param firstId new records are numbered from it
 */
export function planImport<Row, Lookups>(
  rules: Rules<Row, Lookups>,
  rows: readonly Numbered<Row>[],
  known: readonly Known[],
  lookups: Lookups,
  firstId: number,
): Plan {
  const refused: LineError[] = []
  for (let left = rows; ;) {
    const { index, records, plan } = takeRows(rules, left, known, lookups, firstId)
    const lost = rules.parentOf ? linkRecords(records, index, known, plan) : []
    if (lost.length === 0) return { ...plan, errors: [...plan.errors, ...refused].toSorted((a, b) => a.line - b.line) }
    // Without them other rows may mean something else: all is worked out anew.
    refused.push(...lost)
    const lines = new Set(lost.map(({ line }) => line))
    left = left.filter(({ line }) => !lines.has(line))
  }
}

type Index = Map<string, Map<string, Kept>>

const keyOf = (values: Values, key: string): string | undefined => {
  const value = values[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function takeRows<Row, Lookups>(
  rules: Rules<Row, Lookups>,
  rows: readonly Numbered<Row>[],
  known: readonly Known[],
  lookups: Lookups,
  firstId: number,
) {
  const index: Index = new Map(rules.keys.map((key) => [key, new Map()]))
  const note = (kept: Kept) => {
    for (const [key, found] of index) {
      const value = keyOf(kept.now, key)
      if (value !== undefined && !found.has(value)) found.set(value, kept)
    }
  }
  const forget = (kept: Kept) => {
    for (const [key, found] of index) {
      const value = keyOf(kept.now, key)
      if (value !== undefined && found.get(value) === kept) found.delete(value)
    }
  }
  for (const one of known) note({ id: one.id, isNew: false, now: one, said: {} })

  const records = new Set<Kept>()
  const plan: Plan = { created: [], changed: [], moved: [], imported: 0, updated: 0, errors: [] }
  let nextId = firstId
  for (const { line, row } of rows) {
    const found = rules.identify(row).flatMap(({ key, value }) => index.get(key)?.get(value) ?? [])
    const before = found[0]
    if (rules.match === 'all' && found.some((other) => other !== before)) {
      plan.errors.push({ line, message: 'название и коды строки принадлежат разным записям' })
      continue
    }
    const values = rules.values(row, lookups, before?.now)
    if (typeof values === 'string') {
      plan.errors.push({ line, message: values })
      continue
    }
    const kept = before ?? { id: nextId++, isNew: true, now: {}, said: {} }
    if (before) {
      plan.updated++
      forget(before)
    } else plan.imported++
    kept.now = { ...kept.now, ...values }
    kept.said = { ...kept.said, ...values }
    note(kept)
    records.add(kept)
    const to = rules.parentOf?.(row)
    if (to) kept.link = { to, line }
  }
  for (const { id, isNew, said } of records) (isNew ? plan.created : plan.changed).push({ ...said, id })
  return { index, records, plan }
}

/** Puts records below their parents. Gives the lines whose parent is missing or stands below them. */
function linkRecords(records: ReadonlySet<Kept>, index: Index, known: readonly Known[], plan: Plan): LineError[] {
  const parents = new Map(known.map(({ id, parentId }) => [id, parentId ?? null]))
  const linked = new Map([...records].flatMap((kept) => (kept.link ? [[kept.id, kept] as const] : [])))
  const lost = new Map<number, LineError>()
  const fine = new Set<number>()
  const lose = ({ id, link }: Kept, message: string) => {
    if (link) lost.set(id, { line: link.line, message })
  }
  const missing = (kept: Kept) => lose(kept, `родитель '${kept.link?.to.value ?? ''}' не найден`)

  for (const start of linked.values()) {
    const way: Kept[] = []
    const seen = new Set<number>()
    let id: number | null = start.id
    while (id !== null && !fine.has(id) && !lost.has(id)) {
      const kept = linked.get(id)
      if (seen.has(id)) {
        const closing = way.at(-1)
        if (closing) lose(closing, 'категория оказалась бы внутри самой себя')
        break
      }
      seen.add(id)
      if (kept?.link) {
        way.push(kept)
        const parent: Kept | undefined = index.get(kept.link.to.key)?.get(kept.link.to.value)
        if (!parent) {
          missing(kept)
          break
        }
        id = parent.id
      } else id = parents.get(id) ?? null
    }
    // Back along the way: what hangs on a new record that will not be is lost with it.
    for (const [i, kept] of [...way.entries()].toReversed()) {
      const above = way[i + 1] ?? (id === null ? undefined : linked.get(id))
      if (lost.has(kept.id)) continue
      if (above && above !== kept && above.isNew && lost.has(above.id)) missing(kept)
      else fine.add(kept.id)
    }
  }
  for (const kept of linked.values()) {
    const parent = kept.link && index.get(kept.link.to.key)?.get(kept.link.to.value)
    if (parent && parents.get(kept.id) !== parent.id) plan.moved.push({ id: kept.id, parentId: parent.id })
  }
  return [...lost.values()]
}
