import { env } from 'cloudflare:test'
import { PDFDocument } from 'pdf-lib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Ctx } from '../../src/context.ts'
import { batch } from '../../src/db/client.ts'
import { putFile, readFile } from '../../src/documents/files.ts'
import { toBase64, uuidv7 } from '../../src/lib/ids.ts'
import { officeClients, officeCompanies, officeEmployees } from '../../src/office/tables.ts'
import { platformAnchors } from '../../src/signing/keys/platform.ts'
import type { NewPackage, NewParticipant, Origin } from '../../src/signing/model.ts'
import { verifyPdf } from '../../src/signing/pades/cms.ts'
import { sealPackage } from '../../src/signing/seal.ts'
import { randomSerial } from '../../src/signing/pki/issue.ts'
import { answerTimestampQuery } from '../../src/signing/tsa/authority.ts'
import { codeFor, signedContract } from '../app.ts'
import { pdfReadings } from '../documents/read-pdf.ts'
import { newCompany, newCtx, newIin, newPhone, onePage, type Company } from '../factories.ts'
import { newAuthority } from './authority.ts'
import { inside, objectOf, whileFailing } from './object-kit.ts'

afterEach(() => vi.unstubAllGlobals())

const origin = (ctx: Ctx): Origin => ({ now: ctx.now.toISOString(), actor: 'signer', ip: '192.0.2.1', userAgent: null, consent: true })
const who = (fullName: string) => ({ fullName, identifier: newIin(), inn: null, phone: newPhone(), email: null })

async function keep(ctx: Ctx, { id }: Pick<Company, 'id'>, bytes: Uint8Array, name: string) {
  const { file, write } = await putFile(ctx, id, bytes, name, 'application/pdf')
  await batch(ctx.db, [write])
  return { id: uuidv7(ctx.now.getTime()), name, fileId: file.id, sha256: file.sha256, size: file.size }
}

/** Somebody who may sign for a company of this organization. */
async function employee(ctx: Ctx, { id: orgId }: Company) {
  const [clientId, companyId, at] = [crypto.randomUUID(), crypto.randomUUID(), ctx.now.toISOString()]
  const name = { lastName: 'Қасымов', firstName: 'Әлихан', fullName: 'Қасымов Әлихан', searchName: 'қасымов әлихан' }
  await batch(ctx.db, [
    ctx.db.insert(officeCompanies).values({ id: companyId, orgId, inn: '180540034205', name: 'ТОО «Жұмыс»', createdAt: at }),
    ctx.db
      .insert(officeClients)
      .values({ id: clientId, orgId, phone: newPhone(), ...name, status: 'active', passwordHash: '-', createdAt: at }),
    ctx.db.insert(officeEmployees).values({ companyId, clientId, orgId, role: 'signer', addedAt: at }),
  ])
  return { clientId, companyId }
}

/** A package on its way, with a participant for each of these. */
async function opened(
  people: Partial<NewParticipant>[],
  { company: of, ...more }: Partial<NewPackage> & { company?: Company } = {},
  texts = ['Agreement', 'Annex'],
) {
  const ctx = await newCtx()
  const company = of ?? (await newCompany())
  const documents = []
  for (const [i, text] of texts.entries()) documents.push(await keep(ctx, company, onePage(text), `Документ ${i + 1}.pdf`))
  const id = uuidv7(ctx.now.getTime())
  const participants = people.map((p, i): NewParticipant => ({
    id: crypto.randomUUID(),
    order: i + 1,
    role: 'signer',
    methods: ['sms'],
    person: who(`Подписант ${i + 1}`),
    clientId: null,
    companyId: null,
    ...p,
  }))
  const object = objectOf(id)
  const subject = { type: 'package' as const, id }
  const made = await object.open({ id, orgId: company.id, subject, title: 'Сделка 15', documents, participants, ...more }, origin(ctx))
  if (!made.ok) throw new Error(made.message)
  return { ctx, id, object, participants, documents, company }
}
type Opened = Awaited<ReturnType<typeof opened>>

async function signByCode({ ctx, object }: Opened, { id, person }: NewParticipant): Promise<void> {
  const asked = await object.requestCode(id, null, origin(ctx))
  if (!asked.ok) throw new Error(asked.message)
  const done = await object.signByCode(id, null, await codeFor(person?.phone ?? ''), origin(ctx))
  if (!done.ok) throw new Error(done.message)
}

async function signed(...[people, more, texts]: Parameters<typeof opened>): Promise<Opened> {
  const made = await opened(people, more, texts)
  for (const p of made.participants) {
    if ((await made.object.view())?.status !== 'in_progress') break
    if (p.role === 'approver') await made.object.approve(p.id, origin(made.ctx))
    if (p.role === 'signer') await signByCode(made, p)
  }
  return made
}

