import { env, SELF } from 'cloudflare:test'
import { strFromU8, unzipSync } from 'fflate'
import { beforeAll, describe, expect, it } from 'vitest'
import { handle } from '../../src/app.ts'
import { MOST_ROWS } from '../../src/documents/spreadsheet/write-table.ts'
import { call } from '../app.ts'
import { newCompany } from '../factories.ts'
import { load, newClient, newWord, type Row } from './kit.ts'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
let token: string
beforeAll(async () => {
  token = (await newCompany()).token
})

const path = (query: Record<string, string>) => `/clients/export/?${new URLSearchParams(query).toString()}`
const csv = async (query: Record<string, string>) => {
  const answer = await call('GET', path(query), { token })
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  return answer.text.split('\r\n').slice(0, -1)
}

/** The cells of a workbook's sheet, by rows. */
async function xlsx(query: Record<string, string>): Promise<string[][]> {
  const work: Promise<unknown>[] = []
  const request = new Request(`http://qoltanba.test${path({ ...query, format: 'xlsx' })}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const answer = await handle(request, env, {
    waitUntil: (p: Promise<unknown>) => void work.push(p),
    passThroughOnException: () => undefined,
  } as unknown as ExecutionContext)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, XLSX])
  const parts = unzipSync(new Uint8Array(await answer.arrayBuffer()))
  expect(Object.keys(parts).toSorted()).toEqual([
    '[Content_Types].xml',
    '_rels/.rels',
    'xl/_rels/workbook.xml.rels',
    'xl/styles.xml',
    'xl/theme/theme1.xml',
    'xl/workbook.xml',
    'xl/worksheets/sheet1.xml',
  ])
  const sheet = strFromU8(parts['xl/worksheets/sheet1.xml'] ?? new Uint8Array())
  expect(sheet).not.toContain('<f>')
  const cells = [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t(?: [^>]*)?>(.*?)<\/t>/gs)].map(([, text = '']) => text),
  )
  // Every column has a width.
  expect(sheet.match(/<col /g)).toHaveLength(cells[0]?.length ?? 0)
  return cells
}

const word = newWord()
const rows: Row[] = [
  newClient({
    company_name: `ТОО "${word}; ПЛЮС"`,
    region_ex: word,
    rubrics: [],
    types: [word],
    director: '=HYPERLINK("http://evil")',
    address: 'a_x0041_b <&>',
  }),
  newClient({ company_name: `ТОО "${word} МИНУС"`, oked: '01110' }),
]
beforeAll(async () => {
  await load(
    { kind: 'regions', region: word },
    { kind: 'types', type: word },
    ...rows,
    ...rows.map((r, i) => ({ kind: 'phone_numbers', phone_number: `+7(709)000-00-0${i}`, clients_bin: r.bin })),
    {
      kind: 'emails',
      email: `x@${String(rows[0]?.bin)}.example`,
      clients_bin: rows[0]?.bin,
    },
  )
})

describe('an export', () => {
  it('is what the list shows, as CSV: references by name, no formulas', async () => {
    const lines = await csv({ search: word })
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(/^bin;company_name;/)
    const first = lines.find((line) => line.startsWith(`${String(rows[0]?.bin)};`)) ?? ''
    expect(first).toContain(`"ТОО ""${word}; ПЛЮС"""`)
    expect(first).toContain(`;${word};`)
    expect(first).toContain(`"'=HYPERLINK(""http://evil"")"`)
    const bytes = new Uint8Array(
      await (
        await SELF.fetch(`http://qoltanba.test${path({ search: word })}`, { headers: { authorization: `Bearer ${token}` } })
      ).arrayBuffer(),
    )
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(await csv({ search: word, oked: '01110' })).toHaveLength(2)
    expect(await csv({ bin: String(rows[0]?.bin) })).toHaveLength(2)
    expect(await csv({ search: '№' })).toHaveLength(1)
  })

  it('is the same as XLSX', async () => {
    const [head, ...cells] = await xlsx({ search: word })
    expect(head?.slice(0, 2)).toEqual(['bin', 'company_name'])
    expect(cells).toHaveLength(2)
    const first = cells.find((row) => row[0] === rows[0]?.bin)
    expect(first).toContain('=HYPERLINK("http://evil")')
    expect(first).toContain('a_x005F_x0041_b &lt;&amp;&gt;')
    expect(cells.find((row) => row[0] === rows[1]?.bin)).toContain('01110')
  })

  it('has phones and e-mails with whose they are', async () => {
    expect(await csv({ kind: 'phone_numbers', search: word })).toEqual([
      'phone_number;client',
      `+7(709)000-00-00;"ТОО ""${word}; ПЛЮС"""`,
      `+7(709)000-00-01;"ТОО ""${word} МИНУС"""`,
    ])
    expect(await csv({ kind: 'emails', search: word })).toHaveLength(2)
    expect((await xlsx({ kind: 'emails', search: word }))[1]?.[1]).toBe(rows[0]?.bin)
  })

  it('comes in pieces, each row once', async () => {
    const many = newWord()
    await load({ kind: 'regions', region: many }, ...Array.from({ length: 2300 }, () => newClient({ region_ex: many, director: many })))
    const lines = await csv({ search: many })
    expect(lines).toHaveLength(2301)
    expect(new Set(lines).size).toBe(2301)
    const all = await csv({})
    expect(new Set(all).size).toBe(all.length)
    expect((await xlsx({ search: many })).length).toBe(2301)
  })

  it('refuses a format or a list that there is not', async () => {
    for (const query of [{ format: 'pdf' }, { kind: 'staff' }] as Record<string, string>[])
      expect((await call('GET', path(query), { token })).status).toBe(400)
  })

  it('is not an XLSX where that would be too long', async () => {
    await env.DB.prepare(
      `insert into directory_emails (client_id, value, key) with recursive n(i) as (select 1 union all select i + 1 from n where i <= ${MOST_ROWS})
       select (select min(id) from directory_clients), 'n' || i || '@long.example', 'n' || i || '@long.example' from n`,
    ).run()
    expect((await call('GET', path({ kind: 'emails', format: 'xlsx' }), { token })).status).toBe(422)
  }, 60_000)
})
