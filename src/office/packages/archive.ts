import { Zip, ZipPassThrough } from 'fflate'
import type { Ctx } from '../../context.ts'
import { cleanFileName, fileKey } from '../../documents/files.ts'
import { AppError } from '../../http/errors.ts'
import { utf8 } from '../../lib/hash.ts'
import type { PackageState } from '../../signing/model.ts'
import { packageObject } from '../../signing/stub.ts'
import { signaturesOf } from './files.ts'
import { loadPackage } from './load.ts'
import { presentPackage } from './present.ts'

interface Entry {
  name: string
  /** Bytes in R2, or the text itself. */
  from: { sha256: string } | { text: string }
}

const number = (i: number) => String(i + 1).padStart(2, '0')

/** What the archive holds, each name once: originals with their signatures beside them, stamped versions, certificate, trail. */
function entriesOf(state: PackageState, trail: string): Entry[] {
  const entries: Entry[] = []
  for (const [i, document] of state.documents.entries()) {
    const base = `${number(i)} ${document.name}`
    entries.push({ name: `originals/${base}`, from: document })
    for (const [j, { participant, cms }] of signaturesOf(state, document.id).entries()) {
      const who = cleanFileName(participant.person?.fullName ?? '').slice(0, 60)
      entries.push({ name: `originals/${base}.${number(j)} ${who}.p7s`, from: cms })
    }
    const stamped = state.sealed?.find((s) => s.documentId === document.id)
    if (stamped) entries.push({ name: `stamped/${base}`, from: stamped })
  }
  if (state.certificate) entries.push({ name: 'certificate.pdf', from: state.certificate })
  return [
    ...entries,
    { name: 'package.json', from: { text: JSON.stringify(presentPackage(state), null, 2) } },
    { name: 'events.json', from: { text: trail } },
  ]
}

async function* piecesOf(ctx: Ctx, orgId: number, { from }: Entry): AsyncGenerator<Uint8Array> {
  if ('text' in from) {
    yield utf8(from.text)
    return
  }
  const object = await ctx.env.FILES.get(fileKey(orgId, from.sha256))
  if (!object) throw new Error(`bytes ${from.sha256} are not in R2`)
  for await (const piece of object.body) yield piece as Uint8Array
}

/** Reads one file after another from the store as the caller takes them: however large the package, only a piece of it is in memory. */
async function* zipped(ctx: Ctx, orgId: number, entries: Entry[], at: Date): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  let failure: Error | undefined
  const zip = new Zip((error, data) => {
    if (error) failure = error
    else ready.push(data)
  })
  function* taken(): Generator<Uint8Array> {
    if (failure) throw failure
    const now = ready
    ready = []
    yield* now
  }
  for (const entry of entries) {
    // PDF and CMS do not shrink: they are stored.
    const file = new ZipPassThrough(entry.name)
    file.mtime = at
    zip.add(file)
    for await (const piece of piecesOf(ctx, orgId, entry)) {
      file.push(piece)
      yield* taken()
    }
    file.push(new Uint8Array(), true)
    yield* taken()
  }
  zip.end()
  yield* taken()
}

/** Everything of a signed package in one ZIP, streamed. */
export async function sendArchive(ctx: Ctx, id: string): Promise<Response> {
  const state = await loadPackage(ctx, id)
  if (state.status !== 'signed') throw new AppError('conflict', `The package is ${state.status}; the archive is made of a signed one.`)
  if (!state.sealed) throw new AppError('conflict', 'The package is signed; its stamped versions are being made.', { retryAfter: 2 })
  const trail = JSON.stringify(await packageObject(ctx, id).events(), null, 2)
  const pieces = zipped(ctx, state.orgId, entriesOf(state, trail), new Date(state.finishedAt ?? state.createdAt))
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="package-${state.id}.zip"`,
      'cache-control': 'private, no-store',
    },
  })
}
