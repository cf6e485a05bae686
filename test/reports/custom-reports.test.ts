import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { Definition } from '../../src/reports/builder/definition.ts'
import { runDefinition } from '../../src/reports/builder/run.ts'
import { runJob } from '../../src/reports/schedules/run.ts'
import { takeUpDue } from '../../src/reports/schedules/due.ts'
import type { Ctx } from '../../src/context.ts'
import { call, drain, must, outbox, statusesOf, type OutboxMessage } from '../app.ts'
import { newCompany, newCtx, newEmail, newPerson, type Company } from '../factories.ts'
import '../warm.ts'

const API = '/api/v1/admin'
const REPORTS = `${API}/custom-reports`
interface Shown {
  id: number
  name: string
  is_shared: boolean
  is_favorite: boolean
  is_scheduled: boolean
  execution_count: number
  next_run_at: string | null
  last_run_at: string | null
  last_execution_id: number | null
  is_active: boolean
  recipient_emails: string[]
}
interface Answer<T = Shown> {
  data: T
  errors?: Record<string, string[]> | string[]
}
type Executed = Answer<{ rows: Record<string, unknown>[]; total_rows: number; chart_svg: string | null }>

const column = (field: string, more = {}) => ({ field, label: field, order: 1, ...more })
const listing = (more = {}) => ({
  name: 'Список проектов',
  report_category: 'core',
  data_sources: { primary: 'projects' },
  columns_config: [column('projects.name'), column('projects.budget_amount', { order: 2, format: 'currency' })],
  sorting_config: [{ field: 'projects.budget_amount', direction: 'desc' }],
  ...more,
})

let company: Company
beforeAll(async () => {
  company = await newCompany()
  for (const [name, budget_amount] of [
    ['Альфа', 10.5],
    ['Бета', 8999999999999.91],
    ['Гамма', 0],
  ])
    await must(201, 'POST', `${API}/projects`, { token: company.token, body: { name, status: 'active', budget_amount } })
})

const create = async (body: object = listing(), token = company.token) => (await must<Answer>(201, 'POST', REPORTS, { token, body })).data
const execute = (id: number, body: object = {}, token = company.token) =>
  call<Executed>('POST', `${REPORTS}/${id}/execute`, { token, body })

