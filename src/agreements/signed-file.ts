import { orgOf, type Ctx } from '../context.ts'
import { AppError, type FieldIssue } from '../http/errors.ts'
import type { FileSignature } from '../signing/verify-pdf.ts'
import { bytesOf, checkFile, type CheckedFile } from './check-file.ts'
import { missing } from './fields.ts'
import { keepFile, sendKept, type KeptFile } from './files.ts'
import { currentAgreement, filesOf, notReady, signableAgreement, type FileRow } from './load.ts'
import { moveAgreement } from './move.ts'
import { cancelOrder } from './goskey/order.ts'
import { invalid } from './submit.ts'

const MAX_FILES = 10

/** The PDF to be signed. */
export async function documentOf(ctx: Ctx, agreementId: number): Promise<FileRow | undefined> {
  return (await filesOf(ctx, agreementId)).findLast(({ kind }) => kind === 'agreement')
}

/** The agreement's PDF; what came back signed, once it is. */
export async function downloadAgreement(ctx: Ctx): Promise<Response> {
  const row = await currentAgreement(ctx, orgOf(ctx))
  const files = row ? await filesOf(ctx, row.id) : []
  const file = files.find(({ kind }) => kind === 'signed') ?? files.findLast(({ kind }) => kind === 'agreement')
  if (!file) throw notReady()
  return sendKept(ctx, file)
}

interface SignedFile extends CheckedFile {
  signatures: FileSignature[]
}

/** The files as they came, each a PDF whose signatures hold, if it has any. */
async function readSigned(ctx: Ctx, given: File[]): Promise<SignedFile[]> {
  const { pdfSignatures } = await import('../signing/verify-pdf.ts')
  const files: SignedFile[] = []
  const issues: FieldIssue[] = []
  for (const file of given) {
    const checked = await checkFile('files', file, ['application/pdf'])
    if ('path' in checked) {
      issues.push(checked)
      continue
    }
    const { valid, signatures } = await pdfSignatures(ctx, await bytesOf(file))
    if (signatures.length > 0 && !valid) {
      const bad = signatures.find((s) => !s.valid)
      issues.push({ path: 'files', message: `A signature in ${checked.name.slice(0, 100)} does not hold: ${bad?.signer || 'unknown'}.` })
    }
    files.push({ ...checked, signatures })
  }
  if (issues.length > 0) throw invalid(issues)
  return files
}

/** Takes the signed agreement: scans, or PDFs with signatures, which are verified. */
export async function uploadSigned(ctx: Ctx, body: { files?: File | File[] | undefined; 'files[]'?: File | File[] | undefined }) {
  const given = [body.files ?? [], body['files[]'] ?? []].flat()
  if (given.length === 0) throw invalid([missing('files')])
  if (given.length > MAX_FILES) throw invalid([{ path: 'files', message: `The files may not be more than ${MAX_FILES}.` }])
  const row = await signableAgreement(ctx, orgOf(ctx))
  const document = row && (await documentOf(ctx, row.id))
  if (!row || !document) throw notReady()
  if (row.status !== 'ready' && row.status !== 'signing')
    throw new AppError('conflict', row.status === 'signed' ? 'The agreement is signed' : 'The agreement is not ready to be signed')
  const files = await readSigned(ctx, given)
  const made: KeptFile[] = []
  for (const { name, mime, file, signatures } of files)
    made.push(await keepFile(ctx, row, { kind: 'signed', name, mime, bytes: await bytesOf(file), signatures }))
  const cancelled = row.status === 'signing' ? await cancelOrder(ctx, row) : undefined
  await moveAgreement(ctx, row, 'signed', {
    writes: (open) => [...made.map((file) => file.write(open)), ...(cancelled ? [cancelled.write(open)] : [])],
    jobs: cancelled ? [cancelled.job] : [],
  })
  return { success: true as const, ...summary(files) }
}

/** What was found in the files, for who sent them. */
function summary(files: SignedFile[]): { signatures?: { signer: string; signed_at: string | null; format: string }[] } {
  const signatures = files.flatMap((file) =>
    file.signatures.map(({ signer, signedAt, format }) => ({ signer, signed_at: signedAt, format })),
  )
  return signatures.length > 0 ? { signatures } : {}
}
