import type { Ctx } from '../../context.ts'
import { saveReportFile } from '../../construction/files/save-report.ts'
import { zoneOf } from '../../construction/zone.ts'
import { bytesOf, TYPES, writeTable, type Format, type Table } from '../../documents/spreadsheet/write-table.ts'
import { contentDisposition } from '../../http/content-disposition.ts'
import { dayIn } from '../../lib/dates.ts'

export interface Named {
  /** Where it is kept among the report files: `reports/material-usage`. */
  type: string
  /** `material_usage_report`; the day and the ending follow. */
  filename: string
  title: string
}

/** Keeps what an export made among the report files, and sends it. The bytes are in memory as the file has them, packed; its rows never are. */
export async function sendKept(ctx: Ctx, { type, filename, title }: Named, format: Format, stream: ReadableStream<Uint8Array>) {
  const bytes = await bytesOf(stream)
  const day = dayIn(ctx.now, await zoneOf(ctx)).replaceAll('-', '')
  const file = await saveReportFile(ctx, { type, filename: `${filename}_${day}.${format}`, name: title, mime: TYPES[format], bytes })
  return new Response(bytes, { headers: { 'content-type': TYPES[format], 'content-disposition': contentDisposition(file.filename) } })
}

export const sendTableKept = async (ctx: Ctx, named: Named, format: Format, table: Table) =>
  sendKept(ctx, named, format, writeTable(table, { format, zone: await zoneOf(ctx) }))
