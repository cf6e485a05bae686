import { desc, eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { findByBin } from '../directory/find-by-bin.ts'
import type { FieldIssue } from '../http/errors.ts'
import { organizationName } from '../office/organization.ts'
import type { PartyInput } from './document-schemas.ts'
import type { Party } from './model.ts'
import { smartDocuments } from './tables.ts'

/** As long as what may be said of a party: cards come from elsewhere, and forms have their room. */
const cut = (text: string | null | undefined, max: number) => (text ? Array.from(text).slice(0, max).join('') : null)

/** What is not said of a party comes from its card in the directory; null, where it was said, stays nothing. */
async function complete(ctx: Ctx, said: PartyInput, name: (() => Promise<string>) | undefined): Promise<Party | undefined> {
  const card = await findByBin(ctx, said.bin)
  const called = said.name ?? cut(card?.name, 255) ?? (await name?.())
  if (called === undefined) return undefined
  const or = (value: string | null | undefined, known: string | null) => (value === undefined ? known : value)
  return {
    bin: said.bin,
    name: called.trim(),
    address: or(said.address, cut(card?.address, 500)),
    contacts: said.contacts ?? null,
    director: or(said.director, cut(card?.director, 255)),
  }
}

/** Who the organization was in its last document. */
async function lastSeller(ctx: Ctx): Promise<Party | undefined> {
  const [row] = await ctx.db
    .select({ snapshot: smartDocuments.snapshot })
    .from(smartDocuments)
    .where(eq(smartDocuments.orgId, orgOf(ctx)))
    .orderBy(desc(smartDocuments.seq))
    .limit(1)
  return row?.snapshot.seller
}

/** Both parties of a document; what is missing is told in `issues`. */
export async function resolveParties(
  ctx: Ctx,
  said: { seller?: PartyInput | undefined; buyer: PartyInput },
  issues: FieldIssue[],
): Promise<{ seller: Party | undefined; buyer: Party | undefined }> {
  const [seller, buyer] = await Promise.all([
    said.seller ? complete(ctx, said.seller, () => organizationName(ctx, orgOf(ctx))) : lastSeller(ctx),
    complete(ctx, said.buyer, undefined),
  ])
  if (!seller) issues.push({ path: 'seller', message: 'is needed in the first document of the organization' })
  if (!buyer) issues.push({ path: 'buyer.name', message: 'is needed: the directory has no company with this BIN' })
  return { seller, buyer }
}
