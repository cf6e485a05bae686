/** A workbook of so many rows, as reports write it: `node test/bench/xlsx-ours.ts 100000` says what it cost this process. */
import { writeTable } from '../../src/documents/spreadsheet/write-table.ts'
import { COLUMNS, measured, movementCells } from './movement-cells.ts'

// The writer is loaded before the measurement, as exceljs is.
await import('../../src/documents/spreadsheet/write-xlsx.ts')
await measured(async () => {
  let bytes = 0
  const rows = movementCells(Number(process.argv[2] ?? 100_000))
  // As it goes to a network: nothing is kept.
  for await (const part of writeTable({ name: 'Материалы', columns: COLUMNS, rows }, { format: 'xlsx' })) bytes += part.byteLength
  return bytes
})
