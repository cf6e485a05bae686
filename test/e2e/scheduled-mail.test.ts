// A scheduled report all the way: due by cron, run by the queue, mailed over SMTP to a server that refuses at first, while the service is killed in the middle.
import { mkdtemp, rm, writeFile, readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { registerCompany } from '../../.tools/demo-steps.ts'
import { startLocal, type Local } from '../../.tools/local.ts'
import { dsn } from '../notifications/dsn.ts'
import { freePort, tool, until } from './service.ts'

const BASE = '/api/v1/admin'
const REPORT = 'Отчёт «Құрылыс» по проектам: бюджеты и сроки'

const received: ParsedMail[] = []
/** The envelope's sender of each: where it would come back to. */
const returns: string[] = []
/** How many mails are refused for the moment before one is taken. */
let refusals = 0
let refused = 0
let smtp: SMTPServer
let service: Local
let directory: string
let port: number

const start = () =>
  startLocal({
    port,
    stateDir: join(directory, 'state'),
    log: () => undefined,
    vars: {
      MAIL_TRANSPORT: 'smtp',
      MAIL_FROM: 'Қолтаңба <reports@example.com>',
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String((smtp.server.address() as AddressInfo).port),
      SMTP_TLS: 'false',
      MAIL_BOUNCE_DOMAIN: 'bounces.example.com',
    },
  })

beforeAll(async () => {
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _, done) {
      if (address.startsWith('nobody')) done(Object.assign(new Error('No such user here'), { responseCode: 550 }))
      else done()
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        if (refusals > 0) {
          refusals--
          refused++
          done(Object.assign(new Error('Try again later'), { responseCode: 451 }))
          return
        }
        void simpleParser(Buffer.concat(parts)).then((mail) => {
          received.push(mail)
          returns.push(envelope.mailFrom === false ? '' : envelope.mailFrom.address)
          done()
        })
      })
    },
  })
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', done))
  directory = await mkdtemp(join(tmpdir(), 'qoltanba-mail-'))
  port = await freePort()
  service = await start()
})
afterAll(async () => {
  await service?.stop()
  await new Promise<void>((done) => (smtp ? smtp.close(done) : done()))
  if (directory) await rm(directory, { recursive: true, force: true })
})

async function cron(): Promise<void> {
  expect((await fetch(`${service.url}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`)).status).toBe(200)
}

