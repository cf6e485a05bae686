// What authorities are asked about revocation, what is believed of the answers, and how long they are kept. The answers are real bytes; the network is not.
import { env } from 'cloudflare:test'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Ctx } from '../../../src/context.ts'
import { toBase64 } from '../../../src/lib/ids.ts'
import { checkChain } from '../../../src/signing/cms/chain.ts'
import type { Certificate } from '../../../src/signing/cms/certificate.ts'
import { verifySignerCms } from '../../../src/signing/methods/cms.ts'
import { sweepRevocationCache } from '../../../src/signing/revocation/cache.ts'
import { fetchRevocation } from '../../../src/signing/revocation/client.ts'
import { newCtx, newIin } from '../../factories.ts'
import { kzPerson, newAuthority, type Authority, type Holder } from '../authority.ts'

const OCSP = 'http://ocsp.authority.kz/'
const CRL = 'http://crl.authority.kz/list.crl'
const content = new TextEncoder().encode('договор')
const HOUR = 3_600_000

let ca: Authority
let person: Holder
let ctx: Ctx
/** Addresses that were called. */
let calls: string[]

beforeEach(async () => {
  ctx = await newCtx()
  // As it is everywhere but in development, where local addresses may be called, too.
  ctx.settings = { ...ctx.settings, ENVIRONMENT: 'production' }
  // Above the issuing authority nobody is asked about here: the root says nothing of where.
  ca = await newAuthority(ctx.now)
  person = await ca.issue(kzPerson(newIin()), { by: { ocsp: OCSP, crl: CRL } })
  calls = []
  await env.DB.prepare('delete from revocation_cache').run()
})

const later = (ms: number): Ctx => ({ ...ctx, now: new Date(ctx.now.getTime() + ms) })
const answer = (bytes: Uint8Array, status = 200) => new Response(new Uint8Array(bytes), { status })
type Server = (url: string, body: Uint8Array) => Response | Promise<Response>

const network =
  (serve: Server): typeof fetch =>
  async (input, init) => {
    const url = new Request(input).url
    calls.push(url)
    expect(init?.redirect).toBe('manual')
    return serve(url, new Uint8Array(await new Response((init?.body as BodyInit | undefined) ?? null).arrayBuffer()))
  }
/** A responder and a list that work. */
const works: Server = async (url, body) => answer(url === OCSP ? await ca.ocsp(body, ctx.now) : await ca.crl(ctx.now))

async function ask(serve: Server, at = ctx, of: Certificate = person.certificate) {
  const path = [of, ca.authority.certificate]
  const { crls, ocsp } = await fetchRevocation(at, path, { fetch: network(serve) })
  const { revocation } = await checkChain(of, { anchors: [ca.authority.certificate], at: at.now, crls, ocsp })
  const [first] = revocation
  return first && 'source' in first ? `${first.status} by ${first.source}` : first?.status
}

