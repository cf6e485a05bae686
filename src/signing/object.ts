import type { Lang } from '../http/lang.ts'
import { canonicalJson, keyedHash, sha256Hex } from '../lib/hash.ts'
import { randomDigits, uuidv7 } from '../lib/ids.ts'
import type { EmployeeAct } from './evidence.ts'
import { isGone, makeToken, readToken } from './links.ts'
import { canBeTold, participantOf, withoutRight, type Act } from './machine-parts.ts'
import { step } from './machine.ts'
import type {
  CmsEvidence,
  Command,
  Link,
  NewPackage,
  Origin,
  PackageState,
  Participant,
  Person,
  PlainEvent,
  Refusal,
  SealedDocument,
  SigningMethod,
  StoredFile,
} from './model.ts'
import { LINK_GONE, no, NO_PACKAGE, outside, PackageCore, WAKE_MS, type Outcome } from './object-core.ts'
import type { ChainedEvent } from './store.ts'

/** A signature that stands, and the package with it. */
export interface Signed {
  signedAt: string
  state: PackageState
}

/** What a link opens: the package as it is, and whose link it is. */
export interface Opened {
  state: PackageState
  participantId: string
  link: Pick<Link, 'id' | 'expiresAt'>
}

/** What a one-time code is bound to besides itself: another person, package or document makes another hash. */
export const codeBinding = (state: PackageState, participantId: string, person: Person) =>
  sha256Hex(canonicalJson({ package: state.id, participant: participantId, person, documents: state.documents.map((d) => d.sha256) }))

/** One package, as it is asked over RPC: a Durable Object whose own storage is the truth; D1 holds a copy. */
export class PackageObject extends PackageCore {
  /** Makes the package, and sends it unless it is to stay a draft; a second call changes nothing. */
  async open(fresh: NewPackage, origin: Origin, { draft = false } = {}): Promise<Outcome<{ state: PackageState }>> {
    return this.serial(async () => {
      this.apply({ type: 'create', package: fresh }, origin)
      if (!draft && this.store.state()?.status === 'draft') {
        const refusal = this.apply({ type: 'send' }, origin)
        if (refusal) return no(refusal)
      }
      await this.settle()
      return this.asItIs()
    })
  }

  /** The package as it is; with an origin, after what time has done to it. */
  async view(origin?: Origin): Promise<PackageState | null> {
    const state = this.store.state()
    const due = origin && state?.status === 'in_progress' && state.deadline !== null && state.deadline <= origin.now
    if (!due) return state
    await this.serial(async () => {
      this.apply({ type: 'tick' }, origin)
      await this.settle()
    })
    return this.store.state()
  }

  /** A signed package whose stamped versions are still to be made, with the hash of the event that ended the signing. */
  async toSeal(): Promise<{ state: PackageState; trailHash: string | null } | null> {
    const state = this.store.state()
    if (!state || state.status !== 'signed' || state.sealed) return null
    const ending = this.store.events().findLast((event) => event.type === 'package.signed')
    return { state, trailHash: ending?.hash ?? null }
  }

  /** The trail, oldest first. */
  async events(): Promise<ChainedEvent[]> {
    return this.store.events()
  }

  async send(origin: Origin) {
    return this.run({ type: 'send' }, origin)
  }

  async replace(participantId: string, by: Pick<Participant, 'person' | 'clientId' | 'companyId' | 'methods'>, origin: Origin) {
    return this.serial(async (): Promise<Outcome<{ state: PackageState }>> => {
      const refusal = this.command({ type: 'replace_participant', participantId, by }, origin)
      if (refusal) return no(refusal)
      const links = this.store.linksOf(participantId).filter((l) => l.revokedAt === null)
      this.saveLinks(
        links.map((l) => ({ ...l, revokedAt: origin.now })),
        links.map((l) => ({ type: 'link.revoked', data: { participant_id: participantId, link_id: l.id } })),
        origin,
      )
      await this.settle()
      return this.asItIs()
    })
  }

  private saveLinks(links: Link[], events: PlainEvent[], origin: Origin): void {
    const state = this.store.state()
    if (!state || links.length === 0) return
    const next = { ...state, version: state.version + 1, updatedAt: origin.now }
    this.store.save(next, events, [{ kind: 'project' }], origin, links)
    this.wake(next, origin)
  }

