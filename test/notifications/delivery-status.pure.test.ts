import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/notifications/bounces/delivery-status.ts'
import { readReport } from '../../src/notifications/bounces/read-report.ts'
import { refusalOf } from '../../src/notifications/mail/transport.ts'
import { dsn, type Dsn } from './dsn.ts'

const group = (action: string, status: string) => `Final-Recipient: rfc822; a@b.kz\nAction: ${action}\nStatus: ${status}\n`
const head = 'Reporting-MTA: dns; mx.example.com\n\n'

describe('what a report says', () => {
  it.each([
    ['failed', '5.1.1', 'permanent 5.1.1'],
    ['Failed (gone)', '5.7.1 (policy)', 'permanent 5.7.1'],
    ['failed', '4.4.7', 'temporary 4.4.7'],
    ['delayed', '4.4.1', 'temporary 4.4.1'],
    ['delayed', '5.1.1', 'temporary 5.1.1'],
    ['delivered', '2.0.0', ''],
    ['relayed', '5.1.1', ''],
    ['expanded', '2.1.5', ''],
    ['failed', '2.0.0', ''],
    ['failed', '', ''],
    ['failed', '5.1', ''],
    ['failed', '5.1.1234', ''],
    ['failed', 'x5.1.1', ''],
    ['', '5.1.1', ''],
  ])('of %s with %s', (action, status, said) => {
    const failure = failureOf(head + group(action, status))
    expect(failure ? `${failure.kind} ${failure.code}` : '').toBe(said)
  })

  it('is the worst of all recipients, in fields of any case, folded, with line ends of any kind', () => {
    const several = [head.trimEnd(), group('delayed', '4.2.2'), group('failed', '5.1.10'), group('delivered', '2.0.0')].join('\n\n')
    expect(failureOf(several)).toEqual({ kind: 'permanent', code: '5.1.10' })
    expect(failureOf(several.replaceAll('\n', '\r\n'))).toEqual({ kind: 'permanent', code: '5.1.10' })
    expect(failureOf(`${head}ACTION:\n  failed\nstatus :\n\t5.2.1`)).toEqual({ kind: 'permanent', code: '5.2.1' })
  })

  it('is nothing, of whatever text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => failureOf(text) === undefined))
    expect(failureOf('Status: 5.1.1\nAction: failed\n\n'.repeat(100_000))).toEqual({ kind: 'permanent', code: '5.1.1' })
    expect(failureOf(`Status: 5.1.1${' \n'.repeat(500_000)}`)).toBeUndefined()
  })
})

describe('a message', () => {
  const streamOf = (text: string) => new Blob([text]).stream()
  const read = (message: Dsn | string) => readReport(streamOf(typeof message === 'string' ? message : dsn(message)))

  it('is read where it is a report, however large the mail is that it returns', async () => {
    expect(await read({})).toEqual({ kind: 'permanent', code: '5.1.1' })
    expect(await read({ action: 'delayed', status: '4.4.1' })).toEqual({ kind: 'temporary', code: '4.4.1' })
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) =>
        controller.enqueue(new TextEncoder().encode(pulled++ === 0 ? dsn({ returned: '' }).split('--part--')[0] : 'x'.repeat(65_536))),
    })
    expect(await readReport(endless)).toEqual({ kind: 'permanent', code: '5.1.1' })
    expect(pulled).toBeLessThan(10)
  })

  it.each<[string, Dsn | string]>([
    ['that answers by itself', { contentType: 'multipart/mixed; boundary="part"' }],
    ['that was read', { contentType: 'multipart/report; report-type=disposition-notification; boundary="part"' }],
    ['without its boundary', { contentType: 'multipart/report; report-type=delivery-status' }],
    ['that arrived', { action: 'delivered', status: '2.0.0' }],
    ['without a recipient', { groups: '' }],
    ['of a person', 'From: a@b.kz\r\nTo: x@y.kz\r\nSubject: Re: report\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n'],
    ['of nothing', ''],
    ['of zeros', '\0'.repeat(300_000)],
    ['of one endless line', `Content-Type: multipart/report; report-type=delivery-status; boundary=${'a'.repeat(400_000)}`],
    ['of headers alone', 'X-A: b\r\n'.repeat(40_000)],
    [
      'of parts within parts',
      `Content-Type: multipart/report; report-type=delivery-status; boundary=b0\r\n\r\n${Array.from({ length: 2000 }, (_, i) => `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`).join('')}`,
    ],
  ])('%s is let go', async (_, message) => {
    expect(await read(message)).toBeUndefined()
  })

  it('of any bytes is let go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (noise) => {
        const bytes = noise.slice()
        expect(await readReport(new Blob([bytes]).stream())).toBeUndefined()
        // Noise in the place of the report's own part, too.
        await readReport(new Blob([dsn({ groups: new TextDecoder('latin1').decode(bytes) })]).stream())
      }),
      { numRuns: 100 },
    )
  })
})

it.each([
  [550, 'RCPT TO', '550 5.1.1 No such user', 'no_such_recipient 5.1.1'],
  [550, 'RCPT TO', '550 No such user here', 'no_such_recipient 550'],
  [552, 'RCPT TO', '552-5.2.2 Mailbox full', 'no_such_recipient 5.2.2'],
  // A relay that does not serve us says so of every address.
  [550, 'RCPT TO', '550 5.7.1 Relaying denied', 'refused 5.7.1'],
  [554, 'RCPT TO', '554 denied', 'refused 554'],
  [550, 'MAIL FROM', '550 5.1.8 Bad sender', 'refused 5.1.8'],
  [554, 'DATA', '554 5.1.1 spam', 'refused 5.1.1'],
  [550, undefined, undefined, 'refused 550'],
])('a refusal of %i at %s, «%s», is %s', (answer, command, response, said) => {
  const { reason, code } = refusalOf(answer, command, response)
  expect(`${reason} ${code}`).toBe(said)
})
