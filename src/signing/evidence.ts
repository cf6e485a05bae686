import type { Ctx } from '../context.ts'
import { storeBytes } from '../documents/files.ts'
import { AppError } from '../http/errors.ts'
import type { KeyHandle } from './keys/sign.ts'
import type { CmsEvidence, PackageDocument, PackageState, Participant } from './model.ts'

/** Signatures that are made side by side: each waits for the store, and maybe for a time-stamping authority. */
const AT_ONCE = 8

/** Whose key signs: the employee's that the server keeps; of a signature by code, which has no key, the platform's seals the evidence. */
async function keyFor(ctx: Ctx, state: PackageState, { claim, clientId, companyId }: Participant): Promise<KeyHandle> {
  if (claim?.method === 'server') {
    const { employeeKey } = await import('./keys/kept.ts')
    const key = clientId && companyId ? await employeeKey(ctx, { orgId: state.orgId, clientId, companyId }) : null
    if (!key) throw new AppError('forbidden', 'The employee has no server signature.')
    return key
  }
  const { platformKey } = await import('./keys/platform.ts')
  return platformKey(ctx, 'seal')
}

async function signOne(ctx: Ctx, orgId: number, key: KeyHandle, document: PackageDocument): Promise<CmsEvidence> {
  const { signOriginal } = await import('./keys/sign.ts')
  const { bytes, format, certificate, timestamp } = await signOriginal(ctx, key, document.sha256)
  const { id: fileId, sha256, size } = await storeBytes(ctx, orgId, bytes, `${document.name}.p7s`, 'application/pkcs7-signature')
  // Ours, and in force: `keyFor` gives no other.
  return { documentId: document.id, fileId, sha256, size, format, certificate, revocation: 'good', timestamp }
}

/**
 * Makes the detached CAdES of a proved signature over every document (DECISIONS › office): by the employee's kept key, or, for a code, by
 * the platform's. Throws AppError `forbidden` where the key is gone, `unavailable` where a time stamp can't be had.
 */
export async function makeEvidence(ctx: Ctx, state: PackageState, participant: Participant): Promise<CmsEvidence[]> {
  const key = await keyFor(ctx, state, participant)
  const all: CmsEvidence[] = []
  for (let i = 0; i < state.documents.length; i += AT_ONCE)
    all.push(...(await Promise.all(state.documents.slice(i, i + AT_ONCE).map((d) => signOne(ctx, state.orgId, key, d)))))
  return all
}
