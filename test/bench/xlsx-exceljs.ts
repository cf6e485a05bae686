/** The same workbook by exceljs, as it is leanest: its streaming writer, each row handed over at once, no table of shared texts. */
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { dayNumber, formatOf, scaleOf, widthOf } from '../../src/documents/spreadsheet/columns.ts'
import { COLUMNS, measured, movementCells } from './movement-cells.ts'

interface ExcelJs {
  stream: {
    xlsx: {
      WorkbookWriter: new (options: object) => {
        addWorksheet: (
          name: string,
          options: object,
        ) => { columns: object[]; addRow: (cells: unknown[]) => { commit: () => void }; commit: () => void }
        commit: () => Promise<void>
      }
    }
  }
}
const [, , rows = '100000', place = ''] = process.argv
const { default: exceljs } = (await import(pathToFileURL(join(place, 'node_modules/exceljs/excel.js')).href)) as { default: ExcelJs }

await measured(async () => {
  let bytes = 0
  const stream = new Writable({
    write(part: Uint8Array, _, done) {
      bytes += part.byteLength
      done()
    },
  })
  const book = new exceljs.stream.xlsx.WorkbookWriter({ stream, useStyles: true, useSharedStrings: false })
  const sheet = book.addWorksheet('Материалы', { views: [{ state: 'frozen', ySplit: 1 }] })
  sheet.columns = COLUMNS.map((column) => ({ header: column.header, width: widthOf(column), style: { numFmt: formatOf(column) } }))
  let n = 0
  for (const cells of movementCells(Number(rows))) {
    const values = cells.map((cell, i) => {
      const column = COLUMNS[i]
      if (!column || cell === null) return null
      if (typeof cell === 'number') return cell / 10 ** scaleOf(column)
      return column.kind === 'date' ? dayNumber(cell) : cell
    })
    sheet.addRow(values).commit()
    // It heeds no back-pressure: without a pause all that is written waits in memory.
    if (++n % 500 === 0) await setImmediate()
  }
  sheet.commit()
  await book.commit()
  return bytes
})
