import { DurableObject } from 'cloudflare:workers'
import { canonicalJson, keyedHash, sha256Hex } from '../lib/hash.ts'
import { randomDigits, uuidv7 } from '../lib/ids.ts'
import type { EffectRunner } from './effects.ts'
import { step } from './machine.ts'
import type { CmsEvidence, Command, NewPackage, Origin, PackageState, Person, Refusal, SealedDocument } from './model.ts'
import { PackageStore } from './store.ts'

/** When an object that was cut off wakes by itself. By the machine's clock: it is about crashes, not about deadlines. */
const WAKE_MS = 5000

/** What reaches beyond the object's own storage: loaded on first use, since every start of the Worker evaluates what this file imports. */
const outside = () => import('./outside.ts')

export type Outcome<T extends object = object> = ({ ok: true } & T) | ({ ok: false } & Refusal)

/** What a one-time code is bound to besides itself: another person, package or document makes another hash. */
export const codeBinding = (state: PackageState, participantId: string, person: Person) =>
  sha256Hex(canonicalJson({ package: state.id, participant: participantId, person, documents: state.documents.map((d) => d.sha256) }))

/**
 * One package. A shell around the reducer in machine.ts: it runs commands one after another, stores state, events and effects together,
 * then lets the effects out, and again by alarm until each is done. Its own storage is the truth; D1 holds a copy.
 */
