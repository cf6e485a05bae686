import type { Ctx } from '../../context.ts'
import { inPages, MOST_ROWS, sendTable, type Column } from '../../documents/spreadsheet/write-table.ts'
import { AppError } from '../../http/errors.ts'
import { CLIENTS_INDEX, filterTags } from '../list-clients.ts'
import { CONTACT_INDEXES } from '../list-contacts.ts'
import { groupsOf } from '../pages.ts'
import type { ExportQuery } from '../schemas.ts'
import { idsAfter, type Asked } from '../search.ts'
import { rowsOf, COLUMNS } from './rows.ts'

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
    if (count > MOST_ROWS)
      throw new AppError('unprocessable', `There are more than ${MOST_ROWS} rows: narrow the search down, or take them as CSV.`)
  }
}

/** Widths in letters: of what is short, and of names and addresses; codes and dates have the one between. */
const NARROW = /^(bin|clients_bin|oked|krp_code|kato|index_ex)$/
const WIDE = /^(company_name|alternative_name|company_name_ex|client|description|address|krp_name|rubrics|types|email)$/
const columnOf = (header: string): Column => ({ header, kind: 'text', width: NARROW.test(header) ? 14 : WIDE.test(header) ? 45 : 30 })

/** What a list shows, whole, as a table that is sent as it is read. */
export async function exportDirectory(ctx: Ctx, query: ExportQuery): Promise<Response> {
  const { kind, format } = query
  const asked = selectionOf(query)
  if (format === 'xlsx') await mustFit(ctx, query, asked)
  const rows = inPages(rowsOf(ctx, kind, idPages(ctx, query, asked)))
  return sendTable({ name: 'Directory', columns: COLUMNS[kind].map(columnOf), rows }, { format, filename: kind })
}
