import { audit, type Ctx } from '../../context.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { CONTACT_KINDS, TERM_KINDS } from '../kinds.ts'
import { importClients } from './clients.ts'
import { importContacts } from './contacts.ts'
import { indexDirty } from './indexing.ts'
import { MAX_IMPORT, readLines, tooLarge } from './lines.ts'
import { parseLine, type Entry } from './records.ts'
import { Report } from './report.ts'
import { Terms } from './terms.ts'
import { importTerms } from './import-terms.ts'

// What is written at once, and all that an import holds of its input. D1 takes two megabytes in one parameter.
const CHUNK_RECORDS = 800
const CHUNK_BYTES = 700_000

const MEDIA = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines', 'text/plain']

/** Writes the records of a chunk: what others refer to comes first, and a record may refer to what a line before it has made. */
async function writeChunk(ctx: Ctx, terms: Terms, entries: Entry[], report: Report): Promise<void> {
  for (const kind of TERM_KINDS) {
    await importTerms(
      terms,
      kind,
      entries.flatMap((e) => (e.kind === kind ? [e] : [])),
      report,
    )
  }
  const made = await importClients(
    ctx,
    terms,
    entries.flatMap((e) => (e.kind === 'clients' ? [e] : [])),
    report,
  )
  for (const kind of CONTACT_KINDS) {
    const own = entries.flatMap((e) => (e.kind === kind ? [e] : []))
    await importContacts(ctx, kind, own, made, report)
  }
}

/**
 * Loads NDJSON into the directory as it streams in: a line is a record, known by its natural key (a name; a BIN; the BIN with the e-mail or phone) and
 * made, changed or left. Doing it twice changes nothing. A line that can't be taken is reported and skipped. What a record leaves out stays as it is.
 *
 * @throws AppError `bad_request` where it is no NDJSON, `too_large`
 */
export async function importDirectory(ctx: Ctx, request: Request) {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (!MEDIA.includes(type)) throw new AppError('bad_request', 'Send the records as application/x-ndjson.')
  if (Number(request.headers.get('content-length') ?? 0) > MAX_IMPORT) throw tooLarge()
  const report = new Report()
  const terms = new Terms(ctx)
  let entries: Entry[] = []
  let size = 0
  const write = async () => {
    await writeChunk(ctx, terms, entries, report)
    entries = []
    size = 0
  }
  for await (const { number, bytes } of readLines(request.body)) {
    // An editor's mark that the file is UTF-8 is no part of the first record.
    const line = parseLine(number, number === 1 && bytes && hasMark(bytes) ? bytes.subarray(3) : bytes)
    if (!line) continue
    report.received++
    if ('error' in line) {
      report.fault(line)
      continue
    }
    entries.push(line)
    size += bytes?.length ?? 0
    if (entries.length >= CHUNK_RECORDS || size >= CHUNK_BYTES) await write()
  }
  await write()
  // Once, at the end: a client's contacts come after it, and each would put it into the search anew. Cron does it where this is cut off.
  await indexDirty(ctx)
  await batch(ctx.db, [audit(ctx, null, 'directory.imported', `${report.received} records`)])
  return report.shown()
}

const hasMark = ([a, b, c]: Uint8Array) => a === 0xef && b === 0xbb && c === 0xbf
