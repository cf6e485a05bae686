import { it } from 'vitest'
import { packageCertificate } from '../../src/documents/certificate-file.ts'
import type { PartyEvidence } from '../../src/documents/certificate.ts'
import { openSealer } from '../../src/signing/seal-file.ts'
import { checkSignable, stampedSource } from '../../src/signing/pades/signable.ts'
import { newCtx } from '../factories.ts'
import { pagesToSeal } from './pages-to-seal.ts'

/** What sealing takes inside workerd, step by step; milliseconds for one, of many in a row. `run.ts` holds it against pdfsig. */

const ROUNDS = 15
const EACH = 10

const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const party: PartyEvidence = {
  fullName: 'Қасымов Әлихан Өмірұлы',
  role: 'signer',
  identifier: '087557886546',
  inn: null,
  phone: '+77645787557',
  company: { name: 'ТОО «Құрылыс Сервис»', inn: '180540034205' },
  acted: { at: '2026-06-21T17:04:48Z', method: 'sms' },
  certificates: [],
  timestamp: { at: '2026-06-21T17:04:48Z', authority: 'CN=TSA', internal: true },
}
const basis = {
  packageId: '0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  verifyUrl: 'https://qoltanba.example/verify/0197a3c4-5d6e-7f80-9a1b-2c3d4e5f6071',
  producedAt: '2026-06-21T17:05:00Z',
  title: 'Сделка 15 – Договор - №7',
  organization: 'ТОО «Құрылыс Сервис»',
  parties: [party, party],
}
const route = { ...basis, documentName: 'Договор.pdf', documentSha256: sha256 }
const whole = {
  ...basis,
  createdAt: basis.producedAt,
  finishedAt: basis.producedAt,
  documents: [{ name: 'Договор.pdf', sha256 }],
  trailHash: sha256,
}

async function measure(what: string, once: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < 3 * EACH; i++) await once()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now()
    for (let i = 0; i < EACH; i++) await once()
    times.push((performance.now() - began) / EACH)
  }
  console.log(['SEAL', what, ...times.map((ms) => ms.toFixed(2))].join('\t'))
}

it('seals', async () => {
  const seal = await openSealer(await newCtx())
  const [two, ten] = [await pagesToSeal(2), await pagesToSeal(10)]
  const certificate = await packageCertificate(whole)
  await measure('seal, 10 pages', () => seal(ten))
  await measure('check at upload, 2 pages', () => checkSignable(two))
  await measure('stamp and seal, 2 pages', async () => seal(await stampedSource(two, route)))
  await measure('stamp and seal, 10 pages', async () => seal(await stampedSource(ten, route)))
  await measure('certificate, made', () => packageCertificate(whole))
  await measure('certificate, sealed', () => seal(certificate))
})
