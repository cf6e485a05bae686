import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { makeKeyRing, makeSigningKey } from '../.tools/local.ts'

/** Statuses by path and method of a contract that a surface is held to, where its file is at hand. */
function readContract(file: string): Record<string, Record<string, string[]>> | null {
  if (!existsSync(file)) return null
  const { paths, servers } = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, { responses?: object }>>
    servers?: { url: string }[]
  }
  const base = servers?.[0]?.url.replace(/\/$/, '') ?? ''
  const statuses = (methods: Record<string, { responses?: object }>) =>
    Object.entries(methods).flatMap(([method, { responses }]) => (responses ? [[method, Object.keys(responses)] as const] : []))
  return Object.fromEntries(Object.entries(paths).map(([path, methods]) => [base + path, Object.fromEntries(statuses(methods))]))
}

const root = fileURLToPath(new URL('..', import.meta.url))

export default defineConfig({
  root,
  test: {
    // Two at a time on two cores: the default leaves one to vitest itself, which mostly waits.
    maxWorkers: 2,
    projects: [
      // Rules without I/O: plain Node, no Worker to start, so that `npm run check` stays fast.
      { root, test: { name: 'pure', include: ['test/**/*.pure.test.ts'], environment: 'node', testTimeout: 20_000 } },
      // Everything else runs in workerd on real D1, R2, Durable Objects and Queues; each file has stores of its own.
      {
        root,
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations(`${root}/migrations`),
                TEST_CONTRACT: Object.fromEntries(
                  ['ozge', 'b2b', 'office', 'agreement', 'admin'].map((name) => [
                    name,
                    readContract(`${root}/../shared/contract/${name}.openapi.json`) ?? {},
                  ]),
                ),
                // What `.tools/local.ts` makes for development.
                APP_SECRET: randomBytes(48).toString('base64'),
                JWT_SIGNING_KEYS: JSON.stringify([makeSigningKey()]),
                KEY_ENCRYPTION_KEYS: JSON.stringify(makeKeyRing()),
                PAYMENT_CALLBACK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
              },
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.pure.test.ts', 'test/e2e/**', 'test/bench/**'],
          setupFiles: ['test/setup.ts'],
          testTimeout: 20_000,
        },
      },
    ],
  },
})
