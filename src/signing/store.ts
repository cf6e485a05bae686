import type { Settings } from '../env.ts'
import { canonicalJson, seal, sha256Hex, unseal } from '../lib/hash.ts'
import type { Effect, Origin, PackageState, Participant, PlainEvent } from './model.ts'

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

const GENESIS = '0'.repeat(64)

/** Links an event to the one before it. */
export function chain(event: Omit<ChainedEvent, 'hash'>): ChainedEvent {
  return { ...event, hash: sha256Hex(event.prev_hash + canonicalJson(event)) }
}

/** The object's own SQLite: state, trail and unsent effects, always written together. */
export class PackageStore {
  private readonly storage: DurableObjectStorage
  private cached: PackageState | null | undefined

  constructor(storage: DurableObjectStorage) {
    this.storage = storage
    storage.sql.exec(`create table if not exists state (one integer primary key check (one = 1), value text not null);
      create table if not exists events (seq integer primary key, value text not null);
      create table if not exists effects (id integer primary key autoincrement, value text not null);
      create table if not exists codes (challenge text primary key, sealed text not null)`)
  }

  state(): PackageState | null {
    if (this.cached === undefined) {
      const [row] = this.storage.sql.exec<{ value: string }>('select value from state').toArray()
      this.cached = row ? (JSON.parse(row.value) as PackageState) : null
    }
    return this.cached
  }

  participant(id: string): Participant | undefined {
    return this.state()?.participants.find((p) => p.id === id)
  }

  save(state: PackageState, events: PlainEvent[], effects: Effect[], origin: Origin): void {
    this.storage.transactionSync(() => {
      this.storage.sql.exec(
        'insert into state (one, value) values (1, ?) on conflict (one) do update set value = excluded.value',
        JSON.stringify(state),
      )
      let last = this.events().at(-1)
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
      for (const effect of effects) this.storage.sql.exec('insert into effects (value) values (?)', JSON.stringify(effect))
    })
    this.cached = state
  }

  events(): ChainedEvent[] {
    return this.storage.sql
      .exec<{ value: string }>('select value from events order by seq')
      .toArray()
      .map((r) => JSON.parse(r.value) as ChainedEvent)
  }

  unsent(): StoredEffect[] {
    return this.storage.sql
      .exec<{ id: number; value: string }>('select id, value from effects order by id')
      .toArray()
      .map((r) => ({ id: r.id, effect: JSON.parse(r.value) as Effect }))
  }

  sent(id: number): void {
    this.storage.sql.exec('delete from effects where id = ?', id)
  }

  /** Holds a code, sealed, until the message that carries it is on its way. */
  async keepCode(settings: Settings, challengeId: string, code: string): Promise<void> {
    const sealed = await seal(settings.APP_SECRET, `code:${challengeId}`, code)
    this.storage.sql.exec('insert or replace into codes (challenge, sealed) values (?, ?)', challengeId, sealed)
  }

  async readCode(settings: Settings, challengeId: string): Promise<string | undefined> {
    const [row] = this.storage.sql.exec<{ sealed: string }>('select sealed from codes where challenge = ?', challengeId).toArray()
    return row && unseal(settings.APP_SECRET, `code:${challengeId}`, row.sealed)
  }

  forgetCode(challengeId: string): void {
    this.storage.sql.exec('delete from codes where challenge = ?', challengeId)
  }
}
