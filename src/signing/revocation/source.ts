import type { Ctx } from '../../context.ts'
import type { RevocationMaterial, RevocationSource } from '../cms/chain.ts'
import { sha256Hex } from '../../lib/hash.ts'
import { fetchRevocation, type RevocationOptions } from './client.ts'

/** Milliseconds of network for one call of ours, however many signatures it brings. */
const TIMEOUT = 5000

const sources = new WeakMap<Ctx, RevocationSource>()

/** Asks about each path once; all of it together has 5 s, counted from the first question. */
function makeSource(ctx: Ctx, options: RevocationOptions): RevocationSource {
  const asked = new Map<string, Promise<RevocationMaterial>>()
  let signal = options.signal
  return (path) => {
    signal ??= AbortSignal.timeout(TIMEOUT)
    const key = path.map(({ der }) => sha256Hex(der)).join()
    const known = asked.get(key) ?? fetchRevocation(ctx, path, { ...options, signal })
    asked.set(key, known)
    return known
  }
}

/** What signatures of this call learn of revocation by, for `verifyDetachedCms`; undefined where the settings say that nobody is asked. */
export function revocationSource(ctx: Ctx, options: RevocationOptions = {}): RevocationSource | undefined {
  if (!ctx.settings.REVOCATION_CHECK) return undefined
  const known = sources.get(ctx) ?? makeSource(ctx, options)
  sources.set(ctx, known)
  return known
}
