import * as z from 'zod'
import { linkNext } from '../http/list.ts'
import { idParam, operation, Reply } from '../http/operation.ts'
import { addField, fillFields, listFields, listFieldsByToken } from './fields.ts'
import { loadByToken, loadOwn } from './load.ts'
import { AddField, ChangeContract, Contract, ContractField, CreateContract, FillFields, Trail } from './schemas.ts'
import {
  changeContract,
  contractsQuery,
  contractTrail,
  createContract,
  deleteContract,
  getContract,
  getContractByToken,
  listContracts,
  sendPdf,
} from './service.ts'

const byId = z.object({ id: idParam })
const byToken = z.object({ token: z.uuid() })
const byCompany = z.object({ company_id: idParam })
const byContract = z.object({ contract_id: idParam })
const pdf = { 200: { media: ['application/pdf'] } }
const read = 'contracts:read'
const write = 'contracts:write'

const contractRoutes = [
  operation(
    {
      id: 'post-contracts',
      method: 'post',
      path: '/contracts',
      summary: 'Create a contract',
      tag: 'Contracts',
      access: write,
      idempotent: true,
      body: CreateContract,
      returns: { 201: { schema: Contract } },
      errors: [404],
      description:
        'generated_pdf_path and client_filled are the server’s: those that are sent are not followed. A new contract has no fields.',
      example: { company_id: 1, template_id: 1 },
    },
    (ctx, { body }) => createContract(ctx, body),
  ),
  operation(
    {
      id: 'get-contracts-id',
      method: 'get',
      path: '/contracts/{id}',
      summary: 'A contract',
      tag: 'Contracts',
      access: read,
      params: byId,
      returns: { 200: { schema: Contract } },
      errors: [404],
    },
    (ctx, { params }) => getContract(ctx, params.id),
  ),
  operation(
    {
      id: 'put-contracts-id',
      method: 'put',
      path: '/contracts/{id}',
      summary: 'Change a contract',
      tag: 'Contracts',
      access: write,
      params: byId,
      body: ChangeContract,
      returns: { 200: { schema: Contract } },
      errors: [404, 409],
      description: 'generated_pdf_path and client_filled are the server’s: those that are sent are not followed.',
      example: { client_filled: true },
    },
    (ctx, { params }) => changeContract(ctx, params.id),
  ),
  operation(
    {
      id: 'delete-contracts-id',
      method: 'delete',
      path: '/contracts/{id}',
      summary: 'Delete a contract that is not signed',
      tag: 'Contracts',
      access: write,
      params: byId,
      returns: { 204: {} },
      errors: [404, 409],
    },
    (ctx, { params }) => deleteContract(ctx, params.id),
  ),
  operation(
    {
      id: 'get-contracts-token-token',
      method: 'get',
      path: '/contracts/token/{token}',
      summary: 'A contract by its secret token',
      tag: 'Contracts',
      access: 'public',
      params: byToken,
      returns: { 200: { schema: Contract } },
      errors: [404],
    },
    (ctx, { params }) => getContractByToken(ctx, params.token),
  ),
  operation(
    {
      id: 'get-contracts-company-company_id',
      method: 'get',
      path: '/contracts/company/{company_id}',
      summary: 'Contracts of a company',
      tag: 'Contracts',
      access: read,
      params: byCompany,
      query: contractsQuery,
      returns: { 200: { schema: z.array(Contract) } },
      errors: [404],
    },
    async (ctx, { params, query, request }) => {
      const { rows, next } = await listContracts(ctx, params.company_id, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-contracts-id-pdf',
      method: 'get',
      path: '/contracts/{id}/pdf',
      summary: 'The contract as PDF; once signed, the signed and stamped one',
      tag: 'Contracts',
      access: read,
      params: byId,
      returns: pdf,
      errors: [404, 409],
    },
    async (ctx, { params }) => sendPdf(ctx, await loadOwn(ctx, params.id)),
  ),
  operation(
    {
      id: 'get-contracts-id-events',
      method: 'get',
      path: '/contracts/{id}/events',
      summary: 'The trail of the signing: who did what, when and from where, hash-chained',
      tag: 'Contracts',
      access: read,
      params: byId,
      returns: { 200: { schema: Trail } },
      errors: [404],
      description:
        'Oldest first. hash is SHA-256 of prev_hash and the canonical JSON (RFC 8785) of the event without hash; the first prev_hash is 64 zeros.',
    },
    (ctx, { params }) => contractTrail(ctx, params.id),
  ),
  operation(
    {
      id: 'get-contracts-token-token-pdf',
      method: 'get',
      path: '/contracts/token/{token}/pdf',
      summary: 'The same for the holder of the secret token',
      tag: 'Contracts',
      access: 'public',
      params: byToken,
      returns: pdf,
      errors: [404, 409],
    },
    async (ctx, { params }) => sendPdf(ctx, await loadByToken(ctx, params.token)),
  ),
]

const fieldRoutes = [
  operation(
    {
      id: 'get-contracts-token-token-fields',
      method: 'get',
      path: '/contracts/token/{token}/fields',
      summary: 'What the signer has to fill in',
      tag: 'Contract fields',
      access: 'public',
      params: byToken,
      returns: { 200: { schema: z.array(ContractField) } },
      errors: [404],
    },
    (ctx, { params }) => listFieldsByToken(ctx, params.token),
  ),
  operation(
    {
      id: 'put-contracts-token-token-fields',
      method: 'put',
      path: '/contracts/token/{token}/fields',
      summary: 'Fill fields in; when every field has a value the contract is rendered',
      tag: 'Contract fields',
      access: 'public',
      params: byToken,
      body: FillFields,
      returns: { 200: { schema: Contract } },
      errors: [404, 409],
      example: { values: { client_name: 'Иванов Иван' } },
    },
    (ctx, { params, body }) => fillFields(ctx, params.token, body.values),
  ),
  operation(
    {
      id: 'post-contract-fields',
      method: 'post',
      path: '/contract-fields',
      summary: 'Add a field to a contract',
      tag: 'Contract fields',
      access: write,
      idempotent: true,
      body: AddField,
      returns: { 201: { schema: ContractField } },
      errors: [404, 409],
      example: { contract_id: 1, field_name: 'client_name', field_type: 'text' },
    },
    (ctx, { body }) => addField(ctx, body),
  ),
  operation(
    {
      id: 'get-contract-fields-contract_id',
      method: 'get',
      path: '/contract-fields/{contract_id}',
      summary: 'Fields of a contract',
      tag: 'Contract fields',
      access: read,
      params: byContract,
      returns: { 200: { schema: z.array(ContractField) } },
      errors: [404],
    },
    (ctx, { params }) => listFields(ctx, params.contract_id),
  ),
]

export const contractsRoutes = [...contractRoutes, ...fieldRoutes]
