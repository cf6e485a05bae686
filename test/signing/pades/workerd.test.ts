import { PDFDocument, StandardFonts } from 'pdf-lib'
import { expect, it } from 'vitest'
import { toBase64 } from '../../../src/lib/ids.ts'
import { parseCertificate } from '../../../src/signing/cms/certificate.ts'
import { addTimestamp, timestampImprint } from '../../../src/signing/cms/sign.ts'
import { signWith, verifyPdf } from '../../../src/signing/pades/cms.ts'
import { addDss } from '../../../src/signing/pades/dss.ts'
import { addDocTimeStamp, sealPdf } from '../../../src/signing/pades/seal.ts'
import { issueCrl } from '../../../src/signing/pki/crl.ts'
import { issueAuthority, issueCertificate, issueRoot, randomSerial } from '../../../src/signing/pki/issue.ts'
import { generateWrappedKey, importKeyRing, rewrapKey, unwrapKey } from '../../../src/signing/pki/wrap.ts'
import { answerTimestampQuery } from '../../../src/signing/tsa/authority.ts'
import { fetchTimestamp } from '../../../src/signing/tsa/client.ts'

const now = new Date('2026-03-01T10:20:30.456Z')
const DAY = 86_400_000
const times = (days: number) => ({ notBefore: new Date(now.getTime() - DAY), notAfter: new Date(now.getTime() + days * DAY) })
const secret = (kid: string) => [kid, toBase64(crypto.getRandomValues(new Uint8Array(32)))] as const

/** All keys wrapped, as they are at rest. */
async function platform() {
  const [k1, k2] = [secret('k1'), secret('k2')]
  const ring = await importKeyRing(JSON.stringify(Object.fromEntries([k1])))
  const key = (id: string) => generateWrappedKey(ring, id)
  const [root, ca, seal, tsa] = [await key('root'), await key('ca'), await key('seal'), await key('tsa')]
  const plain = (commonName: string) => ({ kind: 'plain' as const, commonName, organization: 'Qoltanba', country: 'KZ' as const })
  const request = (name: string, { publicKey }: { publicKey: CryptoKey }, days: number) => ({
    subject: plain(name),
    publicKey,
    serial: randomSerial(),
    ...times(days),
  })
  const rootCertificate = await issueRoot(request('Root', root, 3000), root.privateKey)
  const caCertificate = await issueAuthority({ certificate: rootCertificate, key: root.privateKey }, request('CA', ca, 2000))
  const issuer = { certificate: caCertificate, key: ca.privateKey }
  // The seal's key has gone through a rotation.
  const both = await importKeyRing(JSON.stringify(Object.fromEntries([k2, k1])))
  const sealKey = await unwrapKey(
    await importKeyRing(JSON.stringify(Object.fromEntries([k2]))),
    'seal',
    await rewrapKey(both, seal.wrapped),
  )
  await expect(crypto.subtle.exportKey('pkcs8', sealKey)).rejects.toThrow()
  await expect(unwrapKey(ring, 'other', seal.wrapped)).rejects.toThrow('cannot be opened')
  return {
    root: rootCertificate,
    ca: issuer,
    seal: { certificate: await issueCertificate(issuer, 'seal', request('Seal', seal, 100)), key: sealKey },
    tsa: {
      certificate: await issueCertificate(issuer, 'time_stamping', request('TSA', tsa, 100)),
      key: tsa.privateKey,
      chain: [caCertificate],
    },
  }
}

it('makes keys, certificates, time stamps and a PAdES B-LTA seal in workerd, and verifies them', async () => {
  const { root, ca, seal, tsa } = await platform()
  const anchors = [parseCertificate(root)]
  const authority: typeof fetch = async (_, init) => {
    const query = new Uint8Array(await new Response(init?.body as BodyInit).arrayBuffer())
    const answer = await answerTimestampQuery(query, tsa, { serial: randomSerial(), now })
    return new Response(new Uint8Array(answer), { headers: { 'content-type': 'application/timestamp-reply' } })
  }
  const stamp = (data: Uint8Array) => fetchTimestamp({ url: 'https://tsa.example/', anchors }, data, now, { fetch: authority })
  const stamped = async (cms: Uint8Array) => addTimestamp(cms, (await stamp(timestampImprint(cms))).token)

  const doc = await PDFDocument.create()
  const font = await doc.embedFont(StandardFonts.Helvetica)
  for (let i = 0; i < 10; i++) doc.addPage().drawText(`Page ${i + 1}`, { font, x: 50, y: 700 })
  const pdf = await doc.save()
  const key = { certificate: parseCertificate(seal.certificate), chain: [parseCertificate(ca.certificate)], key: seal.key }
  const sealed = await sealPdf(pdf, { ...signWith(key, stamped), at: now, name: 'Qoltanba' })
  const crl = await issueCrl(ca, { number: 1, thisUpdate: now, nextUpdate: new Date(now.getTime() + DAY), revoked: [] })
  const stored = addDss(sealed, { certs: [root, ca.certificate, seal.certificate, tsa.certificate], crls: [crl], ocsps: [] })
  const archived = await addDocTimeStamp(stored, async (data) => (await stamp(data)).token)

  const options = { anchors, at: now, usage: 'seal' as const }
  expect(await verifyPdf(archived, options)).toMatchObject([
    { kind: 'signature', total: false, changes: 'signing', outcome: { ok: true, signers: [{ format: 'CAdES-T' }] } },
    { kind: 'timestamp', total: true, changes: 'none', outcome: { ok: true } },
  ])
  const altered = archived.slice()
  altered[pdf.length - 10] = 0x20
  const verdicts = await verifyPdf(altered, options).catch(() => [])
  expect(verdicts.some((v) => 'outcome' in v && v.outcome.ok)).toBe(false)
})
