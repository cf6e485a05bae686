import * as z from 'zod'
import { line } from '../../http/operation.ts'
import { CONTRACTOR_TYPES } from './tables.ts'

export const Contractor = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    source_organization_id: z.int().nullable(),
    name: z.string(),
    contact_person: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    legal_address: z.string().nullable(),
    inn: z.string().nullable(),
    kpp: z.string().nullable(),
    bank_details: z.string().nullable(),
    notes: z.string().nullable(),
    contractor_type: z.enum(CONTRACTOR_TYPES),
    contractor_invitation_id: z.int().nullable(),
    connected_at: z.string().nullable(),
    sync_settings: z.record(z.string(), z.unknown()).nullable(),
    last_sync_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    is_self_execution: z.boolean(),
    is_editable: z.boolean(),
    is_deletable: z.boolean(),
  })
  .meta({ id: 'Contractor' })

const fields = {
  name: line(255).meta({ example: 'ООО Строймонтаж' }),
  contact_person: z.string().max(255).nullish(),
  phone: z.string().max(50).nullish(),
  email: z.email().max(255).nullish(),
  legal_address: z.string().max(1000).nullish(),
  inn: z
    .string()
    .regex(/^[0-9]{10,12}$/)
    .nullish()
    .meta({ example: '7707083893' }),
  kpp: z
    .string()
    .regex(/^[0-9]{9}$/)
    .nullish()
    .meta({ example: '770701001' }),
  bank_details: z.string().max(2000).nullish(),
  notes: z.string().max(5000).nullish(),
}
export const NewContractor = z.object(fields).meta({ id: 'NewContractor' })
export const ChangeContractor = z.object(fields).partial().meta({ id: 'ChangeContractor' })
