import { DurableObject } from 'cloudflare:workers'

export type RefreshOutcome = { ok: true; userId: number } | { ok: false }

interface SessionRow extends Record<string, SqlStorageValue> {
  id: string
  user_id: number
  refresh_id: string | null
  revoked: number
}

/**
 * The sessions of one organization (of the operator: the object named `operator`). One object decides, so that a logout holds at once
 * everywhere and two uses of one refresh token can't both win. Times are epoch milliseconds of the service's clock.
 */
export class SessionsObject extends DurableObject<Env> {
  private readonly sql: SqlStorage

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.sql = state.storage.sql
    this.sql
      .exec(`create table if not exists sessions (id text primary key, user_id integer not null, refresh_id text, revoked integer not null default 0, expires_at integer not null);
      create index if not exists sessions_user on sessions (user_id);
      create table if not exists ended_tokens (id text primary key, expires_at integer not null)`)
  }

  /** Opens a session; `refreshId` is the id of its first refresh token, null where the login gives none. */
  async open(session: { id: string; userId: number; refreshId: string | null; expiresAt: number; now: number }): Promise<void> {
    this.sql.exec('delete from sessions where expires_at < ?', session.now - 86_400_000)
    this.sql.exec('delete from ended_tokens where expires_at < ?', session.now - 86_400_000)
    this.sql.exec(
      'insert into sessions (id, user_id, refresh_id, expires_at) values (?, ?, ?, ?)',
      session.id,
      session.userId,
      session.refreshId,
      session.expiresAt,
    )
  }

  /** Whether an access token of this session still opens anything. */
  async check(sessionId: string, tokenId: string): Promise<boolean> {
    const alive = this.sql.exec('select 1 from sessions where id = ? and revoked = 0', sessionId).toArray().length > 0
    return alive && this.sql.exec('select 1 from ended_tokens where id = ?', tokenId).toArray().length === 0
  }

  /** Exchanges a refresh token for the next. One that was spent before is stolen or replayed: the whole session ends (RFC 9700, 4.14.2). */
  async rotate(sessionId: string, refreshId: string, nextId: string, expiresAt: number): Promise<RefreshOutcome> {
    const [row] = this.sql.exec<SessionRow>('select id, user_id, refresh_id, revoked from sessions where id = ?', sessionId).toArray()
    if (!row || row.revoked) return { ok: false }
    if (row.refresh_id !== refreshId) {
      this.revoke(sessionId)
      return { ok: false }
    }
    this.sql.exec('update sessions set refresh_id = ?, expires_at = ? where id = ?', nextId, expiresAt, sessionId)
    return { ok: true, userId: row.user_id }
  }

  /** Ends one access token and prolongs its session; false where either has ended already. */
  async exchange(sessionId: string, tokenId: string, tokenExpiresAt: number, expiresAt: number): Promise<boolean> {
    if (!(await this.check(sessionId, tokenId))) return false
    this.sql.exec('insert or ignore into ended_tokens (id, expires_at) values (?, ?)', tokenId, tokenExpiresAt)
    this.sql.exec('update sessions set expires_at = max(expires_at, ?) where id = ?', expiresAt, sessionId)
    return true
  }

  async end(sessionId: string): Promise<void> {
    this.revoke(sessionId)
  }

  /** Ends every session of a user, or of the whole organization, but `except`. */
  async endAll(userId: number | null, except: string | null = null): Promise<void> {
    this.sql.exec(
      'update sessions set revoked = 1, refresh_id = null where (?1 is null or user_id = ?1) and (?2 is null or id <> ?2)',
      userId,
      except,
    )
  }

  private revoke(sessionId: string): void {
    this.sql.exec('update sessions set revoked = 1, refresh_id = null where id = ?', sessionId)
  }
}
