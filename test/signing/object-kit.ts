// What the tests of the package's object share: looking into it, letting what it needs fail, and holding D1 against it.
import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect } from 'vitest'
import { batch } from '../../src/db/client.ts'
import { putFile } from '../../src/documents/files.ts'
import { uuidv7 } from '../../src/lib/ids.ts'
import type { NewPackage, NewParticipant, Origin, PackageDocument, PackageState } from '../../src/signing/model.ts'
import type { PackageObject } from '../../src/signing/object.ts'
import type { PackageStore } from '../../src/signing/store.ts'
import { granted, type PackageStub } from '../../src/signing/stub.ts'
import { newCtx, newIin, newPhone, onePage, type Company } from '../factories.ts'
import '../warm.ts'

/** What the object keeps to itself. */
export interface Inner {
  env: Env
  store: PackageStore
}
export const stubOf = (packageId: string) => env.PACKAGES.getByName(packageId)
/** The same with the types of its own methods. */
export const objectOf = (packageId: string) => stubOf(packageId) as unknown as PackageStub
export const inside = <T>(packageId: string, look: (inner: Inner) => T | Promise<T>): Promise<T> =>
  runInDurableObject(stubOf(packageId), (instance: PackageObject) => look(instance as unknown as Inner))

/** Every row that the object's own storage has, by table; codes apart. */
export const storedIn = (packageId: string) =>
  runInDurableObject(stubOf(packageId), (_, { storage }) => {
    const names = storage.sql
      .exec<{ name: string }>(
        "select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\' and name not like 'sqlite_%'",
      )
      .toArray()
    const all = Object.fromEntries(names.map(({ name }) => [name, storage.sql.exec(`select * from "${name}"`).toArray()]))
    const { codes = [], ...kept } = all
    return { kept, codes }
  })

/** An environment whose D1 fails wherever a statement matches; its store of files where `put` does, its queue where `send` does. */
function failingEnv(real: Env, matches: RegExp): Env {
  const session = (inner: D1DatabaseSession) =>
    new Proxy(inner, {
      get: (target, key) => {
        if (key === 'prepare') {
          return (query: string) => {
            if (matches.test(query)) throw new Error('D1_ERROR: Network connection lost.')
            return target.prepare(query)
          }
        }
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
      },
    })
  const broken = () => Promise.reject(new Error('Network connection lost.'))
  const put = matches.test('put') ? { put: broken, get: (key: string) => real.FILES.get(key) } : undefined
  return {
    ...real,
    DB: { withSession: (start: string) => session(real.DB.withSession(start)) } as unknown as D1Database,
    ...(put ? { FILES: put as unknown as R2Bucket } : {}),
    ...(matches.test('send') ? { JOBS: { sendBatch: broken } as unknown as Queue } : {}),
  }
}

/** Lets the object's statements fail while `work` runs; then everything is as before. */
export async function whileFailing<T>(packageId: string, matches: RegExp, work: () => Promise<T>): Promise<T> {
  const set = (change: (e: Env) => Env) => inside(packageId, (inner) => void (inner.env = change(inner.env)))
  let real: Env | undefined
  await set((e) => failingEnv((real = e), matches))
  try {
    return await work()
  } finally {
    await set(() => real ?? env)
  }
}

type Row = Record<string, unknown>

