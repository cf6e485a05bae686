import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeOffsOf } from '../../src/construction/materials/movements.ts'
import { batch } from '../../src/db/client.ts'
import { call, must, statusesOf } from '../app.ts'
import { newCompany, newCtx, newMember, next, type Company } from '../factories.ts'
import { ADMIN, makeThing } from './site.ts'

let company: Company
let stranger: Company
let unit: number
beforeAll(async () => {
  ;[company, stranger] = await Promise.all([newCompany({ name: 'ТОО «Каталог»' }), newCompany()])
  unit = await makeThing(company, '/measurement-units', { name: `кладка ${next()}`, short_name: 'м²', type: 'material' })
})

const upload = (
  path: string,
  file: string | Uint8Array<ArrayBuffer>,
  more: Record<string, string> = {},
  of: Pick<Company, 'token'> = company,
) => {
  const form = new FormData()
  form.set('file', new File([file], 'таблица.csv', { type: 'text/csv' }))
  for (const [name, value] of Object.entries(more)) form.set(name, value)
  return call<{ imported: number; updated: number; errors: string[]; message?: string }>('POST', `${ADMIN}${path}`, {
    token: of.token,
    raw: form,
  })
}
const get = <T>(path: string, of: Pick<Company, 'token'> = company) => must<T>(200, 'GET', `${ADMIN}${path}`, { token: of.token })
interface Material {
  id: number
  name: string
  code: string | null
  category: string | null
  default_price: number | null
  external_code: string | null
  consumption_rates: Record<string, number> | null
}
const materials = async (query = '', of: Pick<Company, 'token'> = company) =>
  (await get<{ data: Material[] }>(`/materials?per_page=100${query}`, of)).data

describe('imports', () => {
  it('takes good rows in, tells bad ones by line, and changes what is known', async () => {
    const of = await newCompany()
    const first = await upload(
      '/materials/import',
      'Наименование;Код;Ед. изм.;Цена;Внешний код\nПесок;P-1;кг;1 234,50;X1\n;N;кг;1;\nЩебень;S;локоть;1;\nГлина;G;кг;-1;\n\nИзвесть;;КГ.;;\n',
      {},
      of,
    )
    expect(first).toMatchObject({
      status: 200,
      body: {
        imported: 2,
        updated: 0,
        errors: [
          "Строка 3: отсутствует обязательное поле 'Наименование'",
          "Строка 4: единица измерения 'локоть' не найдена",
          "Строка 5: поле 'Цена' должно быть числом не меньше нуля",
        ],
      },
    })
    // By name, and by external code; an empty cell leaves what is there.
    const second = await upload('/materials/import', 'name,code,external_code,category\nПесок,,,Сыпучие\nПесок речной,P-2,X1,\n', {}, of)
    expect(second.body).toMatchObject({ imported: 0, updated: 2, errors: [] })
    expect((await materials('', of)).find((m) => m.external_code === 'X1')).toMatchObject({
      name: 'Песок речной',
      code: 'P-2',
      category: 'Сыпучие',
      default_price: 1234.5,
    })
    expect(await materials()).toEqual([])
  })

  it('takes 5,000 rows, and as many again; side by side none is doubled', async () => {
    const of = await newCompany()
    const rows = Array.from({ length: 5000 }, (_, i) => `"Материал, № ${i}",M${i},кг,${i}.5,EXT-${i}`)
    const file = `name,code,measurement_unit,default_price,external_code\n${rows.join('\n')}\n`
    const both = await Promise.all([upload('/materials/import', file, {}, of), upload('/materials/import', file, {}, of)])
    expect(statusesOf(both)).toEqual([200, 200])
    expect(both.map((a) => a.body.imported).toSorted((a, b) => a - b)).toEqual([0, 5000])
    expect((await upload('/materials/import', file, {}, of)).body).toMatchObject({ imported: 0, updated: 5000, errors: [] })
    const kept = await env.DB.prepare('select count(*) n, sum(default_price) p from materials where org_id = ?').bind(of.id).first()
    expect(kept).toEqual({ n: 5000, p: (4999 * 2500 + 2500) * 100 })
    // The next one by hand gets an id of its own.
    await makeThing(of, '/materials', { name: 'После загрузки', measurement_unit_id: 1 })
  }, 60_000)

  it('refuses what is no table, whose columns are missing, or doubled', async () => {
    for (const file of ['MZ\0\0', '', 'имя;цена\nПесок;1\n', 'name,name\nА,Б\n', 'name\n"Песок\n'])
      expect((await upload('/materials/import', file)).status).toBe(400)
    expect((await call('POST', `${ADMIN}/materials/import`, { token: company.token, raw: new FormData() })).status).toBe(422)
    expect((await upload('/cost-categories/import', 'name\nА\n', { format: 'unknown' })).status).toBe(400)
  })

  it('reads its own templates', async () => {
    for (const format of ['csv', 'xlsx']) {
      const template = await call('GET', `${ADMIN}/materials/import-template?format=${format}`, { token: company.token })
      expect(template.headers.get('content-disposition')).toContain(`.${format}`)
      if (format === 'csv')
        expect((await upload('/materials/import', template.text)).body).toMatchObject({ imported: 0, updated: 0, errors: [] })
    }
  })

  it('builds a tree of categories from 1С and СБИС, parents below their children too', async () => {
    const of = await newCompany()
    const onec = 'Код;Наименование;Родитель\n002;Отделка;Строительство\n001;Строительство;\n003;Покраска;Отделка\n004;Сирота;Нет такой\n'
    expect((await upload('/cost-categories/import', onec, { format: 'onec' }, of)).body).toMatchObject({
      imported: 3,
      errors: ["Строка 5: родитель 'Нет такой' не найден"],
    })
    const sbis = 'Наименование;Код;Код раздела\nПокраска стен;003;001\nСтроительство;001;003\n'
    expect((await upload('/cost-categories/import', sbis, { format: 'sbis' }, of)).body).toMatchObject({
      updated: 1,
      errors: ['Строка 3: категория оказалась бы внутри самой себя'],
    })
    const { data } = await get<{ data: { name: string; code: string; parent: { code: string } | null }[] }>('/cost-categories', of)
    expect(Object.fromEntries(data.map((c) => [c.code, [c.name, c.parent?.code]]))).toEqual({
      '001': ['Строительство', undefined],
      '002': ['Отделка', '001'],
      '003': ['Покраска стен', '001'],
    })
  })
})

