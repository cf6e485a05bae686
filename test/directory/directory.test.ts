import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newCompany, newMember, operatorToken, type Company } from '../factories.ts'
import { list, load, newClient, newWord, walk, type Row } from './kit.ts'

let company: Company
const clients = (query: Record<string, string | number>) => list('clients', query, company.token)
const bins = async (query: Record<string, string | number>) => (await clients(query)).results.map((c) => c.bin)
const idOf = async (path: string, search: string) => String((await list(path, { search })).results[0]?.id)

beforeAll(async () => {
  company = await newCompany()
})

describe('reference lists', () => {
  it('are open to everybody, each thing by its own eight digits', async () => {
    const [section, sub, rubric] = [newWord(), newWord(), newWord()]
    await load(
      { kind: 'sections', section },
      { kind: 'sub_sections', sub_section: sub, section },
      { kind: 'rubrics', rubric, sub_section: sub },
      ...['regions', 'localities', 'districts', 'types', 'krp_names'].map((kind) => ({
        kind,
        [kind.replace(/ies$/, 'y').replace(/s$/, '')]: `${kind} ${section}`,
      })),
    )
    for (const [path, shown] of Object.entries<Row>({
      sections: { section },
      sub_sections: { sub_section: sub, section },
      rubrics: { rubric, sub_section: sub },
      regions: { region: `regions ${section}` },
      localities: { locality: `localities ${section}` },
      districts: { district: `districts ${section}` },
      types: { type: `types ${section}` },
      krp_names: { krp_name: `krp_names ${section}` },
    })) {
      const { results } = await list(path, { search: String(Object.values(shown)[0]) })
      expect(results).toEqual([{ id: expect.stringMatching(/^[0-9a-f]{8}$/), ...shown }])
      expect(await must(200, 'GET', `/clients/${path}/${String(results[0]?.id)}/`)).toEqual(results[0])
      // One list does not show what is in another.
      const other = path === 'sections' ? 'types' : 'sections'
      expect((await call('GET', `/clients/${other}/${String(results[0]?.id)}/`)).status).toBe(404)
    }
  })

  it('come in pages that lead on and back, without gaps or repeats', async () => {
    const word = newWord()
    await load(...Array.from({ length: 45 }, (_, i) => ({ kind: 'types', type: `${word} ${i}` })))
    const pages = await walk('types', { page_size: 10 })
    const ids = pages.flatMap((p) => p.results.map((r) => r.id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(pages[0]?.count).toBe(ids.length)
    expect(pages[0]?.previous).toBeNull()
    expect(pages[1]?.previous).toMatch(/[?&]page=1\b/)
    const found = await walk('types', { search: word, page_size: 10 })
    expect(found.map((p) => p.results.length)).toEqual([10, 10, 10, 10, 5])
    expect(found.every((p) => p.count === 45)).toBe(true)
    expect((await call('GET', '/clients/types/?page=9999')).status).toBe(404)
    expect((await call('GET', '/clients/types/?page=0')).status).toBe(404)
    expect((await list('types', { page_size: 1000 })).results.length).toBeLessThanOrEqual(100)
  })
})

describe('search', () => {
  it('minds neither case, of Kazakh letters either, nor ё, and finds beginnings', async () => {
    const word = newWord()
    const { bin } = newClient()
    await load({ kind: 'clients', bin, company_name: `ЖШС "ЁЛКА ҚАЙРАТ ҮМІТ ${word.toUpperCase()}"`, address: 'Г.ҚОСТАНАЙ, КӨШЕ ӘЛИЯ, 12' })
    for (const search of [
      `елка ${word}`,
      `ЁЛКА ${word}`,
      `ёлк ${word.slice(0, -1)}`,
      `қайрат ${word}`,
      `Қайрат үміт ${word}`,
      `${word} костанай`.replace('костанай', 'Қостанай'),
      `${word} әли`,
      `${word} "12"`,
    ])
      expect(await bins({ search }), search).toEqual([bin])
    expect(await bins({ search: `айрат ${word}` })).toEqual([])
  })

  it('finds clients by name, BIN, director, address, phone and e-mail', async () => {
    const client = newClient({ director: 'ОМАРОВА ДИНАРА', address: 'УЛИЦА ТӨЛЕ БИ, 181', company_name_ex: 'Deluxe Trade' })
    const number = client.bin.slice(-7)
    const mail = `first.last-${client.bin}@mail.example`
    await load(
      client,
      {
        kind: 'phone_numbers',
        phone_number: `+7(707)${number.slice(0, 3)}-${number.slice(3, 5)}-${number.slice(5)}`,
        clients_bin: client.bin,
      },
      { kind: 'emails', email: mail, clients_bin: client.bin },
    )
    const name = client.company_name.slice(5, -1)
    for (const search of [
      client.bin,
      client.bin.slice(0, 11),
      name.toLowerCase(),
      `${name} омарова`,
      `${name} төле би 181`,
      `deluxe trade ${name}`,
      `+7707${number}`,
      `8 (707) ${number.slice(0, 3)} ${number.slice(3)}`,
      `707${number}`,
      `${number.slice(0, 3)}-${number.slice(3, 5)}-${number.slice(5)}`,
      mail.toUpperCase(),
      `last ${client.bin}`,
    ])
      expect(await bins({ search }), search).toContain(client.bin)
    expect(await bins({ search: `${name} нет такого` })).toEqual([])
  })

  it('puts what is called so first', async () => {
    const word = newWord()
    const named = (name: string, more: Row = {}) => newClient({ company_name: `ТОО "${name}"`, ...more })
    const elsewhere = named(newWord(), { director: word })
    const part = named(`МЕГА ${word}`)
    const begins = named(`${word} СЕРВИС`)
    const exact = named(word)
    const longer = named(`${word}СНАБ`)
    await load(elsewhere, part, longer, begins, exact)
    expect(await bins({ search: word })).toEqual([exact, longer, begins, part, elsewhere].map((c) => c.bin))
  })

  it('is not fooled by the language of FTS5, nor by letters of any kind', async () => {
    for (const search of [
      '"',
      "'",
      '*',
      'a*',
      'name:x',
      'NEAR(a b)',
      'a AND',
      '-a',
      '^a',
      '(',
      '{whole}:x',
      'a" OR "b',
      '%',
      '_',
      '\\',
      '\u1c90\u10d0',
      '\u{1e900}',
      '\u0130',
      'ſ',
      '½',
      '②',
      '漢字',
      'é\u0301',
      '🙂',
      '_r1',
    ]) {
      const answer = await call('GET', `/clients/clients/?${new URLSearchParams({ search }).toString()}`, { token: company.token })
      expect(answer.status, search).toBe(200)
    }
    expect((await call('GET', `/clients/types/?search=${'x'.repeat(300)}`)).status).toBe(400)
  })

  it('cuts words as FTS5 does: each letter that may stand in one is of one', async () => {
    const letters = Array.from({ length: 0x528 }, (_, i) => String.fromCodePoint(i)).filter((c) => /[\p{L}\p{N}]/u.test(c))
    for (let i = 0; i < letters.length; i += 40) {
      const match = letters
        .slice(i, i + 40)
        .map((c) => `"a${c.toLowerCase()}b"*`)
        .join(' OR ')
      await env.DB.prepare('select rowid from directory_clients_search where directory_clients_search match ?').bind(match).all()
    }
  })

  it('of nothing finds everything, of no word nothing', async () => {
    expect((await list('types', { search: ' ' })).count).toBe((await list('types')).count)
    expect((await list('types', { search: '№ — !' })).count).toBe(0)
  })
})

describe('filters', () => {
  it('leave what is of all of them, also together with a search', async () => {
    const w = newWord()
    await load(
      ...['А', 'Б'].flatMap((x) => [
        { kind: 'regions', region: `${w} ${x}` },
        { kind: 'localities', locality: `${w} ${x}` },
        { kind: 'districts', district: `${w} ${x}` },
        { kind: 'krp_names', krp_name: `${w} ${x}` },
        { kind: 'sections', section: `${w} ${x}` },
        { kind: 'sub_sections', sub_section: `${w} ${x}`, section: `${w} ${x}` },
        { kind: 'rubrics', rubric: `${w} ${x}`, sub_section: `${w} ${x}` },
      ]),
    )
    const of = (x: string, oked: string) =>
      newClient({
        region_ex: `${w} ${x}`,
        locality_ex: `${w} ${x}`,
        district_ex: `${w} ${x}`,
        krp_name: `${w} ${x}`,
        rubrics: [`${w} ${x}`],
        oked,
        director: w,
      })
    const [a, b] = [of('А', '46690'), of('Б', '52299')]
    await load(a, b)
    const filters = {
      region_ex: await idOf('regions', `${w} А`),
      locality_ex: await idOf('localities', `${w} А`),
      district_ex: await idOf('districts', `${w} А`),
      krp_name: await idOf('krp_names', `${w} А`),
      rubric: await idOf('rubrics', `${w} А`),
    }
    for (const [filter, value] of Object.entries(filters)) {
      expect(await clients({ [filter]: value }), filter).toMatchObject({ count: 1, results: [{ bin: a.bin }] })
      expect(await bins({ [filter]: value, search: w })).toEqual([a.bin])
      expect(await bins({ [filter]: value, bin: a.bin })).toEqual([a.bin])
      expect(await bins({ [filter]: value, bin: b.bin })).toEqual([])
    }
    expect(await bins({ ...filters, oked: '46690' })).toEqual([a.bin])
    expect(await bins({ ...filters, oked: '52299' })).toEqual([])
    expect(await bins({ oked: '52299', search: w })).toEqual([b.bin])
    expect(await bins({ bin: a.bin, search: w })).toEqual([a.bin])
    expect((await call('GET', '/clients/clients/?region_ex=Алматы', { token: company.token })).status).toBe(400)

    // What moves, moves in every count.
    await load({ ...a, region_ex: `${w} Б` })
    expect(await clients({ region_ex: filters.region_ex })).toMatchObject({ count: 0, results: [] })
    expect((await clients({ region_ex: await idOf('regions', `${w} Б`) })).count).toBe(2)
  })

  it('count and page through what many have', async () => {
    const region = newWord()
    const made = Array.from({ length: 130 }, () => newClient({ region_ex: region }))
    await load({ kind: 'regions', region }, ...made)
    const region_ex = await idOf('regions', region)
    const queries: Record<string, string>[] = [{ region_ex }, { region_ex, oked: '' }, { search: 'тоо', region_ex }]
    for (const query of queries) {
      const pages = await walk('clients', { ...query, page_size: 20 }, company.token)
      expect(pages.map((p) => p.results.length)).toEqual([20, 20, 20, 20, 20, 20, 10])
      expect(pages.every((p) => p.count === 130)).toBe(true)
      expect(new Set(pages.flatMap((p) => p.results.map((r) => r.bin)))).toEqual(new Set(made.map((c) => c.bin)))
      // Back from the last page, and straight to the middle, is the same.
      const { pathname, search } = new URL(pages.at(-1)?.previous ?? '')
      expect((await must(200, 'GET', pathname + search, { token: company.token })).results).toEqual(pages.at(-2)?.results)
      expect((await clients({ ...query, page: 4 })).results).toEqual(pages[3]?.results)
      expect(
        (await call('GET', `/clients/clients/?${new URLSearchParams({ ...query, page: '8' }).toString()}`, { token: company.token }))
          .status,
      ).toBe(404)
    }
  })
})

describe('a list of more than a thousand', () => {
  it('counts what is found as far as it has looked, and leads through all of it and back', async () => {
    const [word, rare] = [newWord(), newWord()]
    const made = Array.from({ length: 1010 }, (_, i) =>
      newClient({ company_name: `ТОО "${word.toUpperCase()} ${i % 2 ? 'ЖОЛ' : 'ҚҰРЫЛЫС'}"`, director: i < 30 ? rare : 'нет' }),
    )
    await load(...made)
    for (const [search, all] of [
      [word, made],
      [`${word} жол`, made.filter((_, i) => i % 2 === 1)],
    ] as const) {
      const pages = await walk<{ bin: string }>('clients', { search, page_size: 100 }, company.token)
      const found = pages.flatMap((p) => p.results.map((r) => r.bin))
      expect(found).toHaveLength(all.length)
      expect(new Set(found)).toEqual(new Set(all.map((c) => c.bin)))
      const seen = pages.map((_, i) => pages.slice(0, i + 1).reduce((sum, p) => sum + p.results.length, 0))
      // As far as was looked: never less than was shown, more while there is more, and in the end all of it.
      for (const [i, page] of pages.entries()) expect(page.count).toBeGreaterThanOrEqual((seen[i] ?? 0) + (page.next ? 1 : 0))
      // Of one word it is known how many have it.
      expect(pages[0]?.count).toBe(search === word ? all.length : 400)
      expect(pages.at(-1)?.count).toBe(all.length)
      for (let i = pages.length - 1; i > 0; i--) {
        const { pathname, search: asked } = new URL(pages[i]?.previous ?? '')
        const before = await must(200, 'GET', pathname + asked, { token: company.token })
        expect(before.results, `before page ${i + 1}`).toEqual(pages[i - 1]?.results)
      }
    }
    await load(...made.slice(60, 120).map((c) => ({ ...c, company_name: 'ТОО "БӨТЕН"' })))
    expect((await clients({ search: word })).count).toBe(made.length - 60)
    // What is few is counted whole.
    expect(await clients({ search: rare })).toMatchObject({ count: 30 })
    expect(await clients({ search: `${rare} ${word}` })).toMatchObject({ count: 30 })
  })
})

describe('who may see', () => {
  const closed = ['/clients/clients/', '/clients/phone_numbers/', '/clients/staff/', '/clients/get_user_company/', '/clients/export/']

  it('what is marked AUTH ONLY: members, whatever their role', async () => {
    const foreman = await newMember(company, 'foreman')
    const keyWith = async (scopes: string[]) =>
      (await must<{ key: string }>(201, 'POST', '/api/v1/api-keys', { token: company.token, body: { name: 'т', scopes } })).key
    const [reader, other] = [await keyWith(['directory:read']), await keyWith(['contracts:read'])]
    for (const path of closed) {
      expect((await call('GET', path)).status, path).toBe(401)
      expect((await call('GET', path, { token: foreman })).status, path).toBe(200)
      expect((await call('GET', path, { token: other })).status, path).toBe(403)
    }
    expect((await call('GET', '/clients/clients/', { token: reader })).status).toBe(200)
    expect((await call('GET', '/clients/clients/', { token: await operatorToken() })).status).toBe(200)
    for (const path of ['sections', 'emails']) expect((await call('GET', `/clients/${path}/`)).status).toBe(200)
  })

  it('staff of the caller’s own organization alone, searched by name, position and phone', async () => {
    const [mine, stranger] = [await newCompany(), await newCompany()]
    await newMember(mine, 'accountant')
    await newMember(mine, 'foreman')
    const all = await list<{ user: string; role: string }>('staff', {}, mine.token)
    expect(all.results.map((s) => s.role)).toEqual(['Директор', 'Бухгалтер', 'Прораб'])
    expect((await list('staff', { search: 'БУХГАЛТЕР' }, mine.token)).results).toEqual([all.results[1]])
    expect((await list('staff', { search: mine.phone }, mine.token)).results).toEqual([all.results[0]])
    expect((await list('staff', { search: 'нет такого' }, mine.token)).count).toBe(0)
    expect((await list('staff', { page: 2, page_size: 2 }, mine.token)).results).toEqual([all.results[2]])
    expect((await list('staff', {}, stranger.token)).results).toHaveLength(1)
    expect((await call('GET', `/clients/staff/${all.results[0]?.user}/`, { token: stranger.token })).status).toBe(404)
    const me = await must(200, 'GET', '/clients/get_user_company/', { token: mine.token })
    expect(me).toMatchObject({ user: all.results[0], company: { company_name: 'ТОО «Тест»', bin: null } })
  })
})