  /** Makes a link for a participant; its token is told here and nowhere else. */
  async createLink(participantId: string, ttlSeconds: number, origin: Origin) {
    return this.serial(async (): Promise<Outcome<{ id: string; token: string; expiresAt: string }>> => {
      this.apply({ type: 'tick' }, origin)
      const state = this.store.state()
      if (!state || !participantOf(state, participantId)) return no({ code: 'not_found', message: 'There is no such participant.' })
      if (state.status !== 'in_progress') return no({ code: 'conflict', message: `The package is ${state.status}.` })
      const id = uuidv7(Date.parse(origin.now))
      const token = makeToken(state.id)
      const expiresAt = new Date(Date.parse(origin.now) + ttlSeconds * 1000).toISOString()
      const { tokenHash = '' } = readToken(token) ?? {}
      const link: Link = { id, participantId, tokenHash, createdAt: origin.now, expiresAt, revokedAt: null, openedAt: null }
      this.saveLinks(
        [link],
        [{ type: 'link.created', data: { participant_id: participantId, link_id: id, expires_at: expiresAt } }],
        origin,
      )
      await this.settle()
      return { ok: true, id, token, expiresAt }
    })
  }

  async revokeLink(linkId: string, origin: Origin): Promise<Outcome> {
    return this.serial(async () => {
      const link = this.store.link(linkId)
      if (!link) return no({ code: 'not_found', message: 'There is no such link.' })
      if (link.revokedAt === null)
        this.saveLinks(
          [{ ...link, revokedAt: origin.now }],
          [{ type: 'link.revoked', data: { participant_id: link.participantId, link_id: link.id } }],
          origin,
        )
      await this.settle()
      return { ok: true }
    })
  }

  /** What a link opens. `visit`: its holder looks at the page, which the trail notes the first time. `lang`: in which language it does. */
  async openLink(
    tokenHash: string,
    origin: Origin,
    { visit = false, lang }: { visit?: boolean; lang?: Lang | undefined } = {},
  ): Promise<Outcome<Opened>> {
    const link = this.store.linkByToken(tokenHash)
    const state = link ? await this.view(origin) : null
    if (!link || !state) return no({ code: 'not_found', message: 'There is no such link.' })
    if (isGone(link, state, origin.now)) return no(LINK_GONE)
    const { participantId } = link
    const isNews = lang !== undefined && participantOf(state, participantId)?.lang !== lang
    if (isNews || (visit && link.openedAt === null))
      await this.serial(async () => {
        const fresh = this.store.link(link.id)
        // Withdrawn while this waited: whoever holds the participant's place now may be somebody else.
        if (!fresh || fresh.revokedAt !== null) return
        if (isNews) this.apply({ type: 'note_language', participantId, lang }, origin)
        const data = { participant_id: participantId, link_id: link.id }
        if (visit && fresh.openedAt === null) this.saveLinks([{ ...fresh, openedAt: origin.now }], [{ type: 'link.opened', data }], origin)
        await this.settle()
      })
    return { ok: true, state, participantId, link: { id: link.id, expiresAt: link.expiresAt } }
  }

  /** Whether a participant has the right to act now, in the package and, where it acts for a company, there. */
  private async judge(participantId: string, act: Act, method?: SigningMethod, at: 'code' | 'act' = 'act'): Promise<Refusal | undefined> {
    const state = this.store.state()
    const p = state && participantOf(state, participantId)
    if (!state || !p) return { code: 'not_found', message: 'There is no such participant.' }
    const refusal = withoutRight(p, act, method)
    if (refusal || (!p.clientId && !p.companyId)) return refusal
    const { judgeRights } = await outside()
    return judgeRights(await this.context(), state.orgId, p, act, at)
  }

