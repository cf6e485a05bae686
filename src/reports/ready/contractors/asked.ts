import { sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../../context.ts'
import { projectReference } from '../../../construction/projects/access.ts'
import { projects } from '../../../construction/projects/tables.ts'
import { findMissing } from '../../../construction/registry/references.ts'
import { invalid } from '../../../construction/registry/registry.ts'
import { dayValue, flagValue, idValue } from '../../../http/page-list.ts'
import { all, between, living } from '../report.ts'
import { periodIssues } from '../run.ts'

const period = { project_id: idValue, date_from: dayValue.optional(), date_to: dayValue.optional() }
const exported = { export_format: z.enum(['json', 'csv', 'excel']).default('json') }
const ids = z.union([idValue.transform((id) => [id]), z.array(idValue).min(1).max(500)]) as unknown as z.ZodType<number[]>

export const SORTS = {
  contractor_name: 'contractor_name',
  total_amount: 'total_contract_amount',
  completed_amount: 'total_completed_amount',
  payment_amount: 'total_payment_amount',
} as const

export const SummaryQuery = z.object({
  ...period,
  contractor_ids: ids.optional(),
  // `cancelled` is what contracts call terminated; their own words are taken too.
  contract_status: z.enum(['active', 'completed', 'cancelled', 'draft', 'terminated', 'on_hold']).optional(),
  include_completed_works: flagValue.default(true),
  include_payments: flagValue.default(true),
  include_materials: flagValue.default(false),
  sort_by: z.enum(['contractor_name', 'total_amount', 'completed_amount', 'payment_amount']).default('total_amount'),
  sort_direction: z.enum(['asc', 'desc']).default('desc'),
  ...exported,
})
export type AskedSummary = z.output<typeof SummaryQuery>
export const DetailQuery = z.object({ ...period, ...exported })
export type AskedDetail = z.output<typeof DetailQuery>

type Asked = Pick<AskedDetail, 'project_id' | 'date_from' | 'date_to'>

/** The project, which must be one that the organization has to do with. */
export async function projectOf(ctx: Ctx, asked: Asked) {
  const issues = [...periodIssues(asked), ...(await findMissing(ctx, [projectReference(ctx, asked.project_id)]))]
  if (issues.length > 0) throw invalid(issues)
  const [project] = await ctx.db
    .select({ id: projects.id, name: projects.name, address: projects.address })
    .from(projects)
    .where(sql`${projects.id} = ${asked.project_id}`)
  if (!project) throw new Error('the project of a report is not there')
  return project
}

/** The organization's contracts `c` of the project; days bound works and payments, not contracts. */
export const contractsIn = (ctx: Ctx, asked: Asked, more?: SQL): SQL =>
  all(living('c', orgOf(ctx)), sql`c.project_id = ${asked.project_id}`, more)

/** Confirmed works `w` of contracts, whoever recorded them: as the contract itself counts them. */
export const worksIn = (asked: Asked): SQL => all(sql`w.status = 'confirmed' and w.deleted_at is null`, between('w.completion_date', asked))
export const paymentsIn = (asked: Asked): SQL => all(sql`p.deleted_at is null`, between('p.payment_date', asked))

export const periodOf = ({ date_from: from, date_to: to }: Asked) => ({ from: from ?? null, to: to ?? null })
