import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { IssuedCertificate } from './issued-certificate.ts'
import { byCompany } from './schemas.ts'
import { createServerSignature, deleteServerSignature, listServerSignatures } from './server-signatures.ts'

const tag = 'Server signatures'
const path = '/api/v1/office/companies/{company_id}/server-signatures'
const someone = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'
const key = z.uuid().meta({ example: someone })

const ServerSignature = z
  .object({
    id: key,
    client_id: key,
    company_id: key,
    status: z.enum(['active', 'revoked', 'expired']).meta({ example: 'active' }),
    certificate: IssuedCertificate,
    created_at: instant,
  })
  .meta({ id: 'ServerSignature' })
const ServerSignatures = z.object({ items: z.array(ServerSignature) }).meta({ id: 'ServerSignatures' })
const CreateServerSignature = z.object({ client_id: key }).meta({ id: 'CreateServerSignature' })

/** Keys of employees that the server keeps and uses at their command. */
export const serverSignatureRoutes = [
  operation(
    {
      id: 'post-api-v1-office-companies-company_id-server-signatures',
      method: 'post',
      path,
      summary: 'Give an employee who may sign a key kept by the server, with a certificate',
      tag,
      access: 'certificates:write',
      idempotent: true,
      params: byCompany,
      body: CreateServerSignature,
      returns: { 201: { schema: ServerSignature } },
      errors: [404, 409, 503],
      description:
        'For heads and signers. An employee has one at a time; in the last thirty days of its certificate a new one takes its place.',
      example: { client_id: someone },
    },
    (ctx, { params, body }) => createServerSignature(ctx, params.company_id, body.client_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-companies-company_id-server-signatures',
      method: 'get',
      path,
      summary: 'Server signatures of a company’s employees, the newest first',
      tag,
      access: 'certificates:read',
      params: byCompany,
      returns: { 200: { schema: ServerSignatures } },
      errors: [404],
    },
    (ctx, { params }) => listServerSignatures(ctx, params.company_id),
  ),
  operation(
    {
      id: 'delete-api-v1-office-companies-company_id-server-signatures-signature_id',
      method: 'delete',
      path: `${path}/{signature_id}`,
      summary: 'Revoke a server signature and destroy its key',
      tag,
      access: 'certificates:write',
      params: byCompany.extend({ signature_id: key }),
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => deleteServerSignature(ctx, params.company_id, params.signature_id),
  ),
]