describe('asks', () => {
  it('OCSP, and no list once that has answered', async () => {
    expect(await ask(works)).toBe('good by ocsp')
    expect(calls).toEqual([OCSP])
  })
  it.each<[string, Server]>([
    ['fails', () => Promise.reject(new TypeError('no route'))],
    ['answers 500', () => answer(new Uint8Array(), 500)],
    ['leads elsewhere', () => new Response(null, { status: 302, headers: { location: 'http://169.254.169.254/' } })],
    ['answers rubbish', () => answer(new Uint8Array(40))],
    ['answers without an end', () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)) }))],
    ['is of another authority', async (_, body) => answer(await (await newAuthority(ctx.now)).ocsp(body, ctx.now))],
    ['sends an old answer', async (_, body) => answer(await ca.ocsp(body, new Date(ctx.now.getTime() - 3 * HOUR)))],
    ['sends another’s nonce', async (_, body) => answer(await ca.ocsp(spoilNonce(body), ctx.now))],
    ['tries later', () => answer(Uint8Array.of(0x30, 3, 0x0a, 1, 3))],
  ])('the list, when the responder %s', async (_, serve) => {
    expect(await ask((url, body) => (url === OCSP ? serve(url, body) : works(url, body)))).toBe('good by crl')
    expect(calls).toEqual([OCSP, CRL])
  })
  it('learns of a revocation from either', async () => {
    ca.revoke(person.certificate, new Date(ctx.now.getTime() - HOUR))
    expect(await ask(works)).toBe('revoked by ocsp')
    await env.DB.prepare('delete from revocation_cache').run()
    expect(await ask((url, body) => (url === OCSP ? answer(body, 404) : works(url, body)))).toBe('revoked by crl')
  })
  it('about every certificate of the path, each by its own issuer', async () => {
    const [root, upper] = ['http://root.authority.kz/ocsp', await newAuthority(ctx.now, { ocsp: 'http://root.authority.kz/ocsp' })]
    const leaf = await upper.issue(kzPerson(newIin()), { by: { ocsp: OCSP } })
    const serve: Server = async (url, body) => answer(await upper.ocsp(body, ctx.now, url === root ? 'root' : 'authority'))
    const path = [leaf.certificate, upper.authority.certificate, upper.root.certificate]
    const got = await fetchRevocation(ctx, path, { fetch: network(serve) })
    const { revocation } = await checkChain(leaf.certificate, {
      anchors: [upper.root.certificate],
      intermediates: [upper.authority.certificate],
      at: ctx.now,
      ...got,
    })
    expect([revocation.map((r) => r.status), calls.toSorted()]).toEqual([['good', 'good'], [OCSP, root].toSorted()])
  })
  it('only public names on the ports of the web', async () => {
    const bad = [
      'http://10.0.0.1/',
      'http://localhost/',
      'http://[::1]/',
      'http://2130706433/',
      'http://a.internal/',
      'ldap://a.kz/',
      'http://a.kz:22/',
      'http://u:p@a.kz/',
      'x',
    ]
    for (const address of bad) {
      const { certificate } = await ca.issue(kzPerson(newIin()), { by: { ocsp: address, crl: address } })
      expect(await ask(works, ctx, certificate), address).toBe('unknown')
    }
    expect(calls).toEqual([])
    const { certificate } = await ca.issue(kzPerson(newIin()), { by: { ocsp: 'https://ocsp.authority.kz:8443/' } })
    await ask(works, ctx, certificate)
    expect(calls).toHaveLength(1)
    // A neighbour may be asked in development.
    const local = await ca.issue(kzPerson(newIin()), { by: { ocsp: 'http://127.0.0.1:2560/' } })
    const development = { ...ctx, settings: { ...ctx.settings, ENVIRONMENT: 'development' as const, WEBHOOKS_ALLOW_LOCAL: true } }
    expect(await ask(async (_, body) => answer(await ca.ocsp(body, ctx.now)), development, local.certificate)).toBe('good by ocsp')
  })
  it('no longer than it may', async () => {
    const path = [person.certificate, ca.authority.certificate]
    const began = Date.now()
    const hanging: typeof fetch = (_, init) =>
      new Promise((__, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')))
      })
    expect(await fetchRevocation(ctx, path, { fetch: hanging, signal: AbortSignal.timeout(200) })).toEqual({ crls: [], ocsp: [] })
    expect(Date.now() - began).toBeLessThan(2000)
  })
})

