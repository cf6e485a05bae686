import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { makeKeyRing, makeSigningKey } from '../.tools/local.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Measurements inside workerd, on its D1; part of `npm run bench`. */
export default defineConfig({
  root,
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`),
          TEST_CONTRACT: null,
          APP_SECRET: randomBytes(48).toString('base64'),
          JWT_SIGNING_KEYS: JSON.stringify([makeSigningKey()]),
          KEY_ENCRYPTION_KEYS: JSON.stringify(makeKeyRing()),
        },
      },
    })),
  ],
  test: { include: ['test/bench/**/*.test.ts'], setupFiles: ['test/setup.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
})
