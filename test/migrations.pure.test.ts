import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

it('migrations make the tables that the code declares', () => {
  const out = mkdtempSync(join(tmpdir(), 'migrations-'))
  try {
    cpSync(join(root, 'migrations'), out, { recursive: true })
    const before = readdirSync(out)
    const kit = join(root, 'node_modules/drizzle-kit/bin.cjs')
    // It takes a path from here alone, and ends well whatever happened: what it says is the proof.
    const args = [
      'generate',
      '--dialect',
      'sqlite',
      '--schema',
      join(root, 'src/db/schema.ts'),
      '--out',
      relative(root, out),
      '--casing',
      'snake_case',
    ]
    const said = execFileSync(process.execPath, [kit, ...args], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
    expect(readdirSync(out), said).toEqual(before)
    expect(said).toContain('No schema changes')
  } finally {
    rmSync(out, { recursive: true })
  }
}, 60_000)
