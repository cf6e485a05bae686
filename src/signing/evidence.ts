import type { Ctx } from '../context.ts'
import { storeBytes } from '../documents/files.ts'
import { AppError } from '../http/errors.ts'
import type { EmployeeKeyRow } from './keys/kept.ts'
import type { KeyHandle } from './keys/sign.ts'
import type { CmsEvidence, PackageDocument, PackageState, Participant, Refusal } from './model.ts'
import { judgeClient, rightsOf } from './rights.ts'

/** Signatures that are made side by side: each waits for the store, and maybe for a time-stamping authority. */
const AT_ONCE = 8

/** What an employee signs by: the refusal where the right is missing, else the wrapped key where there is one. */
export interface EmployeeAct {
  refusal: Refusal | undefined
  key: EmployeeKeyRow | undefined
}

/** An employee's right to sign and the key, as they are at this moment, read in one trip. */
export async function readEmployeeAct(ctx: Pick<Ctx, 'db'>, orgId: number, clientId: string, companyId: string): Promise<EmployeeAct> {
  const { employeeKeyRow } = await import('./keys/kept.ts')
  const who = { orgId, clientId, companyId }
  const [[rights], [key]] = await ctx.db.batch([rightsOf(ctx, orgId, who), employeeKeyRow(ctx, who)])
  return { refusal: judgeClient(rights, who, 'sign'), key }
}

/** Whose key signs: the employee's that the server keeps; of a signature by code, which has no key, the platform's seals the evidence. */
async function keyFor(
  ctx: Ctx,
  state: PackageState,
  { claim, clientId, companyId }: Participant,
  employee: EmployeeAct | undefined,
): Promise<KeyHandle> {
  if (claim?.method === 'server') {
    const { employeeKey, openEmployeeKey } = await import('./keys/kept.ts')
    const read = () => (clientId && companyId ? employeeKey(ctx, { orgId: state.orgId, clientId, companyId }) : null)
    const key = await (employee ? openEmployeeKey(ctx, employee.key) : read())
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
 *
 * @param employee what was read when the employee's right was judged; read anew where a signature is taken up again
 */
export async function makeEvidence(
  ctx: Ctx,
  state: PackageState,
  participant: Participant,
  employee?: EmployeeAct,
): Promise<CmsEvidence[]> {
  const key = await keyFor(ctx, state, participant, employee)
  const all: CmsEvidence[] = []
  for (let i = 0; i < state.documents.length; i += AT_ONCE)
    all.push(...(await Promise.all(state.documents.slice(i, i + AT_ONCE).map((d) => signOne(ctx, state.orgId, key, d)))))
  return all
}
