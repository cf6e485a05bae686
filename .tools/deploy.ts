/** `npm run deploy`: builds, migrates the production database, uploads the Worker. README › Deployment says what must exist before. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { environment, root } from './local.ts'

const wrangler = (...args: string[]) =>
  execFileSync(join(root, 'node_modules/.bin/wrangler'), args, { cwd: root, stdio: 'inherit', env: { ...environment, CI: process.env.CI } })
const production = readFileSync(join(root, 'wrangler.toml'), 'utf8').split('[env.production]')[1] ?? ''

const missing = [
  /database_id = "0{8}-/.test(production) &&
    'database_id of [[env.production.d1_databases]]: the id that `wrangler d1 create qoltanba` printed',
  /qoltanba\.example\./.test(production) && 'PUBLIC_URL of [env.production.vars]: the address at which people reach the service',
].filter(Boolean)
if (missing.length > 0) {
  console.error(
    `wrangler.toml does not know your account's resources yet:\n${missing.map((m) => `  - ${String(m)}`).join('\n')}\nSee README › Deployment.`,
  )
  process.exit(1)
}
await buildAll()
wrangler('d1', 'migrations', 'apply', 'DB', '--remote', '--env', 'production')
wrangler('deploy', '--env', 'production', '--minify')
