import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  env,
  getQueueResult,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { handle } from '../../src/app.ts'
import { batch } from '../../src/db/client.ts'
import { runJob } from '../../src/queue/consumer.ts'
import { announceDue, makeJob } from '../../src/queue/outbox.ts'
import worker from '../../src/worker.ts'
import { until } from '../app.ts'
import { newCompany, newCtx, newPhone } from '../factories.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

interface Row {
  id: string
  status: string
  attempts: number
  payload: string | null
  due_at: string
  error: string | null
  finished_at: string | null
}
const rowOf = (id: string) => env.DB.prepare('select * from jobs where id = ?').bind(id).first<Row>()
const PAST = '2020-01-01T00:00:00.000Z'
const setDue = (id: string, change = '') => env.DB.prepare(`update jobs set due_at = '${PAST}'${change} where id = ?`).bind(id).run()
const sentTo = async (phone: string) =>
  (await env.DB.prepare('select count(*) as n from outbox_messages where "to" = ?').bind(phone).first<{ n: number }>())?.n

/** A message to a phone, written as a mutation writes it, and announced to nobody. */
async function newJob(to = newPhone(), more: { until?: number | null; delaySeconds?: number; id?: string } = {}): Promise<string> {
  const ctx = await newCtx()
  const { until: latest = null, ...options } = more
  const job = await makeJob(ctx, 'sms.send', { orgId: null, to, text: 'Код 123456', code: '123456', until: latest }, options)
  await batch(ctx.db, [job.write])
  return job.id
}
async function deliver(queue: string, bodies: unknown[]) {
  const messages = createMessageBatch(
    queue,
    bodies.map((body, i) => ({ id: `m${i}`, timestamp: new Date(), attempts: 1, body })),
  )
  const context = createExecutionContext()
  await worker.queue(messages, env, context)
  return getQueueResult(messages, context)
}
const tick = async (cron: string) => {
  const context = createExecutionContext()
  await worker.scheduled(createScheduledController({ cron }), env, context)
  await waitOnExecutionContext(context)
}

describe('a job', () => {
  it('is done once, however often and from wherever it is told', async () => {
    const phone = newPhone()
    const id = await newJob(phone)
    const ctx = await newCtx()
    await Promise.all(Array.from({ length: 8 }, () => runJob(ctx, id)))
    const result = await deliver('qoltanba-jobs', [{ job: id }, { job: id }])
    expect([result.explicitAcks, result.retryMessages]).toEqual([['m0', 'm1'], []])
    expect(await sentTo(phone)).toBe(1)
    expect(await rowOf(id)).toMatchObject({ status: 'done', attempts: 1, payload: null, error: null })
  })

  it('keeps what it carries sealed, and forgets it when it is done', async () => {
    const phone = newPhone()
    const id = await newJob(phone)
    expect((await rowOf(id))?.payload).toMatch(/^[\w-]{60,}$/)
    expect(JSON.stringify(await rowOf(id))).not.toMatch(new RegExp(`123456"|${phone.slice(1)}`))
    await runJob(await newCtx(), id)
    expect((await rowOf(id))?.payload).toBeNull()
  })

  it('that is not due, or that somebody has in hand, is left', async () => {
    const phone = newPhone()
    const ctx = await newCtx()
    const later = await newJob(phone, { delaySeconds: 60 })
    expect(await runJob(ctx, later)).toBeUndefined()
    const held = await newJob(phone)
    // As a consumer leaves it that died with the job in hand.
    await env.DB.prepare('update jobs set attempts = 1, due_at = ? where id = ?')
      .bind(new Date(Date.now() + 20_000).toISOString(), held)
      .run()
    expect(await runJob(ctx, held)).toBeUndefined()
    expect(await sentTo(phone)).toBe(0)
    for (const id of [later, held]) await setDue(id)
    for (const id of [later, held]) await runJob(ctx, id)
    expect([await sentTo(phone), (await rowOf(held))?.attempts]).toEqual([2, 2])
  })

  it('of one id is one job', async () => {
    const phone = newPhone()
    for (let i = 0; i < 3; i++) await newJob(phone, { id: 'sms:the-same' })
    await runJob(await newCtx(), 'sms:the-same')
    await newJob(phone, { id: 'sms:the-same' })
    await runJob(await newCtx(), 'sms:the-same')
    expect(await sentTo(phone)).toBe(1)
  })

  it('that fails waits longer each time, ends after ten tries, and its error names no content', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const id = await newJob()
    await env.DB.prepare("update jobs set payload = 'broken' where id = ?").bind(id).run()
    const ctx = await newCtx()
    const waits: (number | undefined)[] = []
    for (let i = 0; i < 10; i++) {
      await setDue(id)
      waits.push(await runJob(ctx, id))
      if (i < 9) expect(Date.parse((await rowOf(id))?.due_at ?? '')).toBeGreaterThan(Date.now())
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512, undefined])
    expect(await rowOf(id)).toMatchObject({ status: 'dead', attempts: 10, payload: null, finished_at: expect.any(String) as string })
    await setDue(id)
    expect(await runJob(ctx, id)).toBeUndefined()
    expect((await rowOf(id))?.attempts).toBe(10)
    expect(logged.mock.calls.flat().join('\n')).toContain('job dead')
  })

  it('of a kind that is not known does not stop the others', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const phone = newPhone()
    const [bad, good] = [await newJob(), await newJob(phone)]
    await env.DB.prepare("update jobs set type = 'constructor' where id = ?").bind(bad).run()
    const result = await deliver('qoltanba-jobs', [{ job: bad }, { job: good }])
    expect([result.explicitAcks, result.retryMessages.map((m) => m.msgId)]).toEqual([['m1'], ['m0']])
    expect(await sentTo(phone)).toBe(1)
  })

  it('whose code is of no use any more sends nothing', async () => {
    const phone = newPhone()
    const id = await newJob(phone, { until: Date.now() - 1 })
    await runJob(await newCtx(), id)
    expect(await sentTo(phone)).toBe(0)
    expect(await env.DB.prepare('select status, reason from message_log where id = ?').bind(id).first()).toEqual({
      status: 'rejected',
      reason: 'too_late',
    })
  })
})

