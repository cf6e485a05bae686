import type { Ctx } from '../../context.ts'
import { batch, type Write } from '../../db/client.ts'
import { putFile, readFile } from '../../documents/files.ts'
import type { CmsEvidence, PackageDocument } from '../model.ts'
import { verifySignerCms, type SignerCmsOptions } from './cms.ts'
import type { ExpectedParticipant } from './whose.ts'

/** Whose signatures these must be, and how a refusal is worded. */
export interface Expected extends ExpectedParticipant {
  orgId: number
}

/**
 * Verifies what a signer's own key made over each document, adds a time stamp where it has none, and keeps it (`.p7s`). In the documents'
 * order. Nothing is kept when any of them is refused.
 *
 * @throws AppError the refusal of `verifySignerCms`; `unavailable` where a time stamp can't be had
 */
export async function keepSignerCms(
  ctx: Ctx,
  documents: { document: PackageDocument; cms: string }[],
  { orgId, ...expected }: Expected,
  options: (index: number) => SignerCmsOptions,
): Promise<CmsEvidence[]> {
  const { stampCms } = await import('../keys/stamp.ts')
  const verified = []
  for (const [i, { document, cms }] of documents.entries()) {
    const { bytes: content } = await readFile(ctx, document.fileId)
    verified.push({ document, ...(await verifySignerCms(ctx, cms, content, expected, options(i))) })
  }
  const writes: Write[] = []
  const kept: CmsEvidence[] = []
  for (const { document, bytes, certificate, revocation, timestamp } of verified) {
    const stamped = timestamp ? { cms: bytes, timestamp } : await stampCms(ctx, bytes)
    const { file, write } = await putFile(ctx, orgId, stamped.cms, `${document.name}.p7s`, 'application/pkcs7-signature')
    writes.push(write)
    const { id: documentId } = document
    kept.push({
      documentId,
      fileId: file.id,
      sha256: file.sha256,
      format: 'CAdES-T',
      certificate,
      revocation,
      timestamp: stamped.timestamp,
    })
  }
  await batch(ctx.db, writes)
  return kept
}
