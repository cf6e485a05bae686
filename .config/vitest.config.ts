import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  test: {
    projects: [
      // Rules without I/O: plain Node, no Worker to start, so that `npm run check` stays fast.
      { root, test: { name: 'pure', include: ['test/**/*.pure.test.ts'], environment: 'node' } },
      // Everything else runs in workerd on real D1, R2, Durable Objects and Queues.
      {
        root,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`),
              },
            },
          })),
        ],
        test: { name: 'worker', include: ['test/**/*.test.ts'], exclude: ['test/**/*.pure.test.ts', 'test/e2e/**', 'test/bench/**'] },
      },
    ],
  },
})
