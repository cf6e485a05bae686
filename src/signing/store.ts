import type { Settings } from '../env.ts'
import { canonicalJson, seal, sha256Hex, unseal } from '../lib/hash.ts'
import type { Effect, Link, Origin, PackageState, Participant, PlainEvent } from './model.ts'
import { upgrade } from './upgrade.ts'

/** An event of the trail, hash-chained: `hash` is SHA-256 of `prev_hash` and the canonical JSON (RFC 8785) of the event without `hash`. */
export interface ChainedEvent {
  seq: number
  type: string
  at: string
  actor: string
  ip: string | null
  user_agent: string | null
  data?: Record<string, unknown>
  prev_hash: string
  hash: string
}

export interface StoredEffect {
  id: number
  effect: Effect
}

/** How far D1 has been told: the version of the state, and the last event. */
export interface Projected {
  version: number
  seq: number
}

const GENESIS = '0'.repeat(64)

/** Links an event to the one before it. */
export function chain(event: Omit<ChainedEvent, 'hash'>): ChainedEvent {
  return { ...event, hash: sha256Hex(event.prev_hash + canonicalJson(event)) }
}

type Row = Record<string, SqlStorageValue>

/**
 * The object's own SQLite: state, trail, links and unsent effects, written together. Participants have a row each, so that a step costs the
 * same in a long route as in a short one. An object that holds no package writes nothing: asking for what does not exist leaves no trace.
 */
export class PackageStore {
  private readonly storage: DurableObjectStorage
  private cached: PackageState | null | undefined
  /** What the rows hold; participants that are other objects now are written anew. */
  private kept = new Map<string, Participant>()
  private ready = false

  constructor(storage: DurableObjectStorage) {
    this.storage = storage
    if (this.rows("select 1 from sqlite_master where name = 'state'").length > 0) this.prepare()
  }

  private rows<T extends Row>(query: string, ...bindings: SqlStorageValue[]): T[] {
    return this.storage.sql.exec<T>(query, ...bindings).toArray()
  }

  private prepare(): void {
    if (this.ready) return
    this.storage.sql.exec(`create table if not exists state (one integer primary key check (one = 1), value text not null);
      create table if not exists participants (id text primary key, position integer not null, version integer not null, value text not null);
      create table if not exists events (seq integer primary key, value text not null);
      create table if not exists effects (id integer primary key autoincrement, value text not null);
      create table if not exists codes (challenge text primary key, sealed text not null);
      create table if not exists links (id text primary key, token_hash text not null unique, participant_id text not null, value text not null);
      create table if not exists projected (one integer primary key check (one = 1), version integer not null, seq integer not null)`)
    this.ready = true
  }

  state(): PackageState | null {
    if (this.cached === undefined) this.cached = this.ready ? this.read() : null
    return this.cached
  }

  private read(): PackageState | null {
    const [row] = this.rows<{ value: string }>('select value from state')
    if (!row) return null
    const head = JSON.parse(row.value) as PackageState
    // The first version kept everything in one row; written anew, D1 can be told of its participants as of any.
    if (head.v !== 2) {
      const state = upgrade(head)
      this.storage.transactionSync(() => this.write(state))
      this.kept = new Map(state.participants.map((p) => [p.id, p]))
      return state
    }
    const participants = this.rows<{ value: string }>('select value from participants order by position').map(
      (r) => JSON.parse(r.value) as Participant,
    )
    this.kept = new Map(participants.map((p) => [p.id, p]))
    return { ...head, participants }
  }

  participant(id: string): Participant | undefined {
    return this.state()?.participants.find((p) => p.id === id)
  }

  save(state: PackageState, events: PlainEvent[], effects: Effect[], origin: Origin, links: Link[] = []): void {
    this.prepare()
    this.storage.transactionSync(() => {
      this.write(state)
      this.append(events, origin)
      for (const effect of effects) this.storage.sql.exec('insert into effects (value) values (?)', JSON.stringify(effect))
      for (const link of links)
        this.storage.sql.exec(
          'insert into links (id, token_hash, participant_id, value) values (?, ?, ?, ?) on conflict (id) do update set value = excluded.value',
          link.id,
          link.tokenHash,
          link.participantId,
          JSON.stringify(link),
        )
    })
    this.kept = new Map(state.participants.map((p) => [p.id, p]))
    this.cached = state
  }

