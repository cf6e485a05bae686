import type { SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import type { Write } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { commonNameOf } from '../../lib/distinguished-name.ts'
import { toBase64 } from '../../lib/ids.ts'
import { keepFile, readKept } from '../files.ts'
import { filesOf, nameOf, openData, type AgreementRow } from '../load.ts'
import type { OrderRow } from './order.ts'
import { recipientOf } from './recipient.ts'

/**
 * Verifies the signature that came back: over the very document that went out, by a certificate that leads to one of the operator's trust anchors and is
 * the subscriber's as far as it names numbers.
 *
 * @throws AppError `unavailable` where that can't be told now
 */
export async function takeSignature(
  ctx: Ctx,
  row: AgreementRow,
  order: OrderRow,
  signature: Uint8Array,
): Promise<{ write: (open: SQL) => Write } | { refused: string }> {
  const document = (await filesOf(ctx, row.id)).findLast(({ kind }) => kind === 'agreement')
  if (document?.sha256 !== order.sha256) return { refused: 'the document is another one by now' }
  const [{ inn }, recipient] = await Promise.all([openData(ctx, row), recipientOf(ctx, row)])
  const number = typeof inn === 'string' && inn !== '' ? inn : null
  const expect = {
    identifier: null,
    inn: row.type === 'ip' ? number : null,
    companyInn: row.type === 'jur' ? number : null,
    snils: recipient?.snils ?? null,
  }
  const { verifySignerCms } = await import('../../signing/methods/cms.ts')
  try {
    const { certificate, format, timestamp } = await verifySignerCms(ctx, toBase64(signature), await readKept(ctx, document), expect)
    const at = timestamp?.at ?? ctx.now.toISOString()
    return keepFile(ctx, row, {
      kind: 'signature',
      name: `Договор ${nameOf(row)}.pdf.sig`,
      mime: 'application/pkcs7-signature',
      bytes: signature,
      signatures: [{ format, valid: true, signer: commonNameOf(certificate.subject), signedAt: at }],
    })
  } catch (error) {
    if (error instanceof AppError && error.code === 'unprocessable') return { refused: error.message.slice(0, 300) }
    throw error
  }
}