describe('a report', () => {
  it('runs over the organization’s rows with exact sums, and draws its chart', async () => {
    const sums = await create(
      listing({
        columns_config: [column('projects.status'), column('projects.budget_amount', { order: 2, aggregation: 'sum', format: 'currency' })],
        sorting_config: null,
        visualization_config: { enabled: true, chart_type: 'bar', x_axis: 'projects.status', y_axis: 'budget_amount' },
      }),
    )
    const { body } = await execute(sums.id)
    expect(body.data.rows).toEqual([{ status: 'active', budget_amount: '9000000000010.41' }])
    expect(body.data.chart_svg).toMatch(/^<svg [^>]*>.*<polygon/)
    const stranger = await newCompany()
    expect((await execute(sums.id, {}, stranger.token)).status).toBe(404)
    const theirs = await create(listing(), stranger.token)
    expect((await execute(theirs.id, {}, stranger.token)).body.data.rows).toEqual([])
  })

  it('tells how many rows there are beyond its limit, and refuses filters that do not fit', async () => {
    const { id } = await create()
    const first = await execute(id, { limit: 1 })
    expect([first.body.data.rows.length, first.body.data.total_rows]).toEqual([1, 3])
    const wrong = await execute(id, { filters: { 'projects.secret': 1 } })
    expect([wrong.status, Object.keys(wrong.body.errors ?? {})]).toEqual([422, ['filters.projects.secret']])
    expect((await execute(id, { filters: { 'projects.budget_amount': 'много' } })).status).toBe(422)
    const { data } = await must<Answer<Shown & { executions: object[] }>>(200, 'GET', `${REPORTS}/${id}`, { token: company.token })
    expect([data.execution_count, data.executions.length]).toEqual([1, 1])
  })

  it('is its author’s: others of the organization see it when it is shared, and change it never', async () => {
    const { id } = await create()
    const { token } = await newPerson(company, 'accountant')
    const at = `${REPORTS}/${id}`
    expect((await call('GET', at, { token })).status).toBe(404)
    await must(200, 'POST', `${at}/share`, { token: company.token, body: { is_shared: true } })
    expect((await execute(id, {}, token)).status).toBe(200)
    for (const [method, path, body] of [
      ['PUT', at, { name: 'Моё' }],
      ['DELETE', at, undefined],
      ['POST', `${at}/favorite`, undefined],
      ['POST', `${at}/share`, { is_shared: false }],
      [
        'POST',
        `${at}/schedules`,
        { schedule_type: 'daily', schedule_config: { time: '09:00' }, recipient_emails: ['a@example.com'], export_format: 'csv' },
      ],
    ] as const)
      expect([path, (await call(method, path, { token, body })).status]).toEqual([path, 403])
    const copy = (await must<Answer>(201, 'POST', `${at}/clone`, { token, body: {} })).data
    expect([copy.is_shared, copy.is_favorite, copy.execution_count, copy.name]).toEqual([false, false, 0, 'Копия отчета - Список проектов'])
    const foreman = (await newPerson(company, 'foreman')).token
    expect((await call('GET', at, { token: foreman })).status).toBe(403)
  })

  it('is exported under its name, in letters of any plane and of any length', async () => {
    for (const [name, filename] of [
      ['𐐷'.repeat(125), `${'𐐷'.repeat(120)} `],
      [`${'a'.repeat(119)}𐐷b`, `${'a'.repeat(119)}𐐷 `],
      ['Отчёт: «и\u0306од» / 😀', 'Отчёт и\u0306од '],
    ]) {
      const { id } = await create(listing({ name }))
      const formats = ['csv', 'excel', 'pdf']
      const answers = await Promise.all(
        formats.map((format) => call('POST', `${REPORTS}/${id}/execute?export=${format}`, { token: company.token, body: {} })),
      )
      expect(statusesOf(answers)).toEqual([200, 200, 200])
      expect(decodeURIComponent(answers[0]?.headers.get('content-disposition') ?? '')).toContain(`UTF-8''${filename}`)
    }
  })

  it('is marked a favourite once for every call, also of calls side by side', async () => {
    const { id } = await create()
    await Promise.all(Array.from({ length: 4 }, () => must(200, 'POST', `${REPORTS}/${id}/favorite`, { token: company.token })))
    const { data } = await must<Answer>(200, 'GET', `${REPORTS}/${id}`, { token: company.token })
    expect(data.is_favorite).toBe(false)
  })

  it('is refused when it took too long, also where no timer could fire meanwhile', async () => {
    const definition = Definition.parse({ data_sources: { primary: 'projects' }, columns_config: [column('projects.name')] })
    const actor = { kind: 'key', keyId: 'x', orgId: company.id, scopes: [] } as const
    const ctx = { ...(await newCtx()), actor }
    const [start, run] = [Date.now(), () => runDefinition(ctx, definition, {}, 10)]
    let asked = 0
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => start + 6000 * asked++)
    try {
      await expect(run()).rejects.toThrow('дольше 5 секунд')
    } finally {
      clock.mockRestore()
    }
    expect((await run()).cells).toHaveLength(3)
  })

  it('needs the module', async () => {
    const other = await newCompany()
    const { id } = await create(listing(), other.token)
    await env.DB.prepare(
      'insert into organization_limits (org_id, modules) values (?, \'["basic_reports"]\') on conflict (org_id) do update set modules = excluded.modules',
    )
      .bind(other.id)
      .run()
    expect(
      statusesOf(await Promise.all([execute(id, {}, other.token), call('GET', `${REPORTS}/builder/operators`, { token: other.token })])),
    ).toEqual([403, 403])
  })
})

