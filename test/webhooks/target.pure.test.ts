import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/http/errors.ts'
import { checkTarget } from '../../src/webhooks/target.ts'

const production = { ENVIRONMENT: 'production', WEBHOOKS_ALLOW_LOCAL: false } as const

function refusalOf(url: string, settings: Parameters<typeof checkTarget>[0] = production): string | undefined {
  try {
    checkTarget(settings, url)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error.details.issues?.[0]?.message ?? error.message
    throw error
  }
}

describe('checkTarget', () => {
  it.each([
    'https://example.com/hook',
    'https://example.com:443/hook?x=1#y',
    'https://hooks.example.com:8443/',
    'https://example.com./hook',
    'https://қазпошта.қаз/hook',
    'https://EXAMPLE.COM',
    'https://localhost.example.com/',
    'https://1and1.com/',
  ])('may call %s', (url) => {
    expect(refusalOf(url)).toBeUndefined()
  })

  it.each([
    '',
    'hook',
    '//example.com/',
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://example.com:22/',
    'https://example.com:80/',
    'https://example.com:6379/',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://localhost../',
    'https://localhost.localdomain/',
    'https://api.default.svc/',
    'https://db.private/',
    'https://app.localhost/',
    'https://intranet/',
    'https://db.internal/',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://printer.local/',
    'https://router.lan/',
    'https://x.home.arpa/',
    'https://x.onion/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://１２７.0.0.1/',
    'https://127.0.0.1./',
    'https://0/',
    'https://10.0.0.1/',
    'https://8.8.8.8/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fd00::1]/',
    'https://',
    'https://example.com:99999/',
  ])('may not call %s', (url) => {
    expect(refusalOf(url)).toBeTypeOf('string')
  })

  it('lets development call its neighbours, and nobody else, whatever is set', () => {
    expect(refusalOf('http://127.0.0.1:9999/', { ENVIRONMENT: 'development', WEBHOOKS_ALLOW_LOCAL: true })).toBeUndefined()
    expect(refusalOf('http://127.0.0.1:9999/', { ENVIRONMENT: 'development', WEBHOOKS_ALLOW_LOCAL: false })).toBe('must be https')
    expect(refusalOf('http://127.0.0.1:9999/', { ENVIRONMENT: 'production', WEBHOOKS_ALLOW_LOCAL: true })).toBe('must be https')
    expect(refusalOf('ftp://127.0.0.1/', { ENVIRONMENT: 'development', WEBHOOKS_ALLOW_LOCAL: true })).toBe('must be https')
  })
})
