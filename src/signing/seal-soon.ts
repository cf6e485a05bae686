import type { Ctx } from '../context.ts'
import { logUnknown } from '../http/log.ts'
import { SEAL_AT_ONCE_BYTES } from './effects.ts'
import type { PackageState } from './model.ts'

/** Seals a package that has just been signed, after the answer has left. Its object has planned the same for the queue, should this be cut off. */
export function sealSoon(ctx: Ctx, state: Pick<PackageState, 'id' | 'status' | 'sealed' | 'documents' | 'subject'>): void {
  if (state.status !== 'signed' || state.sealed || state.subject.type === 'certificate_request') return
  if (state.documents.some((d) => d.size > SEAL_AT_ONCE_BYTES)) return
  const work = async () => {
    const { sealPackage } = await import('./seal.ts')
    await sealPackage(ctx, state.id)
  }
  ctx.waitUntil(work().catch((error: unknown) => logUnknown(error, ctx.requestId, 'seal at once')))
}