describe('cost categories', () => {
  const make = (name: string, parent_id?: number, of: Pick<Company, 'token'> = company) =>
    makeThing(of, '/cost-categories', { name, parent_id })
  const move = (id: number, parent_id: number | null) =>
    call<{ errors: Record<string, string[]> }>('PUT', `${ADMIN}/cost-categories/${id}`, { token: company.token, body: { parent_id } })
  const circles = async () =>
    (
      await env.DB.prepare(
        `with recursive up(start, id, depth) as (select id, parent_id, 1 from cost_categories union all
          select up.start, c.parent_id, depth + 1 from cost_categories c join up on c.id = up.id where depth < 100)
         select distinct start from up where depth = 100`,
      ).all()
    ).results

  it('stay a tree while they are moved side by side', async () => {
    const [a, b, c] = [await make('А'), await make('Б'), await make('В')]
    const moves = await Promise.all([move(a, b), move(b, c), move(c, a), move(b, a), move(a, c), move(c, b)])
    expect(moves.every((m) => [200, 400].includes(m.status))).toBe(true)
    expect(moves.some((m) => m.status === 400)).toBe(true)
    expect(await circles()).toEqual([])
    const [root, leaf] = [await make('Корень'), await make('Лист')]
    await must(200, 'PUT', `${ADMIN}/cost-categories/${leaf}`, { token: company.token, body: { parent_id: root } })
    expect((await move(root, leaf)).body.errors).toHaveProperty('parent_id')
    expect((await move(root, root)).status).toBe(400)
    expect((await move(leaf, await make('Чужая', undefined, stranger))).status).toBe(400)
    expect((await move(leaf, 0)).status).toBe(200)
  })

  it('stay while anything hangs on them, also what comes at that moment', async () => {
    const parent = await make('Родитель')
    const both = await Promise.all([
      call('DELETE', `${ADMIN}/cost-categories/${parent}`, { token: company.token }),
      call('POST', `${ADMIN}/cost-categories`, { token: company.token, body: { name: 'Дитя', parent_id: parent } }),
    ])
    expect([200, 400]).toContain(both[0].status)
    expect(both[1].status).toBe(both[0].status === 200 ? 400 : 201)
  })

  it('count their projects, whatever happens to them', async () => {
    const [one, two] = [await make('Первая'), await make('Вторая')]
    const counts = async () =>
      Promise.all(
        [one, two].map(async (id) => (await get<{ data: { projects_count: number } }>(`/cost-categories/${id}`)).data.projects_count),
      )
    const at = '2024-01-01T00:00:00.000Z'
    const run = (text: string, ...values: unknown[]) =>
      env.DB.prepare(text)
        .bind(...values)
        .run()
    const name = `Дом ${next()}`
    await run(
      `insert into projects (org_id, name, name_key, status, search, cost_category_id, created_at, updated_at) values (?, ?, '', 'active', '', ?, ?, ?)`,
      company.id,
      name,
      one,
      at,
      at,
    )
    expect(await counts()).toEqual([1, 0])
    expect((await call('DELETE', `${ADMIN}/cost-categories/${one}`, { token: company.token })).status).toBe(400)
    await run('update projects set cost_category_id = ? where name = ?', two, name)
    expect(await counts()).toEqual([0, 1])
    await run('update projects set deleted_at = ? where name = ?', at, name)
    expect(await counts()).toEqual([0, 0])
    await run('update projects set deleted_at = null where name = ?', name)
    await run('delete from projects where name = ?', name)
    expect(await counts()).toEqual([0, 0])
  })
})

