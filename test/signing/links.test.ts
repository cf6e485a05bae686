import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/lib/ids.ts'
import { makeToken, readToken } from '../../src/signing/links.ts'
import { granted } from '../../src/signing/stub.ts'
import { advance, drain, outbox, resetClock, until } from '../app.ts'
import { newCompany } from '../factories.ts'
import {
  expectSame,
  inside,
  objectOf,
  openPackage,
  originNow,
  rest,
  someone,
  storedIn,
  stubOf,
  takesPart,
  whileFailing,
} from './object-kit.ts'

afterEach(resetClock)

const DAY = 86_400
const two = async () => openPackage(await newCompany(), [takesPart(1, 'Первый'), takesPart(1, 'Второй')])
const makeLink = async (packageId: string, participantId = '', ttl = DAY) =>
  granted(await objectOf(packageId).createLink(participantId, ttl, await originNow()))
const open = async (token: string, visit = false) => {
  const { packageId = '', tokenHash = '' } = readToken(token) ?? {}
  return objectOf(packageId).openLink(tokenHash, await originNow(), { visit })
}
const codeOf = async (token: string) => {
  const opened = await open(token)
  return opened.ok ? 'open' : opened.code
}
const events = (packageId: string, type: string) => inside(packageId, ({ store }) => store.events().filter((e) => e.type === type))