export class PackageObject extends DurableObject<Env> {
  private readonly store: PackageStore
  private effects: EffectRunner | undefined
  private tail: Promise<unknown> = Promise.resolve()

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.store = new PackageStore(state.storage)
  }

  private async context() {
    const { serviceContext } = await outside()
    return serviceContext(this.env, (work) => this.ctx.waitUntil(work))
  }

  /** Calls wait for each other: a command may have to ask D1 midway, and no other may slip in between. */
  private serial<T>(work: () => Promise<T>): Promise<T> {
    const run = this.tail.then(work, work)
    this.tail = run.catch(() => undefined)
    return run
  }

  private apply(command: Command, origin: Origin): Refusal | undefined {
    const result = step(this.store.state(), command, origin)
    if (result.state) {
      this.store.save(result.state, result.events, result.effects, origin)
      // In the same write as what was stored, so that no crash leaves effects or a claim behind with nobody to wake for them.
      if (result.effects.length > 0 || result.state.participants.some((p) => p.claim)) void this.ctx.storage.setAlarm(Date.now() + WAKE_MS)
    }
    return result.refusal
  }

  /** What can't be sent now is sent by the alarm that was set when it was stored. */
  private async settle(): Promise<void> {
    await this.flush()
  }

  private async flush(): Promise<boolean> {
    const { EffectRunner } = await outside()
    this.effects ??= new EffectRunner(this.store, () => this.context())
    return this.effects.flush()
  }

  /** Makes the package and sends it; a second call changes nothing. */
  async open(fresh: NewPackage, origin: Origin): Promise<Outcome> {
    return this.serial(async () => {
      const refusal = this.apply({ type: 'create', package: fresh }, origin) ?? this.apply({ type: 'send' }, origin)
      if (refusal) return { ok: false, ...refusal }
      await this.settle()
      return { ok: true }
    })
  }

  async view(): Promise<PackageState | null> {
    return this.store.state()
  }

  /** Names who signs and sends a code to that phone. */
  async requestCode(participantId: string, person: Person, origin: Origin): Promise<Outcome<{ expiresAt: string }>> {
    return this.serial(async () => {
      const { settings } = await this.context()
      const state = this.store.state()
      if (!state) return { ok: false, code: 'not_found', message: 'There is no such package.' }
      const code = randomDigits(6)
      const challengeId = uuidv7(Date.parse(origin.now))
      const codeHash = await keyedHash(settings.APP_SECRET, codeBinding(state, participantId, person), code)
      const { CODE_TTL_SECONDS: ttlSeconds, CODE_RESEND_SECONDS: resendSeconds } = settings
      const name: Command = { type: 'name_participant', participantId, person }
      const ask: Command = { type: 'request_code', participantId, challengeId, codeHash, ttlSeconds, resendSeconds }
      // One decision: a code that may not be sent leaves who was named, and that one's code, as they were.
      const named = step(state, name, origin)
      const refusal = named.refusal ?? step(named.state ?? state, ask, origin).refusal
      if (refusal) return { ok: false, ...refusal }
      await this.store.keepCode(settings, challengeId, code)
      this.apply(name, origin)
      this.apply(ask, origin)
      await this.settle()
      return { ok: true, expiresAt: this.store.participant(participantId)?.challenge?.expiresAt ?? origin.now }
    })
  }

  async cancelCode(participantId: string, origin: Origin): Promise<void> {
    return this.serial(async () => void this.apply({ type: 'cancel_code', participantId }, origin))
  }

  /** Signs with a code: the code proves it, a prepaid unit pays for it, and only then the signature stands. */
  async signByCode(participantId: string, person: Person, code: string, origin: Origin): Promise<Outcome<{ signedAt: string }>> {
    return this.serial(async () => {
      const state = this.store.state()
      if (!state) return { ok: false, code: 'not_found', message: 'There is no such package.' }
      const { settings } = await this.context()
      const codeHash = await keyedHash(settings.APP_SECRET, codeBinding(state, participantId, person), code)
      const refusal = this.apply({ type: 'verify_code', participantId, codeHash }, origin)
      if (refusal) {
        await this.settle()
        return { ok: false, ...refusal }
      }
      return this.completeClaim(participantId, origin)
    })
  }

  /** Signs with the signer's own key: the caller has verified each CMS against the documents and the person. */
  async signByKey(participantId: string, person: Person, cms: CmsEvidence[], origin: Origin): Promise<Outcome<{ signedAt: string }>> {
    return this.serial(async () => {
      const refusal =
        this.apply({ type: 'name_participant', participantId, person }, origin) ?? this.apply({ type: 'prove', participantId, cms }, origin)
      if (refusal) return { ok: false, ...refusal }
      return this.completeClaim(participantId, origin)
    })
  }

  /** Takes the unit of a proved signature and accepts it. Cut off anywhere, it is taken up again by the alarm, with the same result. */
  private async completeClaim(participantId: string, origin: Origin): Promise<Outcome<{ signedAt: string }>> {
    const state = this.store.state()
    const claim = this.store.participant(participantId)?.claim
    if (!state || !claim) return { ok: false, code: 'conflict', message: 'There is no signature to complete.' }
    const ctx = await this.context()
    const { takeUnit } = await outside()
    const paid = await takeUnit(ctx, state.orgId, claim.method === 'sms' ? 'sms' : 'ecp', `signature:${state.id}:${participantId}`)
    if (!paid) {
      this.apply({ type: 'release', participantId }, origin)
      await this.settle()
      return { ok: false, code: 'payment_required', message: 'No prepaid signature is left.' }
    }
    const refusal = this.apply({ type: 'accept', participantId }, origin)
    if (refusal) return { ok: false, ...refusal }
    await this.settle()
    return { ok: true, signedAt: claim.at }
  }

  /** Withdraws the package; refused once it is signed. */
  async revoke(origin: Origin): Promise<Outcome> {
    return this.serial(async () => {
      const refusal = this.apply({ type: 'revoke' }, origin)
      if (refusal && refusal.code !== 'not_found') return { ok: false, ...refusal }
      await this.settle()
      return { ok: true }
    })
  }

  /** Keeps the stamped versions; whoever comes first wins, so that a document is sealed once. */
  async recordSeal(documents: SealedDocument[], origin: Origin): Promise<PackageState | null> {
    return this.serial(async () => {
      this.apply({ type: 'record_seal', documents }, origin)
      await this.settle()
      return this.store.state()
    })
  }

  override async alarm(): Promise<void> {
    await this.serial(async () => {
      // First of all: while D1 is away the object goes on waking, for longer than the platform would try by itself.
      await this.ctx.storage.setAlarm(Date.now() + 6 * WAKE_MS)
      const { now, requestId } = await this.context()
      const origin: Origin = { now: now.toISOString(), actor: 'service', ip: null, userAgent: null }
      let left = false
      for (const p of this.store.state()?.participants ?? []) {
        if (!p.claim) continue
        try {
          await this.completeClaim(p.id, origin)
        } catch (error) {
          left = true
          const { logUnknown } = await outside()
          logUnknown(error, requestId, 'package claim')
        }
      }
      if ((await this.flush()) && !left) await this.ctx.storage.deleteAlarm()
    })
  }
}
