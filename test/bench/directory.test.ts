import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { importDirectory } from '../../src/directory/import/import.ts'
import { binOf, clientOf, emailOf, ndjsonOf, phoneOf, recordsOf, sizeOf, vocabulary } from '../directory/generator.ts'
import { newCompany, newCtx } from '../factories.ts'
import { recordReads } from './recording-d1.ts'

/**
 * Search in a directory of 10,000 clients, and in the same one grown to 1,000,000: what D1 reads for a page, and how long an answer takes. The clients
 * that are searched for are in both.
 */

const LARGE = 1_000_000
const SIZES = [10_000, LARGE]
const STEP = 25_000
/** So many clients have a phone and an e-mail: in the large directory more than a search counts. */
const WITH_CONTACTS = 30_000

const vocabularyOf = vocabulary()
const dictionary = { ...sizeOf(0), phones: 0, emails: 0 }
const client = (i: number) => clientOf(i, vocabularyOf, dictionary)

function* part(from: number, to: number): Generator<object> {
  for (let i = from; i < to; i++) yield client(i)
  for (let i = from; i < Math.min(to, WITH_CONTACTS); i++) {
    yield { kind: 'phone_numbers', phone_number: phoneOf(i), clients_bin: binOf(i) }
    yield { kind: 'emails', email: emailOf(i), clients_bin: binOf(i) }
  }
}

async function load(records: Iterable<object>): Promise<void> {
  const request = new Request('http://bench.test', {
    method: 'POST',
    body: ndjsonOf(records),
    headers: { 'content-type': 'application/x-ndjson' },
  })
  const report = await importDirectory(await newCtx(), request)
  if (report.errors.length > 0) throw new Error(`import: ${JSON.stringify(report.errors[0])}`)
}

let token: string
beforeAll(async () => {
  token = (await newCompany()).token
  await load(recordsOf(dictionary))
})

interface Answer {
  count: number
  shown: number
  next: string | null
}

async function ask(path: string, db: D1Database = env.DB): Promise<Answer> {
  const execution = createExecutionContext()
  const response = await handle(
    new Request(`http://bench.test${path}`, { headers: { authorization: `Bearer ${token}` } }),
    { ...env, DB: db },
    execution,
  )
  const text = await response.text()
  await waitOnExecutionContext(execution)
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${text.slice(0, 300)}`)
  const { count, results, next } = JSON.parse(text) as { count: number; results: object[]; next: string | null }
  return { count, shown: results.length, next }
}

const query = (list: string, asked: Record<string, string | number>) =>
  `/clients/${list}/?${new URLSearchParams(Object.entries(asked).map(([k, v]) => [k, String(v)])).toString()}`
const some = (count: number) => Array.from({ length: count }, (_, i) => (i * 9973 + 17) % 10_000)

/** What people look for, and what a machine would: by a name, a number, a street; rare and frequent words, beginnings of one letter and more. */
function searches(): [what: string, list: string, asked: Record<string, string>][] {
  const of = (what: string, list: string, texts: string[]) =>
    texts.map((search): [string, string, Record<string, string>] => [what, list, { search }])
  const clients = some(20).map(client)
  const names = clients.map((c) => String(c.company_name_ex))
  const streets = clients.map((c) => String(c.address_ex))
  return [
    ...of('name', 'clients', names),
    ...of(
      'word of a name',
      'clients',
      names.map((n) => n.split(' ')[0] ?? ''),
    ),
    ...of(
      'beginning of a name',
      'clients',
      names.flatMap((n) => [n.slice(0, 3), n.slice(0, 5)]),
    ),
    ...of(
      'BIN',
      'clients',
      clients.map((c) => c.bin),
    ),
    ...of(
      'beginning of a BIN',
      'clients',
      clients.slice(0, 10).map((c) => c.bin.slice(0, 7)),
    ),
    ...of('phone', 'clients', some(10).map(phoneOf)),
    ...of('e-mail', 'clients', some(10).map(emailOf)),
    ...of('street and house', 'clients', streets.slice(0, 10)),
    ...of(
      'director',
      'clients',
      clients.slice(0, 10).map((c) => c.director),
    ),
    ...of('frequent', 'clients', [
      'тоо',
      'алматы',
      'улица',
      'турксибский район',
      'строй',
      'тоо строй алматы',
      'а',
      'ка',
      'район улица 15',
      'с. коянкус',
    ]),
    ...of('nothing', 'clients', ['нет такого вовсе', 'қққққ', 'тоо щщщщ']),
    ...of('e-mail', 'emails', some(5).map(emailOf)),
    ...of('phone', 'phone_numbers', some(5).map(phoneOf)),
    ...of('reference list', 'types', ['деятельности 15', 'вид', 'вид деятельности 1761']),
    ...of('reference list', 'rubrics', ['рубрика', '15']),
    ...of('reference list', 'districts', ['микрорайон']),
  ]
}

async function filters(): Promise<[string, string, Record<string, string>][]> {
  const idOf = async (list: string, search: string) => {
    const response = await handle(new Request(`http://bench.test${query(list, { search })}`), env, createExecutionContext())
    return (await response.json<{ results: { id: string }[] }>()).results[0]?.id ?? ''
  }
  const locality_ex = await idOf('localities', 'Алматы')
  const region_ex = await idOf('regions', 'Алматинская')
  const rubric = await idOf('rubrics', 'Рубрика 15')
  const district_ex = await idOf('districts', '15-й микрорайон')
  const asked: Record<string, string>[] = [
    { locality_ex },
    { region_ex },
    { rubric },
    { oked: '10100' },
    { region_ex, locality_ex },
    { region_ex, rubric },
    { locality_ex, district_ex, oked: '10100' },
    { region_ex, search: 'строй' },
    { district_ex, search: 'тоо' },
    {},
    { page: '80' },
  ]
  return asked.map((a) => ['filter', 'clients', a])
}

