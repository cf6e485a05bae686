import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { expectReturn, recordFailure, sweepDeliveries } from '../../src/notifications/bounces/deliveries.ts'
import { returnAddress, returnToken } from '../../src/notifications/bounces/return-address.ts'
import worker from '../../src/worker.ts'
import { call, drain, must, outbox, type OutboxMessage } from '../app.ts'
import { newCompany, newCtx, newEmail, next, type Company } from '../factories.ts'
import { dsn } from './dsn.ts'
import '../warm.ts'

const REPORTS = '/api/v1/admin/custom-reports'
const DOMAIN = 'bounces.example.com'
const mailEnv = { ...env, MAIL_BOUNCE_DOMAIN: DOMAIN } as Env

interface Schedule {
  id: number
  recipient_emails: string[]
  is_active: boolean
  next_run_at: string | null
  undelivered: { email: string; status: string; code: string }[]
}

let company: Company
let report: number
beforeAll(async () => {
  company = await newCompany()
  const { data } = await must<{ data: { id: number } }>(201, 'POST', REPORTS, {
    token: company.token,
    body: {
      name: 'Проекты',
      report_category: 'core',
      data_sources: { primary: 'projects' },
      columns_config: [{ field: 'projects.name', label: 'Название', order: 1 }],
    },
  })
  report = data.id
})

/** A message that mail routing hands over; `raw` may be read once. */
const message = (to: string, text: string): ForwardableEmailMessage =>
  ({
    from: '',
    to,
    raw: new Blob([text]).stream(),
    rawSize: text.length,
    headers: new Headers(),
    setReject: () => expect.unreachable(),
  }) as never
async function receive(to: string, text: string): Promise<void> {
  const execution = createExecutionContext()
  await worker.email(message(to, text), mailEnv, execution)
  await waitOnExecutionContext(execution)
}

/** A schedule, and a way to send mail of it to one of its recipients: what comes back goes to the address that it gives. */
async function newSchedule(recipients: string[], token = company.token) {
  const body = { schedule_type: 'daily', schedule_config: { time: '09:00' }, recipient_emails: recipients, export_format: 'csv' }
  const { data } = await must<{ data: Schedule }>(201, 'POST', `${REPORTS}/${report}/schedules`, { token, body })
  const path = `${REPORTS}/${report}/schedules/${data.id}`
  return {
    path,
    id: data.id,
    shown: async () => (await must<{ data: Schedule }>(200, 'GET', path, { token })).data,
    mail: async (to: string, more: Partial<Ctx> = {}) => {
      const ctx = { ...(await newCtx()), ...more }
      const id = `report-mail:test:${next()}`
      const key = await returnToken(ctx, id)
      await expectReturn(ctx, { id, token: key, orgId: company.id, scheduleId: data.id, to })
      const address = returnAddress({ settings: { ...ctx.settings, MAIL_BOUNCE_DOMAIN: DOMAIN } }, key) ?? ''
      const row = () =>
        env.DB.prepare('select failure, code from mail_deliveries where id = ?')
          .bind(id)
          .first<{ failure: string | null; code: string | null }>()
      return { id, address, row }
    },
  }
}
const notices = async (address: string) => {
  await drain()
  return ((await outbox(company.email)) as (OutboxMessage & { subject: string })[]).filter((m) => m.text.includes(address))
}

