import { operation } from '../http/operation.ts'
import { blockClient, unblockClient } from './block-client.ts'
import { addCompany, getOfficeCompany } from './companies.ts'
import { addEmployee, listEmployees, removeEmployee } from './employees.ts'
import { listClients } from './list-clients.ts'
import { getClient } from './load-client.ts'
import { logInClient } from './login-client.ts'
import { sendLoginCode } from './login-code.ts'
import { registerClient } from './register-client.ts'
import * as s from './schemas.ts'

const clientsTag = 'Clients'
const companiesTag = 'Companies of clients'
const client = '/api/v1/office/clients/{client_id}'
const company = '/api/v1/office/companies/{company_id}'
const someone = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'

const clientRoutes = [
  operation(
    {
      id: 'post-api-v1-office-clients',
      method: 'post',
      path: '/api/v1/office/clients',
      summary: 'Register a client; the password goes to the phone',
      tag: clientsTag,
      access: 'clients:write',
      idempotent: true,
      body: s.RegisterClient,
      returns: { 201: { schema: s.Client } },
      errors: [409],
      description: 'The generated password is sent by SMS and shown nowhere.',
      example: { phone: '+77011234567', last_name: 'Сериков', first_name: 'Айбек', middle_name: 'Маратович', email: 'client@example.com' },
    },
    (ctx, { body }) => registerClient(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-clients',
      method: 'get',
      path: '/api/v1/office/clients',
      summary: 'Clients, newest first',
      tag: clientsTag,
      access: 'clients:read',
      query: s.ClientsQuery,
      returns: { 200: { schema: s.Clients } },
    },
    (ctx, { query }) => listClients(ctx, query),
  ),
  operation(
    {
      id: 'post-api-v1-office-clients-login',
      method: 'post',
      path: '/api/v1/office/clients/login',
      summary: 'Log in as a client, with the password or a code that came by SMS',
      tag: clientsTag,
      access: 'public',
      login: true,
      body: s.LoginClient,
      returns: { 200: { schema: s.ClientSession } },
      errors: [401, 403, 429],
      description:
        'One phone may be a client of several organizations: the password or code decides which of them logs in. A code serves once.',
      example: { phone: '+77011234567', code: '123456' },
    },
    (ctx, { body }) => logInClient(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-clients-client_id',
      method: 'get',
      path: client,
      summary: 'A client',
      tag: clientsTag,
      access: 'clients:read',
      params: s.byClient,
      returns: { 200: { schema: s.Client } },
      errors: [404],
    },
    (ctx, { params }) => getClient(ctx, params.client_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-clients-client_id-block',
      method: 'post',
      path: `${client}/block`,
      summary: 'Block a client: sessions end at once, codes and logins are refused',
      tag: clientsTag,
      access: 'clients:write',
      params: s.byClient,
      returns: { 200: { schema: s.Client } },
      errors: [404],
    },
    (ctx, { params }) => blockClient(ctx, params.client_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-clients-client_id-unblock',
      method: 'post',
      path: `${client}/unblock`,
      summary: 'Let a blocked client log in again',
      tag: clientsTag,
      access: 'clients:write',
      params: s.byClient,
      returns: { 200: { schema: s.Client } },
      errors: [404],
    },
    (ctx, { params }) => unblockClient(ctx, params.client_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-clients-client_id-login-codes',
      method: 'post',
      path: `${client}/login-codes`,
      summary: 'Send the client a code to log in with; the one before ends',
      tag: clientsTag,
      access: 'clients:write',
      idempotent: true,
      params: s.byClient,
      returns: { 202: { schema: s.CodeSent } },
      errors: [404, 409, 429],
      description: 'Once a minute at most.',
    },
    (ctx, { params }) => sendLoginCode(ctx, params.client_id),
  ),
]

const companyRoutes = [
  operation(
    {
      id: 'post-api-v1-office-companies',
      method: 'post',
      path: '/api/v1/office/companies',
      summary: 'Add a company',
      tag: companiesTag,
      access: 'companies:write',
      idempotent: true,
      body: s.AddCompany,
      returns: { 201: { schema: s.OfficeCompany } },
      errors: [409],
      example: { inn: '7707083893', kpp: '773601001', name: 'ПАО Сбербанк' },
    },
    (ctx, { body }) => addCompany(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-companies-company_id',
      method: 'get',
      path: company,
      summary: 'A company',
      tag: companiesTag,
      access: 'companies:read',
      params: s.byCompany,
      returns: { 200: { schema: s.OfficeCompany } },
      errors: [404],
    },
    (ctx, { params }) => getOfficeCompany(ctx, params.company_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-companies-company_id-employees',
      method: 'post',
      path: `${company}/employees`,
      summary: 'Make a client an employee, with a right: head, signer, approver, viewer',
      tag: companiesTag,
      access: 'companies:write',
      idempotent: true,
      params: s.byCompany,
      body: s.AddEmployee,
      returns: { 201: { schema: s.Employee } },
      errors: [404, 409],
      example: { client_id: someone, role: 'signer', position: 'Директор' },
    },
    (ctx, { params, body }) => addEmployee(ctx, params.company_id, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-companies-company_id-employees',
      method: 'get',
      path: `${company}/employees`,
      summary: 'Employees and their rights',
      tag: companiesTag,
      access: 'companies:read',
      params: s.byCompany,
      returns: { 200: { schema: s.Employees } },
      errors: [404],
    },
    (ctx, { params }) => listEmployees(ctx, params.company_id),
  ),
  operation(
    {
      id: 'delete-api-v1-office-companies-company_id-employees-client_id',
      method: 'delete',
      path: `${company}/employees/{client_id}`,
      summary: 'Remove an employee',
      tag: companiesTag,
      access: 'companies:write',
      params: s.byEmployee,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => removeEmployee(ctx, params.company_id, params.client_id),
  ),
]

/** People of the office: clients, their companies and their rights there. */
export const officeRoutes = [...clientRoutes, ...companyRoutes]
