import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Order } from '../../.tools/stand-ins/goskey.ts'
import type { Handler } from '../../.tools/stand-ins/requests.ts'
import { goskeyJob } from '../../src/agreements/goskey/order.ts'
import type { Kind } from '../../src/agreements/statuses.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import { runJob } from '../../src/queue/consumer.ts'
import { advance, call, drain, must, resetClock } from '../app.ts'
import { newCompany, newCtx, onePage, operatorToken, type Company } from '../factories.ts'
import { newAuthority, ruPerson, type Authority, type Holder } from '../signing/authority.ts'
import {
  BASE,
  bytesOf,
  forgetProviders,
  gostOperator,
  GOSKEY_URL,
  logInWithEsia,
  readyAgreement,
  save,
  status,
  submit,
  withProviders,
  type Refusal,
} from './kit.ts'

forgetProviders()
const SNILS = { snils: '112-233-445 95' }
const send = (company: Company) => call<Refusal & { success: boolean }>('GET', `${BASE}/send-on-sign`, { token: company.token })

let authority: Authority
let person: Holder
beforeAll(async () => {
  const { now } = await newCtx()
  authority = await newAuthority(now)
  await authority.trust()
  person = await authority.issue(ruPerson('980001843425'))
})
const telephone = (document: Uint8Array, who = person) => authority.sign(who, document)

/** Runs every job of orders that there is, also those that are planned for later. */
async function follow(): Promise<void> {
  await env.DB.prepare("update jobs set due_at = '2000-01-01T00:00:00.000Z' where status = 'pending' and type = 'agreement.goskey'").run()
  const { results } = await env.DB.prepare("select id from jobs where status = 'pending' and type = 'agreement.goskey'").all<{
    id: string
  }>()
  const ctx = await newCtx()
  for (const { id } of results) await runJob(ctx, id)
}
const orderOf = ({ goskey }: Awaited<ReturnType<typeof withProviders>>): Order => {
  const order = [...goskey.orders.values()].at(-1)
  if (!order) throw new Error('nothing came to Госключ')
  return order
}
const comments = async (company: Company) =>
  (await must<{ history: { status: string; comment: string | null }[] }>(200, 'GET', `${BASE}/history`, { token: company.token })).history

describe('sending to Госключ', () => {
  it('is told not to be configured where it is not, and not to be time yet', async () => {
    const company = await newCompany()
    const early = await send(company)
    expect([early.status, early.body]).toEqual([409, { message: 'File not ready for download' }])
    await submit(company, 'fiz')
    expect((await send(company)).body).toEqual({ message: 'The agreement is not ready to be signed' })
    const other = await newCompany()
    await readyAgreement(other, 'fiz')
    const refused = await send(other)
    expect([refused.status, refused.body]).toEqual([503, { message: 'Signing with Госключ is not configured.', code: 503 }])
    expect((await status(other)).status).toBe('ready')
  })

  it.each(['fiz', 'jur', 'ip'] as const)('hands the agreement over, looks after it and takes the signature (%s)', async (kind: Kind) => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, kind, SNILS)
    expect((await send(company)).body).toEqual({ success: true })
    expect((await status(company)).status).toBe('signing')
    expect((await send(company)).body).toEqual({ message: 'The agreement is being signed' })
    await drain()
    const order = orderOf(providers)
    const { bytes: document } = await bytesOf(`${BASE}/download`, company.token)
    expect(sha256Hex(order.document)).toBe(sha256Hex(document))
    expect(order.request).toContain('<Snils>112-233-445 95</Snils>')
    expect(order.request.includes('<OGRN>')).toBe(kind !== 'fiz')
    expect(JSON.parse(order.meta)).toMatchObject({ region: '45000000000', serviceCode: kind === 'fiz' ? '10000000374' : '60025907' })
    // Nothing happens until the person does something.
    for (let i = 0; i < 3; i++) await follow()
    expect([(await status(company)).status, providers.goskey.orders.size]).toEqual(['signing', 1])
    await providers.goskey.app.sign(order)
    await follow()
    expect((await status(company)).status).toBe('signed')
    const shown = await must<{ files: { id: string; kind: string; signatures: { signer: string }[] }[] }>(
      200,
      'GET',
      `${BASE}/reviews/${company.id}/${kind}`,
      { token: await operatorToken() },
    )
    const signature = shown.files.find((f) => f.kind === 'signature')
    expect(signature?.signatures).toMatchObject([{ signer: 'Иванов Иван' }])
    expect((await bytesOf(`${BASE}/files/${signature?.id}`, company.token)).bytes).toEqual(order.signature)
    await follow()
    expect(
      (await env.DB.prepare("select count(*) as n from jobs where status = 'pending' and type = 'agreement.goskey'").first<{ n: number }>())
        ?.n,
    ).toBe(0)
  })

  it.each(['256', '512'] as const)('signs the archive with a GOST key of %s bits', async (bits) => {
    const providers = await withProviders(telephone, undefined, gostOperator(bits))
    const company = await newCompany()
    await readyAgreement(company, 'jur', SNILS)
    await send(company)
    await drain()
    // The stand-in takes an archive only when the registered certificate signed both files of it.
    const order = orderOf(providers)
    expect(sha256Hex(order.document)).toBe(sha256Hex((await bytesOf(`${BASE}/download`, company.token)).bytes))
    expect(order.statuses.at(-1)?.statusId).toBe(2)
  })

  it('does not begin where the operator’s certificate can’t sign', async () => {
    await withProviders(telephone, undefined, { ...gostOperator('512'), privateKey: gostOperator('256').privateKey })
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const company = await newCompany()
    await readyAgreement(company, 'fiz', SNILS)
    const refused = await send(company)
    expect([refused.status, refused.body]).toEqual([503, { message: 'The certificate for ESIA can’t be used now.', code: 503 }])
    expect((await status(company)).status).toBe('ready')
  })

  it('waits until it is known who signs', async () => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, 'fiz')
    expect((await send(company)).body).toMatchObject({ success: true, message: expect.stringContaining('ESIA') as string })
    await follow()
    expect([(await status(company)).status, providers.goskey.orders.size]).toEqual(['signing', 0])
    await advance(25 * 3600)
    await follow()
    await resetClock()
    expect(await status(company)).toMatchObject({ status: 'ready', comment: 'Не передано в Госключ: нет входа через Госуслуги или СНИЛС' })
  })
})

