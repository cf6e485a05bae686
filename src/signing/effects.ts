import type { Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { logUnknown } from '../http/log.ts'
import { uuidOf } from '../lib/hash.ts'
import { languagesFor, type Reader } from '../notifications/languages.ts'
import { organizationOf } from '../office/organization.ts'
import { announce, machineNow, makeJob, type Job } from '../queue/outbox.ts'
import { endpointsOf, publishAll, type Endpoint, type Message } from '../webhooks/publish.ts'
import { linkUrl, readToken, reminderToken } from './links.ts'
import { codeMessage, endMail, endMessage, reminderMail, reminderMessage } from './messages.ts'
import type { Effect, Link, PackageState, Participant } from './model.ts'
import { projection } from './projection.ts'
import type { PackageStore } from './store.ts'
import { tellSubject, waitingFor } from './subjects.ts'

/** Documents larger than this are not sealed while somebody waits. */
export const SEAL_AT_ONCE_BYTES = 3_000_000
/** How long the link in a reminder serves. */
const REMINDER_LINK_SECONDS = 86_400

type Of<K extends Effect['kind']> = Extract<Effect, { kind: K }>

/** Lets effects out and marks each as sent only after it happened. All of them bear repetition. */
export class EffectRunner {
  private readonly store: PackageStore
  private readonly context: () => Promise<Ctx>
  /** The organization's active endpoints, as of the last projection of this flush. */
  private endpoints: Endpoint[] | undefined
  /** Whether anything waits for the package's end, as of the last projection of this flush; undefined where that was not asked. */
  private isAwaited: boolean | undefined

  constructor(store: PackageStore, context: () => Promise<Ctx>) {
    this.store = store
    this.context = context
  }

  /**
   * True when nothing is left to do. Sealing is tried at once by whoever signed last, so that its effect waits for the object to wake
   * (`woken`): what is not sealed by then is the queue's.
   */
  async flush(woken = false): Promise<boolean> {
    const unsent = this.store.unsent()
    const state = this.store.state()
    if (unsent.length === 0 || !state) return true
    const ctx = await this.context()
    this.endpoints = undefined
    this.isAwaited = undefined
    let projected = false
    let left = false
    for (const { id, effect } of unsent) {
      if (effect.kind === 'seal' && !woken && !state.sealed && !isLarge(state)) {
        left = true
        continue
      }
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
        return this.project(ctx, state)
      case 'code':
        return this.sendCode(ctx, state, effect)
      case 'seal':
        return this.seal(ctx, state)
      case 'tell':
        return this.isAwaited === false ? undefined : tellSubject(ctx, state, effect.news)
      case 'announce':
        return this.announceChanges(ctx, state, effect)
      case 'notify':
        return this.notify(ctx, state, effect)
      case 'remind':
        return this.remind(ctx, state, effect)
    }
  }

  private async seal(ctx: Ctx, state: PackageState): Promise<void> {
    if (state.sealed) return
    await send(ctx, [await makeJob(ctx, 'package.seal', { packageId: state.id }, { id: `seal:${state.id}` })])
  }

  private async project(ctx: Ctx, state: PackageState): Promise<void> {
    const known = this.store.projected()
    const events = this.store.events(known.seq)
    const news = { first: known.version === 0, participants: this.store.changedSince(known.version), events }
    const writes = projection(ctx, state, news)
    // Whom to tell is asked in the same call: most steps have somebody's change of status to announce.
    const waiting = await waitingFor(ctx, state)
    const results = await batch(ctx.db, [...writes, endpointsOf(ctx, state.orgId), ...waiting])
    this.endpoints = results[writes.length] as Endpoint[]
    if (waiting.length > 0) this.isAwaited = (results[writes.length + 1] as unknown[]).length > 0
    this.store.noteProjected({ version: state.version, seq: events.at(-1)?.seq ?? known.seq })
  }

  private async sendCode(ctx: Ctx, state: PackageState, { participantId, challengeId, to }: Of<'code'>): Promise<void> {
    const code = await this.store.readCode(ctx.settings, challengeId)
    if (code === undefined) return
    const participant = state.participants.find((p) => p.id === participantId && p.person?.phone === to)
    const text = codeMessage(languagesFor(participant ? readerOf(participant) : { phone: to }), code, state.title)
    const until = machineNow().getTime() + ctx.settings.CODE_TTL_SECONDS * 1000
    await send(ctx, [await makeJob(ctx, 'sms.send', { orgId: state.orgId, to, text, code, until }, { id: `sms:${challengeId}` })])
    this.store.forgetCode(challengeId)
  }

  private async announceChanges(ctx: Ctx, state: PackageState, { at, changes }: Of<'announce'>): Promise<void> {
    const package_id = state.id
    const messages = changes.map(({ participantId, status }): Message =>
      participantId === null
        ? { type: 'package.status_changed', data: { package_id, status }, key: `package:${package_id}:${status}`, at }
        : {
            type: 'participant.status_changed',
            data: { package_id, participant_id: participantId, status },
            key: `participant:${package_id}:${participantId}:${status}`,
            at,
          },
    )
    const { endpoints } = this
    const options = { callbackUrl: state.callbackUrl, ...(endpoints ? { endpoints } : {}) }
    const { writes, jobs } = await publishAll(ctx, state.orgId, messages, options)
    await batch(ctx.db, writes)
    await announce(ctx.env, jobs)
  }

  private async notify(ctx: Ctx, state: PackageState, { why, participantIds }: Of<'notify'>): Promise<void> {
    const { name, phone: home } = await organizationOf(ctx, state.orgId)
    const { orgId, title } = state
    // One phone may take part in several places of a route: it is told once.
    const once = new Map(reachedOf(state, participantIds).map((reached) => [reached.to, reached]))
    const jobs: Job[] = []
    for (const { channel, to, reader } of once.values()) {
      const languages = languagesFor(reader, home)
      const id = `${channel}:${uuidOf(`${why}:${state.id}:${to}`)}`
      jobs.push(
        channel === 'sms'
          ? await makeJob(ctx, 'sms.send', { orgId, to, text: endMessage(languages, why, name, title), code: null, until: null }, { id })
          : await makeJob(ctx, 'mail.send', { orgId, to, ...endMail(languages, why, name, title) }, { id }),
      )
    }
    await send(ctx, jobs)
  }

  /** Each reminder carries a link of its own: whoever is reminded may have no other. */
  private async remind(ctx: Ctx, state: PackageState, { at, participantIds }: Of<'remind'>): Promise<void> {
    // By the time this gets out somebody may have acted or been replaced, or the package be over.
    const current = state.status === 'in_progress' ? state.participants.filter((p) => p.status === 'current').map((p) => p.id) : []
    const { name, phone: home } = await organizationOf(ctx, state.orgId)
    const { orgId, title } = state
    const jobs: Job[] = []
    for (const { participantId, channel, to, reader } of reachedOf(
      state,
      participantIds.filter((id) => current.includes(id)),
    )) {
      const token = await reminderToken(ctx.settings, state.id, participantId, at)
      if (!this.keepLink(state, participantId, token, at)) continue
      const [languages, url] = [languagesFor(reader, home), linkUrl(ctx.settings, token)]
      const until = machineNow().getTime() + REMINDER_LINK_SECONDS * 1000
      const id = `${channel}:${uuidOf(`remind:${state.id}:${participantId}:${at}`)}`
      jobs.push(
        channel === 'sms'
          ? await makeJob(ctx, 'sms.send', { orgId, to, text: reminderMessage(languages, name, title, url), code: null, until }, { id })
          : await makeJob(ctx, 'mail.send', { orgId, to, ...reminderMail(languages, name, title, url) }, { id }),
      )
    }
    await send(ctx, jobs)
    await this.project(ctx, this.store.state() ?? state)
  }

  /** Whether the link serves: kept now or before, and not withdrawn meanwhile. */
  private keepLink(state: PackageState, participantId: string, token: string, at: string): boolean {
    const id = uuidOf(`remind:${state.id}:${participantId}:${at}`)
    const { tokenHash = '' } = readToken(token) ?? {}
    const known = this.store.link(id)
    if (known) return known.revokedAt === null
    const now = this.store.state() ?? state
    const expiresAt = new Date(Date.parse(at) + REMINDER_LINK_SECONDS * 1000).toISOString()
    const link: Link = { id, participantId, tokenHash, createdAt: at, expiresAt, revokedAt: null, openedAt: null }
    const event = { type: 'link.created' as const, data: { participant_id: participantId, link_id: id, expires_at: expiresAt } }
    this.store.save({ ...now, version: now.version + 1 }, [event], [], { now: at, actor: 'service', ip: null, userAgent: null }, [link])
    return true
  }
}

const isLarge = (state: PackageState) => state.documents.some((d) => d.size > SEAL_AT_ONCE_BYTES)

const readerOf = ({ lang, person }: Participant): Reader => ({
  lang,
  phone: person?.phone ?? null,
  identifier: person?.identifier ?? null,
  inn: person?.inn ?? null,
})

interface Reached {
  participantId: string
  channel: 'sms' | 'mail'
  to: string
  reader: Reader
}

/** Where participants are written to: by SMS, or by mail where there is no phone. */
function reachedOf(state: PackageState, ids: string[]): Reached[] {
  return state.participants.flatMap((p): Reached[] => {
    const { phone = null, email = null } = p.person ?? {}
    const to = phone ?? email
    if (to === null || !ids.includes(p.id)) return []
    return [{ participantId: p.id, channel: phone === null ? 'mail' : 'sms', to, reader: readerOf(p) }]
  })
}

async function send(ctx: Ctx, jobs: Job[]): Promise<void> {
  await batch(
    ctx.db,
    jobs.map(({ write }) => write),
  )
  await announce(ctx.env, jobs)
}
