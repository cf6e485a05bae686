import { createExecutionContext, createMessageBatch, env, getQueueResult } from 'cloudflare:test'
import { PDFDocument } from 'pdf-lib'
import { afterEach, describe, expect, it } from 'vitest'
import { refreshDocument } from '../../src/contracts/document.ts'
import { fillFields } from '../../src/contracts/fields.ts'
import { loadByToken } from '../../src/contracts/load.ts'
import { contractFields } from '../../src/contracts/tables.ts'
import { sha256Hex } from '../../src/lib/hash.ts'
import worker from '../../src/worker.ts'
import {
  addField,
  askCode,
  call,
  createContract,
  drain,
  fill,
  filledContract,
  moveTo,
  must,
  resetClock,
  sign,
  signedContract,
  templateForm,
  until,
  uploadTemplate,
  type Answer,
  type Contract,
  type Problem,
  type Signature,
  statusesOf,
} from '../app.ts'
import { docx, p } from '../documents/files.ts'
import { newCompany, newCtx, newSigner, PLAIN_TEMPLATE, TEMPLATE } from '../factories.ts'

afterEach(resetClock)

interface Field {
  id: number
  field_name: string
  field_type: string
  value: string | null
}
const getContract = (token: string, id: number) => must<Contract>(200, 'GET', `/contracts/${id}`, { token })
const fieldsOf = (contract: Contract) => must<Field[]>(200, 'GET', `/contracts/token/${contract.contract_token}/fields`)
const putFields = (contract: Contract, values: unknown) =>
  call<Contract & Problem>('PUT', `/contracts/token/${contract.contract_token}/fields`, { body: { values } })
const pdfOf = (token: string, id: number) => call('GET', `/contracts/${id}/pdf`, { token })

