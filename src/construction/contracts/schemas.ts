import * as z from 'zod'
import { decimal, money, RATE_SCALE } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue } from '../../http/page-list.ts'
import { Contractor } from '../contractors/schemas.ts'
import { PROJECT_STATUSES } from '../projects/tables.ts'
import { Signing } from '../send-schemas.ts'
import { CONTRACT_CATEGORIES, CONTRACT_STATUSES } from './tables.ts'

/** A contract as other things name it. */
export const ShortContract = z
  .object({
    id: z.int(),
    number: z.string(),
    total_amount: z.number(),
    status: z.enum(CONTRACT_STATUSES),
    completion_percentage: z.number(),
    contractor_name: z.string(),
  })
  .meta({ id: 'ShortContract' })

const contract = {
  id: z.int(),
  organization_id: z.int(),
  project: z.object({ id: z.int(), name: z.string(), address: z.string().nullable(), status: z.enum(PROJECT_STATUSES) }).nullable(),
  contractor: Contractor.nullable(),
  parent_contract: ShortContract.nullable(),
  child_contracts: z.array(ShortContract),
  number: z.string(),
  date: z.string(),
  subject: z.string().nullable(),
  work_type_category: z.enum(CONTRACT_CATEGORIES).nullable(),
  payment_terms: z.string().nullable(),
  total_amount: z.number(),
  gp_percentage: z.number(),
  gp_amount: z.number(),
  total_amount_with_gp: z.number(),
  planned_advance_amount: z.number(),
  actual_advance_amount: z.number(),
  remaining_advance_amount: z.number(),
  advance_payment_percentage: z.number(),
  is_advance_fully_paid: z.boolean(),
  status: z.enum(CONTRACT_STATUSES),
  start_date: z.string().nullable(),
  end_date: z.string().nullable(),
  is_overdue: z.boolean(),
  notes: z.string().nullable(),
  completed_works_amount: z.number(),
  remaining_amount: z.number(),
  completion_percentage: z.number(),
  total_paid_amount: z.number(),
  total_performed_amount: z.number(),
  signing: Signing,
  created_at: z.string(),
  updated_at: z.string(),
}
export const Contract = z.object(contract).meta({ id: 'ProjectContract' })

const fields = {
  project_id: z.int().min(1).nullish(),
  parent_contract_id: z.int().min(1).nullish(),
  number: line(255).meta({ example: 'ДПХ-2024/001' }),
  date: dayValue.meta({ example: '2024-02-01' }),
  subject: z.string().max(5000).nullish(),
  work_type_category: z.enum(CONTRACT_CATEGORIES).nullish(),
  payment_terms: z.string().max(5000).nullish(),
  total_amount: money({ example: 2_500_000 }),
  gp_percentage: decimal(RATE_SCALE, { min: 0, max: 100, example: 15.5 }).nullish(),
  planned_advance_amount: money().nullish(),
  actual_advance_amount: money().nullish(),
  status: z.enum(CONTRACT_STATUSES),
  start_date: dayValue.nullish(),
  end_date: dayValue.nullish(),
  notes: z.string().max(10_000).nullish(),
}
export const NewContract = z
  .object({ ...fields, contractor_id: z.int().min(1).nullish(), is_self_execution: z.boolean().nullish() })
  .meta({ id: 'NewProjectContract' })
export const ChangeContract = z
  .object({ ...fields, contractor_id: z.int().min(1) })
  .partial()
  .meta({ id: 'ChangeProjectContract' })

const Financial = z.object({
  total_amount: z.number(),
  base_contract_amount: z.number(),
  agreements_delta: z.number(),
  child_contracts_amount: z.number(),
  specifications_amount: z.number(),
  gp_percentage: z.number(),
  gp_amount: z.number(),
  total_amount_with_gp: z.number(),
  completed_works_amount: z.number(),
  remaining_amount: z.number(),
  completion_percentage: z.number(),
  total_paid_amount: z.number(),
  total_performed_amount: z.number(),
  planned_advance_amount: z.number(),
  actual_advance_amount: z.number(),
  remaining_advance_amount: z.number(),
  advance_payment_percentage: z.number(),
  is_advance_fully_paid: z.boolean(),
})
export const Analytics = z
  .object({
    financial: Financial,
    status: z.object({
      current_status: z.enum(CONTRACT_STATUSES),
      is_nearing_limit: z.boolean(),
      can_add_work: z.boolean(),
      is_overdue: z.boolean(),
      days_until_deadline: z.int().nullable(),
    }),
    counts: z.object({
      total_works: z.int(),
      confirmed_works: z.int(),
      pending_works: z.int(),
      performance_acts: z.int(),
      approved_acts: z.int(),
      payments_count: z.int(),
      child_contracts: z.int(),
      agreements_count: z.int(),
      specifications_count: z.int(),
    }),
  })
  .meta({ id: 'ContractAnalytics' })
