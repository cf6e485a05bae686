/** Reports over 1,000,000 movements: rows that D1 reads, and time; a workbook of 100,000 rows: CPU and memory. Filling the tables takes minutes. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { environment, root } from '../../.tools/local.ts'

const run = promisify(execFile)

interface Tools {
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
  inWorkerd: (file: string, mark: string) => Promise<string[][]>
}

export async function reports({ report, inWorkerd }: Tools): Promise<void> {
  const lines = await inWorkerd('test/bench/reports.test.ts', 'REPORT')
  for (const [what, [small = [], large = []]] of Map.groupBy(lines, ([name = '']) => name)) {
    const [, size, read, median, p95] = large.map(Number)
    if (size === undefined || read === undefined || p95 === undefined) throw new Error(`${what}: nothing was measured`)
    const detail = `p95 ${p95} ms, median ${median} ms, ${read} rows read`
    report(`${what}, rows read among ${size} movements`, read / size, '× the movements', { most: 2.2 }, detail)
    // Ten times as many: linear, and some room for what else the machine does.
    report(`${what}, p95 to that among ${small[1]}`, p95 / Math.max(1, Number(small[4])), 'times', { most: 20 })
  }
  const { stdout } = await run(process.execPath, [join(root, 'test/bench/xlsx-ours.ts'), '100000'], { cwd: root, env: environment })
  const { bytes, cpuMs, peakMb, grewMb } = JSON.parse(stdout) as Record<'bytes' | 'cpuMs' | 'peakMb' | 'grewMb', number>
  const detail = `${(bytes / 1e6).toFixed(1)} MB in ${cpuMs.toFixed(0)} ms of CPU, ${peakMb.toFixed(0)} MB of the process at its most`
  report('a workbook of 100,000 rows, memory that it takes', grewMb, 'MB', { most: 128 }, detail)
}