const stateOf = async ({ object }: Opened) => {
  const state = await object.view()
  if (!state) throw new Error('no package')
  return state
}
const squash = (text: string) => text.replaceAll(/\s+/g, '')
const shownIn = async (bytes: Uint8Array) => (await pdfReadings(bytes)).join('\n')

describe('sealing a package', () => {
  it('makes a stamped version of each document and one certificate, all of them sealed with a time stamp', async () => {
    const company = await newCompany({ name: 'ТОО «Құрылыс Сервис»' })
    const ctx = await newCtx()
    const employed = await employee(ctx, company)
    const made = await signed(
      [
        { role: 'approver', methods: [] },
        { person: who('Қасымов Әлихан'), ...employed },
        { role: 'viewer', order: 2, methods: [] },
      ],
      { company },
    )
    await sealPackage(ctx, made.id)
    const { sealed, certificate, documents, participants } = await stateOf(made)
    expect(sealed?.map((d) => d.documentId)).toEqual(documents.map((d) => d.id))
    const anchors = await platformAnchors(ctx)
    const trail = await made.object.events()
    const ending = trail.find((event) => event.type === 'package.signed')
    expect(trail.at(-1)).toMatchObject({
      type: 'package.sealed',
      data: { documents: sealed?.map((d) => d.sha256), certificate: certificate?.sha256 },
    })
    for (const [i, stored] of [...(sealed ?? []), certificate].entries()) {
      const { file, bytes } = await readFile(ctx, stored?.fileId ?? '')
      const original = documents[i]
      expect(file).toMatchObject({
        name: original?.name ?? 'Сертификат.pdf',
        mime: 'application/pdf',
        size: stored?.size,
        sha256: stored?.sha256,
      })
      expect(await verifyPdf(bytes, { anchors, at: ctx.now, usage: 'seal' })).toMatchObject([
        {
          kind: 'signature',
          total: true,
          changes: 'none',
          claimed: { name: 'Qoltanba' },
          outcome: { ok: true, signers: [{ format: 'CAdES-T', signingTime: undefined, timestamp: { ok: true } }] },
        },
      ])
      const text = await shownIn(bytes)
      for (const known of [
        'Қасымов Әлихан',
        'ТОО «Жұмыс», 180540034205',
        'ТОО «Құрылыс Сервис»',
        participants[1]?.person?.phone,
        'Согласовано',
        made.id,
        `http://127.0.0.1:8787/verify/${made.id}`,
      ])
        expect(text).toContain(squash(known ?? '?'))
      if (original) {
        const { bytes: before } = await readFile(ctx, original.fileId)
        expect(Buffer.compare(before, bytes.subarray(0, before.length))).toBe(0)
        expect(text).toContain(original.sha256)
      } else for (const known of [ending?.hash, ...documents.map((d) => d.sha256), 'Наблюдатель']) expect(text).toContain(known)
    }
  })

  it('tells who was not needed', async () => {
    const made = await opened([{ order: 1 }, { order: 1 }], { quorums: [{ order: 1, need: 1 }] }, ['Agreement'])
    const [first] = made.participants
    if (!first) throw new Error('nobody')
    await signByCode(made, first)
    await sealPackage(made.ctx, made.id)
    const { certificate, sealed } = await stateOf(made)
    expect(await shownIn((await readFile(made.ctx, certificate?.fileId ?? '')).bytes)).toContain('Подписьнепотребовалась')
    expect(await shownIn((await readFile(made.ctx, sealed?.[0]?.fileId ?? '')).bytes)).not.toContain('Подписант2')
  })

  it('happens once, however many try and wherever it is cut off', async () => {
    const made = await signed([{}], {}, ['Agreement'])
    const { ctx, id } = made
    const cut = async (change: (real: Env) => Partial<Env>) => {
      await expect(sealPackage({ ...ctx, env: { ...env, ...change(env) } }, id)).rejects.toThrow()
      expect((await stateOf(made)).sealed).toBeNull()
    }
    const bucket = (change: (calls: number) => boolean) => {
      let calls = 0
      return new Proxy(env.FILES, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            if (change(++calls)) throw new Error('R2 is away')
            return (value as (...args: unknown[]) => unknown).apply(target, args)
          }
        },
      })
    }
    // Before the original is read, before each of the two is kept, before the set is recorded.
    for (const failing of [1, 2, 3]) await cut(() => ({ FILES: bucket((call) => call === failing) }))
    await whileFailing(id, /package_files/, () => sealPackage(ctx, id))
    await Promise.all([sealPackage(ctx, id), sealPackage(ctx, id), sealPackage(ctx, id)])
    const { sealed } = await stateOf(made)
    expect(sealed).toHaveLength(1)
    const events = await inside(id, ({ store }) => store.events().filter((event) => event.type === 'package.sealed'))
    expect(events).toHaveLength(1)
    await sealPackage(ctx, id)
    expect((await stateOf(made)).sealed).toEqual(sealed)
  })

  it('does not seal other bytes than were signed', async () => {
    const made = await signed([{}], {}, ['Agreement'])
    const [document] = made.documents
    const key = `organizations/${made.company.id}/${document?.sha256 ?? ''}`
    await env.FILES.put(key, onePage('Another'))
    await expect(sealPackage(made.ctx, made.id)).rejects.toThrow('are not in R2')
    await env.FILES.delete(key)
    await expect(sealPackage(made.ctx, made.id)).rejects.toThrow('are not in R2')
    expect((await stateOf(made)).sealed).toBeNull()
  })

  it('makes nothing of what is not signed, or is not for people to keep', async () => {
    const { id, object, ctx } = await opened([{}])
    await sealPackage(ctx, id)
    expect((await object.view())?.sealed).toBeNull()
    await sealPackage(ctx, crypto.randomUUID())
    const request = await signed([{}], { subject: { type: 'certificate_request', id: 'r1' } })
    await sealPackage(request.ctx, request.id)
    expect(await stateOf(request)).toMatchObject({ status: 'signed', sealed: null, certificate: null })
  })
})

