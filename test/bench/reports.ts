/** Reports over 1,000,000 movements: rows that D1 reads, and time; a workbook of 100,000 rows: CPU and memory, beside exceljs. Filling the tables takes minutes. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { environment, root } from '../../.tools/local.ts'

const run = promisify(execFile)

interface Tools {
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
  inWorkerd: (file: string, mark: string) => Promise<string[][]>
}

async function overMovements({ report, inWorkerd }: Tools): Promise<void> {
  const lines = await inWorkerd('test/bench/reports.test.ts', 'REPORT')
  for (const [what, [small = [], large = []]] of Map.groupBy(lines, ([name = '']) => name)) {
    const [, size = 0, found = 0, names = 0, read = Number.NaN, median = Number.NaN, p95 = Number.NaN] = large.map(Number)
    const detail = `p95 ${p95} ms, median ${median} ms; ${read} rows read`
    if (found === 0) report(`${what}, rows read among ${size} movements`, read / size, '× the movements', { most: 0.06 }, detail)
    // A period's movements are read once, and once more where they are sorted by what they are added up by.
    else
      report(`${what}, rows read for ${found} movements of it, beside names`, Math.max(0, read - names) / found, '×', { most: 2 }, detail)
    // Ten times as many movements: as long where sums are kept, else linear, and some room for what else the machine does.
    report(`${what}, p95 to that among ${small[1]}`, p95 / Math.max(20, Number(small[6])), 'times', { most: found === 0 ? 5 : 20 })
  }
}

interface Cost {
  bytes: number
  cpuMs: number
  grewMb: number
}
const middle = (costs: Cost[], of: (cost: Cost) => number) => costs.map(of).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0

/** exceljs by its own lock file, apart from ours: who does not measure does not install it. */
async function installExcelJs(): Promise<string> {
  const place = join(root, '.build/bench-exceljs')
  mkdirSync(place, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(root, 'test/bench/exceljs', name), join(place, name))
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: place, env: environment })
  return place
}

async function workbooks({ report }: Tools): Promise<void> {
  const place = await installExcelJs()
  const cost = async (script: string): Promise<Cost> => {
    const { stdout } = await run(process.execPath, [join(root, 'test/bench', script), '100000', place], { cwd: root, env: environment })
    return JSON.parse(stdout) as Cost
  }
  const [ours, theirs]: [Cost[], Cost[]] = [[], []]
  // By turns, so that whatever else the machine does meets both alike.
  for (let i = 0; i < 5; i++) {
    ours.push(await cost('xlsx-ours.ts'))
    theirs.push(await cost('xlsx-exceljs.ts'))
  }
  const what = 'a workbook of 100,000 rows by 8 columns'
  const [cpu, theirCpu] = [middle(ours, (c) => c.cpuMs), middle(theirs, (c) => c.cpuMs)]
  const [memory, theirMemory] = [middle(ours, (c) => c.grewMb), middle(theirs, (c) => c.grewMb)]
  report(
    `${what}, CPU against exceljs’ WorkbookWriter on Node`,
    cpu / theirCpu,
    'of its',
    { most: 1 },
    `${cpu.toFixed(0)} and ${theirCpu.toFixed(0)} ms`,
  )
  report(
    `${what}, memory against it`,
    memory / theirMemory,
    'of its',
    { most: 1 },
    `${memory.toFixed(0)} and ${theirMemory.toFixed(0)} MB more than before`,
  )
  report(`${what}, memory that it takes`, memory, 'MB', { most: 128 }, `${((ours[0]?.bytes ?? 0) / 1e6).toFixed(1)} MB of file`)
}

export async function reports(tools: Tools): Promise<void> {
  await workbooks(tools)
  await overMovements(tools)
}
