import type { Ctx } from '../../context.ts'
import { saveReportFile } from '../../construction/files/save-report.ts'
import { zoneOf } from '../../construction/zone.ts'
import { bytesOf, TYPES, writeTable, type Table } from '../../documents/spreadsheet/write-table.ts'
import { dayIn } from '../../lib/dates.ts'
import { utf8 } from '../../lib/hash.ts'
import { toBase64Url } from '../../lib/ids.ts'
import type { Definition, Filters } from '../builder/definition.ts'
import type { Result } from '../builder/run.ts'
import { fieldOf, sourceOf } from '../builder/sources.ts'
import type { ExportFormat } from '../custom/tables.ts'
import { chartOf, tableCell, tableColumns } from './table.ts'

/** A file that a report was made into; it is kept among the organization's report files. */
export interface Exported {
  bytes: Uint8Array
  filename: string
  mime: string
  /** As report files are named by the API. */
  fileId: string
  /** Where its bytes are: `files.id`. */
  storedId: string
}

export const EXPORT_TYPES: Record<ExportFormat, { mime: string; ending: string }> = {
  csv: { mime: TYPES.csv, ending: 'csv' },
  excel: { mime: TYPES.xlsx, ending: 'xlsx' },
  pdf: { mime: 'application/pdf', ending: 'pdf' },
}

interface Named {
  name: string
  definition: Definition
  filters: Filters
}

/** `Финансы по проектам 2026-11-22.xlsx`: what a file system takes. */
function fileName(name: string, day: string, ending: string): string {
  const plain = name
    .replaceAll(/[^\p{L}\p{M}\p{N} ().,-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  // By characters: half of one is none.
  const cut = Array.from(plain).slice(0, 120).join('').trim()
  return `${cut || 'report'} ${day}.${ending}`
}

/** The filters that were chosen, as the report calls them, or as the registry calls their fields. */
const labelled = ({ filters_config: known, data_sources: { primary } }: Definition, filters: Filters) =>
  Object.entries(filters)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => {
      const [source = '', key = ''] = name.includes('.') ? name.split('.') : [primary, name]
      const of = sourceOf(source)
      return [known?.find(({ field }) => field === name)?.label || ((of && fieldOf(of, key)?.label) ?? name), value] as const
    })

/** Makes a result into a file and keeps it. */
export async function exportResult(
  ctx: Ctx,
  { name, definition, filters }: Named,
  result: Result,
  format: ExportFormat,
): Promise<Exported> {
  const { mime, ending } = EXPORT_TYPES[format]
  const zone = await zoneOf(ctx)
  const { columns, cells } = result
  const make = async (): Promise<Uint8Array> => {
    if (format === 'pdf') {
      const { reportPdf } = await import('./pdf.ts')
      return reportPdf({
        title: name,
        filters: labelled(definition, filters),
        columns,
        cells,
        chart: chartOf(definition, columns, cells, zone),
        made: ctx.now,
        zone,
      })
    }
    const rows = cells.map((row) => columns.map((column, i) => tableCell(column, row[i])))
    const table: Table = { name, columns: tableColumns(columns), rows }
    return bytesOf(writeTable(table, { format: format === 'csv' ? 'csv' : 'xlsx', zone }))
  }
  const bytes = await make()
  const filename = fileName(name, dayIn(ctx.now, zone), ending)
  const row = await saveReportFile(ctx, { type: 'reports/custom', filename, name, mime, content: bytes })
  return { bytes, filename, mime, fileId: toBase64Url(utf8(row.path)), storedId: row.fileId }
}
