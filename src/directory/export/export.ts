import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { CLIENTS_INDEX, filterTags } from '../list-clients.ts'
import { CONTACT_INDEXES } from '../list-contacts.ts'
import { groupsOf } from '../pages.ts'
import type { ExportQuery } from '../schemas.ts'
import { idsAfter, type Asked } from '../search.ts'
import { csvOf } from './csv.ts'
import { rowsOf, COLUMNS } from './rows.ts'

const CSV = 'text/csv; charset=utf-8'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** What a spreadsheet is still pleasant with, and a Worker has the time for. */
export const MAX_XLSX_ROWS = 100_000
const PAGE = 1000

type Selection = Pick<Asked, 'groups' | 'tags'>

/** The ids of what is asked for, a page at a time. */
async function* idPages(ctx: Ctx, query: ExportQuery, asked: Selection): AsyncGenerator<number[]> {
  const index = query.kind === 'clients' ? CLIENTS_INDEX : CONTACT_INDEXES[query.kind]
  for (let after = 0; ;) {
    const ids = await idsAfter(ctx, index, asked, after, PAGE)
    if (ids.length > 0) yield ids
    const last = ids.at(-1)
    if (ids.length < PAGE || last === undefined) return
    after = last
  }
}

function selectionOf(query: ExportQuery): Selection {
  if (query.kind !== 'clients') return { groups: groupsOf(query.search), tags: [] }
  const search = [query.search, query.bin].filter((text) => text?.trim()).join(' ')
  return { groups: groupsOf(search), tags: filterTags(query) }
}

/** Counts no further than what is too many. */
async function mustFit(ctx: Ctx, query: ExportQuery, asked: Selection): Promise<void> {
  let count = 0
  for await (const ids of idPages(ctx, query, asked)) {
    count += ids.length
    if (count > MAX_XLSX_ROWS)
      throw new AppError('unprocessable', `There are more than ${MAX_XLSX_ROWS} rows: narrow the search down, or take them as CSV.`)
  }
}

const streamOf = (parts: AsyncGenerator<Uint8Array>) =>
  new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await parts.return(undefined)
    },
  })

/** What a list shows, whole, as a table that is sent as it is read. */
export async function exportDirectory(ctx: Ctx, query: ExportQuery): Promise<Response> {
  const asked = selectionOf(query)
  if (query.format === 'xlsx') await mustFit(ctx, query, asked)
  const pages = rowsOf(ctx, query.kind, idPages(ctx, query, asked))
  const columns = COLUMNS[query.kind]
  const isCsv = query.format === 'csv'
  const parts = isCsv ? csvOf(columns, pages) : (await import('./xlsx.ts')).xlsxOf(columns, pages)
  return new Response(streamOf(parts), {
    headers: { 'content-type': isCsv ? CSV : XLSX, 'content-disposition': `attachment; filename="${query.kind}.${query.format}"` },
  })
}
