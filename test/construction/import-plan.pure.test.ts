import { describe, expect, it } from 'vitest'
import { planImport, type Known, type Rules } from '../../src/construction/registry/import-plan.ts'

interface Row {
  name: string
  code?: string
  parent?: string
}
const known = (id: number, code: string, parentId: number | null = null): Known => ({ id, name: `№${id}`, code, parentId })
const tree: Rules<Row, undefined> = {
  keys: ['code', 'name'],
  identify: ({ name, code }) => [code === undefined ? { key: 'name', value: name } : { key: 'code', value: code }],
  match: 'first',
  values: ({ name, code }) => (name === 'bad' ? 'так нельзя' : { name, ...(code === undefined ? {} : { code }) }),
  parentOf: ({ parent }) => (parent === undefined ? undefined : { key: 'code', value: parent }),
}
const numbered = (rows: Row[]) => rows.map((row, i) => ({ line: i + 2, row }))
const plan = (rows: Row[], there: Known[] = []) => planImport(tree, numbered(rows), there, undefined, 100)
const lines = (rows: Row[], there: Known[] = []) => plan(rows, there).errors.map((e) => e.line)
const row = (code: string, parent?: string): Row => ({ name: `Категория ${code}`, code, ...(parent === undefined ? {} : { parent }) })

describe('rows one after the other', () => {
  it('makes, changes, and changes what a row above has made', () => {
    const done = plan([row('A'), row('B'), { name: 'Снова', code: 'A' }], [known(1, 'B')])
    expect(done).toMatchObject({ imported: 1, updated: 2, errors: [] })
    expect(done.created).toEqual([{ id: 100, name: 'Снова', code: 'A' }])
    expect(done.changed).toEqual([{ id: 1, name: 'Категория B', code: 'B' }])
  })

  it('says which row is bad, and takes the others', () => {
    expect(plan([row('A'), { name: 'bad', code: 'X' }, row('B')])).toMatchObject({
      imported: 2,
      errors: [{ line: 3, message: 'так нельзя' }],
    })
  })

  it('knows a record by any key where all must agree, and refuses a row that means two', () => {
    const all: Rules<Row, undefined> = {
      ...tree,
      match: 'all',
      identify: ({ name, code }) => [{ key: 'name', value: name }, ...(code === undefined ? [] : [{ key: 'code', value: code }])],
      parentOf: () => undefined,
    }
    const there: Known[] = [
      { id: 1, name: 'Песок', code: 'P' },
      { id: 2, name: 'Щебень', code: 'S' },
    ]
    const rows = numbered([
      { name: 'Песок', code: 'S' },
      { name: 'Песок речной', code: 'P' },
      { name: 'Песок', code: 'N' },
    ])
    const done = planImport(all, rows, there, undefined, 100)
    // The first means both; the second renames the one, and so frees its name for the third.
    expect(done.errors.map((e) => e.line)).toEqual([2])
    expect(done.changed).toEqual([{ id: 1, name: 'Песок речной', code: 'P' }])
    expect(done.created).toEqual([{ id: 100, name: 'Песок', code: 'N' }])
  })
})

describe('a tree', () => {
  it('puts rows below parents that stand above, below, or are there already', () => {
    expect(plan([row('C', 'B'), row('B', 'A'), row('D', 'B')], [known(1, 'A')]).moved).toEqual([
      { id: 100, parentId: 101 },
      { id: 101, parentId: 1 },
      { id: 102, parentId: 101 },
    ])
  })

  it.each<[string, Row[], Known[], number[]]>([
    ['a parent that is nowhere', [row('A', 'X'), row('B')], [], [2]],
    ['all that hangs on it goes with it', [row('C', 'B'), row('B', 'A'), row('A', 'X'), row('D')], [], [2, 3, 4]],
    ['a row below itself', [row('A', 'A'), row('B')], [], [2]],
    ['what is there already hangs on in spite of a bad row', [row('A', 'X'), row('B', 'A')], [known(1, 'A')], [2]],
    ['a circle with what is there', [row('A', 'B')], [known(1, 'A'), known(2, 'B', 1)], [2]],
    ['a circle through records that the file does not name', [row('A', 'C')], [known(1, 'A'), known(2, 'B', 1), known(3, 'C', 2)], [2]],
    ['a parent whose own row is bad', [row('A', 'X'), { name: 'bad', code: 'X' }], [], [2, 3]],
    [
      'turning a tree over is no circle',
      [row('A', 'B'), { name: 'Б', code: 'B', parent: 'C' }, row('C')],
      [known(1, 'A'), known(2, 'B')],
      [],
    ],
  ])('%s', (_, rows, there, bad) => expect(lines(rows, there)).toEqual(bad))

  it('breaks a circle of new rows in one place, and loses no more than hangs there', () => {
    const done = plan([row('A', 'B'), row('B', 'C'), row('C', 'A'), row('D', 'D2')])
    expect(done.errors.length).toBeGreaterThan(0)
    const parents = new Map(done.moved.map((m) => [m.id, m.parentId]))
    for (const { id } of done.created) {
      const seen = new Set<number>()
      for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
        expect(seen.has(at)).toBe(false)
        seen.add(at)
      }
    }
  })

  it('takes a long chain of orphans at once, not one by one', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => row(`K${i}`, i === 0 ? 'нет' : `K${i - 1}`))
    const started = performance.now()
    expect(plan(chain).errors).toHaveLength(5000)
    expect(plan(chain.toReversed()).errors).toHaveLength(5000)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
