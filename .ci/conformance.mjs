// Plays the conformance suite of the finished surfaces against a fresh service. What is not served yet is named here, and nothing else may fail.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startLocal } from '../.tools/local.ts'

const SURFACES = 'ozge,office,b2b,agreement,admin'
/** What is known not to hold, by surface: `{ surface, operation, problem }` or `{ surface, check }`. Nothing at present. */
const NOT_YET = []

const suite = resolve(import.meta.dirname, '../../shared/conformance/run.mjs')
if (!existsSync(suite)) {
  console.error(`There is no conformance suite at ${suite}.`)
  process.exit(1)
}
const scratch = mkdtempSync(join(tmpdir(), 'qoltanba-conformance-'))
const report = join(scratch, 'report.json')
const service = await startLocal({
  port: Number(process.env.CONFORMANCE_PORT ?? 8791),
  stateDir: join(scratch, 'state'),
  log: () => undefined,
})
try {
  await new Promise((done) => {
    spawn(process.execPath, [suite, service.url, '--surface', SURFACES, '--json', report], { stdio: ['ignore', 'inherit', 'inherit'] }).on(
      'close',
      done,
    )
  })
  const said = JSON.parse(readFileSync(report, 'utf8'))
  let failed = 0
  let passed = 0
  for (const { surface, results, checks, untouched } of said) {
    for (const [operation, { fail }] of Object.entries(results)) {
      const unexpected = fail.filter(
        (problem) => !NOT_YET.some((n) => n.surface === surface && n.operation === operation && n.problem.test(problem)),
      )
      if (unexpected.length > 0) failed++
      else passed++
      for (const problem of unexpected) console.error(`✗ ${surface} ${operation}: ${problem}`)
    }
    for (const { title, ok, detail } of checks) {
      const allowed = ok || NOT_YET.some((n) => n.surface === surface && n.check === title)
      if (allowed) passed++
      else {
        failed++
        console.error(`✗ ${surface} check: ${title}: ${detail}`)
      }
    }
    failed += untouched.length
  }
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
} finally {
  await service.stop()
  rmSync(scratch, { recursive: true, force: true })
}
