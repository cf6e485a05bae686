// What is taken of a signature made with a participant's own key, and how a refusal is told. Certificates are made here; those of openssl are in test/e2e/crypto.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../../../src/context.ts'
import { AppError } from '../../../src/http/errors.ts'
import { toBase64 } from '../../../src/lib/ids.ts'
import { addTimestamp, timestampImprint } from '../../../src/signing/cms/sign.ts'
import { verifySignerCms, type SignerCmsOptions } from '../../../src/signing/methods/cms.ts'
import type { ExpectedParticipant } from '../../../src/signing/methods/whose.ts'
import { answerTimestampQuery } from '../../../src/signing/tsa/authority.ts'
import { readTimestampAnswer, timestampQuery } from '../../../src/signing/tsa/query.ts'
import { randomSerial } from '../../../src/signing/pki/issue.ts'
import { newBin, newCtx, newIin } from '../../factories.ts'
import { kzPerson, newAuthority, ruPerson, type Authority, type Holder } from '../authority.ts'

const content = new TextEncoder().encode('%PDF-1.7 договор')
const nobody: ExpectedParticipant = { identifier: null, inn: null }
const [iin, bin] = [newIin(), newBin()]

let ca: Authority
let person: Holder
beforeAll(async () => {
  ca = await newAuthority(new Date())
  await ca.trust()
  person = await ca.issue(kzPerson(iin, bin))
})

interface Asked {
  expected?: ExpectedParticipant
  options?: SignerCmsOptions
  settings?: Partial<Ctx['settings']>
  later?: number
  of?: Uint8Array
}
async function verify(cms: Uint8Array | string, { expected = nobody, options = {}, settings = {}, later = 0, of = content }: Asked = {}) {
  const ctx = await newCtx()
  ctx.settings = { ...ctx.settings, ...settings }
  ctx.now = new Date(ctx.now.getTime() + later)
  return verifySignerCms(ctx, typeof cms === 'string' ? cms : toBase64(cms), of, expected, options)
}
async function refusal(...args: Parameters<typeof verify>): Promise<AppError> {
  const error = await verify(...args).then(
    () => undefined,
    (e: unknown) => e,
  )
  if (error instanceof AppError) return error
  throw new Error(`not refused: ${String(error)}`)
}

/** A token over the signature, of an authority under `by`. */
async function stamped(cms: Uint8Array, by: Authority, at = new Date(), of = timestampImprint(cms)): Promise<Uint8Array> {
  const tsa = await by.issue({ kind: 'plain', commonName: 'TSA' }, { profile: 'time_stamping' })
  const authority = { certificate: tsa.certificate.der, chain: [by.authority.certificate.der], key: tsa.key }
  const answer = readTimestampAnswer(
    await answerTimestampQuery(timestampQuery(of, { nonce: randomSerial() }), authority, { serial: randomSerial(), now: at }),
  )
  if (!answer.granted) throw new Error('no stamp')
  return addTimestamp(cms, answer.token)
}

