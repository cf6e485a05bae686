import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listCountsSql } from '../../.tools/list-counts.ts'

it('migrations hold the triggers that the counted lists ask for', () => {
  const folder = join(import.meta.dirname, '../../migrations')
  const said = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  const triggers = listCountsSql()
    .split('--> statement-breakpoint\n')
    .filter((text) => text.startsWith('CREATE TRIGGER'))
  expect(triggers.length).toBeGreaterThan(60)
  for (const text of triggers) expect(said).toContain(text.trim())
})
