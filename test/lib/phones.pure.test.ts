import { describe, expect, it } from 'vitest'
import { isE164, maskPhone, normalizePhone } from '../../src/lib/phones.ts'

describe('E.164', () => {
  it.each(['+77091234567', '+375291234567', '+12345678'])('%s', (value) => expect(isE164(value)).toBe(true))
  it.each(['77091234567', '+07091234567', '+7 709 123 45 67', '+1234567', '+1234567890123456', '+7709123456a', ''])('not %j', (value) =>
    expect(isE164(value)).toBe(false),
  )
})

describe('normalisation', () => {
  it.each([
    ['8 (709) 123-45-67', '+77091234567', 'KZ'],
    ['7091234567', '+77091234567', 'KZ'],
    ['  +7 709 123 45 67 ', '+77091234567', 'KZ'],
    ['+7 709 123–45–67', '+77091234567', 'KZ'],
    ['8 800 555 35 35', '+78005553535', 'RU'],
    ['8005553535', '+78005553535', 'RU'],
  ] as const)('%s', (value, e164, country) => expect(normalizePhone(value)).toEqual({ e164, country }))
  it.each(['+87091234567', '+375291234567', '+7 216 123 45 67', '7709', '709123456', '+7709123456x', ''])('refuses %j', (value) =>
    expect(normalizePhone(value)).toBeUndefined(),
  )
})

describe('masking', () => {
  it.each([
    ['+77091234567', '+7709•••4567'],
    ['+375291234567', '+3752•••4567'],
    ['+12345678', '+1•••5678'],
    ['+1234', '+•••'],
  ])('%s', (value, masked) => expect(maskPhone(value)).toBe(masked))
})
