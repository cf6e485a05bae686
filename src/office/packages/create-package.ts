import { orgOf, type Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { uuidv7 } from '../../lib/ids.ts'
import { originOf } from '../../signing/origin.ts'
import { granted, packageObject } from '../../signing/stub.ts'
import { checkTarget } from '../../webhooks/target.ts'
import { keepDocuments } from './documents.ts'
import { resolveParticipants } from './participants.ts'
import { presentPackage } from './present.ts'
import type { NewPackageInput } from './schemas.ts'

const MAX_METADATA = 16_384
const MAX_TITLE = 255

const invalid = (path: string, message: string) => new AppError('validation', 'The request is not valid.', { issues: [{ path, message }] })

/** `[deal] – [document_type] - [document_number]` (document 002, 4.1) of what was given; else the first document's name. */
function titleOf({ title, deal, document_type, document_number, documents }: NewPackageInput): string {
  if (title !== undefined) return title.trim()
  const document = [document_type, document_number].filter(Boolean).join(' - ')
  const made = [deal, document].filter(Boolean).join(' – ')
  return Array.from(made || (documents[0]?.name ?? ''))
    .slice(0, MAX_TITLE)
    .join('')
    .trim()
}

function checkTerms(ctx: Ctx, { deadline, callback_url, metadata }: NewPackageInput): void {
  if (deadline !== undefined && Date.parse(deadline) <= ctx.now.getTime()) throw invalid('deadline', 'is in the past')
  if (callback_url !== undefined) checkTarget(ctx.settings, callback_url)
  if (metadata !== undefined && JSON.stringify(metadata).length > MAX_METADATA) throw invalid('metadata', 'is longer than 16 kB')
}

/** Makes a package of documents with its route, and sends it unless it is to stay a draft (document 002, 4.1). */
export async function createPackage(ctx: Ctx, input: NewPackageInput) {
  const orgId = orgOf(ctx)
  checkTerms(ctx, input)
  const quorums = input.quorums ?? []
  const participants = await resolveParticipants(ctx, input.participants, quorums)
  const documents = await keepDocuments(ctx, input.documents)
  const id = uuidv7(ctx.now.getTime())
  const fresh = {
    id,
    orgId,
    subject: { type: 'package' as const, id },
    title: titleOf(input),
    documents,
    participants,
    quorums,
    deadline: input.deadline === undefined ? null : new Date(input.deadline).toISOString(),
    callbackUrl: input.callback_url ?? null,
    metadata: input.metadata ?? null,
  }
  const { state } = granted(await packageObject(ctx, id).open(fresh, originOf(ctx), { draft: !input.send }))
  return presentPackage(state)
}
