import { it } from 'vitest'
import { readCertificates } from '../../src/signing/cms/certificate.ts'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { content, decode, RU_TIME, TIME, vectors } from '../signing/cms/vectors.ts'

const CASES = [
  ['RSA 2048', 'rsa', 'root', content, TIME],
  ['ECDSA P-256', 'ecdsa', 'root', content, TIME],
  ['GOST R 34.10-2012 256', 'ru256', 'ru256Root', decode(vectors.ruContent), RU_TIME],
] as const

/** How long a detached CMS takes to be verified inside workerd: its own signature, its certificate's by the root, attributes, times, usage. `run.ts` compares. */
it.each(CASES)('verifies %s', async (what, cms, root, document, at) => {
  const bytes = decode(vectors[cms])
  const anchors = readCertificates(decode(vectors[root]))
  const many = async (times: number) => {
    const began = performance.now()
    for (let i = 0; i < times; i++) if (!(await verifyDetachedCms(bytes, document, { anchors, at })).ok) throw new Error('refused')
    return (performance.now() - began) / times
  }
  await many(100)
  const rounds: number[] = []
  for (let i = 0; i < 9; i++) rounds.push(await many(200))
  console.log(['CMS', what, ...rounds.map((ms) => ms.toFixed(4))].join('\t'))
})