describe('a contract', () => {
  it('goes from a template to a signed PDF, and every door shows it', async () => {
    const company = await newCompany({ name: 'ТОО «Поставщик»' })
    const template = await uploadTemplate(company, TEMPLATE, 'договор.docx', 'Договор поставки')
    expect(await must(200, 'GET', `/templates/${template}/fields`, { token: company.token })).toEqual([
      { field_name: 'client_name', field_type: 'text' },
      { field_name: 'client_iin', field_type: 'iin' },
    ])
    const contract = await createContract(company, template)
    expect(contract).toMatchObject({ client_filled: false, generated_pdf_path: null, signed_at: null, rendering: { status: 'none' } })
    expect((await pdfOf(company.token, contract.id)).status).toBe(409)
    await addField(company, contract.id, 'client_name')
    await addField(company, contract.id, 'client_iin', { field_type: 'iin' })
    const signer = newSigner()
    expect(await fill(contract, { client_name: signer.client_name })).toMatchObject({ client_filled: false, generated_pdf_path: null })
    const filled = await fill(contract, { client_iin: signer.client_iin })
    expect(filled).toMatchObject({
      client_filled: true,
      rendering: { status: 'ready' },
      template_name: 'Договор поставки',
      company_name: 'ТОО «Поставщик»',
    })
    expect(filled.generated_pdf_path).toMatch(new RegExp(`^organizations/${company.id}/[0-9a-f]{64}\\.pdf$`))
    const before = await pdfOf(company.token, contract.id)
    expect([before.status, before.headers.get('content-type')]).toEqual([200, 'application/pdf'])

    const done = await sign(null, contract, signer, {
      contract_token: contract.contract_token,
      code: await askCode(company, contract, signer),
    })
    expect(done.body).toMatchObject({ ...signer, contract_id: contract.id, method: 'sms' })
    const after = await pdfOf(company.token, contract.id)
    expect([after.status, after.text === before.text]).toEqual([200, false])
    const byToken = await call('GET', `/contracts/token/${contract.contract_token.toUpperCase()}/pdf`)
    expect(byToken.text).toBe(after.text)
    expect(await must(200, 'GET', `/signatures/${done.body.id}`, { token: company.token })).toEqual(done.body)
    const trail = await env.DB.prepare("select action from audit_log where org_id = ? and action = 'template.uploaded'")
      .bind(company.id)
      .all()
    expect(trail.results).toHaveLength(1)

    // Signed: nothing of it changes any more.
    const closed: [string, string, object | undefined][] = [
      ['PUT', `/contracts/${contract.id}`, { client_filled: false }],
      ['DELETE', `/contracts/${contract.id}`, undefined],
      ['PUT', `/contracts/token/${contract.contract_token}/fields`, { values: { client_name: 'Другой' } }],
      ['POST', '/contract-fields', { contract_id: contract.id, field_name: 'x', field_type: 'text' }],
      ['POST', '/signatures', { contract_id: contract.id, ...signer, method: 'sms' }],
      ['POST', '/signatures/sign', { contract_id: contract.id, ...signer, method: 'sms' }],
      ['DELETE', `/signatures/${done.body.id}`, undefined],
      ['DELETE', `/templates/${template}`, undefined],
    ]
    for (const [method, path, body] of closed)
      expect((await call(method, path, { token: company.token, body })).status, `${method} ${path}`).toBe(409)
  })

  it('keeps what is the server’s, whatever is sent', async () => {
    const company = await newCompany()
    const template_id = await uploadTemplate(company)
    const body = {
      company_id: company.id,
      template_id,
      generated_pdf_path: '/etc/passwd',
      client_filled: true,
      signed_at: '2024-01-01T00:00:00Z',
      id: 1,
      contract_token: 'x',
      org_id: 1,
    }
    const contract = await must<Contract>(201, 'POST', '/contracts', { token: company.token, body })
    expect(contract).toMatchObject({ generated_pdf_path: null, client_filled: false, signed_at: null })
    expect(await must(200, 'PUT', `/contracts/${contract.id}`, { token: company.token, body })).toMatchObject({
      generated_pdf_path: null,
      client_filled: false,
    })
    expect(contract.contract_token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  })

  it('whose template asks for nothing is rendered at once', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company, PLAIN_TEMPLATE))
    expect(contract).toMatchObject({ client_filled: true, rendering: { status: 'ready' } })
    // A field that is added opens it again, and its value closes it.
    await addField(company, contract.id, 'comment')
    expect(await getContract(company.token, contract.id)).toMatchObject({
      client_filled: false,
      generated_pdf_path: null,
      package_id: null,
      rendering: { status: 'none' },
    })
    expect((await pdfOf(company.token, contract.id)).status).toBe(409)
    expect(await fill(contract, { comment: 'нет' })).toMatchObject({ client_filled: true, rendering: { status: 'ready' } })
  })

  it('with a value from the start needs no filling, and takes a value away again', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    expect((await addField(company, contract.id, 'client_name', { value: 'Қасымов' })).value).toBe('Қасымов')
    const ready = await getContract(company.token, contract.id)
    expect(ready).toMatchObject({ client_filled: true, rendering: { status: 'ready' } })
    expect((await addField(company, contract.id, 'client_iin', { value: '' })).value).toBeNull()
    expect(await getContract(company.token, contract.id)).toMatchObject({ client_filled: false })
    await fill(contract, { client_iin: 'x' })
    const emptied = await fill(contract, { client_iin: '' })
    expect([emptied.client_filled, emptied.generated_pdf_path]).toEqual([false, null])
  })

  it('of a PDF form is filled and signed like any', async () => {
    const company = await newCompany()
    const document = await PDFDocument.create()
    document.getForm().createTextField('client_name').addToPage(document.addPage(), { x: 20, y: 700, width: 300, height: 24 })
    const { contract } = await signedContract(company, await uploadTemplate(company, await document.save(), 'форма.pdf'))
    expect((await pdfOf(company.token, contract.id)).text.startsWith('%PDF-')).toBe(true)
  })
})

