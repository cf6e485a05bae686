import { DurableObject } from 'cloudflare:workers'

/**
 * What a package asks of the platform, and nothing besides: the same calls with as many bytes, made by a Worker that renders, signs and checks nothing. How
 * fast this goes is how fast the service could be here if its own work took no time.
 */

interface Bindings {
  DB: D1Database
  FILES: R2Bucket
  PACKAGES: DurableObjectNamespace<PackageObject>
  SESSIONS: DurableObjectNamespace<SessionsObject>
  LIMIT: RateLimit
}

export class SessionsObject extends DurableObject {
  async check(id: string): Promise<boolean> {
    return this.ctx.storage.sql.exec('select ? is not null', id).toArray().length > 0
  }
}

const STATE = 'x'.repeat(2000)

export class PackageObject extends DurableObject<Bindings> {
  /** A step of the package: stored, told to D1, and nothing left to wake for. */
  async step(id: string, first: boolean): Promise<void> {
    const { sql } = this.ctx.storage
    if (first)
      for (const table of ['state', 'participants', 'events', 'effects', 'codes', 'links', 'projected'])
        sql.exec(`create table if not exists ${table} (id integer primary key autoincrement, value text not null)`)
    const write = () => {
      for (const table of ['state', 'participants', 'events', 'effects']) sql.exec(`insert into ${table} (value) values (?)`, STATE)
    }
    this.ctx.storage.transactionSync(write)
    await this.ctx.storage.setAlarm(Date.now() + 60_000)
    await insert(this.env, id, 6)
    this.ctx.storage.transactionSync(() => void sql.exec('insert into projected (value) values (?)', STATE))
    await this.ctx.storage.deleteAlarm()
  }

  /** A signature: right and key, the CMS, its unit, the step. */
  async sign(id: string): Promise<void> {
    await read(this.env, 2)
    await put(this.env, `${id}/${crypto.randomUUID()}`, 4146)
    await insert(this.env, id, 2)
    await this.step(id, false)
  }

  /** It is always called off before it comes. */
  override alarm(): void {}

  async view(): Promise<string> {
    return this.ctx.storage.sql
      .exec<{ value: string }>('select value from state')
      .toArray()
      .map(({ value }) => value)
      .join()
  }
}

async function read({ DB }: Bindings, statements: number): Promise<void> {
  const session = DB.withSession('first-primary')
  const one = () => session.prepare('select a.id, b.value from rows a join rows b on b.id = a.id where a.id = ?').bind('none')
  await session.batch(Array.from({ length: statements }, one))
}

async function insert({ DB }: Bindings, id: string, statements: number): Promise<void> {
  const session = DB.withSession('first-primary')
  const one = () => session.prepare('insert into rows (id, value) values (?, ?)').bind(`${id}/${crypto.randomUUID()}`, STATE.slice(0, 400))
  await session.batch(Array.from({ length: statements }, one))
}

async function put({ FILES }: Bindings, key: string, size: number): Promise<void> {
  const bytes = new Uint8Array(size)
  await FILES.put(key, bytes, { sha256: await crypto.subtle.digest('SHA-256', bytes) })
}

/** What comes before every call: its limit, its session, who calls. */
const before = async (env: Bindings) => {
  await env.LIMIT.limit({ key: 'bench' })
  await Promise.all([env.SESSIONS.getByName('bench').check('bench'), read(env, 1)])
}

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const id = searchParams.get('id') ?? ''
    if (pathname === '/ready') {
      await env.DB.exec('create table if not exists rows (id text primary key, value text)')
      return new Response('ready')
    }
    await before(env)
    const object = env.PACKAGES.getByName(id)
    if (pathname === '/create') {
      await read(env, 2)
      await put(env, `${id}/original`, (await request.arrayBuffer()).byteLength)
      await object.step(id, true)
    } else if (pathname === '/sign') {
      await object.sign(id)
    } else if (pathname === '/seal') {
      await object.view()
      await read(env, 2)
      await (await env.FILES.get(`${id}/original`))?.arrayBuffer()
      await put(env, `${id}/stamped`, 55_831)
      await put(env, `${id}/certificate`, 50_273)
      await object.step(id, false)
    }
    return new Response(await object.view())
  },
} satisfies ExportedHandler<Bindings>