describe('the queue', () => {
  it('lets go of what it can’t read, and of jobs that are not there', async () => {
    const result = await deliver('qoltanba-jobs', [
      null,
      'x',
      1,
      [],
      {},
      { job: 1 },
      { job: '' },
      { job: 'x'.repeat(201) },
      { job: 'nobody' },
      { __proto__: { job: 'x' } },
    ])
    expect([result.explicitAcks.length, result.retryMessages]).toEqual([10, []])
  })

  it('of the dead is written to the log and emptied', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const result = await deliver('qoltanba-jobs-dead', [{ job: 'dead-1' }])
    expect(result.explicitAcks).toEqual(['m0'])
    expect(logged.mock.calls.flat().join('\n')).toContain('dead-1')
  })

  it('that can’t be told loses nothing: the work is written, and cron tells again', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const company = await newCompany()
    const make = (url: string, body?: object) =>
      handle(
        new Request(`http://qoltanba.test${url}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${company.token}`, 'content-type': 'application/json' },
          body: body ? JSON.stringify(body) : null,
        }),
        { ...env, JOBS: { sendBatch: async () => Promise.reject(new Error('queue away')) } as unknown as Queue },
        createExecutionContext(),
      )
    const endpoint = (await (await make('/api/v1/webhooks', { url: 'https://hook.example.com/' })).json()) as { id: string }
    const made = await make(`/api/v1/webhooks/${endpoint.id}/test`)
    expect(made.status).toBe(202)
    const { delivery_id } = (await made.json()) as { delivery_id: string }
    const id = `webhook:${delivery_id}:1`
    expect(await rowOf(id)).toMatchObject({ status: 'pending', attempts: 0 })

    const told: string[] = []
    const ctx = await newCtx()
    const [later, due] = [await newJob(newPhone(), { delaySeconds: 600 }), await newJob()]
    const JOBS = { sendBatch: async (messages: { body: { job: string } }[]) => void told.push(...messages.map((m) => m.body.job)) }
    await announceDue({ ...ctx, env: { ...env, JOBS: JOBS as unknown as Queue } })
    expect(told).toEqual(expect.arrayContaining([id, due]))
    expect(told).not.toContain(later)
    await env.DB.prepare("update jobs set status = 'done' where id = ?").bind(id).run()
  })
})

describe('cron', () => {
  it('every minute brings to an end what nobody was told of', async () => {
    const phone = newPhone()
    const id = await newJob(phone)
    await tick('* * * * *')
    await until(async () => (await rowOf(id))?.status === 'done', 'the job')
    expect(await sentTo(phone)).toBe(1)
  })

  it('every night forgets what is old, and nothing else', async () => {
    const [old, fresh, pending] = [await newJob(), await newJob(), await newJob()]
    const ctx = await newCtx()
    for (const id of [old, fresh]) await runJob(ctx, id)
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    await env.DB.prepare('update jobs set finished_at = ? where id = ?').bind(daysAgo(7.1), old).run()
    await env.DB.prepare('update jobs set finished_at = ? where id = ?').bind(daysAgo(6.9), fresh).run()
    await env.DB.prepare('update jobs set created_at = ?, due_at = ? where id = ?').bind(daysAgo(30), daysAgo(-1), pending).run()
    const failure = env.DB.prepare("insert into login_failures (kind, subject, count, window_start) values ('account', ?, 9, ?)")
    const key = env.DB.prepare("insert into idempotency_keys (caller, key, body_hash, state, created_at) values (?, 'k', 'h', 'done', ?)")
    await env.DB.batch([
      failure.bind('old', daysAgo(1.1)),
      failure.bind('fresh', daysAgo(0.01)),
      key.bind('old', daysAgo(1.1)),
      key.bind('fresh', daysAgo(0.9)),
    ])
    await tick('17 3 * * *')
    const left = async (text: string) => (await env.DB.prepare(text).all<{ x: string }>()).results.map((r) => r.x)
    expect([await rowOf(old), (await rowOf(fresh))?.status, (await rowOf(pending))?.status]).toEqual([null, 'done', 'pending'])
    expect(await left("select subject as x from login_failures where subject in ('old', 'fresh')")).toEqual(['fresh'])
    expect(await left("select caller as x from idempotency_keys where key = 'k'")).toEqual(['fresh'])
  })

  it('that is not known does nothing', async () => {
    await expect(tick('0 0 1 1 *')).resolves.toBeUndefined()
  })
})