describe('fields', () => {
  // type, what fits, what does not
  it.each([
    ['text', ['x', 'Қазақша, «кавычки» & <теги>', 'a\nb', '0'], []],
    [
      'number',
      ['0', '-1', '12.5', '12,50', '1 000 000,50', '00012345678901234567'],
      ['1e5', '١', '1 00', '1,000,000', '+1', '1.', 'NaN', '1234567890123456789012', '0x1'],
    ],
    [
      'date',
      ['2026-02-28', '29.02.2024', '31.12.9999'],
      ['2026-02-29', '31.04.2026', '2026-13-01', '00.01.2026', '1.1.2026', '2026-1-1', '2026-01-31T00:00:00Z', '31/01/2026'],
    ],
    [
      'phone',
      ['+77011234567', '+12345678', '+7 (701) 123-45-67'],
      ['87011234567', '+0701123456', '+7701123456789012', '٠77011234567', '+7+7011234567', '()'],
    ],
    ['iin', ['180540034205'], ['180540034204', '18054003420', '000000000000', '1805400342051', 'abcdefghijkl']],
    ['checkbox', ['true', 'false'], ['True', '1', 'да', 'on']],
  ])('of type %s take what fits', async (field_type, good, bad) => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    await addField(company, contract.id, 'open', { field_type: 'text' })
    await addField(company, contract.id, 'f', { field_type })
    for (const value of good) {
      await fill(contract, { f: value })
      expect((await fieldsOf(contract)).find((f) => f.field_name === 'f')?.value).toBe(value)
    }
    const kept = (await fieldsOf(contract)).find((f) => f.field_name === 'f')?.value
    for (const value of bad) {
      const refused = await putFields(contract, { f: value, open: 'x' })
      expect([refused.status, Object.keys(refused.body.errors ?? {})], value).toEqual([400, ['values.f']])
      expect(
        (
          await call('POST', '/contract-fields', {
            token: company.token,
            body: { contract_id: contract.id, field_name: 'g', field_type, value },
          })
        ).status,
        value,
      ).toBe(400)
    }
    // All values are right, or none is kept.
    expect((await fieldsOf(contract)).map((f) => f.value)).toEqual([null, kept ?? null])
  })

  it('have names of letters and digits, each once, and no others are filled', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    await addField(company, contract.id, 'жеткізуші_1.а-б')
    const status = async (field_name: string) =>
      (await call('POST', '/contract-fields', { token: company.token, body: { contract_id: contract.id, field_name, field_type: 'text' } }))
        .status
    expect(await status('жеткізуші_1.а-б')).toBe(409)
    for (const bad of ['', 'a b', '{x}', "a'", 'a"', 'a/b', 'я'.repeat(101), '#works', '😀']) expect(await status(bad), bad).toBe(400)
    for (const values of [
      {},
      { nobody: 'x' },
      { 'жеткізуші_1.а-б': 'x', nobody: 'y' },
      { 'жеткізуші_1.а-б': null },
      { 'жеткізуші_1.а-б': 5 },
      { 'жеткізуші_1.а-б': ['x'] },
      [],
      'x',
    ])
      expect((await putFields(contract, values)).status, JSON.stringify(values)).toBe(400)
    expect((await fieldsOf(contract)).map((f) => f.value)).toEqual([null])
  })

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('may be called %s', async (name) => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company, docx(p(`Клиент {${name}} {client_name}`))))
    expect((await putFields(contract, { [name]: 'x' })).status).toBe(400)
    await addField(company, contract.id, name)
    expect(await fill(contract, { [name]: 'Значение' })).toMatchObject({ client_filled: true, rendering: { status: 'ready' } })
  })

  it('may not be called __proto__, which no JSON object can fill', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    const raw = `{"contract_id":${contract.id},"field_name":"__proto__","field_type":"text"}`
    expect(
      (await call('POST', '/contract-fields', { token: company.token, raw, headers: { 'content-type': 'application/json' } })).status,
    ).toBe(400)
  })

  it('added together under one name make one', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    const body = { contract_id: contract.id, field_name: 'x', field_type: 'text' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => call('POST', '/contract-fields', { token: company.token, body })))
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409])
    expect(await fieldsOf(contract)).toHaveLength(1)
  })
})

