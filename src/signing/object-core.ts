import { DurableObject } from 'cloudflare:workers'
import type { EffectRunner } from './effects.ts'
import { isGone } from './links.ts'
import { step } from './machine.ts'
import type { Command, Origin, PackageState, Refusal } from './model.ts'
import { PackageStore } from './store.ts'

/** When an object that was cut off wakes by itself. By the machine's clock: it is about crashes, not about deadlines. */
export const WAKE_MS = 5000
/** An alarm can't be set for after 2189: a deadline that is further off is looked at again after so long. */
const LONGEST_SLEEP_MS = 300 * 86_400_000

/** What reaches beyond the object's own storage: loaded on first use, since every start of the Worker evaluates what this file imports. */
export const outside = () => import('./outside.ts')

export type Outcome<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Refusal)
export const NO_PACKAGE = { ok: false, code: 'not_found', message: 'There is no such package.' } as const
export const LINK_GONE: Refusal = { code: 'gone', message: 'The link has expired or was withdrawn.' }
export const no = (refusal: Refusal) => ({ ok: false as const, ...refusal })

/**
 * The shell around the reducer in machine.ts: runs commands one after another, stores state, events and effects together, then lets the
 * effects out, and again by alarm until each is done. What can be asked of a package is `PackageObject`.
 */
export abstract class PackageCore extends DurableObject<Env> {
  protected readonly store: PackageStore
  private effects: EffectRunner | undefined
  private tail: Promise<unknown> = Promise.resolve()
  /** When the alarm is set for, by the machine's clock; null where there is none, or it is not known here. */
  private wakesAt: number | null = null

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.store = new PackageStore(state.storage)
  }

  protected async context() {
    const { serviceContext } = await outside()
    return serviceContext(this.env, (work) => this.ctx.waitUntil(work))
  }

  /** Calls wait for each other: a command may have to ask D1 midway, and no other may slip in between. */
  protected serial<T>(work: () => Promise<T>): Promise<T> {
    const run = this.tail.then(work, work)
    this.tail = run.catch(() => undefined)
    return run
  }

  /**
   * Why a command that came by a link is not heard any more. The link was looked at before, but its holder may have been replaced since, while a
   * signature was verified or another call served: nobody acts in the place of who came after.
   */
  protected linkGone({ linkId, now }: Origin): Refusal | undefined {
    if (linkId === undefined) return undefined
    const [link, state] = [this.store.link(linkId), this.store.state()]
    return link && state && !isGone(link, state, now) ? undefined : LINK_GONE
  }

  protected apply(command: Command, origin: Origin): Refusal | undefined {
    const gone = command.type === 'tick' ? undefined : this.linkGone(origin)
    if (gone) return gone
    const result = step(this.store.state(), command, origin)
    if (result.state) {
      this.store.save(result.state, result.events, result.effects, origin)
      this.wake(result.state, origin)
    }
    return result.refusal
  }

  /**
   * In the same write as what was stored, so that no crash leaves effects or a claim behind with nobody to wake for them; a deadline wakes
   * the object when it comes, unless the service's clock was moved (then whoever calls finds it passed).
   */
  protected wake(state: PackageState, { now }: Origin): void {
    const busy = this.store.hasUnsent() || state.participants.some((p) => p.claim)
    const left = state.status === 'in_progress' && state.deadline ? Math.max(0, Date.parse(state.deadline) - Date.parse(now)) : Infinity
    const ms = Math.min(busy ? WAKE_MS : Infinity, left < Infinity ? Math.min(left + 500, LONGEST_SLEEP_MS) : Infinity)
    // Each change of the alarm is a write: of the steps of one call the first one's serves them all.
    const soon = this.wakesAt !== null && this.wakesAt - Date.now() > WAKE_MS / 2 && this.wakesAt - Date.now() <= ms
    if (ms < Infinity && !(busy && soon)) void this.setAlarm(ms)
  }

  protected setAlarm(ms: number): Promise<void> {
    this.wakesAt = Date.now() + ms
    return this.ctx.storage.setAlarm(this.wakesAt)
  }

  /** A command from outside: what time has done comes first. */
  protected command(command: Command, origin: Origin): Refusal | undefined {
    this.apply({ type: 'tick' }, origin)
    return this.apply(command, origin)
  }

  /** What can't be sent now is sent by the alarm that was set when it was stored; with nothing left, only a deadline wakes the object. */
  protected async settle(): Promise<void> {
    if (!this.store.hasUnsent() || !(await this.flush())) return
    await this.rest()
  }

  protected async rest(): Promise<void> {
    const state = this.store.state()
    if (!state || this.store.hasUnsent() || state.participants.some((p) => p.claim)) return
    if (state.status === 'in_progress' && state.deadline) this.wake(state, await this.now())
    else {
      this.wakesAt = null
      await this.ctx.storage.deleteAlarm()
    }
  }

  private async now(): Promise<Origin> {
    const { now } = await this.context()
    return { now: now.toISOString(), actor: 'service', ip: null, userAgent: null }
  }

  protected async flush(woken = false): Promise<boolean> {
    const { EffectRunner } = await outside()
    this.effects ??= new EffectRunner(this.store, () => this.context())
    return this.effects.flush(woken)
  }

  /** Runs one command and says what the package is then. */
  protected run(command: Command, origin: Origin): Promise<Outcome<{ state: PackageState }>> {
    return this.serial(async () => {
      const refusal = this.command(command, origin)
      await this.settle()
      return refusal ? no(refusal) : this.asItIs()
    })
  }

  /** The package as the answer to a command that was done. */
  protected asItIs(): Outcome<{ state: PackageState }> {
    const state = this.store.state()
    return state ? { ok: true, state } : NO_PACKAGE
  }
}