describe('norms', () => {
  it('are one table, written from both sides; nobody names what is another organization’s', async () => {
    const [brick, sand] = [
      await makeThing(company, '/materials', { name: `Кирпич ${next()}`, measurement_unit_id: unit }),
      await makeThing(company, '/materials', { name: `Песок ${next()}`, measurement_unit_id: unit }),
    ]
    const masonry = await makeThing(company, '/work-types', { name: `Кладка ${next()}`, measurement_unit_id: unit })
    const alien = await makeThing(stranger, '/materials', { name: 'Чужой', measurement_unit_id: 1 })
    const alienWork = await makeThing(stranger, '/work-types', { name: 'Чужая', measurement_unit_id: 1 })
    const put = (list: object[]) =>
      call('POST', `${ADMIN}/work-types/${masonry}/materials`, { token: company.token, body: { materials: list } })
    const norm = (material_id: number, default_quantity: number, notes?: string) => ({ material_id, default_quantity, notes })

    expect((await put([norm(brick, 120.5, 'с отходами'), norm(sand, 0.25)])).status).toBe(200)
    for (const bad of [[norm(alien, 1)], [norm(brick, 1), norm(brick, 2)]]) expect((await put(bad)).status).toBe(400)
    const body = { name: `Кирпич ${next()}`, measurement_unit_id: unit, consumption_rates: { [masonry]: 99.5 } }
    await must(200, 'PUT', `${ADMIN}/materials/${brick}`, { token: company.token, body })
    const refused = await call('PUT', `${ADMIN}/materials/${brick}`, {
      token: company.token,
      body: { ...body, consumption_rates: { [alienWork]: 1 } },
    })
    expect(refused.status).toBe(422)

    const suggested = await get<{ data: object[] }>(`/work-types/${masonry}/suggest-materials?quantity=2.5`)
    expect(suggested.data).toMatchObject([
      { material_id: brick, suggested_quantity: 248.75, default_norm_per_unit: 99.5, norm_notes: 'с отходами' },
      { material_id: sand, suggested_quantity: 0.625 },
    ])
    expect(
      (await call('GET', `${ADMIN}/work-types/${masonry}/suggest-materials?quantity=8999999999`, { token: company.token })).status,
    ).toBeLessThan(500)
    expect((await put([norm(sand, 1)])).status).toBe(200)
    expect((await materials()).find((m) => m.id === brick)?.consumption_rates).toBeNull()
    expect((await call('GET', `${ADMIN}/work-types/${masonry}/materials`, { token: stranger.token })).status).toBe(404)
    expect((await call('DELETE', `${ADMIN}/work-types/${masonry}/materials/${sand}`, { token: stranger.token })).status).toBe(404)
    expect((await call('DELETE', `${ADMIN}/work-types/${masonry}/materials/${sand}`, { token: company.token })).status).toBe(204)
    expect((await call('DELETE', `${ADMIN}/work-types/${masonry}/materials/${sand}`, { token: company.token })).status).toBe(404)
  })
})

