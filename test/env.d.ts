/// <reference types="@cloudflare/vitest-pool-workers/types" />

declare namespace Cloudflare {
  /** What `.config/vitest.config.ts` binds besides wrangler.toml. */
  interface Env {
    TEST_MIGRATIONS: { name: string; queries: string[] }[]
    /** Statuses by surface, path and method; null where the contract is not at hand. */
    TEST_CONTRACT: Record<string, Record<string, Record<string, string[]>>> | null
    APP_SECRET: string
    JWT_SIGNING_KEYS: string
    KEY_ENCRYPTION_KEYS: string
    PAYMENT_CALLBACK_SECRET: string
  }
}
