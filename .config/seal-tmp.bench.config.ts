import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { makeKeyRing, makeSigningKey } from '/work/main/.tools/local.ts'

const root = '/work/main'

/** Measurements inside workerd, on its D1; part of `npm run bench`. */
export default defineConfig({
  root,
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`),
          TEST_CONTRACT: null, KEY_ENCRYPTION_KEYS: JSON.stringify(makeKeyRing()),
          APP_SECRET: randomBytes(48).toString('base64'),
          JWT_SIGNING_KEYS: JSON.stringify([makeSigningKey()]),
        },
      },
    })),
  ],
  test: { include: ['test/bench/**/*.test.ts'], setupFiles: ['test/setup.ts'], testTimeout: 300_000, hookTimeout: 300_000 },
})
