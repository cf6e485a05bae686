import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as ids from '../../src/lib/identifiers.ts'

interface Vector {
  value: string
  bik?: string
  valid: boolean
  why: string
}

const isKind = (kind: string): kind is ids.IdentifierKind => kind in ids.IDENTIFIERS

// The project's shared vectors lie next to the checkout; a clean clone does without them.
const file = join(import.meta.dirname, '../../../shared/domain/identifiers.json')
const shared: Record<string, Vector[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}

describe.skipIf(Object.keys(shared).length === 0)('shared vectors', () => {
  it.each(Object.keys(shared))('%s', (kind) => {
    if (!isKind(kind)) throw new Error(`nothing checks ${kind}`)
    const wrong = shared[kind]?.filter(({ value, bik, valid }) => ids.isIdentifier(kind, value, bik) !== valid)
    expect(wrong).toEqual([])
  })
})

describe('every kind', () => {
  /** One that is good, one that is not; what the kind takes beside it. */
  const SAMPLES: Record<ids.IdentifierKind, [good: string, bad: string, bik?: string]> = {
    iin: ['720815300000', '720815300001'],
    bin: ['120240004698', '120240004699'],
    kz_iban: ['KZ417812870193980012', 'KZ427812870193980012'],
    bic: ['TBKBKZKA', 'TBKBKZK'],
    kbe: ['17', '37'],
    knp: ['710', '71'],
    phone_kz: ['+77011234567', '+79161234567'],
    inn10: ['7707083893', '7707083894'],
    inn12: ['998800000133', '998800000134'],
    ogrn: ['1027700132195', '1027700132196'],
    ogrnip: ['304500116000157', '304500116000158'],
    kpp: ['773601001', '77360100'],
    bik: ['044525225', '054525225'],
    ru_account: ['40702810200000000001', '40702810300000000001', '044525225'],
    ru_corr_account: ['30101810400000000225', '30101810500000000225', '044525225'],
    snils: ['112-233-445 95', '112-233-445 96'],
    okpo: ['00032537', '00032538'],
    phone_ru: ['+79161234567', '+77011234567'],
  }
  it.each(Object.entries(SAMPLES))('%s is told from what is not', (kind, [good, bad, bik]) => {
    if (!isKind(kind)) throw new Error(`nothing checks ${kind}`)
    expect([ids.isIdentifier(kind, good, bik), ids.isIdentifier(kind, bad, bik)]).toEqual([true, false])
    for (const nothing of ['', ' ', '0', 'x'.repeat(40)]) expect(ids.isIdentifier(kind, nothing, bik), nothing).toBe(false)
  })
})

describe('IIN and BIN', () => {
  it.each([
    ['720815300000', 'iin', { birthDate: '1972-08-15', sex: 'male' }],
    ['040229600001', 'iin', { birthDate: '2004-02-29', sex: 'female' }],
    ['900107300006', 'iin', { birthDate: '1990-01-07', sex: 'male' }], // its check digit comes from the second weights
    ['950630200006', 'iin', { birthDate: '1895-06-30', sex: 'female' }], // synthetic people of the 19th century pass
    ['120240004698', 'bin', undefined],
  ] as const)('%s is %s', (value, kind, person) => {
    expect(ids.kzNumberKind(value)).toBe(kind)
    expect(ids.readIin(value)).toEqual(person)
    expect([ids.isIin(value), ids.isBin(value)]).toEqual([kind === 'iin', kind === 'bin'])
  })

  it('tells checksum from strict', () => {
    // month 13 and an unassigned century digit: the checksum alone holds
    for (const value of ['991301300003', '900101700002']) expect([ids.hasKzChecksum(value), ids.isIin(value)]).toEqual([true, false])
    for (const value of ['121340000017', '120249000014']) expect([ids.hasKzChecksum(value), ids.isBin(value)]).toEqual([true, false])
  })

  it.each(['', '000000000000', '900101300800', '123456789012', '72081530000', ' 720815300000', '720815300000\n', '72081530000०'])(
    'refuses %j',
    (value) => {
      expect(ids.hasKzChecksum(value)).toBe(false)
    },
  )

  it('takes synthetic BINs of the years 60 to 79', () => {
    const digit = Array.from('0123456789').find((d) => ids.hasKzChecksum(`65074012345${d}`))
    expect(ids.isBin(`65074012345${digit}`)).toBe(true)
  })
})

describe('bank details', () => {
  it('compacts an IBAN', () => expect(ids.compactKzIban('KZ24 0701 05KS N000 0000')).toBe('KZ24070105KSN0000000'))
  it('checks Кбе and КНП by shape', () => {
    expect(['17', '19', '29', '13'].every(ids.isKbe)).toBe(true)
    expect(['07', '30', '10', '1', '177', '1x'].some(ids.isKbe)).toBe(false)
    expect([ids.isKnp('710'), ids.isKnp('71'), ids.isKnp('7100')]).toEqual([true, false, false])
  })
  it('takes a BIC of the countries it is asked for', () => {
    expect([ids.isBic('DEUTDEFF'), ids.isBic('DEUTDEFF', ['DE'])]).toEqual([false, true])
  })
  it('reads a clearing currency letter in either alphabet', () => {
    const bik = '044525225'
    // С stands for 2: the same key as with the digit
    const key = Array.from('0123456789').find((k) => ids.isRuAccount(`40702210${k}00000000001`, bik))
    const digits = `40702210${key}00000000001`
    expect(ids.isRuAccount(digits, bik)).toBe(true)
    for (const letter of ['C', 'С']) expect(ids.isRuAccount(digits.slice(0, 5) + letter + digits.slice(6), bik)).toBe(true)
    for (const letter of ['A', 'D', 'c']) expect(ids.isRuAccount(digits.slice(0, 5) + letter + digits.slice(6), bik)).toBe(false)
  })
  it('takes the single treasury account where a bank has its correspondent account', () => {
    expect(ids.isRuCorrespondentAccount('40102810545370000003', '004525988')).toBe(true)
    expect(ids.isRuCorrespondentAccount('40102810545370000003', '044525225')).toBe(false)
  })
})

describe('Russian registers', () => {
  it('INN of either length', () =>
    expect(['7707083893', '998800000133', '770708389', ''].map(ids.isInn)).toEqual([true, true, false, false]))
  it('old SNILS has no check number', () => expect([ids.isSnils('00100199800'), ids.isSnils('001-001-999 99')]).toEqual([true, false]))
  it('OKPO', () => {
    expect(['00032537', '00040778', '55187675'].every(ids.isOkpo)).toBe(true)
    expect(['00032538', '0003253', '000325370', '00000000', '0003253O'].some(ids.isOkpo)).toBe(false)
  })
})