describe('rate coefficients', () => {
  it('are sorted by whatever the document names', async () => {
    const of = await newCompany()
    const one = { value: 5, type: 'percentage', applies_to: 'general', scope: 'global_org', is_active: true }
    const all = [
      { ...one, name: 'А', code: 'Z', valid_from: '2024-03-01' },
      { ...one, name: 'Б', value: 1, type: 'fixed_addition', applies_to: 'work_costs', is_active: false, valid_to: '2024-05-01' },
      { ...one, name: 'В', code: 'B', scope: 'project', valid_from: '2024-01-01', valid_to: '2024-04-01' },
    ]
    for (const body of all) await makeThing(of, '/rate-coefficients', body)
    const sorts = [
      'name',
      'code',
      'value',
      'type',
      'applies_to',
      'scope',
      'is_active',
      'valid_from',
      'valid_to',
      'created_at',
      'updated_at',
    ]
    for (const sort of sorts) {
      const read = async (direction: string) =>
        (
          await get<{ data: Record<string, string | number | boolean | null>[] }>(
            `/rate-coefficients?sort_by=${sort}&sort_direction=${direction}`,
            of,
          )
        ).data.map((row) => row[sort] ?? null)
      const up = await read('asc')
      const key = (value: unknown) => (value === null ? '' : typeof value === 'number' ? value : JSON.stringify(value))
      expect([sort, up.map(key)]).toEqual([sort, up.map(key).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))])
      expect([sort, await read('desc')]).toEqual([sort, up.toReversed()])
    }
  })

  it('keep their dates in order under changes side by side, and name only what is the organization’s', async () => {
    const winter = {
      name: 'Зима',
      code: `W${next()}`,
      value: 15.5,
      type: 'percentage',
      applies_to: 'work_costs',
      scope: 'global_org',
      valid_from: '2024-06-01',
      valid_to: '2024-06-30',
    }
    const id = await makeThing(company, '/rate-coefficients', winter)
    const change = (body: object) =>
      call<{ data: typeof winter; errors: object }>('PUT', `${ADMIN}/rate-coefficients/${id}`, { token: company.token, body })
    const both = await Promise.all([change({ valid_from: '2024-06-20' }), change({ valid_to: '2024-06-10' })])
    expect(statusesOf(both)).toEqual([200, 422])
    const { data } = await get<{ data: typeof winter }>(`/rate-coefficients/${id}`)
    expect(data.valid_from <= data.valid_to).toBe(true)
    expect((await call('POST', `${ADMIN}/rate-coefficients`, { token: company.token, body: winter })).status).toBe(400)

    const alien = await makeThing(stranger, '/work-types', { name: `Чужая ${next()}`, measurement_unit_id: 1 })
    const named = await change({ scope: 'work_type', conditions: { work_type_ids: [alien] } })
    expect(named).toMatchObject({ status: 422, body: { errors: { 'conditions.work_type_ids.0': [expect.any(String)] } } })
  })
})

