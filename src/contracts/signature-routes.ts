import * as z from 'zod'
import { linkNext } from '../http/list.ts'
import { idParam, operation, Reply } from '../http/operation.ts'
import { AwaitingCode, CompanyStats, CreateSignature, Sign, Signature } from './schemas.ts'
import { signContract } from './sign.ts'
import { createSignature, deleteSignature, getSignature, listSignatures, signaturesQuery } from './signatures.ts'
import { companyStats } from './stats.ts'

const byId = z.object({ id: idParam })
const byCompany = z.object({ company_id: idParam })
const byContract = z.object({ contract_id: idParam })
const read = 'contracts:read'
const write = 'contracts:write'
const signExample = { contract_id: 1, client_name: 'Иванов Иван', client_iin: '180540034205', client_phone: '+77771234567', method: 'sms' }

export const signatureRoutes = [
  operation(
    {
      id: 'post-signatures',
      method: 'post',
      path: '/signatures',
      summary: 'Create a pending signature (signed_at is null)',
      tag: 'Signatures',
      access: write,
      idempotent: true,
      body: CreateSignature,
      returns: { 201: { schema: Signature } },
      errors: [404, 409],
      example: signExample,
    },
    (ctx, { body }) => createSignature(ctx, body),
  ),
  operation(
    {
      id: 'post-signatures-sign',
      method: 'post',
      path: '/signatures/sign',
      summary: 'Sign a contract',
      tag: 'Signatures',
      access: 'optional',
      idempotent: (body) => body.contract_token ?? '',
      body: Sign,
      returns: { 201: { schema: Signature }, 202: { schema: AwaitingCode } },
      errors: [401, 402, 404, 409, 422, 429],
      example: { ...signExample, company_id: 1 },
      description:
        'By the company, or by whoever sends contract_token. Method sms: without a code 202 and a code goes to client_phone, with the code 201. A code lives five minutes; the fifth wrong one ends the attempt; a new one is sent once a minute at most.',
    },
    (ctx, { body }) => signContract(ctx, body),
  ),
  operation(
    {
      id: 'get-signatures-id',
      method: 'get',
      path: '/signatures/{id}',
      summary: 'A signature',
      tag: 'Signatures',
      access: read,
      params: byId,
      returns: { 200: { schema: Signature } },
      errors: [404],
    },
    (ctx, { params }) => getSignature(ctx, params.id),
  ),
  operation(
    {
      id: 'delete-signatures-id',
      method: 'delete',
      path: '/signatures/{id}',
      summary: 'Delete a pending signature',
      tag: 'Signatures',
      access: write,
      params: byId,
      returns: { 204: {} },
      errors: [404, 409],
    },
    (ctx, { params }) => deleteSignature(ctx, params.id),
  ),
  operation(
    {
      id: 'get-signatures-contract-contract_id',
      method: 'get',
      path: '/signatures/contract/{contract_id}',
      summary: 'Signatures of a contract',
      tag: 'Signatures',
      access: read,
      params: byContract,
      query: signaturesQuery,
      returns: { 200: { schema: z.array(Signature) } },
      errors: [404],
    },
    async (ctx, { params, query, request }) => {
      const { rows, next } = await listSignatures(ctx, params.contract_id, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-stats-company-company_id',
      method: 'get',
      path: '/stats/company/{company_id}',
      summary: 'Statistics of a company',
      tag: 'Statistics',
      access: read,
      params: byCompany,
      returns: { 200: { schema: CompanyStats } },
      errors: [404],
    },
    (ctx, { params }) => companyStats(ctx, params.company_id),
  ),
]
