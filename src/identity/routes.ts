import * as z from 'zod'
import { phone } from '../http/fields.ts'
import { linkNext } from '../http/list.ts'
import { idParam, operation, Reply } from '../http/operation.ts'
import { changeCompany, companiesQuery, deleteCompany, getCompany, getCompanyByPhone, listCompanies, registerCompany } from './companies.ts'
import { ChangeCompany, Company, CompanySession, Login, RegisterCompany } from './schemas.ts'
import { logIn } from './sessions.ts'

const tag = 'Companies'
const example = { name: 'TOO Рога и Копыта', email: 'company@example.com', phone: '+77771234567', password: 'password123' }
const byId = z.object({ id: idParam })

export const companyRoutes = [
  operation(
    {
      id: 'post-companies-register',
      method: 'post',
      path: '/companies/register',
      summary: 'Register a company and its owner',
      tag,
      access: 'public',
      login: true,
      idempotent: (body) => body.email,
      body: RegisterCompany,
      returns: { 201: { schema: Company } },
      errors: [409],
      example,
    },
    (ctx, { body }) => registerCompany(ctx, body),
  ),
  operation(
    {
      id: 'post-companies-login',
      method: 'post',
      path: '/companies/login',
      summary: 'Log in with an e-mail or a phone',
      tag,
      access: 'public',
      login: true,
      body: Login,
      returns: { 200: { schema: CompanySession } },
      errors: [401, 429],
      example: { email: 'company@example.com', password: 'password123' },
    },
    async (ctx, { body }) => {
      const by = body.email === undefined ? { phone: body.phone ?? '' } : { email: body.email }
      const { access, org } = await logIn(ctx, by, body.password, 'The e-mail, phone or password is wrong.')
      return { token: access, company: org && { id: org.id, name: org.name, email: org.email, phone: org.phone } }
    },
  ),
  operation(
    {
      id: 'get-companies',
      method: 'get',
      path: '/companies',
      summary: 'The companies that the caller may see: its own; the operator sees all',
      tag,
      access: 'companies:read',
      query: companiesQuery,
      returns: { 200: { schema: z.array(Company) } },
    },
    async (ctx, { query, request }) => {
      const { rows, next } = await listCompanies(ctx, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-companies-id-id',
      method: 'get',
      path: '/companies/id/{id}',
      summary: 'A company',
      tag,
      access: 'companies:read',
      params: byId,
      returns: { 200: { schema: Company } },
      errors: [404],
    },
    (ctx, { params }) => getCompany(ctx, params.id),
  ),
  operation(
    {
      id: 'get-companies-phone-phone',
      method: 'get',
      path: '/companies/phone/{phone}',
      summary: 'A company by its phone',
      tag,
      access: 'companies:read',
      params: z.object({ phone }),
      returns: { 200: { schema: Company } },
      errors: [404],
    },
    (ctx, { params }) => getCompanyByPhone(ctx, params.phone),
  ),
  operation(
    {
      id: 'put-companies-id',
      method: 'put',
      path: '/companies/{id}',
      summary: 'Change a company',
      tag,
      access: 'companies:write',
      params: byId,
      body: ChangeCompany,
      returns: { 200: { schema: Company } },
      errors: [404, 409],
      example: { ...example, name: 'Новое название', password: 'newpassword' },
    },
    (ctx, { params, body }) => changeCompany(ctx, params.id, body),
  ),
  operation(
    {
      id: 'delete-companies-id',
      method: 'delete',
      path: '/companies/{id}',
      summary: 'Delete a company: its accounts can no longer log in',
      tag,
      access: 'companies:write',
      params: byId,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => deleteCompany(ctx, params.id),
  ),
]