describe('a schedule', () => {
  const daily = (recipients: string[], more = {}) => ({
    schedule_type: 'daily',
    schedule_config: { time: '09:00' },
    recipient_emails: recipients,
    export_format: 'csv',
    ...more,
  })
  const schedule = async (recipients: string[], report?: number, more = {}) => {
    const id = report ?? (await create()).id
    const { data } = await must<Answer>(201, 'POST', `${REPORTS}/${id}/schedules`, { token: company.token, body: daily(recipients, more) })
    return { ...data, path: `${REPORTS}/${id}/schedules/${data.id}` }
  }
  const shown = async ({ path }: { path: string }) => (await must<Answer>(200, 'GET', path, { token: company.token })).data
  /** The service at another time. */
  const atTime = async (iso: string): Promise<Ctx> => ({ ...(await newCtx()), now: new Date(iso) })
  const mailTo = async (to: string) =>
    (await outbox(to)) as (OutboxMessage & { subject: string; attachments: { filename: string; size: number }[] })[]
  const plus = (iso: string | null, ms: number) => new Date(Date.parse(iso ?? '') + ms).toISOString()
  const DAY = 86_400_000

  it('is due once, though two ticks see it at once and its job runs again', async () => {
    const to = newEmail()
    const made = await schedule([to])
    const due = await atTime(plus(made.next_run_at, 1000))
    await Promise.all([takeUpDue(due), takeUpDue(due)])
    await takeUpDue(due)
    await drain()
    await runJob(
      due,
      { runId: `${made.id}:${Date.parse(made.next_run_at ?? '') > 0 ? new Date(made.next_run_at ?? '').toISOString() : ''}` },
      { last: false },
    )
    const mails = await mailTo(to)
    expect(mails.map((m) => m.attachments.map((a) => a.filename.split('.').at(-1)))).toEqual([['csv']])
    const after = await shown(made)
    expect([after.last_execution_id !== null, Date.parse(after.next_run_at ?? '') - Date.parse(made.next_run_at ?? '')]).toEqual([
      true,
      DAY,
    ])
  })

  it('is not due early, and not when it rests', async () => {
    const to = newEmail()
    const made = await schedule([to])
    await takeUpDue(await atTime(plus(made.next_run_at, -1000)))
    await must(200, 'POST', `${made.path}/toggle`, { token: company.token })
    await takeUpDue(await atTime(plus(made.next_run_at, DAY)))
    expect(await mailTo(to)).toEqual([])
    expect(await shown(made)).toMatchObject({ is_active: false, next_run_at: null })
  })

  it('makes up for each time that a service that was down has missed', async () => {
    const to = newEmail()
    const made = await schedule([to])
    const late = await atTime(plus(made.next_run_at, 2 * DAY + 1000))
    for (let tick = 0; tick < 5; tick++) await takeUpDue(late)
    expect(await mailTo(to)).toHaveLength(3)
  })

  it('cut off after its file was made, sends that very file; cut off before, makes it', async () => {
    const to = newEmail()
    const made = await schedule([to])
    const due = await atTime(plus(made.next_run_at, 1000))
    await takeUpDue(due)
    const runId = `${made.id}:${plus(made.next_run_at, 0)}`
    // Its recipients can't be read for a moment: the file is there by then.
    const recipients = (text: string) =>
      env.DB.prepare('update report_schedules set recipient_emails = ? where id = ?').bind(text, made.id).run()
    await recipients('[1]')
    await expect(runJob(due, { runId }, { last: false })).rejects.toThrow()
    await recipients(JSON.stringify([to]))
    const half = await env.DB.prepare('select status, execution_id from schedule_runs where id = ?')
      .bind(runId)
      .first<{ status: string; execution_id: number }>()
    expect(half?.status).toBe('executed')
    await runJob(due, { runId }, { last: false })
    await runJob(due, { runId }, { last: false })
    expect(await mailTo(to)).toHaveLength(1)
    const executions = await env.DB.prepare(
      'select count(*) as n from report_executions where id >= ? and custom_report_id = (select custom_report_id from report_schedules where id = ?)',
    )
      .bind(half?.execution_id ?? 0, made.id)
      .first<{ n: number }>()
    expect(executions?.n).toBe(1)
  })

  it('keeps a time that has come while its recipients are changed, and moves to a new one with another plan', async () => {
    const [before, after] = [newEmail(), newEmail()]
    const made = await schedule([before])
    await env.DB.prepare("update report_schedules set next_run_at = '2026-01-01T04:00:00.000Z' where id = ?").bind(made.id).run()
    const change = async (body: object) => (await must<Answer>(200, 'PUT', made.path, { token: company.token, body })).data.next_run_at
    expect(await change({ recipient_emails: [after] })).toBe('2026-01-01T04:00:00.000000Z')
    expect(await change({ schedule_config: { time: '09:00', day_of_week: null } })).toBe('2026-01-01T04:00:00.000000Z')
    expect(Date.parse((await change({ schedule_config: { time: '09:01' } })) ?? '')).toBeGreaterThan(Date.now())
    expect((await shown(made)).recipient_emails).toEqual([after])
  })

  it('does not run when it was switched off after it was taken up', async () => {
    const to = newEmail()
    const made = await schedule([to])
    await env.DB.prepare(
      "insert into schedule_runs (id, schedule_id, org_id, due_at, status, created_at) values (?, ?, ?, 'x', 'due', 'x')",
    )
      .bind(`${made.id}:x`, made.id, company.id)
      .run()
    await must(200, 'POST', `${made.path}/toggle`, { token: company.token })
    await runJob(await newCtx(), { runId: `${made.id}:x` }, { last: false })
    await drain()
    expect(await mailTo(to)).toEqual([])
  })

  it('is switched once by each call, also of calls side by side', async () => {
    const made = await schedule([newEmail()])
    await Promise.all(Array.from({ length: 3 }, () => must(200, 'POST', `${made.path}/toggle`, { token: company.token })))
    expect((await shown(made)).is_active).toBe(false)
  })

  it('has at most nineteen beside it, also of those made at once', async () => {
    const { id } = await create()
    const made = await Promise.all(
      Array.from({ length: 23 }, () =>
        call('POST', `${REPORTS}/${id}/schedules`, { token: company.token, body: daily(['a@example.com'], { is_active: false }) }),
      ),
    )
    expect(statusesOf(made)).toEqual([...Array<number>(20).fill(201), 422, 422, 422])
    const { data } = await must<Answer<object[]>>(200, 'GET', `${REPORTS}/${id}/schedules`, { token: company.token })
    expect(data).toHaveLength(20)
  })

  it('runs now once for a key, however often it is asked', async () => {
    const to = newEmail()
    const made = await schedule([to])
    const headers = { 'Idempotency-Key': `run-${made.id}` }
    const ask = () => must<Answer<{ execution_id: number }>>(200, 'POST', `${made.path}/run-now`, { token: company.token, headers })
    expect((await ask()).data.execution_id).toBe((await ask()).data.execution_id)
    expect(await mailTo(to)).toHaveLength(1)
  })

  it('is run by hand once at a time, and ten times in ten minutes', async () => {
    const to = newEmail()
    const made = await schedule([to])
    const ask = () => call<Answer>('POST', `${made.path}/run-now`, { token: company.token })
    const beside = statusesOf(await Promise.all([ask(), ask(), ask()]))
    expect([beside[0], beside.every((status) => status === 200 || status === 409)]).toEqual([200, true])
    expect(await mailTo(to)).toHaveLength(beside.filter((status) => status === 200).length)
    // One that was cut off holds the next for a minute.
    const as = (status: string) => env.DB.prepare('update schedule_runs set status = ? where schedule_id = ?').bind(status, made.id).run()
    await as('due')
    expect((await ask()).status).toBe(409)
    await as('failed')
    expect((await ask()).status).toBe(200)
    await env.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) insert into schedule_runs (id, schedule_id, org_id, due_at, by_hand, status, created_at)
       select 'hand-' || ?1 || '-' || i, ?1, ?2, 'by-hand:' || i, 1, 'sent', ?3 from n`,
    )
      .bind(made.id, company.id, (await newCtx()).now.toISOString())
      .run()
    const { status, headers } = await ask()
    expect([status, headers.get('retry-after')]).toEqual([429, '600'])
  })

  it('rests after five failures in a row, and its author is told why', async () => {
    const report = await create(listing({ name: 'Отчёт, который сломается' }))
    const made = await schedule([newEmail()], report.id)
    // What the report is made from is gone: it can't be compiled any more.
    await env.DB.prepare("update custom_reports set definition = json_set(definition, '$.data_sources.primary', 'nothing') where id = ?")
      .bind(report.id)
      .run()
    const late = await atTime(plus(made.next_run_at, 6 * DAY))
    for (let tick = 0; tick < 5; tick++) {
      await takeUpDue(late)
      await drain()
    }
    expect(await shown(made)).toMatchObject({ is_active: false, next_run_at: null })
    const notices = await mailTo(company.email)
    const told = notices.filter((m) => m.text.includes('«Отчёт, который сломается» по расписанию не удалось составить 5 раз'))
    expect(told).toHaveLength(1)
    const { data } = await must<Answer<{ status: string; error_message: string }[]>>(200, 'GET', `${REPORTS}/${report.id}/executions`, {
      token: company.token,
    })
    expect(data.map((run) => [run.status, run.error_message])).toEqual(
      Array.from({ length: 5 }, () => ['failed', 'источника «nothing» нет']),
    )
  })

  it('does nothing for an author who has left', async () => {
    const author = await newPerson(company, 'admin')
    const report = await create(listing({ is_shared: true }), author.token)
    const to = newEmail()
    const { data } = await must<Answer>(201, 'POST', `${REPORTS}/${report.id}/schedules`, { token: author.token, body: daily([to]) })
    await env.DB.prepare('update users set is_active = 0 where id = ?').bind(author.id).run()
    const late = await atTime(plus(data.next_run_at, 6 * DAY))
    for (let tick = 0; tick < 5; tick++) {
      await takeUpDue(late)
      await drain()
    }
    expect(await mailTo(to)).toEqual([])
    // The author reads no mail here any more: whoever runs the organization is told.
    expect(await mailTo(author.email)).toEqual([])
    const notices = (await mailTo(company.email)).filter((m) => m.text.includes(to))
    expect(notices.map((m) => m.subject)).toEqual(['Расписание отчёта приостановлено: Список проектов'])
  })

  it('lets a recipient off by the link in its mail, and rests without any', async () => {
    const [first, second] = [newEmail(), newEmail()]
    const made = await schedule([first, second])
    await must(200, 'POST', `${made.path}/run-now`, { token: company.token })
    const linkIn = async (to: string) => /https?:\/\/\S+(\/unsubscribe\/\S+)/.exec((await mailTo(to))[0]?.text ?? '')?.[1] ?? ''
    const link = await linkIn(first)
    expect((await call('GET', link)).status).toBe(200)
    expect((await call('HEAD', link)).status).toBe(200)
    expect((await shown(made)).recipient_emails).toEqual([first, second])
    expect(statusesOf([await call('POST', `${link}x`), await call('POST', `${link}.x`), await call('POST', link)])).toEqual([200, 404, 404])
    expect((await shown(made)).recipient_emails).toEqual([second])
    // As mail clients do it by themselves (RFC 8058), and once more.
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    expect((await call('POST', link, { raw: form })).status).toBe(200)
    const page = await call('GET', `${link}?lang=kk`)
    expect(page.text).toContain('Жазылымнан бас тарту')
    expect(page.text).toContain(first)
    await call('POST', await linkIn(second))
    expect(await shown(made)).toMatchObject({ recipient_emails: [], is_active: false })
    // There is nobody left to send to.
    expect((await call('POST', `${made.path}/run-now`, { token: company.token })).status).toBe(422)
    expect((await call('POST', `${made.path}/toggle`, { token: company.token })).status).toBe(422)
    const again = { recipient_emails: [second], is_active: true }
    expect((await call('PUT', made.path, { token: company.token, body: again })).status).toBe(200)
  })

  it('asks for its day, for good addresses, and for filters of its report', async () => {
    const { id } = await create()
    const refusedBy = async (more: object) => {
      const { status, body } = await call<Answer>('POST', `${REPORTS}/${id}/schedules`, {
        token: company.token,
        body: daily(['a@example.com'], more),
      })
      return [status, ...Object.keys(body.errors ?? {})]
    }
    expect(await refusedBy({ schedule_type: 'weekly' })).toEqual([422, 'schedule_config.day_of_week'])
    expect(await refusedBy({ schedule_type: 'monthly' })).toEqual([422, 'schedule_config.day_of_month'])
    expect(await refusedBy({ recipient_emails: ['a@example.com', 'x'] })).toEqual([422, 'recipient_emails.1'])
    expect(await refusedBy({ filters_preset: { 'contracts.number': '1' } })).toEqual([422, 'filters_preset.contracts.number'])
    const required = await create(
      listing({ filters_config: [{ field: 'projects.status', label: 'Статус', type: 'select', required: true }] }),
    )
    const askFor = (filters_preset: object | null) =>
      call<Answer>('POST', `${REPORTS}/${required.id}/schedules`, { token: company.token, body: daily([newEmail()], { filters_preset }) })
    expect(Object.keys((await askFor(null)).body.errors ?? {})).toEqual(['filters_preset.projects.status'])
    expect((await askFor({ 'projects.status': 'active' })).status).toBe(201)
  })

  it('goes with its report', async () => {
    const report = await create()
    const to = newEmail()
    const made = await schedule([to], report.id)
    await must(200, 'DELETE', `${REPORTS}/${report.id}`, { token: company.token })
    await takeUpDue(await atTime(plus(made.next_run_at, DAY)))
    expect(await mailTo(to)).toEqual([])
    expect((await call('GET', made.path, { token: company.token })).status).toBe(404)
  })
})
