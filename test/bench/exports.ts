/** Files of 100,000 rows through a running service: how much memory the Worker takes for them, of the 128 MB that it may. */
import { once } from 'node:events'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { startLocal } from '../../.tools/local.ts'

interface Tools {
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
}

const ROWS = 100_000
const ADMIN = '/api/v1/admin'
const AT = '2026-01-01T00:00:00.000Z'

/** A project with so many movements, so many materials that were used once, advances, and e-mails of the directory. */
function fill(stateDir: string, org: number): void {
  const db = databaseOf(stateDir)
  const many = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})`
  const times = `'${AT}', '${AT}'`
  db.exec(`
    pragma synchronous = off;
    insert into projects (id, org_id, name, name_key, search, status, created_at, updated_at)
      values (901, ${org}, 'Объект', 'объект', '', 'active', ${times}), (902, ${org}, 'Склад', 'склад', '', 'active', ${times});
    insert into suppliers (id, org_id, name, name_key, created_at, updated_at) values (901, ${org}, 'Поставщик строительных материалов', 'п', ${times});
    insert into materials (id, org_id, name, name_key, measurement_unit_id, created_at, updated_at)
      ${many} select 900000 + i, ${org}, 'Материал строительный № ' || i, 'м', 1, ${times} from n;
    insert into material_movements (org_id, project_id, material_id, operation, quantity, unit_price, total_price, supplier_id, document_number, invoice_date,
        usage_date, notes, created_at, updated_at)
      ${many} select ${org}, 901, 900001 + i % 300, iif(i % 3 = 0, 'receipt', 'write_off'), 10000 + i, 1500, 1500 + i, 901, 'ТТН-' || i, '2026-01-15',
        date('2026-01-01', (i % 90) || ' days'), 'Отпущено на участок, этаж ' || i % 25, ${times} from n;
    insert into material_movements (org_id, project_id, material_id, operation, quantity, unit_price, total_price, usage_date, created_at, updated_at)
      ${many} select ${org}, 902, 900000 + i, 'write_off', 10000 + i, 1500, 1500 + i, '2026-02-01', ${times} from n;
    insert into advance_transactions (org_id, user_id, project_id, type, amount, description, document_number, document_date, counts_from, balance_after,
        created_at, updated_at)
      ${many} select ${org}, 1, 901, 'issue', i, 'На закупку материалов для участка', 'РКО-' || i, '2026-01-15', '2026-01-15', i, ${times} from n;
  `)
  db.close()
}

/** What the Worker's own isolate holds: its heap, with what is not collected yet, and the buffers beside it. D1 and R2 of the local service are others. */
async function watchMemory(port: number): Promise<{ most: () => number; restart: () => void; close: () => void }> {
  // wrangler lets in whoever says that it is of this machine.
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { origin: 'http://localhost' } } as unknown as string[])
  await once(socket, 'open')
  let most = 0
  socket.addEventListener('message', ({ data }) => {
    const { result } = JSON.parse(String(data)) as { result?: Record<string, number> }
    if (result)
      most = Math.max(most, (result['usedSize'] ?? 0) + (result['embedderHeapUsedSize'] ?? 0) + (result['backingStorageSize'] ?? 0))
  })
  let id = 0
  const timer = setInterval(() => socket.send(JSON.stringify({ id: ++id, method: 'Runtime.getHeapUsage' })), 20)
  return {
    most: () => most / 1_048_576,
    restart: () => (most = 0),
    close: () => {
      clearInterval(timer)
      socket.close()
    },
  }
}

async function download({ api }: Company, path: string): Promise<{ status: number; bytes: number }> {
  const response = await api.raw('GET', path)
  let bytes = 0
  for await (const part of response.body ?? []) bytes += (part as Uint8Array).byteLength
  return { status: response.status, bytes }
}

const OFFICIAL = `${ADMIN}/reports/official-material-usage?project_id=901&date_from=2026-01-01&date_to=2026-12-31`
const FILES: [what: string, path: string][] = [
  ['official use, CSV', `${OFFICIAL}&format=csv`],
  ['official use, XLSX', `${OFFICIAL}&format=xlsx`],
  ['material usage, CSV', `${ADMIN}/reports/material-usage?project_id=902&format=csv`],
  ['material usage, XLSX', `${ADMIN}/reports/material-usage?project_id=902&format=xlsx`],
  ['advances, CSV', `${ADMIN}/reports/advance-accounts/export/csv`],
  ['advances, XLSX', `${ADMIN}/reports/advance-accounts/export/xlsx`],
]

/** The database of a service that does not run. */
function databaseOf(stateDir: string): DatabaseSync {
  const [file] = globSync(join(stateDir, 'v3/d1/*/*.sqlite')).filter((name) => !name.endsWith('metadata.sqlite'))
  if (!file) throw new Error('the database of the service is not there')
  return new DatabaseSync(file, { enableForeignKeyConstraints: false })
}

export async function exports({ report }: Tools): Promise<void> {
  const stateDir = mkdtempSync(join(tmpdir(), 'qoltanba-exports-'))
  const options = { port: 8799, inspectorPort: 9299, stateDir, log: () => undefined }
  let service = await startLocal(options)
  try {
    const company = await registerCompany(service.url)
    await service.stop()
    fill(stateDir, company.id)
    service = await startLocal(options)
    const memory = await watchMemory(options.inspectorPort)
    for (const [what, path] of FILES) {
      memory.restart()
      const began = performance.now()
      const { status, bytes } = await download(company, path)
      if (status !== 200) throw new Error(`${what}: ${status}`)
      const detail = `${(bytes / 1e6).toFixed(1)} MB in ${((performance.now() - began) / 1000).toFixed(0)} s`
      report(`${what} of ${ROWS} rows, memory of the Worker`, memory.most(), 'MB', { least: 1, most: 128 }, detail)
    }
    memory.close()
    await service.stop()
    const db = databaseOf(stateDir)
    db.exec(`insert into material_movements (org_id, project_id, material_id, operation, quantity, usage_date, created_at, updated_at)
      values (${company.id}, 901, 900001, 'write_off', 1, '2026-02-01', '${AT}', '${AT}')`)
    db.close()
    service = await startLocal(options)
    const { status } = await download(company, `${OFFICIAL}&format=csv`)
    report('official use of one row more is refused, status', status, '', { least: 422, most: 422 })
  } finally {
    await service.stop()
    rmSync(stateDir, { recursive: true, force: true })
  }
}
