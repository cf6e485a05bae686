import { describe, expect, it } from 'vitest'
import { call, must } from '../app.ts'
import { newCompany, operatorToken } from '../factories.ts'
import { BASE, review, save, status, submit, type Refusal } from './kit.ts'

interface Reviews {
  agreements: { client: number; type: string; status: string; organization: string }[]
}

describe('the operator', () => {
  it('alone judges, once, what is under review', async () => {
    const company = await newCompany()
    await save(company, 'fiz', { first_name: 'А' })
    expect((await review(company, 'fiz', 'ready')).body).toEqual({ message: 'The agreement is not under review' })
    await submit(company, 'fiz')
    const body = { client: company.id, type: 'fiz', status: 'ready' }
    expect((await call('POST', `${BASE}/review`, { token: company.token, body })).status).toBe(403)
    const none = await review({ id: 2_147_483_647 }, 'jur', 'ready')
    expect([none.status, none.body]).toEqual([404, { error: 'Jur contract not found', code: 404 }])
    const odd = await call<Refusal>('POST', `${BASE}/review`, { token: await operatorToken(), body: { ...body, status: 'signed' } })
    expect([odd.status, odd.body.errors]).toEqual([400, { status: ['The selected status is invalid.'] }])
    const both = await Promise.all([review(company, 'fiz', 'ready'), review(company, 'fiz', 'rejected', 'нет')])
    expect(both.map((b) => b.status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect(['ready', 'rejected']).toContain((await status(company)).status)
  })

  it('finds what waits, page by page, and reads all of it', async () => {
    const companies = [await newCompany({ name: 'Первая' }), await newCompany({ name: 'Вторая' }), await newCompany({ name: 'Третья' })]
    for (const company of companies) expect((await submit(company, 'jur')).status).toBe(200)
    const token = await operatorToken()
    const seen: string[] = []
    for (let path: string | undefined = `${BASE}/reviews?status=review&limit=2`; path;) {
      const answer: Awaited<ReturnType<typeof call<Reviews>>> = await call<Reviews>('GET', path, { token })
      expect(answer.body.agreements.length).toBeLessThanOrEqual(2)
      seen.push(...answer.body.agreements.map((a) => a.organization))
      path = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    }
    expect(seen.filter((name) => ['Первая', 'Вторая', 'Третья'].includes(name))).toEqual(['Первая', 'Вторая', 'Третья'])
    const [first] = companies
    if (!first) throw new Error('no company')
    const shown = await must<{ agreement: object; files: { kind: string }[]; history: { status: string }[]; identity: null }>(
      200,
      'GET',
      `${BASE}/reviews/${first.id}/jur`,
      { token },
    )
    expect(shown.agreement).toMatchObject({ name: 'РОМАЖЕЧКА', inn: '9800291637' })
    expect(shown.files.map((f) => f.kind).toSorted()).toEqual(['agreement', 'file_authority', 'file_inn', 'file_ogrn', 'file_organization'])
    expect([shown.history.map((h) => h.status), shown.identity]).toEqual([['draft', 'review'], null])
    expect((await call('GET', `${BASE}/reviews/${first.id}/fiz`, { token })).status).toBe(404)
    expect((await call('GET', `${BASE}/reviews`, { token: first.token })).status).toBe(403)
  })
})
