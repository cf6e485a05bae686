// How many tests a log tells of: `Tests  12 passed | 1 failed (13)` of vitest, or `N passed, N failed` alone on a line.
import { readFileSync } from 'node:fs'

// oxlint-disable-next-line no-control-regex
const text = readFileSync(process.argv[2], 'utf8').replace(/\u001b\[[0-9;]*m/g, '')
let passed = 0
let failed = 0
for (const line of text.split('\n')) {
  const plain = /^(?:[\w-]+: )?(\d+) passed, (\d+) failed$/.exec(line.trim())
  const said = plain
    ? [plain[1], plain[2]]
    : /^\s*Tests\s/.test(line)
      ? [/(\d+) passed/.exec(line)?.[1], /(\d+) failed/.exec(line)?.[1]]
      : []
  passed += Number(said[0] ?? 0)
  failed += Number(said[1] ?? 0)
}
console.log(passed, failed)
