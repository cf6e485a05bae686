import { eq, sql, type SQL } from 'drizzle-orm'
import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
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

/** Whether a package holds what it signs, so that nobody changes it: it is about to be sent, under way, or signed by everybody. `packageId` is a column. */
export const heldBy = (ctx: Pick<Ctx, 'now'>, packageId: SQL): SQL => held(ctx, packageId, 1)

/** The same while people have yet to sign it. */
export const outIn = (ctx: Pick<Ctx, 'now'>, packageId: SQL): SQL => held(ctx, packageId, 0)

/** Whether everybody has signed it. */
export const signedIn = (packageId: SQL): SQL =>
  sql`exists (select 1 from packages as held where held.id = ${packageId} and held.status = 'signed')`

function held(ctx: Pick<Ctx, 'now'>, packageId: SQL, signed: 0 | 1): SQL {
  const running = new Date(ctx.now.getTime() - RUNNING_MS).toISOString()
  return sql`exists (select 1 from packages as held where held.id = ${packageId} and case held.status
    when 'signed' then ${signed}
    when 'draft' then held.created_at > ${running}
    when 'in_progress' then held.deadline is null or held.deadline > ${ctx.now.toISOString()}
    else 0 end)`
}

/** How packages stand, by their ids. */
export const statusesQuery = (ctx: Ctx, ids: readonly (string | null)[]) =>
  ctx.db
    .select({ id: packages.id, status: subjectStatus(ctx).as('subject_status') })
    .from(asked(ids))
    .crossJoin(packages)
    .where(isAsked(packages.id))

/** How what was sent stands, as its feature shows it; null for what never was. */
export function showSigning(packageId: string | null, statuses: readonly { id: string; status: SubjectStatus }[]) {
  if (packageId === null) return null
  return { package_id: packageId, status: statuses.find(({ id }) => id === packageId)?.status ?? ('draft' as const) }
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