const RUNS = 5
const quantile = (numbers: number[], q: number) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * q))] ?? Number.NaN

describe.each(SIZES)('%i clients', (size) => {
  beforeAll(async () => {
    const before = SIZES[SIZES.indexOf(size) - 1] ?? 0
    const began = performance.now()
    for (let from = before; from < size; from += STEP) await load(part(from, Math.min(size, from + STEP)))
    console.log(`DIRECTORY\tLOADED\t${size}\t${((performance.now() - began) / 1000).toFixed(1)}`)
  }, 7_200_000)

  it('are searched by reading little', async () => {
    for (const [what, list, asked] of [...searches(), ...(await filters())]) {
      for (const page_size of [20, 100]) {
        // The first page, and the one that it leads to.
        let path: string | undefined = query(list, { ...asked, page_size })
        for (let page = 1; path && page <= 2; page++) {
          const { db, seen } = recordReads(env.DB)
          const answer: Answer = await ask(path, db)
          const read = seen.reduce((sum, s) => sum + s.rowsRead, 0)
          console.log(`DIRECTORY\tREAD\t${size}\t${what}\t${page_size}\t${page}\t${read}\t${answer.count}`)
          expect(read, `${path}\n${seen.map((s) => `${s.rowsRead}: ${s.sql}`).join('\n')}`).toBeLessThanOrEqual(20 * page_size)
          if (!['nothing', 'filter'].includes(what) && size === SIZES[0] && page === 1) expect(answer.shown, path).toBeGreaterThan(0)
          path = answer.next ? new URL(answer.next).pathname + new URL(answer.next).search : undefined
        }
      }
    }
  }, 1_200_000)

  it('are answered in time', async () => {
    const asked = [...searches(), ...(await filters())]
    const times = asked.map((): number[] => [])
    for (let run = 0; run <= RUNS; run++) {
      for (const [i, [, list, of]] of asked.entries()) {
        const began = performance.now()
        await ask(query(list, of))
        // The first one warms up.
        if (run > 0) times[i]?.push(performance.now() - began)
      }
    }
    const medians = times.map((runs) => quantile(runs, 0.5))
    console.log(`DIRECTORY\tTIME\t${size}\t${quantile(medians, 0.5).toFixed(2)}\t${quantile(medians, 0.95).toFixed(2)}\t${medians.length}`)
  }, 1_200_000)
})
