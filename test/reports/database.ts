import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const migrations = join(import.meta.dirname, '../../migrations')

/** SQLite in memory with all migrations: for queries that are compiled by pure code. */
export function migrated(): DatabaseSync {
  const db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false })
  for (const file of readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .toSorted())
    db.exec(readFileSync(join(migrations, file), 'utf8').replaceAll('--> statement-breakpoint', ''))
  return db
}