describe('races over what a contract says', () => {
  it('fillings that come together leave one document, of the values that are shown', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company, docx(p('{client_name}')))
    const contract = await createContract(company, template)
    await addField(company, contract.id, 'client_name')
    const answers = await Promise.all(
      ['Первый', 'Второй', 'Третий', 'Четвёртый'].map((client_name) => putFields(contract, { client_name })),
    )
    expect(answers.map((a) => a.status).filter((s) => s !== 200 && s !== 409)).toEqual([])
    await drain()
    const now = await getContract(company.token, contract.id)
    expect(now).toMatchObject({ client_filled: true, rendering: { status: 'ready' } })
    // The document is that of the values, byte for byte.
    const [field] = await fieldsOf(contract)
    const same = await createContract(company, template)
    await addField(company, same.id, 'client_name', { value: field?.value ?? '' })
    expect((await getContract(company.token, same.id)).generated_pdf_path).toBe(now.generated_pdf_path)
  })

  it('fields that are added at once are all there', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    const names = Array.from({ length: 8 }, (_, i) => `поле_${i}`)
    await Promise.all(names.map((name) => addField(company, contract.id, name)))
    expect((await fieldsOf(contract)).map((f) => f.field_name).toSorted()).toEqual(names)
  })

  it('a change that lost is refused whole', async () => {
    const company = await newCompany()
    const contract = await createContract(company, await uploadTemplate(company))
    await addField(company, contract.id, 'client_name')
    await addField(company, contract.id, 'other')
    const ctx = await newCtx()
    // As two calls that have both read before either has written.
    const stale = await loadByToken(ctx, contract.contract_token)
    const late: typeof ctx = {
      ...ctx,
      db: new Proxy(ctx.db, {
        get: (target, key) =>
          key === 'batch'
            ? async (...args: Parameters<typeof target.batch>) => {
                await putFields(contract, { client_name: 'Первый' })
                return target.batch(...args)
              }
            : Reflect.get(target, key),
      }),
    }
    await expect(fillFields(late, contract.contract_token, { client_name: 'Второй', other: 'x' })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect((await fieldsOf(contract)).map((f) => f.value)).toEqual(['Первый', null])
    await expect(refreshDocument(ctx, stale, [])).rejects.toMatchObject({ code: 'conflict' })
    const rows = await ctx.db.select().from(contractFields)
    expect(rows.filter((r) => r.contractId === contract.id)).toHaveLength(2)
  })

  it('filling and deleting together: the contract is gone, or stands with its pending signatures', async () => {
    for (let i = 0; i < 4; i++) {
      const company = await newCompany()
      const contract = await filledContract(company)
      await must(201, 'POST', '/signatures', { token: company.token, body: { contract_id: contract.id, ...newSigner(), method: 'sms' } })
      const [filled, removed] = await Promise.all([
        putFields(contract, { client_name: 'Другой' }),
        call('DELETE', `/contracts/${contract.id}`, { token: company.token }),
      ])
      expect([200, 404, 409]).toContain(filled.status)
      expect([204, 409]).toContain(removed.status)
      const row = await env.DB.prepare(
        'select (select count(*) from signatures where contract_id = c.id) as pending, deleted_at is null as stands from contracts c where id = ?',
      )
        .bind(contract.id)
        .first()
      expect(row).toEqual(removed.status === 204 ? { pending: 0, stands: 0 } : { pending: 1, stands: 1 })
    }
  })
})

