import { logUnknown } from '../http/log.ts'
import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { announce, machineNow, makeJob } from '../queue/outbox.ts'
import { codeMessage } from './messages.ts'
import type { Effect, PackageState } from './model.ts'
import { projection } from './projection.ts'
import type { PackageStore } from './store.ts'
import { tellSubject } from './subjects.ts'

/** Sealing is tried at once by whoever signed last; the queue takes over where that did not come to its end. */
const SEAL_AFTER_SECONDS = 20
/** Documents larger than this are not sealed while somebody waits. */
export const SEAL_AT_ONCE_BYTES = 3_000_000

/** Lets effects out and marks each as sent only after it happened. All of them bear repetition. */
export class EffectRunner {
  private readonly store: PackageStore
  private readonly context: () => Promise<Ctx>

  constructor(store: PackageStore, context: () => Promise<Ctx>) {
    this.store = store
    this.context = context
  }

  /** True when nothing is left to do. */
  async flush(): Promise<boolean> {
    const unsent = this.store.unsent()
    const state = this.store.state()
    if (unsent.length === 0 || !state) return true
    const ctx = await this.context()
    let projected = false
    let left = false
    for (const { id, effect } of unsent) {
      try {
        if (effect.kind !== 'project' || !projected) await this.run(ctx, state, effect)
        if (effect.kind === 'project') projected = true
        this.store.sent(id)
      } catch (error) {
        left = true
        logUnknown(error, ctx.requestId, `package effect ${effect.kind}`)
      }
    }
    return !left
  }

  private async run(ctx: Ctx, state: PackageState, effect: Effect): Promise<void> {
    switch (effect.kind) {
      case 'project':
        await batch(ctx.db, projection(ctx, state, this.store.events()))
        return
      case 'code': {
        const code = await this.store.readCode(ctx.settings, effect.challengeId)
        if (code === undefined) return
        const job = await makeJob(
          ctx,
          'sms.send',
          {
            orgId: state.orgId,
            to: effect.to,
            text: codeMessage(code, state.title),
            code,
            until: machineNow().getTime() + ctx.settings.CODE_TTL_SECONDS * 1000,
          },
          { id: `sms:${effect.challengeId}` },
        )
        await batch(ctx.db, [job.write])
        await announce(ctx.env, [job])
        this.store.forgetCode(effect.challengeId)
        return
      }
      case 'seal': {
        const large = state.documents.some((d) => d.size > SEAL_AT_ONCE_BYTES)
        const job = await makeJob(
          ctx,
          'package.seal',
          { packageId: state.id },
          { id: `seal:${state.id}`, delaySeconds: large ? 0 : SEAL_AFTER_SECONDS },
        )
        await batch(ctx.db, [job.write])
        await announce(ctx.env, [job])
        return
      }
      case 'tell':
        await tellSubject(ctx, state, effect.news)
    }
  }
}