  /** Sends a code to the participant's phone. A contract's signer is named with it: `person`. */
  async requestCode(participantId: string, person: Person | null, origin: Origin, lang?: Lang): Promise<Outcome<{ expiresAt: string }>> {
    return this.serial(async () => {
      const { settings } = await this.context()
      this.apply({ type: 'tick' }, origin)
      const state = this.store.state()
      if (!state) return NO_PACKAGE
      const judged = await this.judge(participantId, 'sign', 'sms', 'code')
      if (judged) return no(judged)
      const who = person ?? participantOf(state, participantId)?.person
      if (!who) return no({ code: 'conflict', message: 'It is not known who signs.' })
      const code = randomDigits(6)
      const challengeId = uuidv7(Date.parse(origin.now))
      const codeHash = await keyedHash(settings.APP_SECRET, codeBinding(state, participantId, who), code)
      const { CODE_TTL_SECONDS: ttlSeconds, CODE_RESEND_SECONDS: resendSeconds } = settings
      const name: Command = { type: 'name_participant', participantId, person: who }
      const ask: Command = { type: 'request_code', participantId, challengeId, codeHash, ttlSeconds, resendSeconds }
      // One decision: a code that may not be sent leaves who was named, and that one's code, as they were.
      const named = step(state, name, origin)
      const refusal = this.linkGone(origin) ?? named.refusal ?? step(named.state ?? state, ask, origin).refusal
      if (refusal) return no(refusal)
      await this.store.keepCode(settings, challengeId, code)
      this.apply(name, origin)
      if (lang) this.apply({ type: 'note_language', participantId, lang }, origin)
      this.apply(ask, origin)
      await this.settle()
      return { ok: true, expiresAt: this.store.participant(participantId)?.challenge?.expiresAt ?? origin.now }
    })
  }

  async cancelCode(participantId: string, origin: Origin): Promise<void> {
    return this.serial(async () => {
      this.apply({ type: 'cancel_code', participantId }, origin)
      await this.settle()
    })
  }

  /** Signs with a code: the code proves it, a prepaid unit pays for it, and only then the signature stands. */
  async signByCode(participantId: string, person: Person | null, code: string, origin: Origin): Promise<Outcome<Signed>> {
    return this.serial(async () => {
      this.apply({ type: 'tick' }, origin)
      const state = this.store.state()
      if (!state) return NO_PACKAGE
      const judged = await this.judge(participantId, 'sign', 'sms')
      if (judged) return no(judged)
      const { settings } = await this.context()
      const who = person ?? participantOf(state, participantId)?.person
      const codeHash = who ? await keyedHash(settings.APP_SECRET, codeBinding(state, participantId, who), code) : ''
      const refusal = this.apply({ type: 'verify_code', participantId, codeHash }, origin)
      if (refusal) {
        await this.settle()
        return no(refusal)
      }
      return this.completeClaim(participantId, origin)
    })
  }

  /** Signs with the signer's own key: the caller has verified each CMS against the documents and the person. */
  async signByKey(participantId: string, person: Person | null, cms: CmsEvidence[], origin: Origin): Promise<Outcome<Signed>> {
    return this.serial(async () => {
      this.apply({ type: 'tick' }, origin)
      const judged = await this.judge(participantId, 'sign', 'cms')
      const named = judged ?? (person ? this.apply({ type: 'name_participant', participantId, person }, origin) : undefined)
      const refusal = named ?? this.apply({ type: 'prove', participantId, method: 'cms', cms }, origin)
      if (refusal) return no(refusal)
      return this.completeClaim(participantId, origin)
    })
  }

  /** The right of an employee to sign, and the key to do it with, asked of D1 together. */
  private async employeeAct(participantId: string): Promise<EmployeeAct> {
    const state = this.store.state()
    const p = state && participantOf(state, participantId)
    if (!state || !p?.clientId || !p.companyId || withoutRight(p, 'sign', 'server'))
      return { refusal: await this.judge(participantId, 'sign', 'server'), key: undefined }
    const { readEmployeeAct } = await outside()
    return readEmployeeAct(await this.context(), state.orgId, p.clientId, p.companyId)
  }

  /** Signs with the employee's key that the server keeps; `who` was meant, and may have been replaced while this waited. */
  async signByServer(participantId: string, origin: Origin, who?: Pick<Participant, 'clientId' | 'companyId'>): Promise<Outcome<Signed>> {
    return this.serial(async () => {
      const p = this.store.participant(participantId)
      if (p && who && (p.clientId !== who.clientId || p.companyId !== who.companyId))
        return no({ code: 'conflict', message: 'The participant was replaced.' })
      const employee = await this.employeeAct(participantId)
      const refusal = employee.refusal ?? this.command({ type: 'prove', participantId, method: 'server' }, origin)
      if (refusal) return no(refusal)
      return this.completeClaim(participantId, origin, employee)
    })
  }

