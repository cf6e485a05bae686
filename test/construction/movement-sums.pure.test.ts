import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { migrated } from '../reports/database.ts'

// Sums of movements equal what is there, whatever was done to the movements, in whatever order.

const at = '2026-01-01T00:00:00.000Z'
const movement = fc.record({
  org_id: fc.constantFrom(1, 2),
  project_id: fc.constantFrom(1, 2),
  material_id: fc.constantFrom(1, 2),
  user_id: fc.constantFrom(null, 1),
  supplier_id: fc.constantFrom(null, 1),
  operation: fc.constantFrom('receipt', 'write_off'),
  quantity: fc.integer({ min: 1, max: 9_000_000_000 }),
  total_price: fc.option(fc.nat()),
  usage_date: fc.constantFrom('2026-01-01', '2026-01-02', '2026-02-01'),
  deleted_at: fc.constantFrom(null, null, null, at),
})
const step = fc.oneof(
  fc.record({ what: fc.constant('add' as const), which: fc.nat(20), row: movement }),
  fc.record({ what: fc.constant('change' as const), which: fc.nat(20), row: movement }),
  // As a work's write-offs are kept up: some of the columns, most of them as they were.
  fc.record({
    what: fc.constantFrom('touch' as const, 'remove' as const, 'restore' as const, 'erase' as const),
    which: fc.nat(20),
    row: movement,
  }),
)

const RECOUNTED = `select org_id, project_id, material_id, operation, coalesce(user_id, 0) as user_id, coalesce(supplier_id, 0) as supplier_id, count(*) as n,
  sum(quantity) as quantity, coalesce(sum(total_price), 0) as amount, coalesce(sum(iif(total_price is not null, quantity, 0)), 0) as priced, max(usage_date) as last_day
  from material_movements where deleted_at is null group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`
const KEPT = `select org_id, project_id, material_id, operation, user_id, supplier_id, n, quantity, amount, priced, last_day from movement_sums
  where n <> 0 order by 1, 2, 3, 4, 5, 6`

it('are what the living movements come to', () => {
  const db = migrated()
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      for (const { what, which, row } of steps) {
        const columns = Object.keys(row)
        const values = Object.values(row)
        const one = `id = (select id from material_movements order by id limit 1 offset ${which})`
        if (what === 'add')
          db.prepare(
            `insert into material_movements (created_at, updated_at, ${columns.join(', ')}) values ('${at}', '${at}', ${columns.map(() => '?').join(', ')})`,
          ).run(...values)
        else if (what === 'change')
          db.prepare(`update material_movements set ${columns.map((c) => `${c} = ?`).join(', ')} where ${one}`).run(...values)
        else if (what === 'touch')
          db.prepare(`update material_movements set quantity = quantity, usage_date = ? where ${one}`).run(row.usage_date)
        else if (what === 'erase') db.exec(`delete from material_movements where ${one}`)
        else db.exec(`update material_movements set deleted_at = ${what === 'remove' ? `'${at}'` : 'null'} where ${one}`)
        expect(db.prepare(KEPT).all()).toEqual(db.prepare(RECOUNTED).all())
      }
      // Nothing is left over where nothing is left.
      db.exec('delete from material_movements')
      expect(db.prepare('select * from movement_sums where n <> 0 or quantity <> 0 or amount <> 0 or priced <> 0').all()).toEqual([])
    }),
    { numRuns: 200 },
  )
})