describe('rendering', () => {
  const queue = async (bodies: unknown[]) => {
    const batch = createMessageBatch(
      'qoltanba-jobs',
      bodies.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts: 1, body })),
    )
    const context = createExecutionContext()
    await worker.queue(batch, env, context)
    return getQueueResult(batch, context)
  }

  it('of a large template goes through the queue, in sight, and is made once', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    await env.DB.prepare('update templates set large = 1 where id = ?').bind(template).run()
    const contract = await createContract(company, template)
    await addField(company, contract.id, 'client_name')
    const waiting = await fill(contract, { client_name: 'Қасымов' })
    expect(waiting).toMatchObject({ client_filled: true, generated_pdf_path: null })
    if (waiting.rendering.status === 'rendering') {
      const early = await pdfOf(company.token, contract.id)
      if (early.status === 409) expect(early.headers.get('retry-after')).toBe('2')
    }
    const { id } = (await env.DB.prepare("select id from jobs where type = 'contract.render' order by created_at desc").first<{
      id: string
    }>()) ?? { id: '' }
    const result = await queue([{ job: id }, { job: id }, { job: id }])
    expect(result.explicitAcks).toHaveLength(3)
    const ready = await until(async () => {
      const found = await getContract(company.token, contract.id)
      return found.rendering.status === 'ready' && found
    }, 'the rendering')
    expect((await pdfOf(company.token, contract.id)).status).toBe(200)
    await queue([{ job: id }])
    expect(await getContract(company.token, contract.id)).toEqual(ready)
    const files = await env.DB.prepare("select count(*) as n from files where org_id = ? and mime = 'application/pdf'")
      .bind(company.id)
      .first<{ n: number }>()
    expect(files?.n).toBe(1)
  })

  it('that was overtaken by a change is dropped', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    const contract = await createContract(company, template)
    await addField(company, contract.id, 'client_name')
    await env.DB.prepare('update templates set large = 1 where id = ?').bind(template).run()
    await env.DB.prepare("update jobs set due_at = '9' where status = 'pending'").run()
    await fill(contract, { client_name: 'Первый' })
    await env.DB.prepare('update templates set large = 0 where id = ?').bind(template).run()
    const second = await fill(contract, { client_name: 'Второй' })
    await drain()
    const now = await getContract(company.token, contract.id)
    expect(now.generated_pdf_path).toBe(second.generated_pdf_path)
    expect(
      (
        await env.DB.prepare("select count(*) as n from renderings where contract_id = ? and status = 'rendering'")
          .bind(contract.id)
          .first<{ n: number }>()
      )?.n,
    ).toBe(0)
  })

  it('that can’t be done says why, and signs nothing', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    // What was stored is broken since.
    const file = await env.DB.prepare(
      'select f.org_id as org, f.sha256 as sha from files f join templates t on t.file_id = f.id where t.id = ?',
    )
      .bind(template)
      .first<{ org: number; sha: string }>()
    await env.FILES.put(`organizations/${file?.org}/${file?.sha}`, 'PK\u0003\u0004 broken')
    const contract = await createContract(company, template)
    await addField(company, contract.id, 'client_name', { value: 'x' })
    const failed = await getContract(company.token, contract.id)
    expect(failed).toMatchObject({
      client_filled: true,
      generated_pdf_path: null,
      package_id: null,
      rendering: { status: 'failed', reason: expect.stringMatching(/./) as string },
    })
    const answer = await call<Problem>('GET', `/contracts/${contract.id}/pdf`, { token: company.token })
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining(failed.rendering.reason ?? '?')])
    expect((await sign(company, contract, newSigner())).status).toBe(409)
    expect(await must<Contract[]>(200, 'GET', `/contracts/company/${company.id}`, { token: company.token })).toMatchObject([
      { rendering: { status: 'failed' } },
    ])
  })

  it('that lost its file in the store is tried again, and told as ours in the end', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    const file = await env.DB.prepare(
      'select f.org_id as org, f.sha256 as sha from files f join templates t on t.file_id = f.id where t.id = ?',
    )
      .bind(template)
      .first<{ org: number; sha: string }>()
    const key = `organizations/${file?.org}/${file?.sha}`
    await env.FILES.delete(key)
    const contract = await createContract(company, template)
    await addField(company, contract.id, 'client_name', { value: 'x' })
    expect(await getContract(company.token, contract.id)).toMatchObject({ rendering: { status: 'rendering' } })
    const job = await env.DB.prepare(
      "select id from jobs where type = 'contract.render' and status = 'pending' order by created_at desc",
    ).first<{ id: string }>()
    const setDue = (attempts: number) =>
      env.DB.prepare("update jobs set due_at = '2020-01-01T00:00:00.000Z', attempts = ? where id = ?").bind(attempts, job?.id).run()
    await setDue(1)
    expect((await queue([{ job: job?.id }])).retryMessages).toHaveLength(1)
    await setDue(9)
    expect((await queue([{ job: job?.id }])).explicitAcks).toHaveLength(1)
    expect(await getContract(company.token, contract.id)).toMatchObject({
      rendering: { status: 'failed', reason: 'Rendering failed on our side.' },
    })
  })
})

