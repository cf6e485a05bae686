import { eq, sql } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { AppError, type FieldIssue } from '../http/errors.ts'
import { organizations } from '../identity/tables.ts'
import { formatDate } from '../lib/dates.ts'
import { searchable } from '../lib/search-text.ts'
import { drawDocument } from './document-file.ts'
import type { NewDocument } from './document-schemas.ts'
import { resolveLines } from './lines.ts'
import type { Actor, Beneficiary, DocumentKind, Snapshot } from './model.ts'
import { resolveParties } from './parties.ts'
import { presentDocument } from './present-document.ts'
import { withNewId } from './service.ts'
import { staffOf } from './staff.ts'
import { smartActors, smartBeneficiaries, smartDocuments } from './tables.ts'
import { vatRateOn } from './vat.ts'

/** Money is asked for by these: they say where it goes. */
const PAID: readonly DocumentKind[] = ['invoice', 'contract']

/** `YYYY-MM-DD` on the wall of the organization's zone. */
async function today(ctx: Ctx): Promise<string> {
  const [org] = await ctx.db
    .select({ timeZone: organizations.timeZone })
    .from(organizations)
    .where(eq(organizations.id, orgOf(ctx)))
  return formatDate(ctx.now, org?.timeZone ?? ctx.settings.TIME_ZONE)
    .split('.')
    .toReversed()
    .join('-')
}

const missing = (path: string, id: string): FieldIssue => ({ path, message: `Invalid pk "${id}" - object does not exist.` })

async function findBeneficiary(ctx: Ctx, id: string | undefined, kind: DocumentKind, issues: FieldIssue[]): Promise<Beneficiary | null> {
  if (id === undefined) {
    if (PAID.includes(kind)) issues.push({ path: 'beneficiary', message: 'This field is required.' })
    return null
  }
  const [row] = await ctx.db
    .select()
    .from(smartBeneficiaries)
    .where(sql`org_id = ${orgOf(ctx)} and id = ${id}`)
  if (!row) issues.push(missing('beneficiary', id))
  return row ? { id, name: row.beneficiary, bank: row.bank, iban: row.iban, bic: row.bic, kbe: row.kbe, knp: row.knp } : null
}

/** The people whom a document names, by the fields that name them. */
async function findActors(ctx: Ctx, input: NewDocument, issues: FieldIssue[]) {
  const fields = ['actor', 'accountant', 'released_by'] as const
  const ids = fields.flatMap((field) => input[field] ?? [])
  const rows =
    ids.length === 0
      ? []
      : await ctx.db
          .select()
          .from(smartActors)
          .where(sql`org_id = ${orgOf(ctx)} and id in (select value from json_each(${JSON.stringify(ids)}))`)
  const find = (field: (typeof fields)[number]): Actor | null => {
    const id = input[field]
    const row = rows.find((r) => r.id === id)
    if (id !== undefined && !row) issues.push(missing(field, id))
    return row ? { id: row.id, fullName: row.fullName, role: row.role } : null
  }
  return { actor: find('actor'), accountant: find('accountant'), releasedBy: find('released_by') }
}

/** What only one kind of document has. */
function details({ kind, act, delivery, terms }: NewDocument): Pick<Snapshot, 'act' | 'delivery' | 'terms'> {
  return {
    act:
      kind === 'act'
        ? {
            stockUsage: act?.stock_usage ?? null,
            attachments: act?.attachments ?? null,
            attachmentPages: act?.attachment_pages ?? null,
          }
        : null,
    delivery:
      kind === 'waybill'
        ? {
            responsible: delivery?.responsible ?? null,
            carrier: delivery?.carrier ?? null,
            transportNumber: delivery?.transport_number ?? null,
            transportDate: delivery?.transport_date ?? null,
            proxyNumber: delivery?.proxy_number ?? null,
            proxyDate: delivery?.proxy_date ?? null,
            proxyIssuer: delivery?.proxy_issuer ?? null,
            receiver: delivery?.receiver ?? null,
          }
        : null,
    terms:
      kind === 'contract'
        ? {
            city: terms?.city ?? null,
            subject: terms?.subject ?? null,
            startDate: terms?.start_date ?? null,
            endDate: terms?.end_date ?? null,
            prepaymentPercent: terms?.prepayment_percent ?? 0,
            paymentDays: terms?.payment_days ?? 5,
            penaltyPercent: terms?.penalty_percent ?? 0,
            warrantyMonths: terms?.warranty_months ?? null,
          }
        : null,
  }
}

/** Everything that the document will say, looked up and computed; refused with all that is wrong at once. */
async function compose(ctx: Ctx, input: NewDocument, date: string): Promise<Snapshot> {
  const issues: FieldIssue[] = []
  const mode = input.vat?.mode ?? 'none'
  const vat = { mode, rate: mode === 'none' ? null : (input.vat?.rate ?? vatRateOn(date)) }
  const [{ seller, buyer }, { lines, totals }, beneficiary, people] = await Promise.all([
    resolveParties(ctx, input, issues),
    resolveLines(ctx, input.items, vat, issues),
    findBeneficiary(ctx, input.beneficiary, input.kind, issues),
    findActors(ctx, input, issues),
  ])
  const { start_date: start, end_date: end } = input.terms ?? {}
  if (start && end && end < start) issues.push({ path: 'terms.end_date', message: 'is before start_date' })
  if (issues.length > 0 || !seller || !buyer) throw new AppError('validation', 'The request is not valid.', { issues: issues.slice(0, 50) })
  const basis = input.contract ? { number: input.contract.number, date: input.contract.date ?? null } : null
  return { v: 1, seller, buyer, beneficiary, ...people, basis, vat, lines, totals, ...details(input) }
}

/**
 * Makes a document: everything it says is kept as it is now, it gets the next number of its kind and year, and it is drawn. The number is counted in
 * the transaction that writes the document, so that numbers neither repeat nor leave gaps; drawing follows, and is made up for when it was cut off.
 */
export async function createDocument(ctx: Ctx, input: NewDocument) {
  const orgId = orgOf(ctx)
  const { kind } = input
  const date = input.date ?? (await today(ctx))
  const [snapshot, staff] = await Promise.all([compose(ctx, input, date), staffOf(ctx)])
  const { buyer, totals } = snapshot
  const year = Number(date.slice(0, 4))
  const search = searchable([buyer.name, buyer.bin, ...snapshot.lines.slice(0, 100).map((l) => l.name)].join('\n'))
  const row = await withNewId(async (id) => {
    const [, made] = await batch(ctx.db, [
      ctx.db.run(sql`insert into smart_numbers (org_id, kind, year, last) values (${orgId}, ${kind}, ${year}, 1)
        on conflict (org_id, kind, year) do update set last = last + 1`),
      ctx.db
        .insert(smartDocuments)
        .values({
          id,
          orgId,
          staff,
          search,
          kind,
          year,
          date,
          snapshot,
          vat: totals.vat,
          total: totals.total,
          buyerBin: buyer.bin,
          buyerName: buyer.name,
          number: sql<number>`(select last from smart_numbers where org_id = ${orgId} and kind = ${kind} and year = ${year})`,
          createdAt: ctx.now.toISOString(),
        })
        .returning(),
      audit(ctx, orgId, 'smart_document.created', `smart_document:${id}`),
    ])
    const [document] = made as (typeof smartDocuments.$inferSelect)[]
    if (!document) throw new Error('the document was not written')
    return document
  })
  await drawDocument(ctx, row)
  return presentDocument(ctx, row, 'draft')
}