describe('movements', () => {
  let project: number
  let material: number
  beforeAll(async () => {
    project = await makeThing(company, '/projects', { name: `Дом ${next()}`, status: 'active' })
    material = await makeThing(company, '/materials', { name: `Цемент ${next()}`, measurement_unit_id: unit })
  })
  interface Movement {
    id: number
    quantity: number
    total_price: number | null
    photo_url: string | null
    operation_type: string
  }
  const log = async (query = '') => (await get<{ data: Movement[] }>(`/logs/material-usage?material_id=${material}${query}`)).data

  it('records a delivery with its photo, which the link opens, and no other file', async () => {
    const png = Uint8Array.from(
      atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg=='),
      (c) => c.charCodeAt(0),
    )
    const form = (photo: Uint8Array<ArrayBuffer>) => {
      const f = new FormData()
      const fields = {
        project_id: project,
        material_id: material,
        quantity: '12.5',
        unit_price: '180.01',
        supplier_id: '',
        usage_date: '2024-02-10',
      }
      for (const [k, v] of Object.entries(fields)) f.set(k, String(v))
      f.set('photo', new File([photo], 'фото.png', { type: 'image/png' }))
      return call<{ data: Movement }>('POST', `${ADMIN}/materials/receipts`, { token: company.token, raw: f })
    }
    expect((await form(Uint8Array.from([77, 90, 0, 0]))).status).toBe(422)
    const made = await form(png)
    // 12.5 × 180.01 = 2250.125
    expect(made).toMatchObject({ status: 201, body: { data: { quantity: 12.5, total_price: 2250.13, operation_type: 'receipt' } } })
    const url = new URL(made.body.data.photo_url ?? '', 'http://qoltanba.test')
    const opened = await call('GET', url.pathname)
    expect([opened.status, opened.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect((await call('GET', url.pathname.slice(0, -2))).status).toBe(404)
  })

  it('refuses nothing, too much, and what is another organization’s', async () => {
    const alien = await makeThing(stranger, '/projects', { name: `Чужой ${next()}`, status: 'active' })
    const post = (more: object, path = '/materials/write-offs') =>
      call<{ errors: object }>('POST', `${ADMIN}${path}`, {
        token: company.token,
        body: { project_id: project, material_id: material, quantity: 1, ...more },
      })
    for (const [field, value] of Object.entries({
      quantity: 0,
      project_id: alien,
      work_type_id: 999_999,
      usage_date: '2024-02-30',
      unit_price: -1,
    }))
      expect(await post({ [field]: value })).toMatchObject({ status: 422, body: { errors: { [field]: [expect.any(String)] } } })
    expect((await post({ quantity: 8_999_999_999, unit_price: 8e12 })).status).toBe(422)
    expect((await post({ supplier_id: 999_999 }, '/materials/receipts')).status).toBe(422)
    const foreman = await newMember(company, 'foreman')
    expect((await call('GET', `${ADMIN}/logs/material-usage`, { token: foreman })).status).toBe(403)
    expect((await get<{ data: object[] }>('/logs/material-usage', stranger)).data).toEqual([])
  })

  it('may take more than was recorded as received; the balance is exact, also of movements side by side', async () => {
    const nails = await makeThing(company, '/materials', { name: `Гвозди ${next()}`, measurement_unit_id: unit })
    const post = (path: string, quantity: number) =>
      call('POST', `${ADMIN}/materials/${path}`, { token: company.token, body: { project_id: project, material_id: nails, quantity } })
    const answers = await Promise.all([post('receipts', 10), ...[5, 0.5, 7.25, 3].map((quantity) => post('write-offs', quantity))])
    expect(answers.map((a) => a.status)).toEqual([201, 201, 201, 201, 201])
    const left = async () =>
      (
        await get<{ data: { material_id: number; stock_quantity: number }[] }>('/materials/analytics/inventory-report?per_page=100')
      ).data.find((row) => row.material_id === nails)?.stock_quantity
    expect(await left()).toBe(-5.75)
    await post('receipts', 6)
    expect(await left()).toBe(0.25)
  })

  it('follows a work: written off while it is confirmed, each material once, and taken back', async () => {
    const ctx = await newCtx()
    const at = '2024-02-15T00:00:00.000Z'
    const workId = 900_000 + next()
    const sand = await makeThing(company, '/materials', { name: `Песок ${next()}`, measurement_unit_id: unit })
    const run = (text: string, ...values: unknown[]) =>
      env.DB.prepare(text)
        .bind(...values)
        .run()
    await run(
      `insert into completed_works (id, org_id, project_id, work_type_id, user_id, quantity, total_amount, completion_date, search, status, created_at, updated_at)
       values (?, ?, ?, 1, 1, 10000, 0, '2024-02-15', '', 'confirmed', ?, ?)`,
      workId,
      company.id,
      project,
      at,
      at,
    )
    const use = (id: number, quantity: number) =>
      run(
        'insert into work_materials (work_id, material_id, quantity, unit_price, total_amount, created_at, updated_at) values (?, ?, ?, 15000, 382500, ?, ?)',
        workId,
        id,
        quantity,
        at,
        at,
      )
    const follow = () => batch(ctx.db, writeOffsOf(ctx, workId))
    const written = async () =>
      (
        await env.DB.prepare(
          'select id, material_id m, quantity q, total_price p, usage_date d from material_movements where work_id = ? order by material_id',
        )
          .bind(workId)
          .all<{ id: number; m: number }>()
      ).results
    await use(material, 255_000)
    await use(sand, 10_000)
    await follow()
    const first = await written()
    expect(first).toMatchObject([{ m: material, q: 255_000, p: 382_500, d: '2024-02-15' }, { m: sand }])
    await Promise.all([follow(), follow()])
    expect(await written()).toEqual(first)
    await run('delete from work_materials where work_id = ? and material_id = ?', workId, sand)
    await run(`update work_materials set quantity = 10 where work_id = ?`, workId)
    await run(`update completed_works set completion_date = '2024-02-16' where id = ?`, workId)
    await follow()
    expect(await written()).toEqual([{ ...first[0], q: 10, d: '2024-02-16' }])
    await run(`update completed_works set status = 'cancelled' where id = ?`, workId)
    await follow()
    expect(await written()).toEqual([])
    expect((await log('&operation_type=write_off')).every((m) => m.operation_type === 'write_off')).toBe(true)
  })
})
