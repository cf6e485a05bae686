import { and, asc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import { hasUnit } from '../billing/balances.ts'
import type { Ctx } from '../context.ts'
import { getFile, type FileRow } from '../documents/files.ts'
import { AppError, notFound } from '../http/errors.ts'
import { heardLang } from '../http/lang.ts'
import { Reply } from '../http/operation.ts'
import { may } from '../identity/roles.ts'
import { logUnknown } from '../http/log.ts'
import { uuidOf } from '../lib/hash.ts'
import { SEAL_AT_ONCE_BYTES } from '../signing/effects.ts'
import { keepSignerCms } from '../signing/methods/keep.ts'
import { MAX_CODES_AN_HOUR } from '../signing/machine.ts'
import type { PackageDocument, Person } from '../signing/model.ts'
import { originOf } from '../signing/origin.ts'
import { sealPackage } from '../signing/seal.ts'
import { granted, packageObject } from '../signing/stub.ts'
import { packageEvents, packages } from '../signing/tables.ts'
import { renewPackage } from './document.ts'
import { loadByToken, loadOwn, type Loaded } from './load.ts'
import { presentSignature } from './signatures.ts'
import { signatures } from './tables.ts'

export interface SignInput {
  contract_id: number
  client_name: string
  client_iin: string
  client_phone: string
  method: 'sms' | 'ecp'
  company_id?: number | undefined
  code?: string | undefined
  contract_token?: string | undefined
  cms?: string | undefined
}

/** By the company, or by whoever knows the contract's secret. A contract that is neither's does not exist. */
async function mayBeSigned(ctx: Ctx, input: SignInput): Promise<Loaded> {
  const { actor } = ctx
  // The secret opens the contract to anybody, whoever else that may be.
  if (!input.contract_token && actor.kind === 'anonymous')
    throw new AppError('unauthenticated', 'Send an access token, or the contract’s own contract_token.')
  if (!input.contract_token && !may(actor, 'contracts:write')) throw new AppError('forbidden', 'You may not do this.')
  const loaded = await (input.contract_token ? loadByToken(ctx, input.contract_token) : loadOwn(ctx, input.contract_id))
  const { id, orgId } = loaded.contract
  if (id !== input.contract_id || (input.company_id !== undefined && input.company_id !== orgId)) throw notFound()
  return loaded
}

const documentOf = (packageId: string) => uuidOf(`${packageId}:document`)
const signerOf = (packageId: string) => uuidOf(`${packageId}:signer`)

interface Opened {
  packageId: string
  document: PackageDocument
}

/** Opens the package of the rendered document: one document, one signer. One that was withdrawn is replaced. */
async function openPackage(ctx: Ctx, { contract, templateName }: Loaded, file: FileRow): Promise<Opened> {
  if (!contract.packageId) throw nothingYet()
  let packageId = contract.packageId
  const known = await packageObject(ctx, packageId).view()
  if (known?.status === 'revoked') packageId = await renewPackage(ctx, contract.id, packageId)
  const document = { id: documentOf(packageId), name: file.name, fileId: file.id, sha256: file.sha256, size: file.size }
  if (known && known.status !== 'revoked') return { packageId, document }
  const signer = { id: signerOf(packageId), order: 1, role: 'signer' as const, methods: ['sms' as const, 'cms' as const], person: null }
  granted(
    await packageObject(ctx, packageId).open(
      {
        id: packageId,
        orgId: contract.orgId,
        subject: { type: 'contract', id: String(contract.id) },
        title: templateName,
        documents: [document],
        participants: [{ ...signer, clientId: null, companyId: null }],
      },
      originOf(ctx),
    ),
  )
  return { packageId, document }
}
const nothingYet = () => new AppError('conflict', 'There is nothing to sign yet: the contract is not filled in or not rendered.')

/** A new document is a new package with a count of its own: filling a contract in again and again must not become a way to flood phones. */
async function mayAskForCode(ctx: Ctx, contractId: number): Promise<void> {
  const [row] = await ctx.db
    .select({ sent: sql<number>`count(*)`, first: sql<string | null>`min(${packageEvents.at})` })
    .from(packages)
    .innerJoin(packageEvents, and(eq(packageEvents.packageId, packages.id), eq(packageEvents.type, 'code.sent')))
    .where(
      and(
        eq(packages.subjectType, 'contract'),
        eq(packages.subjectId, String(contractId)),
        gt(packageEvents.at, new Date(ctx.now.getTime() - 3_600_000).toISOString()),
      ),
    )
  if (!row || row.sent < MAX_CODES_AN_HOUR) return
  const retryAfter = (Date.parse(row.first ?? '') + 3_600_000 - ctx.now.getTime()) / 1000
  throw new AppError('too_many_requests', 'Too many codes were sent for this contract.', { retryAfter })
}

/** The pending signature that a code was asked for; made on the first call. */
async function pendingSignature(ctx: Ctx, { contract }: Loaded, input: SignInput): Promise<number> {
  const { client_name: clientName, client_iin: clientIin, client_phone: clientPhone, method } = input
  const same = and(
    eq(signatures.contractId, contract.id),
    eq(signatures.clientIin, clientIin),
    eq(signatures.clientPhone, clientPhone),
    eq(signatures.method, method),
    isNull(signatures.signedAt),
  )
  const [known] = await ctx.db.select({ id: signatures.id }).from(signatures).where(same).orderBy(asc(signatures.id)).limit(1)
  if (known) return known.id
  const [made] = await ctx.db
    .insert(signatures)
    .values({
      orgId: contract.orgId,
      contractId: contract.id,
      clientName,
      clientIin,
      clientPhone,
      method,
      createdAt: ctx.now.toISOString(),
    })
    .returning({ id: signatures.id })
  if (!made) throw new Error('the signature was not written')
  return made.id
}

async function sealNow(ctx: Ctx, packageId: string, size: number): Promise<void> {
  if (size > SEAL_AT_ONCE_BYTES) return
  try {
    await sealPackage(ctx, packageId)
  } catch (error) {
    // The signature stands; the queue has the sealing, too.
    logUnknown(error, ctx.requestId, 'seal at once')
  }
}

/** What the caller gets once the signature stands: its row, with the stamped PDF made if that is quick. */
async function signedReply(ctx: Ctx, loaded: Loaded, input: SignInput, { packageId, document }: Opened, signedAt: string): Promise<Reply> {
  const { contract } = loaded
  await sealNow(ctx, packageId, document.size)
  const [row] = await ctx.db
    .select()
    .from(signatures)
    .where(and(eq(signatures.contractId, contract.id), isNotNull(signatures.signedAt)))
  // D1 may lag behind the package for a moment; the signature itself stands.
  if (row) return new Reply(201, presentSignature(row))
  const { client_name, client_iin, client_phone, method } = input
  const id = await pendingSignature(ctx, loaded, input)
  return new Reply(201, { id, contract_id: contract.id, client_name, client_iin, client_phone, signed_at: signedAt, method })
}

/** Method `ecp`: a detached CMS over the bytes of the contract's PDF, made on the signer's machine. */
async function signByKey(ctx: Ctx, loaded: Loaded, input: SignInput, opened: Opened, person: Person): Promise<Reply> {
  if (!input.cms)
    throw new AppError('validation', 'The request is not valid.', { issues: [{ path: 'cms', message: 'is needed to sign with a key' }] })
  const { orgId } = loaded.contract
  if (!(await hasUnit(ctx, orgId, 'ecp'))) throw new AppError('payment_required', 'No prepaid signature is left.')
  const documents = [{ document: opened.document, cms: input.cms }]
  const { identifier, inn } = person
  const evidence = await keepSignerCms(ctx, documents, { orgId, identifier, inn }, () => ({ code: 'validation', path: 'cms' }))
  const done = await packageObject(ctx, opened.packageId).signByKey(signerOf(opened.packageId), person, evidence, originOf(ctx))
  return signedReply(ctx, loaded, input, opened, granted(done).signedAt)
}

/**
 * Signs a contract. Method `sms`: without a code one is sent (202), with the right one the contract is signed (201). Method `ecp`: signed by
 * the CMS that comes along. The contract's package decides, so that two calls at the same time end in one signature and one unit taken.
 */
export async function signContract(ctx: Ctx, input: SignInput): Promise<Reply> {
  const loaded = await mayBeSigned(ctx, input)
  const { contract } = loaded
  if (contract.signedAt) throw new AppError('conflict', 'The contract is signed already.')
  if (!contract.generatedFileId) throw nothingYet()
  const opened = await openPackage(ctx, loaded, await getFile(ctx, contract.generatedFileId))
  const { packageId } = opened
  const object = packageObject(ctx, packageId)
  const { client_name: fullName, client_iin: identifier, client_phone: phone } = input
  const person: Person = { fullName, identifier, inn: null, phone, email: null }
  if (input.method === 'ecp') return signByKey(ctx, loaded, input, opened, person)

  if (input.code === undefined) {
    if (!(await hasUnit(ctx, contract.orgId, 'sms'))) throw new AppError('payment_required', 'No prepaid signature is left.')
    await mayAskForCode(ctx, contract.id)
    // Of a company's own system the header says nothing about who signs.
    const lang = ctx.actor.kind === 'anonymous' ? heardLang(ctx.acceptLanguage) : undefined
    const { expiresAt } = granted(await object.requestCode(signerOf(packageId), person, originOf(ctx), lang))
    const id = await pendingSignature(ctx, loaded, input)
    return new Reply(202, { id, status: 'awaiting_code', expires_at: expiresAt })
  }

  const { signedAt } = granted(await object.signByCode(signerOf(packageId), person, input.code, originOf(ctx)))
  return signedReply(ctx, loaded, input, opened, signedAt)
}
