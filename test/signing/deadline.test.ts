import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it } from 'vitest'
import { expirePackages } from '../../src/signing/expire.ts'
import { granted } from '../../src/signing/stub.ts'
import { advance, codeFor, resetClock } from '../app.ts'
import { balanceOf, newCompany, newCtx } from '../factories.ts'
import { expectSame, objectOf, openPackage, originNow, rest, stubOf, takesPart, whileFailing } from './object-kit.ts'

afterEach(resetClock)

const SECONDS = 600
const due = async (participants = [takesPart(1, 'Первый'), takesPart(1, 'Второй')], more = {}) => {
  const company = await newCompany()
  const deadline = new Date((await newCtx()).now.getTime() + SECONDS * 1000).toISOString()
  const state = await openPackage(company, participants, { deadline, ...more })
  return { company, state, deadline, id: state.id }
}
const alarmOf = (id: string) => runInDurableObject(stubOf(id), (_, { storage }) => storage.getAlarm())
const statusOf = async (id: string) => (await objectOf(id).view())?.status
const typesOf = async (id: string) => (await objectOf(id).events()).map((e) => e.type)
/** A call over RPC is no promise of its own: what it throws is caught where it is awaited. */
async function signing(id: string, participantId = '', code = ''): Promise<string> {
  try {
    return JSON.stringify(await objectOf(id).signByCode(participantId, null, code, await originNow()))
  } catch {
    return 'cut off'
  }
}

describe('a deadline', () => {
  it('wakes the object by itself, which then sleeps for good', async () => {
    const { id, deadline } = await due()
    await rest(id)
    const alarm = (await alarmOf(id)) ?? 0
    expect(Math.abs(alarm - Date.parse(deadline))).toBeLessThan(5000)
    // Waking too early does nothing but wait on.
    await runDurableObjectAlarm(stubOf(id))
    expect([await statusOf(id), (await alarmOf(id)) !== null]).toEqual(['in_progress', true])
    await advance(SECONDS + 1)
    await evictDurableObject(stubOf(id))
    expect(await runDurableObjectAlarm(stubOf(id))).toBe(true)
    expect([await statusOf(id), await alarmOf(id)]).toEqual(['expired', null])
    expect((await typesOf(id)).filter((t) => t === 'package.expired')).toHaveLength(1)
    await expectSame(id)
  })

  it('that is centuries off is looked at now and then, and never spoils a step', async () => {
    const { id, state, deadline } = await due(undefined, { deadline: '9999-12-31T20:00:00.000Z' })
    expect(deadline < (state.deadline ?? '')).toBe(true)
    await rest(id)
    for (let i = 0; i < 2; i++) {
      const alarm = (await alarmOf(id)) ?? 0
      expect(alarm - Date.now()).toBeGreaterThan(200 * 86_400_000)
      expect(alarm).toBeLessThan(Date.parse('2189-01-01'))
      await runDurableObjectAlarm(stubOf(id))
    }
    granted(await objectOf(id).requestCode(state.participants[0]?.id ?? '', null, await originNow()))
    expect(await statusOf(id)).toBe('in_progress')
    await expectSame(id)
  })

  it('is seen by cron where the clock was moved past it', async () => {
    const { id } = await due()
    const { id: open } = await due(undefined, { deadline: null })
    const { id: draft } = await due(undefined, { draft: true })
    await advance(SECONDS + 1)
    await expirePackages(await newCtx())
    expect([await statusOf(id), await statusOf(open), await statusOf(draft)]).toEqual(['expired', 'in_progress', 'draft'])
    await rest(id)
    await expectSame(id)
    // Again is no more.
    await expirePackages(await newCtx())
    expect((await typesOf(id)).filter((t) => t === 'package.expired')).toHaveLength(1)
  })

  it('waits for a signature that was proved in time, and for nobody else', async () => {
    const { company, id, state } = await due()
    const [first, second] = state.participants
    granted(await objectOf(id).requestCode(first?.id ?? '', null, await originNow()))
    const code = await codeFor(first?.person?.phone ?? '')
    await whileFailing(id, /balance_entries/, async () => {
      expect(await signing(id, first?.id, code)).toBe('cut off')
      await advance(SECONDS + 1)
      await expirePackages(await newCtx())
      expect(await statusOf(id)).toBe('in_progress')
    })
    await rest(id)
    const after = await objectOf(id).view()
    expect([after?.status, after?.participants.map((p) => p.status)]).toEqual(['expired', ['signed', 'current']])
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(9)
    expect(await objectOf(id).decline(second?.id ?? '', 'поздно', await originNow())).toMatchObject({ ok: false, code: 'conflict' })
    await expectSame(id)
  })

  it('that comes while the last signature is completed leaves the package signed', async () => {
    const { id, state } = await due([takesPart(1, 'Единственный')])
    const [only] = state.participants
    granted(await objectOf(id).requestCode(only?.id ?? '', null, await originNow()))
    const code = await codeFor(only?.person?.phone ?? '')
    await whileFailing(id, /balance_entries/, async () => {
      expect(await signing(id, only?.id, code)).toBe('cut off')
    })
    await advance(SECONDS + 1)
    await rest(id)
    expect(await statusOf(id)).toBe('signed')
    expect(await typesOf(id)).not.toContain('package.expired')
  })
})
