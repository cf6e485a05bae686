import * as z from 'zod'
import { id, instant, name, notEmpty } from '../http/fields.ts'
import { line } from '../http/operation.ts'

const units = z.int().min(0).max(1_000_000).meta({ example: 10 })
/** At most two digits after the point, by the digits that were written. */
const hundredths = (max: number) =>
  z
    .number()
    .min(0)
    .max(max)
    .refine((n) => /^\d+(\.\d{1,2})?$/.test(String(n)), 'has more than two digits after the point')

// What is left may be more than is ever set or bought at once.
const left = z.int().min(0).meta({ example: 10 })
export const Balance = z.object({ company_id: id, sms_signatures: left, ecp_signatures: left }).meta({ id: 'CompanyBalance' })
export const CreateBalance = z.object({ company_id: id, sms_signatures: units, ecp_signatures: units }).meta({ id: 'CreateCompanyBalance' })
export const SetBalance = z
  .object({ sms_signatures: units.optional(), ecp_signatures: units.optional() })
  .refine(notEmpty, 'nothing to change')
  .meta({ id: 'SetBalance' })

const plan = {
  name: name.meta({ example: 'Базовый' }),
  discount: hundredths(100).meta({ description: 'Percent.', example: 10 }),
  from_count: units,
  to_count: units.meta({ example: 50 }),
  is_active: z.boolean().meta({ example: true }),
}
export const TariffPlan = z.object({ id, ...plan }).meta({ id: 'TariffPlan' })
export const CreateTariffPlan = z.object(plan).meta({ id: 'CreateTariffPlan' })
export const ChangeTariffPlan = CreateTariffPlan.partial().refine(notEmpty, 'nothing to change').meta({ id: 'ChangeTariffPlan' })

const status = z.enum(['pending', 'paid', 'cancelled', 'expired']).meta({ example: 'pending' })
const amount = hundredths(90_000_000_000_000).meta({ description: 'Tenge.', example: 2500 })
export const PaymentRequest = z
  .object({
    id,
    company_id: id,
    tariff_plan_id: id.nullable(),
    sms_count: units,
    ecp_count: units,
    total_amount: amount,
    status,
    payment_url: z.string().nullable().meta({ example: 'https://payment.gateway.com/pay/123' }),
    payment_ref: z.string().nullable().meta({ example: 'PAY123456' }),
    paid_at: instant.nullable(),
    created_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'PaymentRequest' })
export const CreatePaymentRequest = z
  .object({
    company_id: id,
    tariff_plan_id: id.nullish(),
    sms_count: units,
    ecp_count: units,
    total_amount: amount.optional().meta({ description: 'Left out: the server works it out. Sent: it must be that.' }),
    status: z.literal('pending').optional(),
    payment_url: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .nullish(),
    payment_ref: line(255).nullish(),
  })
  .meta({ id: 'CreatePaymentRequest' })
export const ChangePaymentRequest = z.object({ status, paid_at: instant.optional() }).meta({ id: 'ChangePaymentRequest' })