describe('is taken', () => {
  it('a signature of the participant, with what is kept of its certificate', async () => {
    const cms = await ca.sign(person, content)
    const taken = await verify(cms, { expected: { identifier: iin, inn: null, companyInn: bin } })
    expect(taken).toMatchObject({
      bytes: cms,
      format: 'CAdES-BES',
      timestamp: null,
      revocation: 'unknown',
      certificate: {
        subject: expect.stringContaining(`IIN${iin}`),
        issuer: expect.stringContaining('Authority'),
        serialNumber: person.certificate.serial,
        notAfter: person.certificate.notAfter.toISOString(),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    })
  })
  it('in armour, in lines and in base64url', async () => {
    const text = toBase64(await ca.sign(person, content))
    const lines = text.replaceAll(/.{64}/g, '$&\n')
    const url = text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
    for (const form of [lines, url, `-----BEGIN CMS-----\n${lines}\n-----END CMS-----\n`])
      expect((await verify(form)).format).toBe('CAdES-BES')
  })
  it('of Russia by its INN', async () => {
    const employee = await ca.issue(ruPerson('500100732259', '7707083893'))
    const cms = await ca.sign(employee, content)
    expect((await verify(cms, { expected: { identifier: null, inn: '500100732259', companyInn: '7707083893' } })).format).toBe('CAdES-BES')
  })
  it('with a time stamp of an authority that is trusted', async () => {
    const at = new Date(Math.floor(Date.now() / 1000) * 1000)
    expect(await verify(await stamped(await ca.sign(person, content), ca, at))).toMatchObject({
      format: 'CAdES-T',
      timestamp: { at: at.toISOString(), authority: expect.stringContaining('CN=TSA'), internal: false },
    })
  })
})

describe('is refused', () => {
  it.each<[string, () => Promise<Parameters<typeof verify>>, RegExp]>([
    ['no CMS', () => Promise.resolve(['AAAA']), /malformed|no CMS/i],
    ['no base64', () => Promise.resolve(['§']), /base64/],
    ['another document', async () => [await ca.sign(person, content), { of: content.subarray(1) }], /another document/],
    ['an unknown authority', async () => [await foreign()], /trusted authority/],
    ['an expired certificate', async () => [await ca.sign(person, content), { later: 301 * 86_400_000 }], /expired/],
    ['a key that does not commit to contents', async () => [await byResponder()], /nonRepudiation/],
    ['another person', async () => [await ca.sign(person, content), { expected: { identifier: newIin(), inn: null } }], /another IIN/],
    [
      'another company',
      async () => [await ca.sign(person, content), { expected: { identifier: iin, inn: null, companyInn: newBin() } }],
      /another company/,
    ],
    ['a stamp of something else', async () => [await stamped(await ca.sign(person, content), ca, new Date(), content)], /something else/],
    [
      'a stamp of an authority that is not trusted',
      async () => [await stamped(await ca.sign(person, content), await newAuthority(new Date()))],
      /time-stamping authority/i,
    ],
  ])('%s', async (_, given, why) => {
    const error = await refusal(...(await given()))
    expect([error.code, error.message]).toEqual(['unprocessable', expect.stringMatching(why)])
    expect(error.details.issues?.[0]).toMatchObject({ path: 'cms', message: expect.stringMatching(why) })
  })
  it('an expired certificate in spite of a time stamp of before: what is signed now is signed with a living one', async () => {
    const short = await ca.issue(kzPerson(iin), { days: 2 })
    const cms = await stamped(await ca.sign(short, content), ca)
    expect((await verify(cms)).format).toBe('CAdES-T')
    expect((await refusal(cms, { later: 3 * 86_400_000 })).message).toMatch(/expired/)
  })
  it('as the surface words it', async () => {
    const cms = await ca.sign(person, content)
    const error = await refusal(cms, { of: content.subarray(1), options: { code: 'validation', path: 'signatures.3.cms' } })
    expect([error.status, error.details.issues?.map(({ path }) => path)]).toEqual([400, ['signatures.3.cms']])
  })
  it('what must be known of revocation and is not', async () => {
    const cms = await ca.sign(person, content)
    expect(await refusal(cms, { settings: { REVOCATION_REQUIRED: true } })).toMatchObject({ code: 'unprocessable' })
    const says = await ca.issue(kzPerson(iin), { by: { ocsp: 'http://ocsp.example.kz/' } })
    const silent: typeof fetch = () => Promise.reject(new TypeError('no route'))
    const asked = { settings: { REVOCATION_REQUIRED: true, ENVIRONMENT: 'production' as const }, options: { fetch: silent } }
    const error = await refusal(await ca.sign(says, content), asked)
    expect(error).toMatchObject({ code: 'unavailable', details: { retryAfter: 60 } })
  })
})

const foreign = async () => {
  const other = await newAuthority(new Date())
  return other.sign(await other.issue(kzPerson(iin)), content)
}
const byResponder = async () => ca.sign(await ca.issue(kzPerson(iin), { profile: 'ocsp' }), content)
