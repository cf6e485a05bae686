import * as z from 'zod'
import { line } from '../../http/operation.ts'

export const Supplier = z
  .object({
    id: z.int(),
    name: z.string(),
    code: z.string().nullable(),
    contactPerson: z.string().nullable(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    address: z.string().nullable(),
    tax_number: z.string().nullable(),
    description: z.string().nullable(),
    isActive: z.boolean(),
    additional_info: z.record(z.string(), z.unknown()).nullable(),
    organizationId: z.int(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Supplier' })

const fields = {
  name: line(255).meta({ example: 'ООО СтройМатериалы' }),
  contact_person: z.string().max(255).nullish(),
  phone: z.string().max(50).nullish(),
  email: z.email().max(255).nullish(),
  address: z.string().max(1000).nullish(),
  code: z.string().max(100).nullish(),
  tax_number: z.string().max(20).nullish(),
  description: z.string().max(2000).nullish(),
  additional_info: z.record(z.string(), z.unknown()).nullish(),
}
export const NewSupplier = z.object({ ...fields, is_active: z.boolean().default(true) }).meta({ id: 'NewSupplier' })
export const ChangeSupplier = z
  .object({ ...fields, is_active: z.boolean() })
  .partial()
  .meta({ id: 'ChangeSupplier' })