describe('who signs', () => {
  it('is known from ESIA: then the agreement goes out by itself', async () => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, 'ip')
    await send(company)
    await drain()
    expect([(await status(company)).status, providers.goskey.orders.size]).toEqual(['signing', 0])
    await logInWithEsia(providers, company)
    await drain()
    const order = orderOf(providers)
    expect(order.request).toContain('<RFOrg><OID>1000300890</OID><OGRN>399989707113490</OGRN></RFOrg>')
    await providers.goskey.app.sign(order)
    await follow()
    expect((await status(company)).status).toBe('signed')
    expect(providers.goskey.orders.size).toBe(1)
  })
})

describe('what does not end well', () => {
  const ready = async (kind: Kind = 'fiz') => {
    const company = await newCompany()
    await readyAgreement(company, kind, SNILS)
    await send(company)
    await drain()
    return company
  }

  it('comes back with the reason, and may be sent again', async () => {
    const providers = await withProviders(telephone)
    const company = await ready()
    providers.goskey.app.decline(orderOf(providers), 'Отказ пользователя')
    await follow()
    expect(await status(company)).toMatchObject({ status: 'ready', comment: 'Не подписано в Госключе: Отказ пользователя' })
    expect((await send(company)).status).toBe(200)
    await drain()
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    expect((await status(company)).status).toBe('signed')
    expect((await comments(company)).map((h) => h.status)).toEqual(['draft', 'review', 'ready', 'signing', 'ready', 'signing', 'signed'])
  })

  it('is a signature of something else, of an authority that nobody trusts, or of another number', async () => {
    const stranger = await newAuthority((await newCtx()).now)
    const unknown = await stranger.issue(ruPerson('980001843425'))
    const other = await authority.issue(ruPerson('998800000133'))
    for (const make of [
      (document: Uint8Array) => telephone(new Uint8Array([...document, 1])),
      (document: Uint8Array) => stranger.sign(unknown, document),
      (document: Uint8Array) => telephone(document, other),
      async () => new TextEncoder().encode('no signature'),
    ]) {
      const providers = await withProviders(make)
      const company = await ready('ip')
      await providers.goskey.app.sign(orderOf(providers))
      await follow()
      const now = await status(company)
      expect([now.status, now.comment]).toEqual(['ready', expect.stringMatching(/^Подпись из Госключа не прошла проверку/)])
    }
  })

  it('is a term that runs out', async () => {
    await withProviders(telephone)
    const company = await ready()
    await advance(25 * 3600)
    await follow()
    await resetClock()
    expect(await status(company)).toMatchObject({ status: 'ready', comment: 'Срок подписания в Госключе истёк' })
  })

  it('is called off when the signed file is handed over meanwhile', async () => {
    const providers = await withProviders(telephone)
    const company = await ready()
    const form = new FormData()
    form.append('files', new File([onePage().slice()], 'a.pdf', { type: 'application/pdf' }))
    expect((await call('POST', `${BASE}/upload`, { token: company.token, raw: form })).status).toBe(200)
    await follow()
    expect(orderOf(providers).statuses.at(-1)?.title).toBe('Отменено')
    expect((await status(company)).status).toBe('signed')
  })
})

