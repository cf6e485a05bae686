/** A workbook of so many rows, as reports write it: `node test/bench/xlsx-ours.ts 100000` says what it cost this process. */
import { writeTable, type Cell, type Column } from '../../src/documents/spreadsheet/write-table.ts'

const rows = Number(process.argv[2] ?? 100_000)
const columns: Column[] = [
  { header: '№', kind: 'integer' },
  { header: 'Дата', kind: 'date' },
  { header: 'Материал', kind: 'text' },
  { header: 'Ед. изм.', kind: 'text' },
  { header: 'Количество', kind: 'quantity' },
  { header: 'Цена', kind: 'money' },
  { header: 'Сумма', kind: 'money' },
  { header: 'Поставщик', kind: 'text' },
]
function* movements(): Generator<Cell[]> {
  for (let i = 1; i <= rows; i++)
    yield [
      i,
      `2024-0${1 + (i % 9)}-1${i % 10}`,
      `Материал ${i % 500}`,
      'т',
      10_000 + i,
      150_00 + (i % 99),
      1_500_00 + i,
      `Поставщик ${i % 40}`,
    ]
}

const before = { cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }
let bytes = 0
// As it goes to a network: nothing is kept.
for await (const part of writeTable({ name: 'Материалы', columns, rows: movements() }, { format: 'xlsx' })) bytes += part.byteLength
const { user, system } = process.cpuUsage(before.cpu)
// maxRSS is in kilobytes.
const peak = process.resourceUsage().maxRSS / 1024
console.log(JSON.stringify({ rows, bytes, cpuMs: (user + system) / 1000, peakMb: peak, grewMb: peak - before.rss / 1_048_576 }))
