import { describe, expect, it } from 'vitest'
import { parseSettings } from '../src/env.ts'

const KEY = { kid: 'k1', kty: 'EC', alg: 'ES256', crv: 'P-256', d: 'd', x: 'x', y: 'y' }
const WRAPPED = { v: 1, keyId: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e', alg: 'ES256', kid: 'k1', dek: 'AA==', iv: 'AA==', key: 'AA==' }
const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'
const AUTHORITY = { root: PEM, certificate: PEM, key: WRAPPED }
const KEK = `${'A'.repeat(43)}=`
const development = {
  ENVIRONMENT: 'development',
  APP_SECRET: 'A'.repeat(43),
  JWT_SIGNING_KEYS: JSON.stringify([KEY]),
  KEY_ENCRYPTION_KEYS: JSON.stringify({ k1: KEK }),
}
const production = {
  ...development,
  ENVIRONMENT: 'production',
  PUBLIC_URL: 'https://qoltanba.example',
  OPERATOR_EMAIL: 'op@qoltanba.example',
  OPERATOR_PASSWORD: 'long enough for it',
  SMS_PROVIDER: 'smsc',
  SMSC_API_KEY: 'key',
  PLATFORM_AUTHORITY: JSON.stringify(AUTHORITY),
}
const problemOf = (source: Record<string, unknown>): string => {
  try {
    parseSettings(source)
    return 'taken'
  } catch (error) {
    return error instanceof Error ? error.message : 'not an error'
  }
}

describe('parseSettings', () => {
  it('takes development as it comes, and production as it must be', () => {
    expect(parseSettings(development)).toMatchObject({
      OPERATOR_EMAIL: 'operator@example.com',
      SMS_PROVIDER: 'outbox',
      TIME_ZONE: 'Asia/Almaty',
      TRIAL_SMS_SIGNATURES: 10,
      TRIAL_ECP_SIGNATURES: 5,
      CODE_TTL_SECONDS: 300,
    })
    expect(parseSettings(production)).toMatchObject({ WEBHOOKS_ALLOW_LOCAL: false, LOGIN_FAILURES_PER_ADDRESS: 50 })
    // Bindings are no variables, and an empty one is none.
    expect(problemOf({ ...production, DB: {}, SMS_SENDER: '' })).toBe('taken')
  })

  it('has none of the development’s secrets in production', () => {
    for (const name of [
      'OPERATOR_EMAIL',
      'OPERATOR_PASSWORD',
      'PUBLIC_URL',
      'APP_SECRET',
      'JWT_SIGNING_KEYS',
      'KEY_ENCRYPTION_KEYS',
      'PLATFORM_AUTHORITY',
    ])
      expect(problemOf({ ...production, [name]: undefined })).toContain(name)
    expect(problemOf({ ...production, SMS_PROVIDER: 'outbox' })).toContain('SMS_PROVIDER')
    expect(problemOf({ ...production, WEBHOOKS_ALLOW_LOCAL: 'yes' })).toContain('WEBHOOKS_ALLOW_LOCAL')
  })

  it.each([
    ['ENVIRONMENT', 'staging'],
    ['APP_SECRET', 'short-secret'],
    ['JWT_SIGNING_KEYS', '{not json'],
    ['JWT_SIGNING_KEYS', '[]'],
    ['JWT_SIGNING_KEYS', JSON.stringify([{ ...KEY, d: undefined }])],
    ['JWT_SIGNING_KEYS', JSON.stringify([{ ...KEY, alg: 'HS256' }])],
    ['KEY_ENCRYPTION_KEYS', '{}'],
    ['KEY_ENCRYPTION_KEYS', '["k1"]'],
    ['KEY_ENCRYPTION_KEYS', JSON.stringify({ k1: 'c2hvcnQ=' })],
    ['KEY_ENCRYPTION_KEYS', JSON.stringify({ 1: KEK })],
    ['PLATFORM_AUTHORITY', JSON.stringify({ ...AUTHORITY, root: 'no certificate' })],
    ['PLATFORM_AUTHORITY', JSON.stringify({ ...AUTHORITY, key: { ...WRAPPED, alg: 'RS256' } })],
    ['PLATFORM_ROOT_CRL', 'no base64!'],
    ['TSA_URL', 'ftp://tsa.example'],
    ['ESIA_URL', 'http://esia.example'],
    ['ESIA_CERTIFICATE', 'no certificate'],
    ['ESIA_PRIVATE_KEY', 'no private key'],
    ['ESIA_CERTIFICATE_HASH', 'not hexadecimal'],
    ['GOSKEY_URL', 'http://goskey.example'],
    ['GOSKEY_ORG_INN', '12345'],
    ['AGREEMENT_TRIAL_DAYS', '-1'],
    ['TSA_POLICY', 'policy'],
    ['TSA_CERTIFICATES', 'no certificate'],
    ['PUBLIC_URL', 'ftp://qoltanba.example'],
    ['OPERATOR_PASSWORD', 'too-short'],
    ['TRIAL_SMS_SIGNATURES', '-1'],
    ['TRIAL_SMS_SIGNATURES', '1.5'],
    ['SMS_SIGNATURE_PRICE', 'free-price'],
    ['CODE_TTL_SECONDS', '0'],
    ['PAYMENT_CALLBACK_SECRET', 'whsec_short'],
    ['SMS_PROVIDER', 'pigeon'],
    ['SMS_HTTP', '{not json'],
  ])('names a bad %s, and never shows it (%s)', (name, value) => {
    const said = problemOf({ ...production, [name]: value })
    expect(said).toContain(name)
    if (value.length > 4) expect(said).not.toContain(value)
  })

  it('names every bad variable at once, and what a provider lacks', () => {
    expect(problemOf({ ...production, APP_SECRET: 'x', CODE_TTL_SECONDS: 'x' })).toMatch(/APP_SECRET.*CODE_TTL_SECONDS/)
    expect(problemOf({ ...production, SMS_PROVIDER: 'mobizon' })).toContain('MOBIZON_API_KEY')
    expect(problemOf({ ...production, SMSC_API_KEY: '' })).toContain('SMSC')
    expect(problemOf({ ...production, SMS_PROVIDER: 'http' })).toContain('SMS_HTTP')
  })
})