describe('who holds a contract’s token', () => {
  it('sees, fills and signs this contract, and nothing else', async () => {
    const company = await newCompany()
    const [contract, other] = [await filledContract(company), await filledContract(company)]
    const signer = newSigner()
    expect(await must(200, 'GET', `/contracts/token/${contract.contract_token}`)).toMatchObject({ id: contract.id })
    const secret = { contract_token: contract.contract_token }
    expect((await sign(null, other, signer, secret)).status).toBe(404)
    expect((await sign(null, contract, signer, { ...secret, company_id: company.id + 1 })).status).toBe(404)
    expect((await sign(null, contract, signer, secret)).status).toBe(202)
    for (const path of [`/contracts/${contract.id}`, `/contract-fields/${contract.id}`, `/signatures/contract/${contract.id}`])
      expect((await call('GET', path)).status, path).toBe(401)
  })

  it('stays who he is when he is logged in elsewhere', async () => {
    const [company, elsewhere] = [await newCompany(), await newCompany()]
    const contract = await filledContract(company)
    const signer = newSigner()
    expect((await sign(elsewhere, contract, signer)).status).toBe(404)
    expect((await sign(elsewhere, contract, signer, { contract_token: contract.contract_token })).status).toBe(202)
  })

  it('has no key any more once it is deleted, or its company is', async () => {
    const company = await newCompany()
    const [gone, kept] = [await filledContract(company), await filledContract(company)]
    const doors = async (contract: Contract) => [
      (await call('GET', `/contracts/token/${contract.contract_token}`)).status,
      (await call('GET', `/contracts/token/${contract.contract_token}/pdf`)).status,
      (await call('GET', `/contracts/token/${contract.contract_token}/fields`)).status,
      (await putFields(contract, { client_name: 'x' })).status,
      (await sign(null, contract, newSigner(), { contract_token: contract.contract_token })).status,
      (await call('GET', `/sign/${contract.contract_token}`)).status,
    ]
    await must(204, 'DELETE', `/contracts/${gone.id}`, { token: company.token })
    expect(await doors(gone)).toEqual([404, 404, 404, 404, 404, 404])
    expect((await call('GET', `/contracts/${gone.id}`, { token: company.token })).status).toBe(404)
    await must(204, 'DELETE', `/companies/${company.id}`, { token: company.token })
    expect(await doors(kept)).toEqual([404, 404, 404, 404, 404, 404])
  })
})

describe('statistics', () => {
  it('count months by the wall clock of Almaty', async () => {
    const company = await newCompany()
    const stats = async (token: string) =>
      must<{ total_signed: number; signed_this_month: number; active_contracts: number; last_signed_contracts: Signature[] }>(
        200,
        'GET',
        `/stats/company/${company.id}`,
        { token },
      )
    const login = async () =>
      (await must<{ token: string }>(200, 'POST', '/companies/login', { body: { email: company.email, password: 'верный пароль 1' } }))
        .token
    const template = await uploadTemplate(company, PLAIN_TEMPLATE)
    const signAt = async (instant: string) => {
      await moveTo(instant)
      const own = { ...company, token: await login() }
      const contract = await createContract(own, template)
      const signer = newSigner()
      await sign(own, contract, signer, { code: await askCode(own, contract, signer) })
      return own.token
    }
    // Almaty is five hours ahead: 19:00 UTC is midnight there.
    await signAt('2027-01-31T18:59:00Z')
    expect(await stats(await signAt('2027-01-31T18:59:20Z'))).toMatchObject({ total_signed: 2, signed_this_month: 2 })
    expect(await stats(await signAt('2027-01-31T19:00:10Z'))).toMatchObject({ total_signed: 3, signed_this_month: 1, active_contracts: 0 })
    await moveTo('2027-02-28T18:59:50Z')
    expect(await stats(await login())).toMatchObject({ total_signed: 3, signed_this_month: 1 })
    await moveTo('2027-02-28T19:00:10Z')
    const last = await stats(await login())
    expect(last).toMatchObject({ total_signed: 3, signed_this_month: 0 })
    expect(last.last_signed_contracts.map((c) => c.signed_at?.slice(0, 16))).toEqual([
      '2027-01-31T19:00',
      '2027-01-31T18:59',
      '2027-01-31T18:59',
    ])
  })
})