  /** Whether the participant could sign in this way now: asked before a signature is verified or made. */
  async maySign(participantId: string, method: SigningMethod, origin: Origin, at: 'code' | 'act' = 'act'): Promise<Outcome> {
    return this.serial(async () => {
      this.apply({ type: 'tick' }, origin)
      const judged = await this.judge(participantId, 'sign', method, at)
      const state = this.store.state()
      const dry: Command = { type: 'prove', participantId, method: 'server' }
      const refusal = judged ?? step(state && allow(state, participantId), dry, origin).refusal
      return refusal ? no(refusal) : { ok: true }
    })
  }

  /**
   * Makes the evidence of a proved signature, takes its unit and accepts it. Cut off anywhere, it is taken up again by the alarm, with the
   * same result; where evidence or unit can't be had, the claim is let go, and whoever signs may try again.
   */
  private async completeClaim(participantId: string, origin: Origin, employee?: EmployeeAct): Promise<Outcome<Signed>> {
    const state = this.store.state()
    const participant = this.store.participant(participantId)
    const claim = participant?.claim
    if (!state || !claim) return no({ code: 'conflict', message: 'There is no signature to complete.' })
    const ctx = await this.context()
    const { AppError, makeEvidence, takeUnit } = await outside()
    let cms = claim.cms
    try {
      cms ??= await makeEvidence(ctx, state, participant, employee)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.apply({ type: 'release', participantId }, origin)
      await this.settle()
      return no({ code: error.code === 'forbidden' ? 'forbidden' : 'unavailable', message: error.message })
    }
    const unit = claim.method === 'sms' ? 'sms' : 'ecp'
    const free = state.subject.type === 'certificate_request'
    if (!free && !(await takeUnit(ctx, state.orgId, unit, `signature:${state.id}:${participantId}`))) {
      this.apply({ type: 'release', participantId }, origin)
      await this.settle()
      return no({ code: 'payment_required', message: 'No prepaid signature is left.' })
    }
    const refusal = this.apply({ type: 'accept', participantId, cms }, origin)
    if (refusal) return no(refusal)
    await this.settle()
    return { ok: true, signedAt: claim.at, state: this.store.state() ?? state }
  }

  async approve(participantId: string, origin: Origin): Promise<Outcome<{ state: PackageState }>> {
    const judged = await this.judge(participantId, 'approve')
    return judged ? no(judged) : this.run({ type: 'approve', participantId }, origin)
  }

  async decline(participantId: string, reason: string, origin: Origin): Promise<Outcome<{ state: PackageState }>> {
    const judged = await this.judge(participantId, 'decline')
    return judged ? no(judged) : this.run({ type: 'decline', participantId, reason }, origin)
  }

  /** Reminds those whose turn it is; says how many. */
  async remind(pauseSeconds: number, origin: Origin): Promise<Outcome<{ reminded: number }>> {
    const done = await this.run({ type: 'remind', pauseSeconds }, origin)
    if (!done.ok) return done
    return { ok: true, reminded: done.state.participants.filter((p) => p.status === 'current' && canBeTold(p)).length }
  }

  /** Withdraws the package; refused once it is over. */
  async revoke(reason: string | null, origin: Origin) {
    return this.run({ type: 'revoke', reason }, origin)
  }

  /** Keeps the stamped versions; whoever comes first wins, so that a document is sealed once. */
  async recordSeal(documents: SealedDocument[], certificate: StoredFile | null, origin: Origin): Promise<PackageState | null> {
    return this.serial(async () => {
      this.apply({ type: 'record_seal', documents, certificate }, origin)
      await this.settle()
      return this.store.state()
    })
  }

  override async alarm(): Promise<void> {
    await this.serial(async () => {
      // First of all: while D1 is away the object goes on waking, for longer than the platform would try by itself.
      await this.setAlarm(6 * WAKE_MS)
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
      this.apply({ type: 'tick' }, origin)
      if ((await this.flush(true)) && !left) await this.rest()
    })
  }
}

/** The state in which the participant may use the server's method, so that only turn and state are asked. */
const allow = (state: PackageState, id: string): PackageState => ({
  ...state,
  participants: state.participants.map((p) => (p.id === id ? { ...p, methods: ['server'] } : p)),
})
