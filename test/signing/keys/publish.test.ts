import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromBase64 } from '../../../src/lib/ids.ts'
import { parseCertificate } from '../../../src/signing/cms/certificate.ts'
import { parseCrl } from '../../../src/signing/cms/crl.ts'
import { platformKey } from '../../../src/signing/keys/platform.ts'
import { publishedName } from '../../../src/signing/keys/terms.ts'
import { call } from '../../app.ts'
import { newCtx } from '../../factories.ts'

const fetchDer = (path: string, init: RequestInit = {}) => SELF.fetch(`http://qoltanba.test${path}`, init)

beforeAll(async () => void (await platformKey(await newCtx(), 'ocsp')))

describe('what the platform publishes', () => {
  it('has its authorities by name, the one at work by an alias', async () => {
    const read = async (name: string) => {
      const answer = await env.DB.prepare('select certificate from platform_keys where purpose = ? and retired_at is null')
        .bind(name)
        .first<{ certificate: string }>()
      return parseCertificate(fromBase64(answer?.certificate ?? ''))
    }
    for (const name of ['root', 'authority'] as const) {
      const [certificate, list] = await Promise.all([fetchDer(`/pki/${name}.cer`), fetchDer(`/pki/${name}.crl`)])
      expect([certificate.status, certificate.headers.get('content-type')]).toEqual([200, 'application/pkix-cert'])
      expect([list.status, list.headers.get('content-type')]).toEqual([200, 'application/pkix-crl'])
      const { der, extensions } = await read(name)
      expect(new Uint8Array(await certificate.arrayBuffer())).toEqual(der)
      const own = await fetchDer(`/pki/${publishedName(name, extensions.subjectKeyId ?? new Uint8Array())}.cer`)
      expect(new Uint8Array(await own.arrayBuffer())).toEqual(der)
      expect(parseCrl(new Uint8Array(await list.arrayBuffer())).issuer.key).toBe((await read(name)).subject.key)
    }
    for (const file of ['root', 'other.crl', 'authority-0000000000000000.crl', 'authority.pem', 'root-xyz.cer', 'seal.cer'])
      expect((await call('GET', `/pki/${file}`)).status, file).toBe(404)
  })

  it('answers whatever is asked of the responder in its own words', async () => {
    const bad: (Uint8Array<ArrayBuffer> | string)[] = ['', '{}', new Uint8Array([0x30]), new Uint8Array(70_000), new Uint8Array(2_000_000)]
    const malformed = new Uint8Array([0x30, 3, 0x0a, 1, 1])
    const answers = [
      ...bad.map((body) => fetchDer('/pki/ocsp', { method: 'POST', body })),
      ...['/%', '/%00', '/!!!', '/////', `/${'A'.repeat(9000)}`, '/__proto__', '/MAA=', '/%ff'].map((asked) =>
        fetchDer(`/pki/ocsp${asked}`),
      ),
    ]
    for (const answer of await Promise.all(answers)) {
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/ocsp-response'])
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(malformed)
    }
    for (const path of ['/pki/ocsp', '/pki/ocsp/', '/pki/', '/pki']) expect((await fetchDer(path)).status, path).toBe(404)
  })
})
