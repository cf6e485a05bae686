import { sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { AppError } from '../../http/errors.ts'
import { contains, definePages, fromDay, oneOf, refersTo, toDay } from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { may } from '../../identity/roles.ts'
import { peopleOf, presentPerson } from '../people/people.ts'
import { authorOf, foremanId } from '../person.ts'
import { assignedTo } from '../projects/access.ts'
import { projects } from '../projects/tables.ts'
import { findMissing, stillThere, type Reference } from '../registry/references.ts'
import { invalid, mine, said, verbsOf, mineCounted } from '../registry/registry.ts'
import { takeStep } from '../registry/transition.ts'
import { isoStamp } from '../stamps.ts'
import type { ChangeSiteRequest, NewSiteRequest } from './schemas.ts'
import { REQUEST_KINDS, REQUEST_STATUSES, siteRequests as table } from './tables.ts'

type Change = z.output<typeof ChangeSiteRequest>
const MISSING = 'Заявка не найдена'

export const siteRequestPages = definePages({
  counted: 'site_requests',
  key: table.id,
  filters: {
    project_id: refersTo(table.projectId),
    kind: oneOf(table.kind, REQUEST_KINDS),
    status: oneOf(table.status, REQUEST_STATUSES),
    title: contains(table.titleKey),
    date_from: fromDay(table.createdAt),
    date_to: toDay(table.createdAt, 'instant'),
  },
  sorts: { created_at: table.createdAt, required_date: table.requiredDate },
})

/** What narrows a foreman to the projects that he is assigned to; nothing for others. */
function assigned(ctx: Ctx, project: SQLiteColumn): SQL | undefined {
  const foreman = foremanId(ctx)
  return foreman === undefined ? undefined : assignedTo(foreman, project)
}

/** Own requests of the organization; a foreman's, those of his projects. */
function seen(ctx: Ctx): SQL {
  const narrowed = assigned(ctx, table.projectId)
  return narrowed ? sql`${mine(ctx, table)} and ${narrowed}` : mine(ctx, table)
}

const columnsOf = (input: Omit<Change, 'status' | 'answer'>) =>
  said({
    projectId: input.project_id,
    kind: input.kind,
    title: input.title,
    titleKey: input.title === undefined ? undefined : searchable(input.title),
    description: input.description,
    priority: input.priority,
    requiredDate: input.required_date,
  })

function projectOf(ctx: Ctx, id: number | undefined): Reference {
  const where = assigned(ctx, projects.id)
  return { path: 'project_id', table: projects, id, message: 'Проект не найден.', ...(where ? { where } : {}) }
}

const verbs = verbsOf({
  table,
  noun: 'site_request',
  missing: MISSING,
  list: siteRequestPages,
  seen,
  scope: (ctx) => (foremanId(ctx) === undefined ? mineCounted(ctx) : undefined),
  columns: (input: z.output<typeof NewSiteRequest>, { ctx }) => ({
    ...columnsOf(input),
    status: 'pending' as const,
    createdBy: authorOf(ctx),
  }),
  changes: (input: Change) => columnsOf(input),
  references: (input, ctx) => [projectOf(ctx, input.project_id)],
  related: async (ctx, rows) => {
    const [people, found] = await Promise.all([
      peopleOf(
        ctx,
        rows.flatMap((row) => [row.createdBy, row.processedBy]),
      ),
      ctx.db
        .select({ id: projects.id, name: projects.name })
        .from(asked(rows.map((row) => row.projectId)))
        .crossJoin(projects)
        .where(isAsked(projects.id)),
    ])
    return { people, projects: new Map(found.map((row) => [row.id, row])) }
  },
  present: (row, related) => {
    const person = (id: number | null) => {
      const found = id === null ? undefined : related.people.get(id)
      return found ? presentPerson(found) : null
    }
    return {
      id: row.id,
      organization_id: row.orgId,
      project_id: row.projectId,
      kind: row.kind,
      title: row.title,
      description: row.description,
      priority: row.priority,
      status: row.status,
      required_date: row.requiredDate,
      answer: row.answer,
      processed_at: row.processedAt === null ? null : isoStamp(row.processedAt),
      created_at: isoStamp(row.createdAt),
      updated_at: isoStamp(row.updatedAt),
      project: related.projects.get(row.projectId) ?? null,
      created_by: person(row.createdBy),
      processed_by: person(row.processedBy),
    }
  },
})

const closed = () => new AppError('conflict', 'Заявка уже обработана')
const changing = () => new AppError('conflict', 'Заявка или её проект сейчас изменяются. Повторите попытку.', { retryAfter: 1 })

/** Changes a request that waits. Its end, by whoever manages projects, comes with who and when. */
async function change(ctx: Ctx, id: number, input: Change) {
  const before = await verbs.load(ctx, id)
  if (before.status !== 'pending') throw closed()
  const ends = input.status !== undefined && input.status !== 'pending'
  if (ends && !may(ctx.actor, 'admin.projects.edit')) throw new AppError('forbidden', 'Заявки обрабатывает руководитель проекта.')
  const rejects = input.status === 'rejected' && input.project_id === undefined
  // Where it goes must be there, and where it stays too: in a project that is gone it may only be rejected.
  const references = rejects ? [] : [projectOf(ctx, input.project_id ?? before.projectId)]
  const look = async () => {
    const missing = await findMissing(ctx, references)
    if (missing.length > 0) throw invalid(missing)
  }
  await look()
  const at = ctx.now.toISOString()
  const row = await takeStep(ctx, {
    table,
    id,
    column: table.status,
    from: ['pending'],
    set: {
      ...columnsOf(input),
      ...said({ status: input.status, answer: input.answer }),
      ...(ends ? { processedBy: authorOf(ctx), processedAt: at } : {}),
    },
    action: `site_request.${ends ? input.status : 'changed'}`,
    missing: MISSING,
    refusal: async () => {
      if ((await verbs.load(ctx, id)).status !== 'pending') return closed()
      await look()
      return changing()
    },
    when: sql`${seen(ctx)} and ${table.projectId} = ${before.projectId} and ${stillThere(ctx, references)}`,
  })
  return verbs.show(ctx, row)
}

export const siteRequests = { ...verbs, change }