  /** The state itself, and those of its participants that are others now. */
  private write({ participants, ...head }: PackageState): void {
    this.storage.sql.exec(
      'insert into state (one, value) values (1, ?) on conflict (one) do update set value = excluded.value',
      JSON.stringify(head),
    )
    for (const [position, p] of participants.entries()) {
      if (this.kept.get(p.id) === p) continue
      this.storage.sql.exec(
        'insert into participants (id, position, version, value) values (?, ?, ?, ?) on conflict (id) do update set version = excluded.version, value = excluded.value',
        p.id,
        position,
        head.version,
        JSON.stringify(p),
      )
    }
  }

  private append(events: PlainEvent[], origin: Origin): void {
    let last = this.lastEvent()
    for (const { type, data } of events) {
      const event = chain({
        seq: (last?.seq ?? 0) + 1,
        type,
        at: origin.now,
        actor: origin.actor,
        ip: origin.ip,
        user_agent: origin.userAgent,
        ...(data ? { data } : {}),
        prev_hash: last?.hash ?? GENESIS,
      })
      this.storage.sql.exec('insert into events (seq, value) values (?, ?)', event.seq, JSON.stringify(event))
      last = event
    }
  }

  lastEvent(): ChainedEvent | undefined {
    const [row] = this.ready ? this.rows<{ value: string }>('select value from events order by seq desc limit 1') : []
    return row && (JSON.parse(row.value) as ChainedEvent)
  }

  /** The trail from an event on, oldest first. */
  events(after = 0): ChainedEvent[] {
    if (!this.ready) return []
    return this.rows<{ value: string }>('select value from events where seq > ? order by seq', after).map(
      (r) => JSON.parse(r.value) as ChainedEvent,
    )
  }

  unsent(): StoredEffect[] {
    if (!this.ready) return []
    return this.rows<{ id: number; value: string }>('select id, value from effects order by id').map((r) => ({
      id: r.id,
      effect: JSON.parse(r.value) as Effect,
    }))
  }

  hasUnsent(): boolean {
    return this.ready && this.rows('select 1 from effects limit 1').length > 0
  }

  sent(id: number): void {
    this.storage.sql.exec('delete from effects where id = ?', id)
  }

  projected(): Projected {
    const [row] = this.rows<{ version: number; seq: number }>('select version, seq from projected')
    return row ?? { version: 0, seq: 0 }
  }

  /** D1 says now what this state said; what was changed meanwhile is told by its own effect. */
  noteProjected({ version, seq }: Projected): void {
    this.storage.sql.exec(
      'insert into projected (one, version, seq) values (1, ?, ?) on conflict (one) do update set version = excluded.version, seq = excluded.seq where excluded.version > version',
      version,
      seq,
    )
  }

  /** Participants written since a version, with their places in the route. */
  changedSince(version: number): { position: number; participant: Participant }[] {
    return this.rows<{ position: number; value: string }>(
      'select position, value from participants where version > ? order by position',
      version,
    ).map((r) => ({ position: r.position, participant: JSON.parse(r.value) as Participant }))
  }

  linkByToken(tokenHash: string): Link | undefined {
    const [row] = this.ready ? this.rows<{ value: string }>('select value from links where token_hash = ?', tokenHash) : []
    return row && (JSON.parse(row.value) as Link)
  }

  link(id: string): Link | undefined {
    const [row] = this.ready ? this.rows<{ value: string }>('select value from links where id = ?', id) : []
    return row && (JSON.parse(row.value) as Link)
  }

  linksOf(participantId: string): Link[] {
    if (!this.ready) return []
    return this.rows<{ value: string }>('select value from links where participant_id = ?', participantId).map(
      (r) => JSON.parse(r.value) as Link,
    )
  }

  /** Holds a code, sealed, until the message that carries it is on its way. */
  async keepCode(settings: Settings, challengeId: string, code: string): Promise<void> {
    const sealed = await seal(settings.APP_SECRET, `code:${challengeId}`, code)
    this.storage.sql.exec('insert or replace into codes (challenge, sealed) values (?, ?)', challengeId, sealed)
  }

  async readCode(settings: Settings, challengeId: string): Promise<string | undefined> {
    const [row] = this.rows<{ sealed: string }>('select sealed from codes where challenge = ?', challengeId)
    return row && unseal(settings.APP_SECRET, `code:${challengeId}`, row.sealed)
  }

  forgetCode(challengeId: string): void {
    this.storage.sql.exec('delete from codes where challenge = ?', challengeId)
  }
}
