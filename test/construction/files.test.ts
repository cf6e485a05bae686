import { env, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { sweepDroppedBytes } from '../../src/construction/files/drop-files.ts'
import { expireReportFiles } from '../../src/construction/files/report-files.ts'
import { saveReportFile } from '../../src/construction/files/save-report.ts'
import { utf8 } from '../../src/lib/hash.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, newMember, type Company } from '../factories.ts'

const BASE = '/api/v1/admin'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
let company: Company
let other: Company
let ctx: Ctx
beforeAll(async () => {
  company = await newCompany()
  other = await newCompany()
  ctx = await newCtx()
})

interface Kept {
  id: string
  path: string
  filename: string
  name: string | null
  type: string
  size: number
  download_url: string
}
const reports = async (query = '', token = company.token) =>
  (await must<{ data: Kept[]; meta: { total: number } }>(200, 'GET', `${BASE}/report-files?per_page=100${query}`, { token })).data
const save = (text: string, filename = 'отчёт.xlsx', orgId = company.id) =>
  saveReportFile(ctx, { type: 'reports', filename, mime: XLSX, content: utf8(text), orgId })
const objects = async (orgId: number) => (await env.FILES.list({ prefix: `organizations/${orgId}/` })).objects.length

describe('report files', () => {
  it('two of one name and day are two files, made side by side, each with its own bytes and link', async () => {
    const made = await Promise.all(['один', 'два', 'три'].map((text) => save(text, 'Расход.xlsx')))
    expect(new Set(made.map((row) => row.path)).size).toBe(3)
    const listed = (await reports('&filename=РАСХОД')).filter((row) => row.path.includes('Расход'))
    expect(listed).toHaveLength(3)
    for (const row of listed) {
      expect(Buffer.from(row.id, 'base64url').toString('utf8')).toBe(row.path)
      expect(row.path).toMatch(/^reports\/\d{4}\/\d\d\/\d\d\/Расход.*\.xlsx$/)
      const got = await SELF.fetch(row.download_url)
      expect([got.status, utf8(await got.text()).length]).toEqual([200, row.size])
    }
  })

  it('are renamed and deleted by their organization alone; a deleted one takes its link along', async () => {
    await save('мой', 'Мой.xlsx')
    const [mine] = await reports('&filename=мой')
    const at = `${BASE}/report-files/${mine?.id}`
    for (const method of ['PATCH', 'DELETE'])
      expect((await call(method, at, { token: other.token, body: method === 'PATCH' ? { name: 'x' } : undefined })).status).toBe(404)
    expect(await must(200, 'PATCH', at, { token: company.token, body: { name: 'За январь' } })).toEqual({ message: 'Name updated.' })
    expect((await reports('&filename=мой'))[0]).toMatchObject({ name: 'За январь', filename: 'Мой.xlsx' })
    const link = mine?.download_url ?? ''
    // Whoever has the link has it as it was given, with nothing put to it.
    for (const other of [`${link}.x`, link.replace('/files/', '/files/A'), link.slice(0, -1)])
      expect((await SELF.fetch(other)).status).toBe(404)
    await must(200, 'DELETE', at, { token: company.token })
    await must(404, 'DELETE', at, { token: company.token })
    expect((await SELF.fetch(mine?.download_url ?? '')).status).toBe(404)
    for (const key of ['..', '%00', Buffer.from('../../etc/passwd').toString('base64url'), '!!!'])
      expect((await call('DELETE', `${BASE}/report-files/${key}`, { token: company.token })).status).toBeGreaterThanOrEqual(404)
  })

  it('days are the organization’s, both ends count', async () => {
    const lone = await newCompany()
    // 20:00 UTC is the next day in Almaty.
    await saveReportFile(
      { ...ctx, now: new Date('2024-01-15T20:00:00Z') },
      { type: 'reports', filename: 'a.pdf', mime: 'application/pdf', content: utf8('a'), orgId: lone.id },
    )
    const on = async (from: string, to: string) => {
      const at = { ...ctx, now: new Date('2024-06-01T00:00:00Z'), actor: { kind: 'key', keyId: 'k', orgId: lone.id, scopes: [] } } as Ctx
      const { listReportFiles } = await import('../../src/construction/files/report-files.ts')
      return (await listReportFiles(at, { date_from: from, date_to: to })).meta.total
    }
    expect([await on('2024-01-16', '2024-01-16'), await on('2024-01-15', '2024-01-15')]).toEqual([1, 0])
  })

  it('go when their year is over; bytes go later, and only what no other file needs', async () => {
    const lone = await newCompany()
    const row = await save('общие байты', 'a.xlsx', lone.id)
    await save('общие байты', 'b.xlsx', lone.id)
    await save('свои байты', 'c.xlsx', lone.id)
    expect(await objects(lone.id)).toBe(2)
    await env.DB.prepare("update report_files set expires_at = ? where org_id = ? and filename <> 'b.xlsx'")
      .bind(ctx.now.toISOString(), lone.id)
      .run()
    await expireReportFiles(ctx)
    expect((await reports('', lone.token)).map((r) => r.filename)).toEqual(['b.xlsx'])
    await sweepDroppedBytes(ctx)
    expect(await objects(lone.id)).toBe(2)
    const later = { ...ctx, now: new Date(ctx.now.getTime() + 2 * 3_600_000) }
    await sweepDroppedBytes(later)
    expect(await objects(lone.id)).toBe(1)
    expect(row.size).toBe(utf8('общие байты').length)
  })
})

const folder = (name: string, parent_path?: string, token = company.token) =>
  call('POST', `${BASE}/personal-files/folder`, { token, body: { name, parent_path } })
function upload(
  name: string,
  parent?: string,
  bytes: Uint8Array<ArrayBuffer> = utf8('%PDF-1.4') as Uint8Array<ArrayBuffer>,
  token = company.token,
) {
  const form = new FormData()
  form.set('file', new File([bytes], name, { type: 'application/pdf' }))
  if (parent !== undefined) form.set('parent_path', parent)
  return call<{ errors: Record<string, string[]> }>('POST', `${BASE}/personal-files/upload`, { token, raw: form })
}
const shown = (path = '', token = company.token) =>
  must<{ id: string; path: string; filename: string; is_folder: boolean; size: number; download_url: string | null }[]>(
    200,
    'GET',
    `${BASE}/personal-files?path=${encodeURIComponent(path)}`,
    { token },
  )

describe('personal files', () => {
  it('folders first, then files, by the alphabet; only one’s own', async () => {
    for (const name of ['Яблоки', 'акты', 'Ёлки']) expect((await folder(name)).status).toBe(200)
    for (const name of ['б.pdf', 'А.pdf']) expect((await upload(name)).status).toBe(200)
    const all = await shown()
    expect(all.map((f) => f.filename)).toEqual(['акты', 'Ёлки', 'Яблоки', 'А.pdf', 'б.pdf'])
    expect(all[0]).toMatchObject({ path: `${company.userId}/акты/`, size: 0, is_folder: true, download_url: null })
    expect((await SELF.fetch(all[3]?.download_url ?? '')).status).toBe(200)
    const colleague = await newMember(company, 'admin')
    expect(await shown('', colleague)).toEqual([])
    expect((await call('DELETE', `${BASE}/personal-files/${all[3]?.id}`, { token: colleague })).status).toBe(404)
  })

  it('nothing climbs out of the root', async () => {
    for (const name of ['..', '.', '../x', 'a/b', 'a\\b', ' ', 'я'.repeat(256)]) expect((await folder(name)).status, name).toBe(422)
    for (const parent of ['../x', 'a/../../b', 'a//b', 'a/./b', 'a\\..\\b', Array.from({ length: 21 }, () => 'a').join('/')])
      expect((await folder('x', parent)).status, parent).toBe(422)
    expect(await shown('../1')).toEqual([])
    // A file is no folder, and nothing is left below it by the attempt.
    await upload('file.pdf')
    expect((await folder('x', 'file.pdf/y')).status).toBe(422)
    expect(await shown('file.pdf')).toEqual([])
  })

  it('of calls side by side for one name one makes it', async () => {
    expect(statusesOf(await Promise.all(Array.from({ length: 5 }, () => folder('Гонка'))))).toEqual([200, 409, 409, 409, 409])
    expect(
      statusesOf(
        await Promise.all(Array.from({ length: 4 }, (_, i) => upload('гонка.pdf', 'Гонка', utf8(`%PDF ${i}`) as Uint8Array<ArrayBuffer>))),
      ),
    ).toEqual([200, 409, 409, 409])
    expect(await shown('Гонка')).toHaveLength(1)
  })

  it('10 MB a file, and a quota that calls side by side can’t pass', async () => {
    expect((await upload('big.pdf', undefined, new Uint8Array(10 * 1_048_576 + 1))).body.errors.file).toBeDefined()
    const lone = await newCompany()
    await env.DB.prepare(
      "insert into personal_files (id, org_id, user_id, parent, name, name_key, is_folder, size, created_at) values (?, ?, ?, '', 'x', 'x', 0, ?, '')",
    )
      .bind(crypto.randomUUID(), lone.id, lone.userId, 1024 * 1_048_576 - 3000)
      .run()
    const many = await Promise.all(Array.from({ length: 4 }, (_, i) => upload(`${i}.pdf`, undefined, new Uint8Array(1000), lone.token)))
    expect(statusesOf(many)).toEqual([200, 200, 200, 422])
    expect(many.find((a) => a.status === 422)?.body.errors.file?.[0]).toContain('1024 МБ')
  })

  it('a folder goes with thousands of files in it, and with nothing that only begins like it', async () => {
    const lone = await newCompany()
    await folder('Архив', undefined, lone.token)
    await upload('in.pdf', 'Архив/2024/май', undefined, lone.token)
    await upload('near.pdf', 'Архив-2', undefined, lone.token)
    const [inner] = await shown('Архив/2024/май', lone.token)
    const numbers = JSON.stringify(Array.from({ length: 3000 }, (_, i) => i))
    await env.DB.batch([
      env.DB.prepare(
        "insert into files (id, org_id, sha256, name, mime, size, created_at) select 'b' || ?1 || '-' || value, ?1, 'h' || value, 'f', 'x/y', 1, '' from json_each(?2)",
      ).bind(lone.id, numbers),
      env.DB.prepare(
        "insert into personal_files (id, org_id, user_id, parent, name, name_key, is_folder, file_id, size, created_at) select 'p' || ?1 || '-' || value, ?1, ?3, 'Архив/2024', value, value, 0, 'b' || ?1 || '-' || value, 1, '' from json_each(?2)",
      ).bind(lone.id, numbers, lone.userId),
    ])
    const top = (await shown('', lone.token)).find((f) => f.filename === 'Архив')
    await must(200, 'DELETE', `${BASE}/personal-files/${top?.id}`, { token: lone.token })
    const left = await env.DB.prepare(
      'select (select count(*) from personal_files where org_id = ?1) as entries, (select count(*) from files where org_id = ?1) as files',
    )
      .bind(lone.id)
      .first()
    expect(left).toEqual({ entries: 2, files: 1 })
    expect((await SELF.fetch(inner?.download_url ?? '')).status).toBe(404)
    expect((await call('DELETE', `${BASE}/personal-files/${inner?.id}`, { token: lone.token })).status).toBe(404)
  })
})
