import { sql } from 'drizzle-orm'
import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { orNull, QUANTITY_SCALE, showMoney, showQuantity, timesQuantity } from '../../http/numbers.ts'
import { definePages, fromDay, readWindow, refersTo, toDay, type PageQuery } from '../../http/page-list.ts'
import { namesQuery } from '../people/people.ts'
import { projects } from '../projects/tables.ts'
import { mine, mineCounted } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import { unitOfType, workTypes } from '../work-types/tables.ts'
import { completedWorks as table } from '../works/tables.ts'

export const LoggedWork = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    project_id: z.int(),
    project_name: z.string().nullable(),
    work_type_id: z.int(),
    work_type_name: z.string().nullable(),
    user_id: z.int(),
    user_name: z.string().nullable(),
    quantity: z.number(),
    unit_symbol: z.string().nullable(),
    unit_price: z.number().nullable(),
    total_price: z.number().nullable().meta({ description: 'Quantity × unit price; what coefficients add is seen in the work itself.' }),
    completion_date: z.string(),
    performers_description: z.string().nullable().meta({ description: '`performers_description` of the work’s `additional_info`.' }),
    notes: z.string().nullable(),
    photo_url: z.string().nullable().meta({ description: 'Works keep no photo.' }),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'LoggedWork' })

export const workLogPages = definePages({
  counted: 'work_log',
  key: table.id,
  filters: {
    project_id: refersTo(table.projectId),
    work_type_id: refersTo(table.workTypeId),
    user_id: refersTo(table.userId),
    date_from: fromDay(table.completionDate),
    date_to: toDay(table.completionDate),
  },
  sorts: { created_at: table.createdAt, completion_date: table.completionDate, id: table.id },
})

/** Confirmed works, as they were done. */
export async function listWorkLog(ctx: Ctx, query: PageQuery) {
  const { db } = ctx
  const window = workLogPages.windowOf(query, sql`${mine(ctx, table)} and ${table.status} = 'confirmed'`, mineCounted(ctx))
  const { rows, meta } = await readWindow(db, table, window)
  if (rows.length === 0) return { rows: [], meta }
  const of = (key: 'projectId' | 'workTypeId' | 'userId') => asked(rows.map((row) => row[key]))
  const [ofProjects, ofWorkTypes, ofUsers] = await db.batch([
    db.select({ id: projects.id, name: projects.name }).from(of('projectId')).crossJoin(projects).where(isAsked(projects.id)),
    db
      .select({ id: workTypes.id, name: workTypes.name, unit: unitOfType })
      .from(of('workTypeId'))
      .crossJoin(workTypes)
      .where(isAsked(workTypes.id)),
    namesQuery(
      ctx,
      rows.map((row) => row.userId),
    ),
  ])
  const shown = rows.map((row) => {
    const workType = ofWorkTypes.find(({ id }) => id === row.workTypeId)
    const performers = row.additionalInfo?.['performers_description']
    return {
      id: row.id,
      organization_id: row.orgId,
      project_id: row.projectId,
      project_name: ofProjects.find(({ id }) => id === row.projectId)?.name ?? null,
      work_type_id: row.workTypeId,
      work_type_name: workType?.name ?? null,
      user_id: row.userId,
      user_name: ofUsers.find(({ id }) => id === row.userId)?.name ?? null,
      quantity: showQuantity(row.quantity),
      unit_symbol: workType?.unit ?? null,
      unit_price: orNull(row.price, showMoney),
      total_price: showMoney(row.price === null ? row.totalAmount : timesQuantity(row.price, row.quantity, QUANTITY_SCALE)),
      completion_date: row.completionDate,
      performers_description: typeof performers === 'string' ? performers : null,
      notes: row.notes,
      photo_url: null,
      created_at: isoStamp(row.createdAt),
      updated_at: isoStamp(row.updatedAt),
    }
  })
  return { rows: shown, meta }
}
