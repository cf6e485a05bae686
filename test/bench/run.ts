/** `npm run bench`: measures what the README tells, in ratios, and fails where a bound is broken. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildAll } from '../../.tools/build.ts'
import { environment, root } from '../../.tools/local.ts'
import { fillDocx } from '../../src/documents/docx/template.ts'
import { threePages } from './contract.ts'
import { packages } from './packages.ts'
import { directory as searching } from './directory.ts'
import { exports } from './exports.ts'
import { reports } from './reports.ts'
import { sealing } from './sealing.ts'
import { verification } from './verification.ts'

const run = promisify(execFile)
const bin = (name: string) => join(root, 'node_modules/.bin', name)
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
const directory = mkdtempSync(join(tmpdir(), 'qoltanba-bench-'))

let broken = 0
/** A line of the report: what was measured, against what it is held. */
function report(what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail = ''): void {
  const holds = (bound.most === undefined || value <= bound.most) && (bound.least === undefined || value >= bound.least)
  if (!holds || Number.isNaN(value)) broken++
  const limit = bound.most === undefined ? `at least ${bound.least}` : `at most ${bound.most}`
  console.log(`${holds ? '✓' : '✗'} ${what}: ${value.toFixed(value < 10 ? 2 : 1)} ${unit} (${limit})${detail ? `; ${detail}` : ''}`)
}

async function wrangler(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(bin('wrangler'), args, { cwd: root, env: environment, maxBuffer: 32 * 1_048_576 })
  return stdout + stderr
}
/** The lines that tests in workerd have printed for this report. */
async function inWorkerd(file: string, mark: string): Promise<string[][]> {
  const args = ['run', '--config', '.config/vitest.bench.config.ts', file]
  const failed = (error: unknown) => error as { stdout: string; stderr: string }
  const env = { ...environment, NO_COLOR: '1' }
  const { stdout, stderr } = await run(bin('vitest'), args, { cwd: root, env, maxBuffer: 32 * 1_048_576 }).catch(failed)
  const lines = stdout.split('\n').filter((line) => line.startsWith(`${mark}\t`))
  if (lines.length === 0) throw new Error(`${file} measured nothing:\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`)
  return lines.map((line) => line.split('\t').slice(1))
}

async function startup(): Promise<void> {
  const actives: number[] = []
  for (let i = 0; i < 5; i++) {
    const said = await wrangler('check', 'startup', '--outfile', join(directory, 'startup.cpuprofile'))
    actives.push(Number(/Active:\s*([\d.]+) ms/.exec(said)?.[1] ?? Number.NaN))
  }
  // Other work on the machine only adds to a measurement, so the lowest is nearest to what the start takes.
  const detail = `median ${median(actives)}; all ${actives.join(', ')}`
  report('start-up CPU of the Worker, wrangler check startup, lowest of 5', Math.min(...actives), 'ms', { most: 50 }, detail)
}

async function bundle(): Promise<void> {
  for (const [name, args] of [
    ['development', []],
    ['production', ['--env', 'production', '--minify']],
  ] as const) {
    const said = await wrangler('deploy', '--dry-run', '--outdir', join(directory, name), ...args)
    const size = Number(/gzip:\s*([\d.]+) KiB/.exec(said)?.[1] ?? Number.NaN)
    const command = ['wrangler deploy --dry-run', ...args].join(' ')
    report(`bundle, gzip, ${command}`, size / 1024, 'MiB', { most: 3 })
  }
}

async function rendering(): Promise<void> {
  const docx = join(directory, 'works.docx')
  const { template, values } = threePages()
  writeFileSync(docx, fillDocx(template, values).bytes)
  const profile = `-env:UserInstallation=file://${directory}/profile`
  const office = async () => {
    const began = performance.now()
    await run('soffice', [profile, '--headless', '--convert-to', 'pdf', '--outdir', directory, docx])
    return performance.now() - began
  }
  // The first run makes a profile, which is not what is compared.
  await office()
  // By turns, so that whatever else the machine does meets both alike.
  const [theirs, ours]: [number[], number[]] = [[], []]
  for (let i = 0; i < 3; i++) {
    theirs.push(await office(), await office())
    const [[pages = '', ...times] = []] = await inWorkerd('test/bench/render.test.ts', 'RENDER')
    if (pages !== '3') throw new Error(`the contract has ${pages} pages, not 3`)
    ours.push(...times.map(Number))
  }
  const range = `${Math.min(...ours)} to ${Math.max(...ours)}`
  const detail = `${median(theirs).toFixed(0)} ms against ${median(ours)} ms (${range}), medians of ${theirs.length} and ${ours.length} runs by turns`
  const what = 'a contract of 3 pages filled and rendered in workerd, times faster than soffice --headless --convert-to pdf'
  report(what, median(theirs) / median(ours), 'times', { least: 20 }, detail)
}

async function reads(): Promise<void> {
  const rows = await inWorkerd('test/bench/rows.test.ts', 'ROWS')
  const lists = Map.groupBy(rows, ([what = '']) => what)
  for (const [what, of] of lists) {
    const counts = of.map(([, size = '', , first = '', second = '']) => `${size}: ${first}, ${second}`).join('; ')
    const most = Math.max(...of.flatMap(([, , , first, second]) => [Number(first), Number(second)]))
    report(`rows read by ${what}, a page of 100`, most / 100, '× the page', { most: 3 }, `first and second page at ${counts}`)
  }
  const sizes = new Set(rows.map(([, size]) => size))
  if (sizes.size !== 3 || lists.size < 10) throw new Error('not every list was measured at every size')
}

const parts = {
  startup,
  bundle,
  rendering,
  reads,
  sealing: () => sealing({ directory, report, inWorkerd }),
  packages: () => packages(report),
  verification: () => verification({ directory, report }),
}
/** Every list of the back office at 100,000 rows of one organization, with twenty others beside it. */
async function lists(): Promise<void> {
  for (const [what = '', times = '', trips = '', query = '', most = ''] of await inWorkerd('test/bench/lists.test.ts', 'LIST')) {
    report(`rows read by ${what}`, Number(times), '× the page', { most: Number(most) }, query)
    report(`round trips to D1 of ${what}`, Number(trips), '', { most: 2 })
  }
}

/** What takes too long to be measured along with the rest. */
const long = {
  directory: () => searching({ report, inWorkerd }),
  reports: () => reports({ report, inWorkerd }),
  exports: () => exports({ report }),
  lists,
}
const asked = process.argv.slice(2)
try {
  await buildAll()
  for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part()
  for (const [name, part] of Object.entries(long)) if (asked.includes(name)) await part()
} finally {
  rmSync(directory, { recursive: true, force: true })
}
if (broken > 0) console.error(`${broken} bound(s) broken`)
process.exit(broken > 0 ? 1 : 0)
