import { nodeCrypto } from '../lib/node.ts'
import type { Settings } from '../env.ts'
import { seal, unseal } from '../lib/hash.ts'
import { fromBase64, toBase64 } from '../lib/ids.ts'
import type { WebhookSecret } from './tables.ts'

const LABEL = 'webhook-secret'
/** How long a rotated secret still signs beside the new one. */
const OVERLAP_MS = 24 * 3_600_000

/** Standard Webhooks 1.0: `v1,` and base64 of HMAC-SHA-256 over `id.timestamp.body`, under the base64 part of `whsec_…`. */
export function signMessage(secret: string, id: string, timestamp: number, body: string): string {
  const key = fromBase64(secret.replace(/^whsec_/, ''))
  return `v1,${nodeCrypto().createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

export async function newSecret(settings: Settings): Promise<{ plain: string; kept: WebhookSecret }> {
  const plain = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`
  return { plain, kept: { sealed: await seal(settings.APP_SECRET, LABEL, plain), until: null } }
}

/** Adds a new secret; the present one goes on signing for a day. */
export async function rotate(
  settings: Settings,
  secrets: WebhookSecret[],
  now: Date,
): Promise<{ plain: string; secrets: WebhookSecret[] }> {
  const { plain, kept } = await newSecret(settings)
  const until = new Date(now.getTime() + OVERLAP_MS).toISOString()
  const still = secrets.filter((s) => s.until === null || s.until > now.toISOString()).map((s) => ({ ...s, until: s.until ?? until }))
  return { plain, secrets: [kept, ...still.slice(0, 4)] }
}

/** The secrets that sign at `now`, newest first. */
export async function livingSecrets(settings: Settings, secrets: WebhookSecret[], now: Date): Promise<string[]> {
  const living = secrets.filter((s) => s.until === null || s.until > now.toISOString())
  return Promise.all(living.map((s) => unseal(settings.APP_SECRET, LABEL, s.sealed)))
}
