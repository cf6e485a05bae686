import { verifyDetachedCms } from '../../src/signing/cms/verify.ts'
import { type Kind, PEOPLE, signers } from './signers.ts'

const prepared = new Map<Kind, Awaited<ReturnType<typeof prepare>>>()

async function prepare(kind: Kind) {
  const content = crypto.getRandomValues(new Uint8Array(1000))
  return { content, ...(await signers(kind, PEOPLE, content, new Date())) }
}

/** Verifies a detached CMS of each person, or as many of the first one: its own signature, that of its certificate, attributes, times, usage. */
export default {
  async fetch({ method, url }: Request): Promise<Response> {
    if (method === 'HEAD') return new Response()
    const { searchParams } = new URL(url)
    const kind = searchParams.get('kind') as Kind
    const made = prepared.get(kind) ?? (await prepare(kind))
    prepared.set(kind, made)
    const { anchor, messages, content } = made
    const [first = new Uint8Array()] = messages
    for (const message of searchParams.has('same') ? messages.map(() => first) : messages) {
      const { ok, reasons } = await verifyDetachedCms(message, content, { anchors: [anchor], at: new Date() })
      if (!ok) return new Response(reasons.map(({ detail }) => detail).join(), { status: 500 })
    }
    return new Response('ok')
  },
}
