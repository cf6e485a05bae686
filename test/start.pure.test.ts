import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { environment, root } from '../.tools/local.ts'

it('a start of the Worker loads none of Node’s modules: they take more time than all of the rest', () => {
  const out = mkdtempSync(join(tmpdir(), 'start-'))
  try {
    const args = ['deploy', '--dry-run', '--outdir', out]
    execFileSync(join(root, 'node_modules/.bin/wrangler'), args, { cwd: root, env: environment, stdio: 'pipe' })
    const worker = readFileSync(join(out, 'worker.js'), 'utf8')
    expect(worker).toContain('getBuiltinModule("node:tls")')
    expect(worker.match(/^import .*"(node:)?(crypto|stream|net|tls|fs|http|https|zlib|events|util|buffer)".*$/gm)).toBeNull()
  } finally {
    rmSync(out, { recursive: true })
  }
}, 60_000)
