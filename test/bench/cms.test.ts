import { it } from 'vitest'
import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { signers, type Kind } from './signers.ts'

/** More people than certificates are remembered, so that each is read and checked anew. */
const PEOPLE = 300
/** Of so many: short enough for some to pass without the machine doing anything else. */
const EACH = 50
const ROUNDS = 150

/**
 * How long a detached CMS takes to be verified inside workerd: its own signature, that of its certificate, attributes, times, usage. `run.ts` holds it against
 * openssl. Milliseconds for one of many in a row.
 */
it.each<Kind>(['RSA 2048', 'ECDSA P-256'])('verifies %s', async (kind) => {
  const now = new Date()
  const content = crypto.getRandomValues(new Uint8Array(1000))
  const { anchor, messages } = await signers(kind, PEOPLE, content, now)
  const verify = async (cms: Uint8Array) => {
    const { ok, reasons } = await verifyDetachedCms(cms, content, { anchors: [anchor], at: now })
    if (!ok) throw new Error(reasons.map(({ detail }) => detail).join())
  }
  const measure = async (what: string, list: Uint8Array[]) => {
    const times: number[] = []
    for (let round = -PEOPLE / EACH; round < ROUNDS; round++) {
      const from = (((round * EACH) % PEOPLE) + PEOPLE) % PEOPLE
      const began = performance.now()
      for (const cms of list.slice(from, from + EACH)) await verify(cms)
      // The first ones compile.
      if (round >= 0) times.push((performance.now() - began) / EACH)
    }
    console.log(['CMS', kind, what, ...times.map((ms) => ms.toFixed(4))].join('\t'))
  }
  await measure('another signer each time', messages)
  await measure(
    'the same signer',
    Array.from({ length: PEOPLE }, () => messages[0] ?? new Uint8Array()),
  )
})
