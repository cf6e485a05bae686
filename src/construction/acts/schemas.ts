import * as z from 'zod'
import { money, quantity } from '../../http/numbers.ts'
import { dayValue } from '../../http/page-list.ts'
import { line } from '../../http/operation.ts'
import { Signing } from '../send-schemas.ts'

export const MAX_WORKS = 1000
export const MAX_BULK = 100

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const number = line(255).meta({ example: 'АКТ-2024-001' })
const day = dayValue.meta({ example: '2024-12-20' })
const description = z.string().max(5000).nullish().meta({ example: 'Акт выполненных работ по кладке стен 1 этажа' })

const works = z
  .array(id)
  .max(MAX_WORKS)
  .meta({ example: [342, 343, 344] })
const parts = z
  .array(
    z.object({
      work_id: id,
      included_quantity: quantity({ min: 0.0001, example: 10 }).optional(),
      included_amount: money({ example: 12_500 }).optional(),
      notes: z.string().max(1000).nullish(),
    }),
  )
  .max(MAX_WORKS)
  .optional()
  .meta({
    description:
      'Of works that are not included as a whole: how much of them. Left out, the amount is the share of the work’s that the quantity is.',
  })

export const NewAct = z
  .object({
    contract_id: id.meta({ example: 25 }),
    act_document_number: number,
    act_date: day,
    description,
    work_ids: works.nullish(),
    parts,
  })
  .meta({ id: 'NewAct' })
export const ChangeAct = z
  .object({ act_document_number: number, act_date: day, description, is_approved: z.boolean() })
  .partial()
  .meta({ id: 'ChangeAct' })
export const ActWorks = z.object({ work_ids: works, parts }).meta({ id: 'ActWorks' })
export const BulkExport = z
  .object({
    act_ids: z
      .array(id)
      .min(1, 'Не выбраны акты для экспорта')
      .max(MAX_BULK)
      .meta({ example: [25, 26, 27] }),
  })
  .meta({ id: 'ActsBulkExport' })

const IncludedWork = z
  .object({
    id: z.int(),
    work_type_name: z.string(),
    user_name: z.string().nullable(),
    total_quantity: z.number(),
    total_amount: z.number(),
    completion_date: z.string(),
    included_quantity: z.number(),
    included_amount: z.number(),
    notes: z.string().nullable(),
  })
  .meta({ id: 'ActWork' })
const ActContract = z
  .object({
    id: z.int(),
    number: z.string(),
    total_amount: z.number(),
    status: z.string(),
    completion_percentage: z.number(),
    contractor_name: z.string().nullable(),
    project_name: z.string().nullable(),
  })
  .meta({ id: 'ActContract' })
export const ListedAct = z
  .object({
    id: z.int(),
    contract_id: z.int(),
    act_document_number: z.string(),
    act_date: z.string(),
    amount: z.number(),
    description: z.string().nullable(),
    is_approved: z.boolean(),
    approval_date: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    contract: ActContract,
    signing: Signing,
  })
  .meta({ id: 'ListedAct' })
export const Act = ListedAct.extend({
  project: z.object({ id: z.int(), name: z.string() }).nullable(),
  completed_works: z.array(IncludedWork),
  files: z.array(z.object({ id: z.int(), filename: z.string() })),
}).meta({ id: 'Act' })

const answer = <T extends z.ZodType>(data: T) => z.object({ data, message: z.string() })
export const ActAnswer = answer(Act)
export const ActsAnswer = answer(
  z.object({
    data: z.array(ListedAct),
    pagination: z.object({ current_page: z.int(), last_page: z.int(), per_page: z.int(), total: z.int() }),
    statistics: z.object({ total_acts: z.int(), approved_acts: z.int(), total_amount: z.number() }),
  }),
)
export const ActContracts = answer(
  z.array(
    z.object({
      id: z.int(),
      contract_number: z.string(),
      project_name: z.string().nullable(),
      contractor_name: z.string().nullable(),
      contract_date: z.string(),
      start_date: z.string().nullable(),
      end_date: z.string().nullable(),
    }),
  ),
)
export const AvailableWorks = answer(
  z.array(
    z.object({
      id: z.int(),
      work_type_name: z.string(),
      user_name: z.string().nullable(),
      quantity: z.number(),
      price: z.number().nullable(),
      total_amount: z.number(),
      completion_date: z.string(),
      is_included_in_approved_act: z.boolean(),
      is_included_in_current_act: z.boolean(),
    }),
  ),
)
/** The same act under its other address: with works whole. */
export const PerformanceAct = z
  .object({
    id: z.int(),
    contract_id: z.int(),
    act_document_number: z.string(),
    act_date: z.string(),
    description: z.string().nullable(),
    amount: z.number(),
    is_approved: z.boolean(),
    approval_date: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    contract: z.object({
      id: z.int(),
      contract_number: z.string(),
      project_name: z.string().nullable(),
      contractor_name: z.string().nullable(),
    }),
    completed_works: z.array(z.looseObject({ id: z.int(), included_quantity: z.number(), included_amount: z.number() })),
    signing: Signing,
  })
  .meta({ id: 'PerformanceAct' })