/** D1's copy against the object's own. */
export async function expectSame(packageId: string): Promise<void> {
  const { state, events } = await inside(packageId, ({ store }) => ({ state: store.state(), events: store.events() }))
  if (!state) throw new Error('no package')
  const rows = async (text: string) => (await env.DB.prepare(text).bind(packageId).all<Row>()).results
  const [row] = await rows('select * from packages where id = ?')
  expect(row).toMatchObject({
    status: state.status,
    title: state.title,
    org_id: state.orgId,
    subject_type: state.subject.type,
    subject_id: state.subject.id,
    finished_at: state.finishedAt,
    updated_at: state.updatedAt,
    deadline: state.deadline,
    version: state.version,
  })
  const participants = await rows('select * from package_participants where package_id = ? order by position')
  expect(
    participants.map((p) => [
      p.id,
      p.order,
      p.role,
      p.status,
      p.full_name,
      p.identifier,
      p.phone,
      p.client_id,
      p.company_id,
      p.method,
      p.acted_at,
    ]),
  ).toEqual(
    state.participants.map((p) => [
      p.id,
      p.order,
      p.role,
      p.status,
      p.person?.fullName ?? '',
      p.person?.identifier ?? p.person?.inn ?? null,
      p.person?.phone ?? null,
      p.clientId,
      p.companyId,
      p.signature?.method ?? null,
      p.actedAt,
    ]),
  )
  const trail = await rows('select * from package_events where package_id = ? order by seq')
  expect(trail.map((e) => [e.seq, e.type, e.hash])).toEqual(events.map((e) => [e.seq, e.type, e.hash]))
  const files = await rows('select * from package_files where package_id = ? order by type, position')
  const of = (type: string) => files.filter((f) => f.type === type).map((f) => [f.document_id, f.file_id, f.sha256])
  expect(of('original')).toEqual(state.documents.map((d) => [d.id, d.fileId, d.sha256]))
  expect(of('stamped')).toEqual((state.sealed ?? []).map((d) => [d.documentId, d.fileId, d.sha256]))
  expect(of('certificate')).toEqual(state.certificate ? [[null, state.certificate.fileId, state.certificate.sha256]] : [])
  const signatures = await rows('select * from package_signatures where package_id = ?')
  const told = (rows_: unknown[][]) => rows_.map((r) => r.join(' ')).toSorted()
  expect(told(signatures.map((s) => [s.participant_id, s.document_id, s.file_id, s.method, s.signed_at, s.format]))).toEqual(
    told(
      state.participants.flatMap((p) =>
        (p.signature?.cms ?? []).map((c) => [p.id, c.documentId, c.fileId, p.signature?.method, p.signature?.at, c.format]),
      ),
    ),
  )
}

/** Lets the object wake until it has nothing left to do; each time as after a crash. */
export async function rest(packageId: string): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await evictDurableObject(stubOf(packageId))
    const idle = await inside(packageId, ({ store }) => store.unsent().length === 0 && store.state()?.participants.every((p) => !p.claim))
    if (idle) return
    await runDurableObjectAlarm(stubOf(packageId))
  }
  throw new Error('the object does not come to rest')
}

/** Somebody with a phone and a number of their own. */
export const someone = (fullName: string) => ({ fullName, identifier: newIin(), inn: null, phone: newPhone(), email: null })

/** A participant of a package, known by its place. */
export const takesPart = (order: number, fullName: string, more: Partial<NewParticipant> = {}): NewParticipant => ({
  id: uuidv7(Date.now()),
  order,
  role: 'signer',
  methods: ['sms'],
  person: someone(fullName),
  clientId: null,
  companyId: null,
  ...more,
})

export const originNow = async (more: Partial<Origin> = {}): Promise<Origin> => ({
  now: (await newCtx()).now.toISOString(),
  actor: 'user:1',
  ip: '192.0.2.1',
  userAgent: 'test',
  ...more,
})

/** A document of one page, kept as one that was sent to us. */
export async function keptDocument(orgId: number, text: string): Promise<PackageDocument> {
  const ctx = await newCtx()
  const { file, write } = await putFile(ctx, orgId, onePage(text), `${text}.pdf`, 'application/pdf')
  await batch(ctx.db, [write])
  return { id: uuidv7(Date.now()), name: file.name, fileId: file.id, sha256: file.sha256, size: file.size }
}

/** A package that has been sent, straight into its object. */
export async function openPackage(
  company: Pick<Company, 'id'>,
  participants: NewParticipant[],
  { draft = false, ...more }: Partial<NewPackage> & { draft?: boolean } = {},
): Promise<PackageState> {
  const id = uuidv7(Date.now())
  const documents = more.documents ?? [await keptDocument(company.id, 'Agreement')]
  const fresh: NewPackage = {
    id,
    orgId: company.id,
    subject: { type: 'package', id },
    title: 'Договор №7',
    documents,
    participants,
    ...more,
  }
  return granted(await objectOf(id).open(fresh, await originNow(), { draft })).state
}