describe('a mail that came back for good', () => {
  it('takes its recipient off the schedule, tells who keeps it, once', async () => {
    const [gone, stays] = [newEmail(), newEmail()]
    const schedule = await newSchedule([gone, stays])
    const mail = await schedule.mail(gone)
    expect(mail.address).toMatch(/^bounce-[0-9a-f]{40}@bounces\.example\.com$/)
    // The server writes the address as it likes, and tells it twice, at once.
    await Promise.all([receive(mail.address.toUpperCase(), dsn()), receive(mail.address, dsn())])
    await receive(mail.address, dsn())
    expect(await mail.row()).toEqual({ failure: 'permanent', code: '5.1.1' })
    expect(await schedule.shown()).toMatchObject({
      recipient_emails: [stays],
      is_active: true,
      undelivered: [{ email: gone, status: 'failed', code: '5.1.1' }],
    })
    const told = await notices(gone)
    expect(told.map((m) => m.subject)).toEqual(['Отчёт не доходит до получателя: Проекты'])
    expect(told[0]?.text).toContain('5.1.1')
  })

  it('of the last recipient lets the schedule rest, until the address is put on again', async () => {
    const gone = newEmail()
    const schedule = await newSchedule([gone])
    const [first, late] = [await schedule.mail(gone), await schedule.mail(gone)]
    await receive(first.address, dsn({ status: '5.2.1' }))
    expect(await schedule.shown()).toMatchObject({ recipient_emails: [], is_active: false, next_run_at: null })
    expect((await notices(gone))[0]?.text).toContain('приостановлено')
    const again = { recipient_emails: [gone], is_active: true }
    expect((await call('PUT', schedule.path, { token: company.token, body: again })).status).toBe(200)
    // A mail of before then comes back only now: it says nothing of the new decision.
    await receive(late.address, dsn())
    expect(await late.row()).toMatchObject({ failure: 'permanent' })
    expect(await schedule.shown()).toMatchObject({ recipient_emails: [gone], is_active: true })
    // The next one arrives, as far as anybody knows.
    const soon = new Date(Date.now() + 60_000)
    await schedule.mail(gone, { now: soon })
    expect((await schedule.shown()).undelivered).toEqual([])
    expect(await notices(gone)).toHaveLength(1)
  })

  it('for the moment is noted, and nothing else; it may fail for good later, not the other way round', async () => {
    const slow = newEmail()
    const schedule = await newSchedule([slow, newEmail()])
    const mail = await schedule.mail(slow)
    await receive(mail.address, dsn({ action: 'delayed', status: '4.4.1' }))
    expect(await schedule.shown()).toMatchObject({
      recipient_emails: expect.arrayContaining([slow]) as string[],
      undelivered: [{ email: slow, status: 'delayed', code: '4.4.1' }],
    })
    expect(await notices(slow)).toEqual([])
    await receive(mail.address, dsn())
    await receive(mail.address, dsn({ action: 'delayed', status: '4.4.1' }))
    expect(await mail.row()).toEqual({ failure: 'permanent', code: '5.1.1' })
    expect((await schedule.shown()).recipient_emails).not.toContain(slow)
  })

  it('that a server refused at once counts as well', async () => {
    const gone = newEmail()
    const schedule = await newSchedule([gone, newEmail()])
    const mail = await schedule.mail(gone)
    await recordFailure(await newCtx(), mail.id, { kind: 'permanent', code: '550' })
    expect((await schedule.shown()).recipient_emails).not.toContain(gone)
    expect(await notices(gone)).toHaveLength(1)
  })
})

describe('what is no report of ours', () => {
  it('changes nothing: wrong tokens, other addresses, answers of people and machines', async () => {
    const to = newEmail()
    const schedule = await newSchedule([to])
    const { address, row } = await schedule.mail(to)
    const token = address.slice('bounce-'.length, address.indexOf('@'))
    for (const [where, text] of [
      [`bounce-${'0'.repeat(40)}@${DOMAIN}`, dsn()],
      [`bounce-${token.slice(0, -1)}@${DOMAIN}`, dsn()],
      [`bounce-${token}@example.com`, dsn()],
      [`${token}@${DOMAIN}`, dsn()],
      [`bounce-${token}@x@${DOMAIN}`, dsn()],
      [to, dsn()],
      ['', dsn()],
      [address, dsn({ contentType: 'multipart/alternative; boundary="part"' })],
      [address, dsn({ action: 'delivered', status: '2.0.0' })],
      [address, 'Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nStatus: 5.1.1\r\nAction: failed'],
      [address, ''],
    ] as const)
      await receive(where, text)
    expect(await row()).toEqual({ failure: null, code: null })
    expect(await schedule.shown()).toMatchObject({ recipient_emails: [to], undelivered: [] })
    expect(await notices(to)).toEqual([])
  })

  it('is let go where no domain is set', async () => {
    const to = newEmail()
    const schedule = await newSchedule([to])
    const { address, row } = await schedule.mail(to)
    await worker.email(message(address, dsn()), env, createExecutionContext())
    expect(await row()).toEqual({ failure: null, code: null })
  })

  it('comes to no other schedule than the mail’s own', async () => {
    const to = newEmail()
    const [one, other] = [await newSchedule([to, newEmail()]), await newSchedule([to, newEmail()])]
    await receive((await one.mail(to)).address, dsn())
    expect((await one.shown()).recipient_emails).not.toContain(to)
    expect((await other.shown()).recipient_emails).toContain(to)
  })
})

it('mails that arrived are forgotten after a month, those that did not after a year', async () => {
  const schedule = await newSchedule([newEmail(), newEmail()])
  const ago = (days: number) => ({ now: new Date(Date.now() - days * 86_400_000) })
  const [old, recent, failed, ancient] = [
    await schedule.mail('a@example.com', ago(31)),
    await schedule.mail('b@example.com', ago(29)),
    await schedule.mail('c@example.com', ago(300)),
    await schedule.mail('d@example.com', ago(366)),
  ]
  for (const { id } of [failed, ancient]) await recordFailure(await newCtx(), id, { kind: 'temporary', code: '4.4.1' })
  await sweepDeliveries(await newCtx())
  expect(await Promise.all([old, recent, failed, ancient].map(async (mail) => (await mail.row()) !== null))).toEqual([
    false,
    true,
    true,
    false,
  ])
})
