import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseSettings } from '../../../../src/env.ts'
import { importKeyRing, unwrapKey } from '../../../../src/signing/pki/wrap.ts'
import { Openssl } from './tools.ts'

const openssl = new Openssl()
afterAll(() => openssl.close())
const tool = join(import.meta.dirname, '../../../../.tools/new-authority.ts')
const file = join(openssl.dir, 'root.json')

/** The secrets that it prints, by name. */
function run(args: string[], environment: Record<string, string> = {}): Record<string, string> {
  const said = execFileSync(process.execPath, [tool, '--root', file, ...args], { env: { ...process.env, ...environment }, stdio: 'pipe' })
  return Object.fromEntries(
    String(said)
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  )
}

describe('.tools/new-authority.ts', () => {
  it('makes secrets that the service takes, of an authority that openssl accepts', async () => {
    const made = run(['--url', 'https://sign.example/', '--name', 'ТОО «Қол»', '--country', 'KZ'], { KEY_ENCRYPTION_KEYS: '' })
    expect(Object.keys(made)).toEqual(['KEY_ENCRYPTION_KEYS', 'PLATFORM_AUTHORITY', 'PLATFORM_ROOT_CRL'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const settings = parseSettings({
      ...made,
      ENVIRONMENT: 'production',
      PUBLIC_URL: 'https://sign.example',
      APP_SECRET: 'A'.repeat(43),
      JWT_SIGNING_KEYS: JSON.stringify([{ kid: 'k', kty: 'EC', alg: 'ES256', crv: 'P-256', d: 'd', x: 'x', y: 'y' }]),
      OPERATOR_EMAIL: 'op@sign.example',
      OPERATOR_PASSWORD: 'long enough for it',
      SMS_PROVIDER: 'smsc',
      SMSC_API_KEY: 'key',
    })
    const given = settings.PLATFORM_AUTHORITY
    if (!given) throw new Error('no authority')
    const key = await unwrapKey(await importKeyRing(settings.KEY_ENCRYPTION_KEYS), given.key.keyId, given.key)
    expect(key.extractable).toBe(false)
    const [root, authority] = [openssl.file(given.root, 'pem'), openssl.file(given.certificate, 'pem')]
    const crl = openssl.pem('X509 CRL', Buffer.from(made.PLATFORM_ROOT_CRL ?? '', 'base64'))
    const verify = (list: string) => openssl.say('verify', '-x509_strict', '-CAfile', root, '-crl_check_all', '-CRLfile', list, authority)
    expect(verify(crl)).toMatch(/pem: OK/)
    expect(openssl.say('x509', '-in', authority, '-noout', '-text')).toMatch(/URI:https:\/\/sign\.example\/pki\/root-[0-9a-f]{16}\.crl/)

    // The next one is of the same root, under the keys that are there; the root withdraws the one before.
    const next = run(['--url', 'https://sign.example'], { KEY_ENCRYPTION_KEYS: settings.KEY_ENCRYPTION_KEYS })
    expect(Object.keys(next)).toEqual(['PLATFORM_AUTHORITY', 'PLATFORM_ROOT_CRL'])
    const second = JSON.parse(next.PLATFORM_AUTHORITY ?? '') as typeof given
    expect([second.root, second.certificate === given.certificate]).toEqual([given.root, false])
    const serial = openssl.say('x509', '-in', authority, '-noout', '-serial').trim().replace('serial=', '')
    const { PLATFORM_ROOT_CRL: withdrawn } = run(['--crl', '--revoke', serial])
    expect(verify(openssl.pem('X509 CRL', Buffer.from(withdrawn ?? '', 'base64')))).toMatch(/certificate revoked/)
  })
})
