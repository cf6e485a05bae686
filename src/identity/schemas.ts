import * as z from 'zod'
import { email, id, name, newPassword, notEmpty, password, phone } from '../http/fields.ts'

export const Company = z.object({ id, name: name.meta({ example: 'TOO Рога и Копыта' }), email, phone }).meta({ id: 'Company' })
export const RegisterCompany = z
  .object({ name: name.meta({ example: 'TOO Рога и Копыта' }), email, phone, password: newPassword })
  .meta({ id: 'RegisterCompany' })
export const ChangeCompany = z
  .object({ name: name.optional(), email: email.optional(), phone: phone.optional(), password: newPassword.optional() })
  .refine(notEmpty, 'nothing to change')
  .meta({ id: 'ChangeCompany' })
export const Login = z
  .object({ email: email.optional(), phone: phone.optional(), password })
  .refine((v) => v.email !== undefined || v.phone !== undefined, { path: ['email'], message: 'send an e-mail or a phone' })
  .meta({ id: 'Login' })
export const CompanySession = z
  .object({
    token: z.string().meta({ example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' }),
    company: Company.nullable().meta({ description: 'Null for the platform’s operator, who has none.' }),
  })
  .meta({ id: 'CompanySession' })