describe('lists', () => {
  it('go page by page without a gap, newest first, while rows come and go', async () => {
    const company = await newCompany()
    const template = await uploadTemplate(company)
    const ids: number[] = []
    for (let i = 0; i < 7; i++) ids.unshift((await createContract(company, template)).id)
    const seen: number[] = []
    let path: string | undefined = `/contracts/company/${company.id}?limit=3`
    for (let i = 0; path !== undefined; i++) {
      const page: Answer<Contract[]> = await call<Contract[]>('GET', path, { token: company.token })
      seen.push(...page.body.map((c) => c.id))
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1]
      // A new one, and one less, between the pages.
      if (i === 0) {
        await createContract(company, template)
        await must(204, 'DELETE', `/contracts/${ids[4]}`, { token: company.token })
      }
      expect(i).toBeLessThan(5)
    }
    expect(seen).toEqual(ids.filter((id) => id !== ids[4]))
    const whole = await call<Contract[]>('GET', `/contracts/company/${company.id}`, { token: company.token })
    expect([whole.body.length, whole.headers.get('link')]).toEqual([7, null])
    expect(
      (await call<Contract[]>('GET', `/contracts/company/${company.id}?limit=7`, { token: company.token })).headers.get('link'),
    ).toBeNull()
  })
})

describe('files', () => {
  it('lie under their organization and their hash, once, and come back byte for byte', async () => {
    const [company, other] = [await newCompany(), await newCompany()]
    const path = async (owner: typeof company) =>
      (await must<{ file_path: string }>(201, 'POST', '/templates/upload', { token: owner.token, raw: templateForm(owner.id, TEMPLATE) }))
        .file_path
    const wanted = `/${sha256Hex(TEMPLATE)}.docx`
    expect([await path(company), await path(company), await path(other)]).toEqual([
      `organizations/${company.id}${wanted}`,
      `organizations/${company.id}${wanted}`,
      `organizations/${other.id}${wanted}`,
    ])
    const { objects } = await env.FILES.list({ prefix: `organizations/${company.id}/` })
    expect(objects.map((o) => o.key)).toEqual([`organizations/${company.id}/${sha256Hex(TEMPLATE)}`])
    const template = await uploadTemplate(company)
    const answer = await call('GET', `/templates/${template}/file`, { token: company.token })
    expect([answer.headers.get('etag'), answer.headers.get('content-length'), answer.headers.get('x-content-type-options')]).toEqual([
      `"${sha256Hex(TEMPLATE)}"`,
      String(TEMPLATE.length),
      'nosniff',
    ])
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    // Renamed, the file stays.
    expect(
      await must(200, 'PUT', `/templates/${template}`, {
        token: company.token,
        body: { name: 'Новое', file_path: `organizations/${other.id}${wanted}` },
      }),
    ).toMatchObject({ name: 'Новое', file_path: `organizations/${company.id}${wanted}` })
  })

  it.each([
    ['../../etc/passwd.docx', 'passwd.docx'],
    ['C:\\Users\\x\\договор.docx', 'договор.docx'],
    ['a"; filename="evil.exe.docx', 'a%22; filename=%22evil.exe.docx'],
    ['<script>alert(1)</script>.docx', 'script.docx'],
    ['exe\u202excod.docx', 'exexcod.docx'],
    ['..', 'file'],
    [`${'a'.repeat(179)}${'😀'.repeat(60)}.docx`, undefined],
    [`${'😀'.repeat(300)}.docx`, undefined],
    ['договор №1 (копия) 100%.docx', 'договор №1 (копия) 100%.docx'],
  ])('called %s come back under a harmless name', async (name, wanted) => {
    const company = await newCompany()
    const template = await uploadTemplate(company, TEMPLATE, name)
    const answer = await call('GET', `/templates/${template}/file`, { token: company.token })
    const header = answer.headers.get('content-disposition') ?? ''
    expect(answer.status).toBe(200)
    expect(header).toMatch(/^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\w.%!#$&+^`|~-]+$/)
    const shown = decodeURIComponent(header.split("UTF-8''")[1] ?? '')
    if (wanted !== undefined) expect(shown).toBe(wanted)
    expect([shown.isWellFormed(), /[/\\"<>\u202e\ufffd]/.test(shown)]).toEqual([true, false])
  })

  it('called after a long name with emoji make a contract that can be shown', async () => {
    const company = await newCompany()
    const contract = await createContract(
      company,
      await uploadTemplate(company, PLAIN_TEMPLATE, 'a.docx', `${'a'.repeat(179)}${'😀'.repeat(30)}`),
    )
    expect((await pdfOf(company.token, contract.id)).status).toBe(200)
    const signer = newSigner()
    expect((await sign(company, contract, signer, { code: await askCode(company, contract, signer) })).status).toBe(201)
  })
})