it('brings each recipient one mail with a file that opens, though the server refuses twice and the service dies', async () => {
  const { api } = await registerCompany(service.url, 'ТОО «Құрылыс Әлемі»')
  const names = ['Жилой комплекс «Берёзовая роща»', 'Өзен жағалауы, 2-кезең', '=1+1']
  for (const [i, name] of names.entries())
    await api.call('POST', `${BASE}/projects`, { name, status: 'active', budget_amount: 1_000_000.5 + i })
  const { data: report } = await api.call<{ data: { id: number } }>('POST', `${BASE}/custom-reports`, {
    name: REPORT,
    report_category: 'core',
    data_sources: { primary: 'projects' },
    columns_config: [
      { field: 'projects.name', label: 'Название', order: 1 },
      { field: 'projects.budget_amount', label: 'Бюджет', order: 2, format: 'currency' },
    ],
    sorting_config: [{ field: 'projects.budget_amount', direction: 'asc' }],
    visualization_config: { enabled: true, chart_type: 'bar', x_axis: 'projects.name', y_axis: 'projects.budget_amount' },
  })
  const { data: schedule } = await api.call<{ data: { id: number; next_run_at: string } }>(
    'POST',
    `${BASE}/custom-reports/${report.id}/schedules`,
    {
      schedule_type: 'daily',
      schedule_config: { time: '09:00' },
      recipient_emails: ['manager@example.com', 'nobody@example.com'],
      export_format: 'excel',
    },
  )
  refusals = 2
  const wait = Math.ceil((Date.parse(schedule.next_run_at) - Date.now()) / 1000) + 2
  await api.call('POST', '/dev/clock', { advance_seconds: wait })
  await cron()
  await until('the first refusal', async () => (refused > 0 ? true : undefined), 60)
  // In the middle of it all the whole tree of processes goes.
  await service.stop('SIGKILL')
  expect(received).toHaveLength(0)
  service = await start()
  const reports = () => received.filter((one) => one.attachments.length > 0)
  const mail = await until(
    'the mail',
    async () => {
      await cron()
      return reports()[0]
    },
    120,
    1000,
  )
  expect(refused).toBe(2)
  // Nothing comes twice, however often the queue is told.
  for (let i = 0; i < 3; i++) await cron()
  // The company's token has ended a day ahead: back to where it lives.
  await api.call('POST', '/dev/clock', { reset: true })
  const shown = await until('the run', async () => {
    const { data } = await api.call<{ data: { last_run_at: string | null; last_execution_id: number | null } }>(
      'GET',
      `${BASE}/custom-reports/${report.id}/schedules/${schedule.id}`,
    )
    return data.last_run_at === null ? undefined : data
  })
  expect(shown.last_execution_id).not.toBeNull()
  expect(reports()).toHaveLength(1)

  // In the state language, since the organization's phone is of Kazakhstan; then in Russian and English.
  expect(mail.subject).toBe(`Есеп: ${REPORT}`)
  expect(mail.from?.value).toEqual([{ name: 'Қолтаңба', address: 'reports@example.com' }])
  expect(mail.text).toContain(REPORT)
  for (const words of ['Бұл есепті енді алмау', 'Больше не получать этот отчёт', 'Stop receiving this report'])
    expect(mail.html).toContain(words)
  expect(mail.headerLines.find((line) => line.key === 'list-unsubscribe-post')?.line).toBe(
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
  )
  const [file] = mail.attachments
  expect(file?.filename).toMatch(/^Отчёт Құрылыс по проектам бюджеты и сроки \d{4}-\d\d-\d\d\.xlsx$/)
  const path = join(directory, 'report.xlsx')
  await writeFile(path, file?.content ?? '')
  await tool('soffice', ['--headless', '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76', '--outdir', directory, path])
  const rows = (await readFile(join(directory, 'report.csv'), 'utf8')).trim().split('\n')
  expect(rows).toHaveLength(4)
  for (const [i, name] of names.entries()) expect(rows[i + 1]?.replaceAll('""', '"')).toContain(name)

  // Who was refused at once is off the schedule. The other mail comes back days later, to its own address.
  const read = async () =>
    (
      await api.call<{
        data: { recipient_emails: string[]; is_active: boolean; undelivered: { email: string; status: string; code: string }[] }
      }>('GET', `${BASE}/custom-reports/${report.id}/schedules/${schedule.id}`)
    ).data
  expect(await read()).toMatchObject({
    recipient_emails: ['manager@example.com'],
    is_active: true,
    undelivered: [{ email: 'nobody@example.com', status: 'failed', code: '550' }],
  })
  const address = returns[received.indexOf(mail)] ?? ''
  expect(address).toMatch(/^bounce-[0-9a-f]{40}@bounces\.example\.com$/)
  const comesBack = (to: string, text: string) =>
    fetch(`${service.url}/cdn-cgi/handler/email?from=mailer-daemon@mx.example.com&to=${encodeURIComponent(to)}`, {
      method: 'POST',
      body: text,
    })
  for (const [to, text] of [
    [`bounce-${'0'.repeat(40)}@bounces.example.com`, dsn()],
    [address, dsn({ contentType: 'multipart/mixed; boundary="part"' })],
  ] as const)
    expect((await comesBack(to, text)).status).toBe(200)
  expect((await read()).recipient_emails).toEqual(['manager@example.com'])
  expect((await comesBack(address, dsn({ returned: `Subject: report\r\n\r\n${'x'.repeat(2_000_000)}` }))).status).toBe(200)
  expect(await read()).toMatchObject({ recipient_emails: [], is_active: false })
  // Whoever keeps the schedule is told of both.
  const told = await until(
    'the notices',
    async () => {
      await cron()
      const notices = received.filter((one) => one.subject?.startsWith('Отчёт не доходит до получателя'))
      return notices.length === 2 ? notices : undefined
    },
    60,
    500,
  )
  expect(told.map((one) => /(manager|nobody)@example\.com/.exec(one.text ?? '')?.[0] ?? '').toSorted()).toEqual([
    'manager@example.com',
    'nobody@example.com',
  ])
})
