import type { Cell, Column } from '../../src/documents/spreadsheet/write-table.ts'

/** The table that workbooks are measured with: all kinds of cells, and texts as they repeat in life. */
export const COLUMNS: Column[] = [
  { header: '№', kind: 'integer' },
  { header: 'Дата', kind: 'date' },
  { header: 'Материал', kind: 'text' },
  { header: 'Ед. изм.', kind: 'text' },
  { header: 'Количество', kind: 'quantity' },
  { header: 'Цена', kind: 'money' },
  { header: 'Сумма', kind: 'money' },
  { header: 'Поставщик', kind: 'text' },
]

export function* movementCells(rows: number): Generator<Cell[]> {
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

/** Does the work, and tells what it cost this process: CPU, and memory at its most beyond what there was before. */
export async function measured(work: () => Promise<number>): Promise<void> {
  const before = { cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }
  const bytes = await work()
  const { user, system } = process.cpuUsage(before.cpu)
  // maxRSS is in kilobytes.
  const peak = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ bytes, cpuMs: (user + system) / 1000, peakMb: peak, grewMb: peak - before.rss / 1_048_576 }))
}
