import * as z from 'zod'
import { dayValue } from '../../http/page-list.ts'
import { money, quantity } from '../../http/numbers.ts'
import { PROJECT_STATUSES } from '../projects/tables.ts'
import { Unit } from '../units/schemas.ts'
import { CONTRACT_STATUSES } from '../contracts/tables.ts'
import { WORK_STATUSES } from './tables.ts'

const id = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const text = z.string().nullable()
const number = z.number().nullable()

/** A work type as older resources show one. */
export const WorkTypeOfWork = z
  .object({
    id: z.int(),
    name: z.string(),
    code: text,
    category: text,
    description: text,
    defaultPrice: number,
    isActive: z.boolean(),
    organizationId: z.int(),
    measurementUnit: Unit,
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'WorkTypeOfWork' })

export const MaterialOfWork = z
  .object({
    material_id: z.int(),
    material_name: z.string(),
    measurement_unit: text,
    quantity: z.number(),
    unit_price: number,
    total_amount: number,
    notes: text,
    created_at: text,
    updated_at: text,
  })
  .meta({ id: 'MaterialOfWork' })

export const Work = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    project: z.object({ id: z.int(), name: z.string(), address: text, status: z.enum(PROJECT_STATUSES) }),
    contract: z
      .object({
        id: z.int(),
        number: z.string(),
        total_amount: z.number(),
        status: z.enum(CONTRACT_STATUSES),
        completion_percentage: z.number(),
        contractor_name: text,
      })
      .nullable(),
    work_type: WorkTypeOfWork,
    user: z.object({
      id: z.int(),
      name: z.string(),
      email: z.string(),
      phone: text,
      position: text,
      avatar_url: text,
    }),
    contractor: z.object({ id: z.int(), name: z.string(), inn: text, contact_person: text }).nullable(),
    contract_id: z.int().nullable(),
    contractor_id: z.int().nullable(),
    quantity: z.number(),
    price: number,
    total_amount: z.number(),
    completion_date: z.string(),
    notes: text,
    status: z.enum(WORK_STATUSES),
    additional_info: z.record(z.string(), z.unknown()).nullable(),
    applied_coefficients: z
      .array(z.object({ id: z.int(), name: z.string(), type: z.string(), value: z.number() }))
      .meta({ description: 'Which rate coefficients made the amount, in the order in which they were applied.' }),
    materials: z.array(MaterialOfWork),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'CompletedWork' })

const NewMaterial = z
  .object({
    material_id: id,
    quantity: quantity({ min: 0.0001, example: 25.5 }),
    unit_price: money({ example: 150 }).nullish(),
    total_amount: money({ example: 3825 }).nullish(),
    notes: z.string().max(1000).nullish(),
  })
  .meta({ id: 'NewMaterialOfWork' })
const materials = z
  .array(NewMaterial)
  .max(500)
  .superRefine((list, context) => {
    const seen = new Set<number>()
    list.forEach(({ material_id }, i) => {
      if (seen.has(material_id)) context.addIssue({ code: 'custom', path: [i, 'material_id'], message: 'Материал указан дважды.' })
      seen.add(material_id)
    })
  })

/** What a work may come to: sums over many of them stay exact. */
const amount = () => money({ max: 9e11 })
const fields = {
  project_id: id,
  contract_id: id.nullish(),
  contractor_id: id.nullish(),
  work_type_id: id,
  user_id: id,
  quantity: quantity({ min: 0.001, example: 150.5 }),
  price: amount().nullish(),
  total_amount: amount().nullish(),
  completion_date: dayValue,
  notes: z.string().max(65_535).nullish(),
  status: z.enum(WORK_STATUSES),
  additional_info: z.record(z.string(), z.unknown()).nullish(),
  materials: materials.nullish(),
}
export const NewWork = z.object(fields).meta({ id: 'NewCompletedWork' })
export const ChangeWork = z.object(fields).partial().meta({ id: 'ChangeCompletedWork' })
export const SyncMaterials = z.object({ materials }).meta({ id: 'SyncMaterialsOfWork' })

export const MaterialDefault = z
  .object({
    material_id: z.int(),
    material_name: z.string(),
    default_price: number,
    quantity: number,
    notes: text,
    measurement_unit: text,
  })
  .meta({ id: 'MaterialDefault' })
