import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newBin, newCompany, operatorToken, spoil } from '../factories.ts'
import { DOCUMENT_SIZE, ndjsonOf, recordsOf } from './generator.ts'
import { list, load, newClient, newWord, sendImport, type Report } from './kit.ts'

const failed = ({ errors }: Report) => errors.map(({ line, error }) => `${line} ${error}`)

describe('an import', () => {
  it('is the operator’s alone', async () => {
    const line = JSON.stringify({ kind: 'sections', section: newWord() })
    const headers = { 'content-type': 'application/x-ndjson' }
    const { token } = await newCompany()
    expect((await call('POST', '/clients/import/', { raw: line, headers })).status).toBe(401)
    expect((await call('POST', '/clients/import/', { raw: line, headers, token })).status).toBe(403)
    expect((await sendImport(line, { 'content-type': 'application/json' })).status).toBe(400)
    expect((await sendImport('')).body).toEqual({ received: 0, created: 0, updated: 0, unchanged: 0, errors: [] })
  })

  it('makes, changes and leaves, by natural key; twice changes nothing', async () => {
    const [section, region] = [newWord(), newWord()]
    const client = newClient({ region_ex: region, registration_date: '2018-05-28', oked: '46690' })
    const records = [
      { kind: 'sections', section },
      { kind: 'regions', region },
      client,
      { kind: 'emails', email: `Office@${client.bin}.example`, clients_bin: client.bin },
      { kind: 'phone_numbers', phone_number: '+7(727)382-15-31', clients_bin: client.bin },
    ]
    expect(await load(...records)).toEqual({ received: 5, created: 5, updated: 0, unchanged: 0, errors: [] })
    expect(await load(...records)).toEqual({ received: 5, created: 0, updated: 0, unchanged: 5, errors: [] })
    const again = [
      { ...client, director: 'ОМАРОВА' },
      // The same ones, written otherwise.
      { kind: 'emails', email: `office@${client.bin}.example`, clients_bin: client.bin },
      { kind: 'phone_numbers', phone_number: '8 727 3821531', clients_bin: client.bin },
    ]
    expect(await load(...again)).toMatchObject({ created: 0, updated: 3, errors: [] })
    const { token } = await newCompany()
    const shown = await must(200, 'GET', `/clients/clients/${client.bin}/`, { token })
    expect(shown).toMatchObject({
      director: 'ОМАРОВА',
      registration_date: '2018-05-28T00:00:00+06:00',
      oked: '46690',
      company_name_search: client.company_name.toLowerCase(),
    })
    // What is left out stays, null empties.
    expect(await load({ kind: 'clients', bin: client.bin, company_name: client.company_name, oked: null })).toMatchObject({ updated: 1 })
    expect(await must(200, 'GET', `/clients/clients/${client.bin}/`, { token })).toMatchObject({
      director: 'ОМАРОВА',
      oked: null,
      region_ex: shown.region_ex,
    })
    // The digits by which it is shown name a region as well.
    expect(await load({ kind: 'clients', bin: client.bin, company_name: client.company_name, region_ex: shown.region_ex })).toMatchObject({
      unchanged: 1,
    })
  })

  it('tells what is wrong, line by line, and takes the rest', async () => {
    const good = newClient()
    const bin = newBin()
    const report = await load(
      good,
      '{"kind":',
      '[]',
      '"text"',
      '',
      '   ',
      { kind: 'planets', name: 'Марс' },
      { section: 'без вида' },
      newClient({ bin: spoil(good.bin) }),
      newClient({ company_name: '  ' }),
      newClient({ company_name: 'x'.repeat(501) }),
      newClient({ company_name: 'a\u0000b' }),
      newClient({ locality_ex: newWord() }),
      newClient({ rubrics: [newWord()] }),
      newClient({ registration_date: '31.12.2020' }),
      newClient({ oked: 'обед' }),
      { kind: 'emails', email: 'не адрес', clients_bin: good.bin },
      { kind: 'phone_numbers', phone_number: 'позвоните', clients_bin: good.bin },
      { kind: 'phone_numbers', phone_number: '+77273821531', clients_bin: bin },
      { kind: 'rubrics', rubric: newWord(), sub_section: newWord() },
      { kind: 'sub_sections', sub_section: newWord() },
      `{"kind":"sections","section":"${'x'.repeat(70_000)}"}`,
      { kind: 'emails', email: `last@${good.bin}.example`, clients_bin: good.bin },
    )
    expect(report).toMatchObject({ received: 21, created: 2, updated: 0, unchanged: 0 })
    expect(failed(report)).toEqual([
      '2 is not valid JSON',
      '3 is not a JSON object',
      '4 is not a JSON object',
      '7 kind: no such kind',
      '8 kind: no such kind',
      '9 bin: must be a BIN or IIN: twelve digits with a valid check digit',
      '10 company_name: is empty',
      expect.stringMatching(/^11 company_name: /),
      '12 company_name: has control characters or broken Unicode',
      '13 locality_ex: there is none of that name yet',
      '14 rubrics.0: there is none of that name yet',
      expect.stringMatching(/^15 registration_date: /),
      '16 oked: must be digits',
      expect.stringMatching(/^17 email: /),
      '18 phone_number: must be a phone number',
      '19 clients_bin: no such client',
      '20 sub_section: there is no such sub_section yet',
      expect.stringMatching(/^21 section: /),
      '22 is longer than 64 kB',
    ])
    expect(report.errors[3]).toMatchObject({ kind: 'planets' })
    expect(report.errors[0]).toMatchObject({ kind: null })
  })

  it('takes days of any century, and none beyond', async () => {
    const days = ['1900-02-28', '1923-12-31', '0001-01-02', '9999-12-30', '0001-06-01T00:00:00-23:59']
    const beyond = ['0000-01-01', '0001-01-01', '9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59', '2026-02-30']
    const report = await load(...[...days, ...beyond].map((registration_date) => newClient({ registration_date })))
    expect(report.created).toBe(days.length)
    expect(failed(report)).toEqual(
      beyond.map((_, i) => expect.stringMatching(new RegExp(`^${days.length + i + 1} registration_date: `)) as string),
    )
  })

  it('takes bytes that are no text for a fault of their line', async () => {
    const section = newWord()
    const marked = Buffer.from(`\ufeff{"kind":"sections","section":"${section}"}\r\n{"kind":"sections","section":"`)
    const bytes = Buffer.concat([marked, Buffer.from([0xff, 0xfe]), Buffer.from(`"}\n{"kind":"types","type":"${section}"}`)])
    const { body } = await sendImport(bytes)
    expect(body).toMatchObject({ received: 3, created: 2, errors: [{ line: 2, error: 'is not UTF-8' }] })
  })

  it('lets a line refer to those before it, in the same breath too, and to none after', async () => {
    const [region, other] = [newWord(), newWord()]
    const [early, late] = [newClient({ region_ex: region }), newClient()]
    const report = await load(
      { kind: 'regions', region },
      early,
      { kind: 'phone_numbers', phone_number: '+77273821531', clients_bin: early.bin },
      { kind: 'phone_numbers', phone_number: '+77273821531', clients_bin: late.bin },
      late,
      newClient({ region_ex: other }),
      { kind: 'regions', region: other },
    )
    expect(failed(report)).toEqual(['4 clients_bin: no such client', '6 region_ex: there is none of that name yet'])
    expect(report.created).toBe(5)
  })

  it('counts one record that comes more than once', async () => {
    const client = newClient()
    expect(await load(client, client, { ...client, director: 'А' }, client)).toMatchObject({ created: 1, unchanged: 2, updated: 1 })
    const section = newWord()
    const [a, b] = [newWord(), newWord()]
    expect(
      await load(
        { kind: 'sections', section: a },
        { kind: 'sections', section: b },
        { kind: 'sub_sections', sub_section: section, section: a },
        { kind: 'sub_sections', sub_section: section, section: b },
      ),
    ).toMatchObject({ created: 3, updated: 1 })
    expect((await list('sub_sections', { search: section })).results).toMatchObject([{ section: b }])
  })

  it('tells a thousand faults at most, and counts them all', async () => {
    const report = await load(...Array.from({ length: 1500 }, () => '{}'))
    expect(report.received).toBe(1500)
    expect(report.errors).toHaveLength(1000)
    expect(report.errors.at(-1)?.line).toBe(1000)
  })

  it('renames: the old name is not found any more, nor the contacts by it', async () => {
    const client = newClient()
    const [before, after] = [client.company_name.slice(5, -1), newWord()]
    await load(client, { kind: 'emails', email: `a@${client.bin}.example`, clients_bin: client.bin })
    expect((await list('emails', { search: before })).results).toMatchObject([{ clients_bin: client.bin }])
    await load({ ...client, company_name: after })
    const { token } = await newCompany()
    for (const path of ['clients', 'emails']) {
      expect((await list(path, { search: before }, token)).count, path).toBe(0)
      expect((await list(path, { search: after }, token)).count, path).toBe(1)
    }
  })

  it('may run twice at once: nothing is there twice, and no number is left out', async () => {
    const word = newWord()
    const records = Array.from({ length: 300 }, (_, i) => ({ kind: 'types', type: `${word} ${i}` }))
    const clients = records.map(() => newClient({ types: [`${word} 7`], director: word }))
    const reports = await Promise.all([load(...records, ...clients), load(...records.toReversed(), ...clients.toReversed())])
    for (const report of reports) expect(report.errors).toEqual([])
    expect((await list('types', { search: word })).count).toBe(300)
    const { token } = await newCompany()
    expect((await list('clients', { search: word }, token)).count).toBe(300)
    for (const table of ['directory_clients', 'directory_emails', 'directory_phones']) {
      const row = await env.DB.prepare(`select count(*) as n, max(id) as last from ${table}`).first<{ n: number; last: number }>()
      expect(row?.n, table).toBe(row?.last ?? 0)
    }
    const gaps = await env.DB.prepare(
      'select kind, count(*) as n, max(id) - min(id) + 1 as span from directory_terms group by kind having n <> span',
    ).all()
    expect(gaps.results).toEqual([])
    const dirty = await env.DB.prepare('select count(*) as n from directory_clients where dirty is not null').first('n')
    expect(dirty).toBe(0)
  })

  it('takes the directory of the document in well under a minute, and again without a change', async () => {
    const token = await operatorToken()
    const send = () =>
      must<Report>(200, 'POST', '/clients/import/', {
        token,
        raw: ndjsonOf(recordsOf(DOCUMENT_SIZE)),
        headers: { 'content-type': 'application/x-ndjson' },
      })
    const began = Date.now()
    const first = await send()
    const seconds = (Date.now() - began) / 1000
    console.log(`IMPORT\t${first.received} records\t${seconds} s`)
    expect(first).toMatchObject({ created: first.received, errors: [] })
    expect(await send()).toMatchObject({ received: first.received, unchanged: first.received, errors: [] })
    const { token: member } = await newCompany()
    expect((await list('phone_numbers', {}, member)).count).toBeGreaterThanOrEqual(DOCUMENT_SIZE.phones)
    expect((await list('rubrics')).count).toBeGreaterThanOrEqual(DOCUMENT_SIZE.rubrics)
    // Where one word is looked for, as many are told of as have it, however many that are.
    expect((await list('clients', { search: 'тоо' }, member)).count).toBeGreaterThanOrEqual(DOCUMENT_SIZE.clients)
  }, 180_000)
})
