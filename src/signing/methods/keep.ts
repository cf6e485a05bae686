import type { Ctx } from '../../context.ts'
import { readBytes, storeBytes } from '../../documents/files.ts'
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
    const content = await readBytes(ctx, orgId, document.sha256)
    verified.push({ document, ...(await verifySignerCms(ctx, cms, content, expected, options(i))) })
  }
  const kept: CmsEvidence[] = []
  for (const { document, bytes, certificate, revocation, timestamp } of verified) {
    const stamped = timestamp ? { cms: bytes, timestamp } : await stampCms(ctx, bytes)
    const { id, sha256, size } = await storeBytes(ctx, orgId, stamped.cms, `${document.name}.p7s`, 'application/pkcs7-signature')
    const made = { certificate, revocation, format: 'CAdES-T' as const, timestamp: stamped.timestamp }
    kept.push({ documentId: document.id, fileId: id, sha256, size, ...made })
  }
  return kept
}
