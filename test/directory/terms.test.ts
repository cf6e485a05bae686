import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { TERM_KINDS } from '../../src/directory/kinds.ts'
import { recordReads } from '../bench/recording-d1.ts'
import { DOCUMENT_SIZE, recordsOf } from './generator.ts'
import { list, load, newWord, walk, type ListPage } from './kit.ts'

beforeAll(async () => {
  await load(...recordsOf({ ...DOCUMENT_SIZE, clients: 0, phones: 0, emails: 0 }))
})

/** A list, and how many rows D1 has read for it. */
async function ask(path: string): Promise<{ read: number; body: ListPage }> {
  const { db, seen } = recordReads(env.DB)
  const execution = createExecutionContext()
  const response = await handle(new Request(`http://qoltanba.test${path}`), { ...env, DB: db }, execution)
  const body = await response.json<ListPage>()
  await waitOnExecutionContext(execution)
  return { body, read: seen.reduce((sum, s) => sum + s.rowsRead, 0) }
}

describe('reference lists of the document’s size', () => {
  it.each(TERM_KINDS)('%s are searched by reading little, however much is found', async (kind) => {
    const all = await ask(`/clients/${kind}/?page_size=20`)
    for (const word of ['', 'вид', 'вид деятельности', 'деятельности 15', 'руб', 'п', '1', 'нет такого']) {
      for (const page_size of [20, 100]) {
        const { read, body } = await ask(
          `/clients/${kind}/?${new URLSearchParams({ search: word, page_size: String(page_size) }).toString()}`,
        )
        expect(read, `${kind} ${word}`).toBeLessThanOrEqual(4 * page_size)
        if (word === 'вид' && kind === 'types') expect(body.count).toBe(all.body.count)
      }
    }
  })

  it('count all that is found, and lead through it', async () => {
    const pages = await walk<{ type: string }>('types', { search: 'деятельности 1', page_size: 100 })
    const found = pages.flatMap((p) => p.results.map((r) => r.type))
    // 1, 10 to 19, 100 to 199, and 1000 to 1761.
    expect(found).toHaveLength(1 + 10 + 100 + 762)
    expect(new Set(found).size).toBe(found.length)
    expect(pages.every((p) => p.count === found.length)).toBe(true)
    expect(found[0]).toBe('вид деятельности 1')
  })

  it('put what is called so first, whatever its letters are', async () => {
    const word = newWord()
    const upper = word.toUpperCase()
    const [exact, begins, part, words] = [upper, `${upper}-СЕРВИС`, `МЕГА ${upper}`, `Мега ${word}ные`]
    await load(...[words, part, begins, exact].map((type) => ({ kind: 'types', type })))
    expect((await list('types', { search: word })).results.map((r) => r.type)).toEqual([exact, begins, part, words])
    expect((await list('types', { search: `${word}сервис` })).results.map((r) => r.type)).toEqual([begins])
  })
})