describe('what comes out of order', () => {
  const HOST = new URL(GOSKEY_URL).host
  /** Sent to a person; `meanwhile` may answer in place of Госключ, or do something before it does. */
  const underWay = async (meanwhile?: (request: Request, whole: Handler, company: Company) => Promise<Response | undefined>) => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    providers.net[HOST] = async (request) => (await meanwhile?.(request, providers.goskey, company)) ?? providers.goskey(request)
    await readyAgreement(company, 'fiz', SNILS)
    await send(company)
    await drain()
    return { providers, company }
  }
  const isLook = (request: Request) => request.url.includes('?embed=')

  it('is a token that is over before its time: another is asked for', async () => {
    let over = 1
    const { providers, company } = await underWay(async (request) =>
      isLook(request) && over-- > 0 ? new Response(null, { status: 401 }) : undefined,
    )
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    expect([(await status(company)).status, over < 0]).toEqual(['signed', true])
  })

  it('is a refusal to tell: the person may sign all the same', async () => {
    let refuse = 3
    const { providers, company } = await underWay(async (request) =>
      isLook(request) && refuse-- > 0 ? Response.json({ code: 'limitation_exception' }, { status: 403 }) : undefined,
    )
    for (let i = 0; i < 3; i++) await follow()
    expect([(await status(company)).status, refuse]).toEqual(['signing', 0])
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    expect((await status(company)).status).toBe('signed')
  })

  it('is the word that it is done before the result, and the result before it can be fetched', async () => {
    let early = 1
    const { providers, company } = await underWay(async (request) =>
      request.url.includes('/download') && early-- > 0 ? Response.json({ code: 'not_found' }, { status: 404 }) : undefined,
    )
    const order = orderOf(providers)
    for (let i = 0; i < 2; i++) order.statuses.push({ statusId: 3, title: 'Услуга оказана', finalStatus: true })
    await follow()
    expect((await status(company)).status).toBe('signing')
    order.signature = await telephone(order.document)
    await follow()
    expect([(await status(company)).status, early]).toEqual(['signing', 0])
    await follow()
    expect((await status(company)).status).toBe('signed')
  })

  it('is a signature of which nobody learnt until the time was over', async () => {
    const { providers, company } = await underWay()
    await providers.goskey.app.sign(orderOf(providers))
    await advance(26 * 3600)
    await follow()
    await resetClock()
    expect((await status(company)).status).toBe('signed')
  })

  it('is the same archive sent twice: it is with the person, whoever sent it', async () => {
    let twice = true
    const { providers, company } = await underWay(async (request, whole) => {
      if (!request.url.endsWith('/push/chunked') || !twice) return undefined
      twice = false
      await whole(request.clone())
      return undefined
    })
    expect([(await status(company)).status, twice]).toEqual(['signing', false])
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    expect([(await status(company)).status, providers.goskey.orders.size]).toEqual(['signed', 1])
  })

  it.each([
    ['reserved: it is not sent', '/order', 'Черновик заявления'],
    ['sent: it is called back', '/push/chunked', 'Отменено'],
  ])('is a signed file that comes while the order is %s', async (_, path, title) => {
    let uploaded = 0
    const { providers } = await underWay(async (request, whole, company) => {
      if (!request.url.endsWith(path)) return undefined
      const form = new FormData()
      form.append('files', new File([onePage().slice()], 'a.pdf', { type: 'application/pdf' }))
      uploaded = (await call('POST', `${BASE}/upload`, { token: company.token, raw: form })).status
      // Before there is anything at Госключ to call back.
      await follow()
      return whole(request)
    })
    await follow()
    const order = orderOf(providers)
    expect([uploaded, order.statuses.at(-1)?.title, order.document.length > 0]).toEqual([200, title, path !== '/order'])
  })

  it('is a job that runs twice: there is one order, and one look to come', async () => {
    const { providers } = await underWay()
    const order = await env.DB.prepare('select id from goskey_orders where order_id = ? order by id desc limit 1')
      .bind(String(orderOf(providers).id))
      .first<{ id: string }>()
    const id = order?.id ?? ''
    const ctx = await newCtx()
    await Promise.all([1, 2].map(() => goskeyJob(ctx, { orderId: id, step: 'follow' }, { id: `goskey:${id}>7`, last: false })))
    const { results } = await env.DB.prepare('select id from jobs where id = ?').bind(`goskey:${id}>8`).all()
    expect([results.length, providers.goskey.orders.size]).toEqual([1, 1])
  })

  it('is a signature by a certificate of another СНИЛС', async () => {
    const [other, same] = await Promise.all(
      ['16416416488', '11223344595'].map((snils) => authority.issue({ kind: 'ru', commonName: 'Иванов Иван', inn: '980001843425', snils })),
    )
    for (const [who, ends] of [
      [other, 'ready'],
      [same, 'signed'],
    ] as const) {
      const { providers, company } = await underWay()
      const order = orderOf(providers)
      await providers.goskey.app.sign(order, await telephone(order.document, who))
      await follow()
      expect((await status(company)).status).toBe(ends)
      if (ends === 'ready') expect((await status(company)).comment).toContain('СНИЛС')
    }
  })
})

