import { and, eq, isNull } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { toBase64 } from '../lib/ids.ts'
import { revokePackage, sendPackage } from '../office/packages/change-package.ts'
import { createPackage } from '../office/packages/create-package.ts'
import { packages } from '../signing/tables.ts'
import { documentBytes } from './document-file.ts'
import type { Route } from './document-schemas.ts'
import { getDocument, loadDocument } from './load-document.ts'
import type { DocumentRow } from './present-document.ts'
import { smartDocuments } from './tables.ts'

/** A call that has not come to its end by then was cut off; another may do its work. */
const RUNNING_MS = 120_000

const taken = () => new AppError('conflict', 'The document has been sent.')

/** A package that was attached but not sent: another call is about to send it, unless it was cut off. */
async function mustBeAbandoned(ctx: Ctx, packageId: string): Promise<void> {
  const [row] = await ctx.db.select({ createdAt: packages.createdAt }).from(packages).where(eq(packages.id, packageId))
  const age = row ? ctx.now.getTime() - Date.parse(row.createdAt) : Infinity
  if (age < RUNNING_MS) throw new AppError('conflict', 'The document is being sent.', { retryAfter: 1 })
}

/** Puts a new package into the place of the one before; false where another call was quicker. */
async function attach(ctx: Ctx, row: DocumentRow, packageId: string): Promise<boolean> {
  const before = row.packageId === null ? isNull(smartDocuments.packageId) : eq(smartDocuments.packageId, row.packageId)
  const subject = `smart_document:${row.id}`
  const changed = await ctx.db
    .update(smartDocuments)
    .set({ packageId })
    .where(and(eq(smartDocuments.seq, row.seq), before))
    .returning({ id: smartDocuments.id })
  if (changed.length > 0) await batch(ctx.db, [audit(ctx, orgOf(ctx), 'smart_document.sent', subject)])
  return changed.length > 0
}

/**
 * Sends a document along a signing route: an ordinary package of the office with this one document. It is made as a draft, becomes the document's, and is
 * sent then: of calls side by side one wins, and whatever is cut off midway can be sent again. So can one that was declined, withdrawn or ran out.
 */
export async function sendDocument(ctx: Ctx, id: string, route: Route) {
  const { row, status } = await loadDocument(ctx, id)
  if (status === 'sent' || status === 'signed') throw taken()
  const abandoned = status === 'draft' ? row.packageId : null
  if (abandoned !== null) await mustBeAbandoned(ctx, abandoned)
  const { name, bytes } = await documentBytes(ctx, row)
  const { id: packageId } = await createPackage(ctx, {
    ...route,
    title: name.replace(/\.pdf$/, ''),
    documents: [{ name, content_base64: toBase64(bytes) }],
    metadata: { smart_document: row.id, kind: row.kind, number: row.number, year: row.year },
    send: false,
  })
  if (!(await attach(ctx, row, packageId))) {
    await revokePackage(ctx, packageId, undefined)
    throw taken()
  }
  if (abandoned !== null) await revokePackage(ctx, abandoned, undefined)
  await sendPackage(ctx, packageId)
  return getDocument(ctx, id)
}
