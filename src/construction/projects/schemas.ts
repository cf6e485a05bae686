import * as z from 'zod'
import { money, quantity } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue } from '../../http/page-list.ts'
import { Foreman } from '../people/schemas.ts'
import { Work } from '../works/schemas.ts'
import { PROJECT_STATUSES } from './tables.ts'

const text = z.string().nullable()
const json = z.record(z.string(), z.unknown())

export const Project = z
  .object({
    id: z.int(),
    name: z.string(),
    address: text,
    description: text,
    customer: text,
    designer: text,
    budget_amount: z.number().nullable(),
    site_area_m2: z.number().nullable(),
    contract_number: text,
    status: z.enum(PROJECT_STATUSES),
    start_date: text,
    end_date: text,
    is_archived: z.boolean(),
    additional_info: json.nullable(),
    external_code: text,
    cost_category_id: z.int().nullable(),
    cost_category: z.object({ id: z.int(), name: z.string(), code: text }).nullable(),
    accounting_data: json.nullable(),
    use_in_accounting_reports: z.boolean(),
    organization_id: z.int(),
    is_head: z.boolean().meta({ description: 'Whether the project is the caller’s own; otherwise it takes part in it.' }),
    created_at: z.string(),
    updated_at: z.string(),
    assigned_users: z.array(Foreman),
    assigned_users_count: z.int(),
  })
  .meta({ id: 'Project' })

const fields = {
  name: line(255).meta({ example: 'Жилой комплекс Березовая роща' }),
  address: z.string().max(1000).nullish(),
  description: z.string().max(2000).nullish(),
  customer: z.string().max(255).nullish(),
  designer: z.string().max(255).nullish(),
  start_date: dayValue.nullish(),
  end_date: dayValue.nullish(),
  status: z.enum(PROJECT_STATUSES),
  additional_info: json.nullish(),
  external_code: z.string().max(100).nullish(),
  cost_category_id: z.int().min(1).nullish(),
  accounting_data: json.nullish(),
  budget_amount: money({ example: 15000000.5 }).nullish(),
  site_area_m2: quantity({ example: 2500.75 }).nullish(),
  contract_number: z.string().max(100).nullish(),
}
export const NewProject = z
  .object({ ...fields, is_archived: z.boolean().default(false), use_in_accounting_reports: z.boolean().nullish() })
  .meta({ id: 'NewProject' })
/** What is not said stays as it is; name and status must be said. */
export const ChangeProject = z
  .object({ ...fields, is_archived: z.boolean().optional(), use_in_accounting_reports: z.boolean().nullish() })
  .meta({ id: 'ChangeProject' })

export const Participant = z.object({ id: z.int(), name: z.string(), role: z.enum(['head', 'collaborator']) }).meta({ id: 'Participant' })
export const OrganizationName = z.object({ id: z.int(), name: z.string() }).meta({ id: 'OrganizationName' })

export const ChildWork = z
  .object({
    id: z.int(),
    project_id: z.int(),
    child_organization: OrganizationName,
    parent_organization_id: z.int(),
    work_type: z.object({ id: z.int(), name: z.string(), measurement_unit: text }),
    quantity: z.number(),
    price: z.number().nullable(),
    total_amount: z.number(),
    completion_date: z.string(),
    status: z.string(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ChildWork' })

export const ProjectFull = z
  .object({
    project: Project,
    analytics: z.object({
      financial: z.object({
        contracts_total_amount: z.number(),
        performed_amount_by_acts: z.number(),
        received_payments_amount: z.number(),
        works_total_amount: z.number(),
        materials_total_amount: z.number(),
        overall_cost: z.number(),
      }),
      counts: z.object({ organizations: z.int(), contracts: z.int(), performance_acts: z.int() }),
    }),
    organizations_stats: z.array(Participant),
  })
  .meta({ id: 'ProjectFull' })

export const ProjectStatistics = z
  .object({
    project_id: z.int(),
    project_name: z.string(),
    materials: z.object({
      unique_materials_count: z.int(),
      total_amount: z.number().meta({ description: 'Of the materials that confirmed works took.' }),
      receipts_count: z.int(),
      received_amount: z.number(),
      write_offs_count: z.int(),
      written_off_amount: z.number(),
    }),
    works: z.object({
      total_count: z.int(),
      draft_count: z.int(),
      confirmed_count: z.int(),
      cancelled_count: z.int(),
      unique_work_types_count: z.int(),
      total_amount: z.number().meta({ description: 'Of confirmed works.' }),
      draft_amount: z.number(),
    }),
    team: z.object({
      assigned_users_count: z.int(),
      members: z.array(z.object({ id: z.int(), name: z.string(), role: z.string() })),
    }),
    performance_acts: z.array(
      z.object({
        id: z.int(),
        contract_id: z.int(),
        act_document_number: z.string(),
        act_date: z.string(),
        description: text,
        amount: z.number(),
        is_approved: z.boolean(),
        created_at: z.string(),
        updated_at: z.string(),
        contract: z.object({ id: z.int(), contract_number: z.string(), project_name: z.string(), contractor_name: text }),
        completed_works: z.array(Work),
      }),
    ),
    project_info: z.object({
      address: text,
      status: z.enum(PROJECT_STATUSES),
      start_date: text,
      end_date: text,
      customer: text,
      designer: text,
      is_archived: z.boolean(),
      budget_amount: z.number().nullable(),
      site_area_m2: z.number().nullable(),
    }),
  })
  .meta({ id: 'ProjectStatistics' })
