import type { Ctx } from '../../context.ts'
import { sendReportFile } from '../../construction/files/save-report.ts'
import { zoneOf } from '../../construction/zone.ts'
import { TYPES, writeTable, type Format, type Table } from '../../documents/spreadsheet/write-table.ts'
import { dayIn } from '../../lib/dates.ts'

export interface Named {
  /** Where it is kept among the report files: `reports/material-usage`. */
  type: string
  /** `material_usage_report`; the day and the ending follow. */
  filename: string
  title: string
}

/** Keeps what an export made among the report files, and sends it; neither its rows nor its bytes are ever all in memory. */
export async function sendKept(ctx: Ctx, { type, filename, title }: Named, format: Format, content: ReadableStream<Uint8Array>) {
  const day = dayIn(ctx.now, await zoneOf(ctx)).replaceAll('-', '')
  return sendReportFile(ctx, { type, filename: `${filename}_${day}.${format}`, name: title, mime: TYPES[format], content })
}

export const sendTableKept = async (ctx: Ctx, named: Named, format: Format, table: Table) =>
  sendKept(ctx, named, format, writeTable(table, { format, zone: await zoneOf(ctx) }))
