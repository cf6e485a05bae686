import { eq, inArray, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { toBase64 } from '../../lib/ids.ts'
import { packages } from '../../signing/tables.ts'
import { revokePackage, sendPackage } from './change-package.ts'
import { createPackage } from './create-package.ts'
import type { CreatePackage } from './schemas.ts'
import type * as z from 'zod'

/** A call that has not come to its end by then was cut off; another may do its work. */
const RUNNING_MS = 120_000

export const SUBJECT_STATUSES = ['draft', 'sent', 'signed', 'declined', 'revoked', 'expired'] as const
export type SubjectStatus = (typeof SUBJECT_STATUSES)[number]

/** The route of a package: who signs, in which order, until when. */
export type Route = Pick<z.output<typeof CreatePackage>, 'participants' | 'quorums' | 'deadline' | 'callback_url'>

/** What is sent has the status of its package (joined to the query); one past its deadline has expired, whether or not its object has woken yet. */
export const subjectStatus = (ctx: Pick<Ctx, 'now'>): SQL<SubjectStatus> => sql<SubjectStatus>`case
  when ${packages.id} is null or ${packages.status} = 'draft' then 'draft'
  when ${packages.status} <> 'in_progress' then ${packages.status}
  when ${packages.deadline} <= ${ctx.now.toISOString()} then 'expired'
  else 'sent' end`

/** Whether a package holds what it signs: it is under way, or everybody has signed. `packageId` is a column. */
export const heldBy = (
  ctx: Pick<Ctx, 'now'>,
  packageId: SQL,
): SQL => sql`exists (select 1 from packages as held where held.id = ${packageId}
  and (held.status = 'signed' or (held.status = 'in_progress' and (held.deadline is null or held.deadline > ${ctx.now.toISOString()}))))`

/** Statuses by package, of those that were sent. */
export async function statusesOf(ctx: Ctx, ids: readonly (string | null)[]): Promise<Map<string, SubjectStatus>> {
  const asked = [...new Set(ids.filter((id) => id !== null))]
  if (asked.length === 0) return new Map()
  const among =
    asked.length > 50 ? sql`${packages.id} in (select value from json_each(${JSON.stringify(asked)}))` : inArray(packages.id, asked)
  const rows = await ctx.db
    .select({ id: packages.id, status: subjectStatus(ctx) })
    .from(packages)
    .where(among)
  return new Map(rows.map(({ id, status }) => [id, status]))
}

interface Subject {
  /** The package that it was sent in before, and how that stands. */
  packageId: string | null
  status: SubjectStatus
  document: () => Promise<{ name: string; bytes: Uint8Array }>
  /** By which the package is found again. */
  metadata: Record<string, unknown>
  /** Puts the new package into the place of the one before; false where another call was quicker. */
  attach: (packageId: string) => Promise<boolean>
  said: { taken: string; running: string }
}

/** A package that was attached but not sent: another call is about to send it, unless it was cut off. */
async function mustBeAbandoned(ctx: Ctx, packageId: string, message: string): Promise<void> {
  const [row] = await ctx.db.select({ createdAt: packages.createdAt }).from(packages).where(eq(packages.id, packageId))
  const age = row ? ctx.now.getTime() - Date.parse(row.createdAt) : Infinity
  if (age < RUNNING_MS) throw new AppError('conflict', message, { retryAfter: 1 })
}

/**
 * Sends something of a feature's own along a signing route: an ordinary package of the office with its one document. It is made as a draft, becomes the
 * subject's, and is sent then: of calls side by side one wins, and whatever is cut off midway can be sent again. So can one that was declined, withdrawn
 * or ran out. Gives the package's id.
 */
export async function sendSubject(ctx: Ctx, subject: Subject, route: Route): Promise<string> {
  const { packageId: before, status, document, metadata, attach, said } = subject
  const taken = () => new AppError('conflict', said.taken)
  if (status === 'sent' || status === 'signed') throw taken()
  const abandoned = status === 'draft' ? before : null
  if (abandoned !== null) await mustBeAbandoned(ctx, abandoned, said.running)
  const { name, bytes } = await document()
  const { id } = await createPackage(ctx, {
    ...route,
    title: name.replace(/\.pdf$/, ''),
    documents: [{ name, content_base64: toBase64(bytes) }],
    metadata,
    send: false,
  })
  if (!(await attach(id))) {
    await revokePackage(ctx, id, undefined)
    throw taken()
  }
  if (abandoned !== null) await revokePackage(ctx, abandoned, undefined)
  await sendPackage(ctx, id)
  return id
}
