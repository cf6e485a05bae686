import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as ids from '../../src/lib/identifiers.ts'
import { normalizePhone } from '../../src/lib/phones.ts'

interface Vector {
  value: string
  bik?: string
  valid: boolean
  why: string
}

const CHECKS: Record<string, (vector: Vector) => boolean> = {
  iin: (v) => ids.isIin(v.value),
  bin: (v) => ids.isBin(v.value),
  inn10: (v) => ids.isInn10(v.value),
  inn12: (v) => ids.isInn12(v.value),
  ogrn: (v) => ids.isOgrn(v.value),
  ogrnip: (v) => ids.isOgrnip(v.value),
  kpp: (v) => ids.isKpp(v.value),
  bik: (v) => ids.isBik(v.value),
  ru_account: (v) => ids.isRuAccount(v.value, v.bik ?? ''),
  ru_corr_account: (v) => ids.isRuCorrespondentAccount(v.value, v.bik ?? ''),
  snils: (v) => ids.isSnils(v.value),
  kz_iban: (v) => ids.isKzIban(v.value),
  bic: (v) => ids.isBic(v.value),
  phone_kz: (v) => normalizePhone(v.value)?.country === 'KZ',
  phone_ru: (v) => normalizePhone(v.value)?.country === 'RU',
}

// The project's shared vectors lie next to the checkout; a clean clone does without them.
const file = join(import.meta.dirname, '../../../shared/domain/identifiers.json')
const shared: Record<string, Vector[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}

describe.skipIf(Object.keys(shared).length === 0)('shared vectors', () => {
  it.each(Object.keys(shared))('%s', (kind) => {
    const check = CHECKS[kind]
    const wrong = shared[kind]?.filter((vector) => check?.(vector) !== vector.valid)
    expect(wrong).toEqual([])
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
