import * as z from 'zod'
import { CONTRACT_STATUSES } from './tables.ts'

const Brief = z.object({
  id: z.int(),
  number: z.string(),
  project_name: z.string().nullable(),
  contractor_name: z.string().nullable(),
  total_amount: z.number(),
  completed_works_amount: z.number(),
  completion_percentage: z.number(),
  status: z.enum(CONTRACT_STATUSES),
})
export const TopContract = Brief.meta({ id: 'TopContract' })
export const AttentionContract = Brief.extend({
  remaining_amount: z.number(),
  end_date: z.string().nullable(),
  is_nearing_limit: z.boolean(),
  is_overdue: z.boolean(),
  is_completed: z.boolean(),
  attention_reason: z.array(z.string()),
  priority: z.int(),
}).meta({ id: 'AttentionContract' })

export const ContractStatistics = z
  .object({
    contracts: z.object({
      total: z.int(),
      active: z.int(),
      completed: z.int(),
      draft: z.int(),
      requiring_attention: z.int(),
      total_amount: z.number(),
      avg_amount: z.number(),
    }),
    completed_works: z.object({ total: z.int(), confirmed: z.int(), confirmed_amount: z.number() }),
  })
  .meta({ id: 'ContractStatistics' })

const Group = z.object({ count: z.int(), amount: z.number() })
export const QuickStats = z
  .object({
    contracts: z.object({ draft: Group, active: Group, completed: Group, on_hold: Group, terminated: Group }),
    completed_works: z.object({ pending: Group, confirmed: Group, rejected: Group }),
  })
  .meta({ id: 'QuickStats' })

const words = z.array(z.object({ value: z.string(), label: z.string() }))
const things = z.array(z.object({ value: z.int(), label: z.string() }))
export const ContractOptions = z
  .object({ statuses: words, types: words, projects: things, contractors: things })
  .meta({ id: 'ContractOptions' })
export const WorkOptions = z
  .object({ statuses: words, projects: things, contracts: things, work_types: things, users: things, contractors: things })
  .meta({ id: 'WorkOptions' })
