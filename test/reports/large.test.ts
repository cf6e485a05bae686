import { env } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newCompany } from '../factories.ts'

// What is more than a Worker's memory is refused, and said to be so.

const API = '/api/v1/admin'

it('a custom report of too much text is refused, one of less is made', async () => {
  const { id: org, token } = await newCompany()
  await env.DB.prepare(
    `insert into completed_works (org_id, project_id, work_type_id, user_id, quantity, total_amount, completion_date, search, status, notes, created_at, updated_at)
     with recursive n(i) as (select 1 union all select i + 1 from n where i < 900)
     select ?, 1, 1, 1, 1, 1, '2026-01-01', '', 'draft', replace(hex(zeroblob(5000)), '0', 'я'), '2026-01-01', '2026-01-01' from n`,
  )
    .bind(org)
    .run()
  const { data } = await must<{ data: { id: number } }>(201, 'POST', `${API}/custom-reports`, {
    token,
    body: {
      name: 'Работы',
      report_category: 'works',
      data_sources: { primary: 'completed_works' },
      columns_config: [{ field: 'completed_works.notes', label: 'Примечание', order: 1 }],
    },
  })
  const execute = (body: object) => call<{ data: { rows: object[] } }>('POST', `${API}/custom-reports/${data.id}/execute`, { token, body })
  const refused = await execute({})
  expect([refused.status, refused.text.includes('слишком много текста')]).toEqual([422, true])
  expect((await execute({ limit: 700 })).body.data.rows.length).toBe(700)
})
