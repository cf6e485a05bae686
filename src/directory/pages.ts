import { drfPage, drfWindow } from '../http/drf-page.ts'
import { fromHexId, toHexId, type List } from './ids.ts'
import type { ListQuery } from './schemas.ts'
import type { Asked, Found } from './search.ts'
import { parseSearch } from './text.ts'

interface Listed<T> {
  list: List
  tags?: string[]
  find: (asked: Asked) => Promise<Found>
  /** Answers of some ids, in any order. */
  load: (ids: number[]) => Promise<Map<number, T>>
}

/** A search that is blank is none. */
export const groupsOf = (search: string | undefined) => (search === undefined || search.trim() === '' ? undefined : parseSearch(search))

/** One page of a list of the directory, in the form of document 001. */
export async function listPage<T>({ list, tags = [], find, load }: Listed<T>, query: ListQuery, url: string) {
  const window = drfWindow(query)
  const cursor = (hex: string | undefined) => (hex === undefined ? undefined : fromHexId(list, hex))
  const asked = { groups: groupsOf(query.search), tags, window, after: cursor(query.after), before: cursor(query.before) }
  const found = await find(asked)
  const rows = found.ids.length > 0 ? await load(found.ids) : new Map<number, T>()
  const results = found.ids.flatMap((id) => rows.get(id) ?? [])
  const page = drfPage(window, url, found.count, results)
  const link = (to: string | null, name: 'after' | 'before', id: number | undefined) => {
    if (to === null) return null
    const other = new URL(to)
    for (const cursor of ['after', 'before']) other.searchParams.delete(cursor)
    if (id !== undefined) other.searchParams.set(name, toHexId(list, id))
    return other.href
  }
  return { ...page, next: link(page.next, 'after', found.after), previous: link(page.previous, 'before', found.before) }
}