describe('sealing a contract', () => {
  it('appends the certificate of document 000, and makes no other', async () => {
    const company = await newCompany()
    const { contract, signer } = await signedContract(company)
    const row = await env.DB.prepare('select package_id from contracts where id = ?').bind(contract.id).first<{ package_id: string }>()
    const ctx = await newCtx()
    const state = await objectOf(row?.package_id ?? '').view()
    expect(state?.certificate).toBeNull()
    const { bytes } = await readFile(ctx, state?.sealed?.[0]?.fileId ?? '')
    const text = await shownIn(bytes)
    for (const known of ['Сторона 2', `ФИО: ${signer.client_name}`, signer.client_phone, 'Я подтверждаю, что принимаю договор оферты'])
      expect(text).toContain(squash(known))
    const verdicts = await verifyPdf(bytes, { anchors: await platformAnchors(ctx), at: ctx.now, usage: 'seal' })
    expect(verdicts).toMatchObject([{ total: true, outcome: { ok: true } }])
  })
})

describe('sealing with an authority of the settings', () => {
  const pem = (der: Uint8Array) => `-----BEGIN CERTIFICATE-----\n${toBase64(der)}\n-----END CERTIFICATE-----\n`

  it('keeps validation material in the file, and a time stamp over all of it', async () => {
    const made = await signed([{}], {}, ['Agreement'])
    const { ctx } = made
    const authority = await newAuthority(ctx.now)
    const tsa = await authority.issue({ kind: 'plain', commonName: 'TSA' }, { profile: 'time_stamping' })
    const holder = { certificate: tsa.certificate.der, chain: [authority.authority.certificate.der], key: tsa.key }
    const asked: string[] = []
    vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
      asked.push(url)
      const query = new Uint8Array(await new Response(init.body).arrayBuffer())
      const answer = await answerTimestampQuery(query, holder, { serial: randomSerial(), now: ctx.now })
      return new Response(new Uint8Array(answer), { headers: { 'content-type': 'application/timestamp-reply' } })
    })
    const settings = { ...ctx.settings, TSA_URL: 'https://tsa.example/', TSA_CERTIFICATES: pem(authority.root.certificate.der) }
    await sealPackage({ ...ctx, settings }, made.id)
    // The seal and the file, of the document and of the certificate.
    expect(asked).toEqual(Array.from({ length: 4 }, () => 'https://tsa.example/'))
    const { sealed, certificate } = await stateOf(made)
    const options = {
      anchors: await platformAnchors(ctx),
      timestampAnchors: [authority.root.certificate],
      at: ctx.now,
      usage: 'seal' as const,
    }
    for (const stored of [sealed?.[0], certificate]) {
      const { bytes } = await readFile(ctx, stored?.fileId ?? '')
      const verdicts = await verifyPdf(bytes, options)
      expect(verdicts).toMatchObject([
        { kind: 'signature', changes: 'signing', outcome: { ok: true, signers: [{ format: 'CAdES-T' }] } },
        { kind: 'timestamp', total: true, outcome: { ok: true } },
      ])
      const [seal] = verdicts
      const chain = seal && 'outcome' in seal && seal.kind === 'signature' ? seal.outcome.signers[0]?.chain : undefined
      expect(chain?.revocation.map((r) => r.status)).toEqual(['good', 'good'])
      await PDFDocument.load(bytes)
    }
  })

  it('seals nothing without its time stamp', async () => {
    const made = await signed([{}], {}, ['Agreement'])
    vi.stubGlobal('fetch', () => Promise.reject(new Error('away')))
    const settings = { ...made.ctx.settings, TSA_URL: 'https://tsa.example/' }
    await expect(sealPackage({ ...made.ctx, settings }, made.id)).rejects.toMatchObject({ code: 'unavailable' })
    expect((await stateOf(made)).sealed).toBeNull()
  })
})