describe('a link', () => {
  it('opens one participant’s place, until it expires', async () => {
    const { id, participants } = await two()
    const [mine, theirs] = [await makeLink(id, participants[0]?.id, 60), await makeLink(id, participants[1]?.id)]
    expect(await open(mine.token)).toMatchObject({
      ok: true,
      participantId: participants[0]?.id,
      link: { id: mine.id, expiresAt: mine.expiresAt },
    })
    expect(await open(theirs.token)).toMatchObject({ participantId: participants[1]?.id })
    await advance(59)
    expect(await codeOf(mine.token)).toBe('open')
    await advance(1)
    expect([await codeOf(mine.token), await codeOf(theirs.token)]).toEqual(['gone', 'open'])
  })

  it('is kept as a hash alone: its token stands in no table, event or copy', async () => {
    const { id, participants } = await two()
    const { token } = await makeLink(id, participants[0]?.id)
    await open(token, true)
    const secret = token.slice(22)
    const { kept } = await storedIn(id)
    expect(JSON.stringify(kept.links)).toContain(readToken(token)?.tokenHash)
    const tables = await env.DB.prepare("select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'").all<{
      name: string
    }>()
    const copies = await env.DB.batch(tables.results.map(({ name }) => env.DB.prepare(`select * from "${name}"`)))
    const everything = JSON.stringify([kept, copies.map((c) => c.results)])
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(Buffer.from(token, 'base64url').subarray(16).toString('hex'))
    // The hash itself never leaves the object.
    expect(JSON.stringify(copies.map((c) => c.results))).not.toContain(readToken(token)?.tokenHash)
  })

  it('that is looked at leaves one event, however often and from where', async () => {
    const { id, participants } = await two()
    const { id: linkId, token } = await makeLink(id, participants[0]?.id)
    await open(token)
    expect(await events(id, 'link.opened')).toEqual([])
    await Promise.all(Array.from({ length: 8 }, () => open(token, true)))
    await open(token, true)
    expect((await events(id, 'link.opened')).map((e) => [e.data, e.ip])).toEqual([
      [{ participant_id: participants[0]?.id, link_id: linkId }, '192.0.2.1'],
    ])
    await expectSame(id)
  })

  it('withdrawn is gone, and withdrawing it twice is said once', async () => {
    const { id, participants } = await two()
    const [link, other] = [await makeLink(id, participants[0]?.id), await makeLink(id, participants[0]?.id)]
    for (let i = 0; i < 2; i++) granted(await objectOf(id).revokeLink(link.id, await originNow()))
    expect([await codeOf(link.token), await codeOf(other.token)]).toEqual(['gone', 'open'])
    expect(await events(id, 'link.revoked')).toHaveLength(1)
    expect(await objectOf(id).revokeLink(uuidv7(Date.now()), await originNow())).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('of a participant who was replaced is gone, and the new one’s is another', async () => {
    const { id, participants } = await two()
    const [first, second] = participants
    const links = [await makeLink(id, first?.id), await makeLink(id, first?.id), await makeLink(id, second?.id)]
    const by = { person: someone('Новый'), clientId: null, companyId: null, methods: ['sms' as const] }
    granted(await objectOf(id).replace(first?.id ?? '', by, await originNow()))
    expect(await Promise.all(links.map(({ token }) => codeOf(token)))).toEqual(['gone', 'gone', 'open'])
    expect(new Set((await events(id, 'link.revoked')).map((e) => e.data?.link_id))).toEqual(new Set([links[0]?.id, links[1]?.id]))
    const fresh = await makeLink(id, first?.id)
    expect(await open(fresh.token)).toMatchObject({ ok: true, participantId: first?.id })
    await expectSame(id)
  })

  it('of a withdrawn package is gone; of one that came to another end it shows the end', async () => {
    const [withdrawn, declined] = [await two(), await two()]
    const [a, b] = [await makeLink(withdrawn.id, withdrawn.participants[0]?.id), await makeLink(declined.id, declined.participants[0]?.id)]
    granted(await objectOf(withdrawn.id).revoke(null, await originNow()))
    granted(await objectOf(declined.id).decline(declined.participants[1]?.id ?? '', 'нет', await originNow()))
    expect([await codeOf(a.token), await codeOf(b.token)]).toEqual(['gone', 'open'])
  })

  it('is made while there is something to do, and for those who take part', async () => {
    const company = await newCompany()
    const draft = await openPackage(company, [takesPart(1, 'Первый')], { draft: true })
    const make = async (packageId: string, participantId: string) => objectOf(packageId).createLink(participantId, DAY, await originNow())
    const [p] = draft.participants
    expect(await make(draft.id, p?.id ?? '')).toMatchObject({ ok: false, code: 'conflict' })
    granted(await objectOf(draft.id).send(await originNow()))
    expect(await make(draft.id, uuidv7(Date.now()))).toMatchObject({ ok: false, code: 'not_found' })
    expect(await make(draft.id, p?.id ?? '')).toMatchObject({ ok: true })
    granted(await objectOf(draft.id).revoke(null, await originNow()))
    expect(await make(draft.id, p?.id ?? '')).toMatchObject({ ok: false, code: 'conflict' })
  })
})

describe('what does not exist', () => {
  it('leaves no trace of being asked for', async () => {
    const id = uuidv7(Date.now())
    const [object, origin, token] = [objectOf(id), await originNow(), makeToken(id)]
    const asked = [
      await object.openLink(readToken(token)?.tokenHash ?? '', origin, { visit: true }),
      await object.createLink('x', DAY, origin),
      await object.revokeLink('x', origin),
      await object.requestCode('x', null, origin),
      await object.signByCode('x', null, '123456', origin),
      await object.signByKey('x', null, [], origin),
      await object.signByServer('x', origin),
      await object.maySign('x', 'sms', origin),
      await object.approve('x', origin),
      await object.decline('x', 'нет', origin),
      await object.replace('x', { person: someone('Кто'), clientId: null, companyId: null, methods: [] }, origin),
      await object.remind(3600, origin),
      await object.revoke(null, origin),
      await object.send(origin),
    ]
    expect(asked.map((a) => (a.ok ? 'ok' : a.code))).toEqual(asked.map(() => 'not_found'))
    expect([await object.view(origin), await object.events(), await object.recordSeal([], null, origin)]).toEqual([null, [], null])
    await object.cancelCode('x', origin)
    const stored = await runInDurableObject(stubOf(id), async (_, { storage }) => [
      storage.sql
        .exec<{ name: string }>('select name from sqlite_master')
        .toArray()
        .filter(({ name }) => !name.startsWith('_cf')),
      await storage.getAlarm(),
    ])
    expect(stored).toEqual([[], null])
  })

  it('in a package that exists is not there either', async () => {
    const { id } = await two()
    expect(await codeOf(makeToken(id))).toBe('not_found')
  })
})

describe('a reminder', () => {
  /** The queue may be at it, too: what is awaited is waited for. */
  const arrived = (phone = '', count = 1) =>
    until(async () => {
      const found = await outbox(phone)
      return found.length >= count && found
    }, `message ${count} for ${phone}`)
  const linkIn = (text = '') => /\/sign\/([\w-]{64})/.exec(text)?.[1] ?? ''

  it('carries a link of its own to each whose turn it is, and the same one when it is sent again', async () => {
    const company = await newCompany({ name: 'ТОО «Отправитель»' })
    const { id, participants } = await openPackage(company, [takesPart(1, 'Первый'), takesPart(1, 'Второй'), takesPart(2, 'Третий')])
    const [first, second, third] = participants
    // The message is cut off on its way; the link was kept before.
    await whileFailing(id, /insert into "jobs"/, async () => {
      expect(granted(await objectOf(id).remind(3600, await originNow()))).toMatchObject({ reminded: 2 })
      await runDurableObjectAlarm(stubOf(id))
    })
    await rest(id)
    await drain()
    for (const p of [first, second]) {
      const messages = await arrived(p?.person?.phone ?? '')
      expect(messages).toHaveLength(1)
      expect(messages[0]?.text).toMatch(/^ТОО «Отправитель»: «Договор №7»/)
      expect(await open(linkIn(messages[0]?.text))).toMatchObject({ ok: true, participantId: p?.id })
    }
    expect(await outbox(third?.person?.phone ?? '')).toEqual([])
    expect(await events(id, 'link.created')).toHaveLength(2)
    expect(await events(id, 'participant.reminded')).toHaveLength(2)
    await expectSame(id)
    await advance(DAY)
    expect(await codeOf(linkIn((await outbox(first?.person?.phone ?? ''))[0]?.text))).toBe('gone')
  })

  it('that gets out late goes to nobody whom it is of no use to', async () => {
    const company = await newCompany()
    const { id, participants } = await openPackage(company, [takesPart(1, 'Первый'), takesPart(1, 'Второй'), takesPart(1, 'Третий')])
    const [first, second, third] = participants
    const by = { person: someone('Новый'), clientId: null, companyId: null, methods: ['sms' as const] }
    await whileFailing(id, /insert into "jobs"/, async () => {
      granted(await objectOf(id).remind(3600, await originNow()))
      granted(await objectOf(id).replace(second?.id ?? '', by, await originNow()))
    })
    await rest(id)
    await drain()
    for (const p of [first, third]) await arrived(p?.person?.phone ?? '')
    // Whose link died with its place is not sent it, and nor is whoever came into that place.
    expect(await Promise.all([first, second, third].map(async (p) => (await outbox(p?.person?.phone ?? '')).length))).toEqual([1, 0, 1])
    expect(await outbox(by.person.phone)).toEqual([])
  })

  it('of a package that is over meanwhile is not sent', async () => {
    const { id, participants } = await two()
    await whileFailing(id, /organizations/, async () => {
      granted(await objectOf(id).remind(3600, await originNow()))
      granted(await objectOf(id).revoke(null, await originNow()))
    })
    await rest(id)
    await drain()
    const texts = await Promise.all(participants.map(async (p) => (await arrived(p.person?.phone ?? '')).map((m) => m.text)))
    expect(texts.map((t) => [t.length, t.filter((x) => x.includes('/sign/')).length])).toEqual([
      [1, 0],
      [1, 0],
    ])
    expect(texts.flat().every((t) => t.includes('отозваны'))).toBe(true)
  })
})
