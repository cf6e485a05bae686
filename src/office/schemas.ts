import * as z from 'zod'
import { email, instant, password, phone } from '../http/fields.ts'
import { line } from '../http/operation.ts'
import { hasKzChecksum, isInn, isInn12, isKpp, isSnils, kzNumberKind } from '../lib/identifiers.ts'
import { pageOf, pageQuery } from './page.ts'

const key = z.uuid().meta({ example: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e' })
export const byClient = z.object({ client_id: key })
export const byCompany = z.object({ company_id: key })
export const byEmployee = z.object({ company_id: key, client_id: key })

const clientPhone = phone.meta({ example: '+77011234567', pattern: '^\\+[1-9]\\d{7,14}$' })
const clientEmail = email.meta({ example: 'client@example.com' })
const lastName = line(100).meta({ example: 'Сериков' })
const firstName = line(100).meta({ example: 'Айбек' })
const middleName = line(100).meta({ example: 'Маратович' })
const clientStatus = z.enum(['active', 'blocked']).meta({ example: 'active' })
const fullName = z.string().meta({ example: 'Сериков Айбек Маратович' })

export const Client = z
  .object({
    id: key,
    phone: clientPhone,
    full_name: fullName,
    last_name: lastName,
    first_name: firstName,
    middle_name: middleName.nullable(),
    email: clientEmail.nullable(),
    status: clientStatus,
    created_at: instant,
  })
  .meta({ id: 'Client' })
export const Clients = pageOf(Client, 'Clients')
export const ClientsQuery = z.object({
  // A space is what a plus becomes in a query that was not encoded.
  phone: z
    .string()
    .max(32)
    .transform((value) => value.replace(/^ /, '+'))
    .optional()
    .meta({ json: { type: 'string', maxLength: 32 } }),
  status: clientStatus.optional(),
  search: z.string().max(100).optional().meta({ description: 'Part of the full name; case does not matter, ё is е.' }),
  ...pageQuery,
})
export const RegisterClient = z
  .object({
    phone: clientPhone,
    last_name: lastName,
    first_name: firstName,
    middle_name: middleName.optional(),
    email: clientEmail.optional(),
    iin: z
      .string()
      .max(12)
      .refine((value) => kzNumberKind(value) === 'iin', 'must be an IIN: twelve digits with a valid check digit')
      .optional()
      .meta({ pattern: '^\\d{12}$' }),
    inn: z.string().max(12).refine(isInn12, 'must be the INN of a person: twelve digits with valid check digits').optional(),
    snils: z.string().max(14).refine(isSnils, 'must be a SNILS: 112-233-445 95 or eleven digits').optional(),
    birth_date: z.iso.date().max(10).optional(),
  })
  .meta({ id: 'RegisterClient' })

const code = z
  .string()
  .max(6)
  .regex(/^\d{6}$/, 'must be six digits')
export const LoginClient = z
  .object({ phone: clientPhone, password: password.optional(), code: code.optional().meta({ example: '123456' }) })
  .refine((v) => (v.password === undefined) !== (v.code === undefined), { path: ['password'], message: 'send a password or a code' })
  .meta({ id: 'LoginClient' })
export const ClientSession = z
  .object({ token: z.string().meta({ example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' }), client: Client })
  .meta({ id: 'ClientSession' })
export const CodeSent = z.object({ expires_at: instant }).meta({ id: 'CodeSent' })

const companyName = line(255).meta({ example: 'ПАО Сбербанк' })
const inn = z.string().max(12).meta({ example: '7707083893', pattern: '^\\d{10}(\\d{2})?$' })
const kpp = z.string().max(9).meta({ example: '773601001', pattern: '^\\d{9}$' })
export const OfficeCompany = z
  .object({ id: key, inn, kpp: kpp.nullable(), name: companyName, created_at: instant })
  .meta({ id: 'OfficeCompany' })
export const AddCompany = z
  .object({
    inn: inn.refine((value) => isInn(value) || hasKzChecksum(value), 'must be an INN, BIN or IIN with valid check digits'),
    name: companyName,
    kpp: kpp.refine((value) => /^\d{9}$/.test(value) && isKpp(value), 'must be nine digits').optional(),
  })
  .refine((v) => v.kpp === undefined || v.inn.length === 10, { path: ['kpp'], message: 'only an INN of ten digits goes with a KPP' })
  .meta({ id: 'AddCompany' })

const role = z.enum(['head', 'signer', 'approver', 'viewer']).meta({ example: 'signer' })
const position = line(255).meta({ example: 'Директор' })
export const Employee = z
  .object({ client_id: key, full_name: fullName, phone: clientPhone, role, position: position.nullable(), added_at: instant })
  .meta({ id: 'Employee' })
export const Employees = z.object({ items: z.array(Employee) }).meta({ id: 'Employees' })
export const AddEmployee = z.object({ client_id: key, role, position: position.optional() }).meta({ id: 'AddEmployee' })
