import { call, must } from '../app.ts'
import { newBin, next, operatorToken } from '../factories.ts'

export interface ListPage<T = Record<string, unknown>> {
  count: number
  next: string | null
  previous: string | null
  results: T[]
}
export interface Report {
  received: number
  created: number
  updated: number
  unchanged: number
  errors: { line: number; kind: string | null; error: string }[]
}
export type Row = Record<string, unknown>

export const ndjson = (lines: (string | object)[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')

const NDJSON = { 'content-type': 'application/x-ndjson' }
export const sendImport = async (raw: BodyInit, headers: Record<string, string> = NDJSON) =>
  call<Report & { detail?: string }>('POST', '/clients/import/', { token: await operatorToken(), raw, headers })

/** Loads records; all of them must be taken, unless the caller looks at the errors. */
export async function load(...lines: (string | object)[]): Promise<Report> {
  const answer = await sendImport(ndjson(lines))
  if (answer.status !== 200) throw new Error(`import: ${answer.status} ${answer.text}`)
  return answer.body
}

/** A word that no other test uses. */
export const newWord = () =>
  `жоқ${next()
    .toString(36)
    .replaceAll(/\d/g, (d) => 'абвгдежзик'.charAt(Number(d)))}`

export const newClient = (more: Row = {}): Row & { bin: string; company_name: string } => ({
  kind: 'clients',
  bin: newBin(),
  company_name: `ТОО "${newWord().toUpperCase()}"`,
  ...more,
})

export const list = <T = Row>(path: string, query: Record<string, string | number> = {}, token: string | null = null) =>
  must<ListPage<T>>(
    200,
    'GET',
    `/clients/${path}/?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)])).toString()}`,
    {
      token,
    },
  )

/** Follows the links of a list to its end. */
export async function walk<T = Row>(
  path: string,
  query: Record<string, string | number>,
  token: string | null = null,
): Promise<ListPage<T>[]> {
  const pages = [await list<T>(path, query, token)]
  for (let next = pages[0]?.next; next; next = pages.at(-1)?.next) {
    const { pathname, search } = new URL(next)
    pages.push(await must<ListPage<T>>(200, 'GET', pathname + search, { token }))
    if (pages.length > 500) throw new Error('the list does not end')
  }
  return pages
}
