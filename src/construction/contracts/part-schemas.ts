import * as z from 'zod'
import { money } from '../../http/numbers.ts'
import { line } from '../../http/operation.ts'
import { dayValue } from '../../http/page-list.ts'
import { PAYMENT_TYPES, SPECIFICATION_STATUSES } from './tables.ts'
import { Signing } from '../send-schemas.ts'

// What belongs to a contract: payments, agreements, specifications.

export const Payment = z
  .object({
    id: z.int(),
    contract_id: z.int(),
    payment_date: z.string(),
    amount: z.number(),
    payment_type: z.enum(PAYMENT_TYPES),
    payment_type_label: z.string(),
    reference_document_number: z.string().nullable(),
    description: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'ContractPayment' })

export const NewPayment = z
  .object({
    payment_date: dayValue.meta({ example: '2024-01-15' }),
    amount: money({ example: 150_000 }),
    payment_type: z.enum(PAYMENT_TYPES),
    reference_document_number: z.string().max(255).nullish(),
    description: z.string().max(5000).nullish(),
  })
  .meta({ id: 'NewContractPayment' })
export const ChangePayment = NewPayment.partial().meta({ id: 'ChangeContractPayment' })

export const Agreement = z
  .object({
    id: z.int(),
    contract_id: z.int(),
    number: z.string(),
    agreement_date: z.string(),
    change_amount: z.number().nullable(),
    supersede_agreement_ids: z.array(z.int()).nullable(),
    subject_changes: z.array(z.string()),
    subcontract_changes: z.array(z.unknown()).nullable(),
    gp_changes: z.array(z.unknown()).nullable(),
    advance_changes: z.array(z.unknown()).nullable(),
    signing: Signing,
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'SupplementaryAgreement' })

const changes = z.array(z.unknown()).max(100).nullish()
const agreement = {
  number: line(255).meta({ example: 'ДС-1' }),
  agreement_date: dayValue.meta({ example: '2024-02-15' }),
  change_amount: money({ min: -9e12, example: 50_000 }).nullish(),
  supersede_agreement_ids: z.array(z.int().min(1)).max(100).nullish(),
  subject_changes: z
    .array(z.string().min(1).max(2000))
    .min(1)
    .max(100)
    .meta({ example: ['Увеличение объема работ по отделке'] }),
  subcontract_changes: changes,
  gp_changes: changes,
  advance_changes: changes,
}
export const NewAgreement = z.object({ ...agreement, contract_id: z.int().min(1) }).meta({ id: 'NewSupplementaryAgreement' })
export const ChangeAgreement = z.object(agreement).partial().meta({ id: 'ChangeSupplementaryAgreement' })

export const Specification = z
  .object({
    id: z.int(),
    number: z.string(),
    spec_date: z.string(),
    total_amount: z.number(),
    status: z.enum(SPECIFICATION_STATUSES),
    scope_items: z.array(z.string()),
    attached_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'Specification' })

const specification = {
  number: line(255).meta({ example: 'SPEC-2024-001' }),
  spec_date: dayValue.meta({ example: '2024-12-20' }),
  total_amount: money({ example: 150_000.5 }),
  scope_items: z
    .array(z.string().min(1).max(2000))
    .min(1)
    .max(500)
    .meta({ example: ['Кирпичная кладка стен 1-го этажа'] }),
}
export const NewSpecification = z
  .object({ ...specification, status: z.enum(SPECIFICATION_STATUSES).default('draft') })
  .meta({ id: 'NewSpecification' })
export const ChangeSpecification = z
  .object({ ...specification, status: z.enum(SPECIFICATION_STATUSES) })
  .partial()
  .meta({ id: 'ChangeSpecification' })
