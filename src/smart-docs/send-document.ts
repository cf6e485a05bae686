import { and, eq, isNull } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { sendSubject } from '../office/packages/send-subject.ts'
import { documentBytes } from './document-file.ts'
import type { Route } from './document-schemas.ts'
import { getDocument, loadDocument } from './load-document.ts'
import type { DocumentRow } from './present-document.ts'
import { smartDocuments } from './tables.ts'

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

/** Sends a document along a signing route. */
export async function sendDocument(ctx: Ctx, id: string, route: Route) {
  const { row, status } = await loadDocument(ctx, id)
  await sendSubject(
    ctx,
    {
      packageId: row.packageId,
      status,
      document: () => documentBytes(ctx, row),
      metadata: { smart_document: row.id, kind: row.kind, number: row.number, year: row.year },
      attach: (packageId) => attach(ctx, row, packageId),
      said: { taken: 'The document has been sent.', running: 'The document is being sent.' },
    },
    route,
  )
  return getDocument(ctx, id)
}