describe('who ESIA says it is, once the agreement is with a person', () => {
  it('changes nothing any more', async () => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, 'fiz', SNILS)
    await send(company)
    await drain()
    const identity = async () => {
      const shown = await must<{ identity: unknown }>(200, 'GET', `${BASE}/reviews/${company.id}/fiz`, { token: await operatorToken() })
      return shown.identity
    }
    await logInWithEsia(providers, company)
    expect(await identity()).toBeNull()
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    await logInWithEsia(providers, company)
    expect([await identity(), (await status(company)).status]).toEqual([null, 'signed'])
  })
})

describe('while Госключ is away', () => {
  it('for days, or while it is not configured any more, the agreement comes back in the end', async () => {
    for (const lost of ['service', 'settings'] as const) {
      const providers = await withProviders(telephone)
      const company = await newCompany()
      await readyAgreement(company, 'fiz', SNILS)
      await send(company)
      await drain()
      if (lost === 'service') providers.net[new URL(GOSKEY_URL).host] = async () => new Response(null, { status: 503 })
      else delete ((await newCtx()).settings as { GOSKEY_URL?: string }).GOSKEY_URL
      for (let i = 0; i < 22; i++) await follow()
      expect((await status(company)).status).toBe('signing')
      await advance(50 * 3600)
      for (let i = 0; i < 2; i++) await follow()
      await resetClock()
      expect(await status(company)).toMatchObject({ status: 'ready', comment: 'Госключ: сервис не отвечал' })
    }
  })

  it('the agreement stays where it is, and goes on when it is back', async () => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, 'fiz', SNILS)
    const host = new URL(GOSKEY_URL).host
    const back = providers.net[host]
    providers.net[host] = async () => new Response(null, { status: 503 })
    await send(company)
    for (let i = 0; i < 12; i++) await follow()
    expect((await status(company)).status).toBe('signing')
    providers.net[host] = back
    for (let i = 0; i < 3; i++) await follow()
    await providers.goskey.app.sign(orderOf(providers))
    await follow()
    expect([(await status(company)).status, providers.goskey.orders.size]).toEqual(['signed', 1])
  })

  it('what was cut off after the order was reserved, or after it was sent, goes on with that order', async () => {
    const providers = await withProviders(telephone)
    const host = new URL(GOSKEY_URL).host
    const whole = providers.net[host]
    for (const cut of ['before', 'after'] as const) {
      const company = await newCompany()
      await readyAgreement(company, 'fiz', SNILS)
      let failed = false
      providers.net[host] = async (request) => {
        const isPush = request.url.endsWith('/push/chunked') && !failed
        if (isPush) failed = true
        if (isPush && cut === 'before') throw new TypeError('fetch failed')
        const answer = (await whole?.(request)) ?? new Response(null, { status: 500 })
        if (isPush) throw new TypeError('fetch failed')
        return answer
      }
      const before = providers.goskey.orders.size
      await send(company)
      for (let i = 0; i < 4; i++) await follow()
      expect([failed, providers.goskey.orders.size], cut).toEqual([true, before + 1])
      await providers.goskey.app.sign(orderOf(providers))
      await follow()
      expect((await status(company)).status, cut).toBe('signed')
    }
  })

  it('a refusal brings the agreement back', async () => {
    const providers = await withProviders(telephone)
    const company = await newCompany()
    await readyAgreement(company, 'fiz', SNILS)
    const host = new URL(GOSKEY_URL).host
    const whole = providers.net[host]
    providers.net[host] = async (request) =>
      request.url.endsWith('/order')
        ? Response.json({ code: 'order_access', message: 'Нет прав' }, { status: 403 })
        : ((await whole?.(request)) ?? new Response())
    await send(company)
    await drain()
    expect(await status(company)).toMatchObject({ status: 'ready', comment: 'Госключ не принял договор' })
    await save(company, 'fiz', {})
  })
})