describe('keeps', () => {
  it('an answer until the next one is to come', async () => {
    expect(await ask(works)).toBe('good by ocsp')
    expect(await ask(works, later(HOUR - 1000))).toBe('good by ocsp')
    expect(calls).toEqual([OCSP])
    expect(await ask(async (_, body) => answer(await ca.ocsp(body, later(HOUR).now)), later(HOUR))).toBe('good by ocsp')
    expect(calls).toEqual([OCSP, OCSP])
  })
  it('no answer for longer than a day, whatever it allows', async () => {
    const week = new Date(ctx.now.getTime() + 7 * 24 * HOUR)
    const serve: Server = async (_, body) => answer(await ca.ocsp(body, ctx.now, 'authority', week))
    expect(await ask(serve)).toBe('good by ocsp')
    expect(await ask(serve, later(24 * HOUR - 1000))).toBe('good by ocsp')
    expect(calls).toHaveLength(1)
    expect(await ask(serve, later(24 * HOUR))).toBe('good by ocsp')
    expect(calls).toHaveLength(2)
  })
  it('a list for everybody of whom it tells, in the store of files', async () => {
    const list: Server = (url, body) => (url === OCSP ? answer(body, 404) : works(url, body))
    const other = await ca.issue(kzPerson(newIin()), { by: { crl: CRL } })
    expect(await ask(list)).toBe('good by crl')
    expect(await ask(list, ctx, other.certificate)).toBe('good by crl')
    expect(calls.filter((url) => url === CRL)).toHaveLength(1)
    const { objects } = await env.FILES.list({ prefix: 'revocation/' })
    expect(objects).toHaveLength(1)
    // One that is lost is got again.
    await env.FILES.delete(objects.map(({ key }) => key))
    expect(await ask(list, ctx, other.certificate)).toBe('good by crl')
    expect(calls.filter((url) => url === CRL)).toHaveLength(2)
  })
  it('a failure for a minute, so that nobody waits for the same silence twice', async () => {
    const dead: Server = () => answer(new Uint8Array(), 503)
    expect(await ask(dead)).toBe('unknown')
    expect(await ask(works, later(59_000))).toBe('unknown')
    expect(calls).toEqual([OCSP, CRL])
    expect(await ask(works, later(61_000))).toBe('good by ocsp')
  })
  it('nothing that is out of date, once it was swept', async () => {
    await ask((url, body) => (url === OCSP ? answer(body, 404) : works(url, body)))
    await sweepRevocationCache(later(61_000))
    const kinds = async () => (await env.DB.prepare('select kind from revocation_cache').all<{ kind: string }>()).results.map((r) => r.kind)
    expect(await kinds()).toEqual(['crl'])
    await sweepRevocationCache(later(2 * HOUR))
    expect([await kinds(), (await env.FILES.list({ prefix: 'revocation/' })).objects]).toEqual([[], []])
  })
})

describe('a signature', () => {
  const sign = async (serve: Server, at = ctx) =>
    verifySignerCms(at, toBase64(await ca.sign(person, content)), content, { identifier: null, inn: null }, { fetch: network(serve) })

  it('records what is known, and asks once for all documents', async () => {
    await ca.trust()
    expect((await sign(() => answer(new Uint8Array(), 404))).revocation).toBe('unknown')
    const upper = await newAuthority(ctx.now, { ocsp: 'http://root.authority.kz/' })
    await upper.trust()
    const known = await upper.issue(kzPerson(newIin()), { by: { ocsp: OCSP } })
    const serve: Server = async (url, body) => answer(await upper.ocsp(body, ctx.now, url === OCSP ? 'authority' : 'root'))
    const call = await newCtx()
    calls = []
    for (const text of ['один', 'два', 'три']) {
      const document = new TextEncoder().encode(text)
      const cms = toBase64(await upper.sign(known, document))
      const taken = await verifySignerCms(call, cms, document, { identifier: null, inn: null }, { fetch: network(serve) })
      expect(taken.revocation).toBe('good')
    }
    expect(calls).toHaveLength(2)
  })
  it('of a revoked certificate is refused with the reason', async () => {
    await ca.trust()
    ca.revoke(person.certificate, new Date(ctx.now.getTime() - HOUR))
    await expect(sign(works)).rejects.toMatchObject({ code: 'unprocessable', message: expect.stringMatching(/revoked on .*keyCompromise/) })
  })
  it('asks nobody where the settings say so, or where it does not hold anyway', async () => {
    await ca.trust()
    const off = { ...ctx, settings: { ...ctx.settings, REVOCATION_CHECK: false } }
    expect((await sign(works, off)).revocation).toBe('unknown')
    const other = toBase64(await ca.sign(person, new TextEncoder().encode('другой')))
    await expect(verifySignerCms(ctx, other, content, { identifier: null, inn: null }, { fetch: network(works) })).rejects.toThrow()
    expect(calls).toEqual([])
  })
})

/** A request with another nonce than the one that was sent: its octets are the last of the request. */
function spoilNonce(request: Uint8Array): Uint8Array {
  const spoilt = request.slice()
  spoilt[spoilt.length - 1] = (spoilt.at(-1) ?? 0) ^ 1
  return spoilt
}
