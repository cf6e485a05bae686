import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import {
  completeCertificateRequest,
  createCertificateRequest,
  getCertificateRequest,
  getRequestDocument,
  getRequestSignature,
  revokeRequestCertificate,
  sendRequestDocuments,
} from './certificate-requests.ts'
import { IssuedCertificate } from './issued-certificate.ts'

const tag = 'Certificates'
const requests = '/api/v1/office/certificate-requests'
const one = `${requests}/{request_id}`
const someone = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'
const key = z.uuid().meta({ example: someone })
const byRequest = z.object({ request_id: key })
const byDocument = byRequest.extend({ file_id: key })

const CertificateRequest = z
  .object({
    id: key,
    status: z.enum(['created', 'documents_sent', 'issued']).meta({ example: 'created' }),
    kind: z.enum(['nep', 'kep']).meta({ example: 'nep' }),
    client_id: key,
    company_id: key.nullable(),
    documents: z.array(
      z.object({
        id: key,
        kind: z.enum(['offer', 'key_acceptance_act']).meta({ example: 'offer' }),
        name: z.string().meta({ example: 'Оферта.pdf' }),
        size: z.int().meta({ example: 12345 }),
      }),
    ),
    certificate: IssuedCertificate.nullable(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'CertificateRequest' })
const SentCertificateRequest = CertificateRequest.extend({
  sign_url: z.string().meta({ example: 'https://sign.example/sign/…' }),
  expires_at: instant,
}).meta({ id: 'SentCertificateRequest' })
const CreateCertificateRequest = z
  .object({ client_id: key, company_id: key.optional(), kind: z.enum(['nep', 'kep']).default('nep') })
  .meta({ id: 'CreateCertificateRequest' })
const CompleteCertificateRequest = z
  .object({
    code: z
      .string()
      .max(6)
      .regex(/^\d{6}$/, 'must be six digits')
      .meta({ example: '123456' }),
  })
  .meta({ id: 'CompleteCertificateRequest' })

const documentRoutes = [
  operation(
    {
      id: 'get-api-v1-office-certificate-requests-request_id-documents-file_id',
      method: 'get',
      path: `${one}/documents/{file_id}`,
      summary: 'The offer or the key acceptance act',
      tag,
      access: 'certificates:read',
      params: byDocument,
      returns: { 200: { media: ['application/pdf'] } },
      errors: [404],
    },
    (ctx, { params }) => getRequestDocument(ctx, params.request_id, params.file_id),
  ),
  operation(
    {
      id: 'get-api-v1-office-certificate-requests-request_id-documents-file_id-signature',
      method: 'get',
      path: `${one}/documents/{file_id}/signature`,
      summary: 'The signature over one of them, a detached CMS',
      tag,
      access: 'certificates:read',
      params: byDocument,
      returns: { 200: { media: ['application/pkcs7-signature'] } },
      errors: [404, 409],
    },
    (ctx, { params }) => getRequestSignature(ctx, params.request_id, params.file_id),
  ),
]

/** Certificates of clients: request, documents, signature by code, issue. */
export const certificateRequestRoutes = [
  operation(
    {
      id: 'post-api-v1-office-certificate-requests',
      method: 'post',
      path: requests,
      summary: 'Request a certificate for a client; the offer and the key acceptance act are made',
      tag,
      access: 'certificates:write',
      idempotent: true,
      body: CreateCertificateRequest,
      returns: { 201: { schema: CertificateRequest } },
      errors: [404, 409],
      description:
        'With `company_id` the certificate names the company, for which the client must be allowed to sign. `kep` is refused: qualified certificates come from accredited authorities only.',
      example: { client_id: someone, company_id: someone, kind: 'nep' },
    },
    (ctx, { body }) => createCertificateRequest(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-office-certificate-requests-request_id',
      method: 'get',
      path: one,
      summary: 'A certificate request, with the certificate once it is issued',
      tag,
      access: 'certificates:read',
      params: byRequest,
      returns: { 200: { schema: CertificateRequest } },
      errors: [404],
    },
    (ctx, { params }) => getCertificateRequest(ctx, params.request_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-certificate-requests-request_id-documents-send',
      method: 'post',
      path: `${one}/documents/send`,
      summary: 'Send the documents to be signed: a code by SMS, and a link',
      tag,
      access: 'certificates:write',
      idempotent: true,
      params: byRequest,
      returns: { 202: { schema: SentCertificateRequest } },
      errors: [404, 409, 429],
      description: 'Sent again, a new code ends the one before; once a minute at most. The link serves a day.',
    },
    (ctx, { params }) => sendRequestDocuments(ctx, params.request_id),
  ),
  operation(
    {
      id: 'post-api-v1-office-certificate-requests-request_id-complete',
      method: 'post',
      path: `${one}/complete`,
      summary: 'Sign the documents with the client’s code; the certificate is issued',
      tag,
      access: 'certificates:write',
      idempotent: true,
      params: byRequest,
      body: CompleteCertificateRequest,
      returns: { 200: { schema: CertificateRequest } },
      errors: [404, 409, 429, 503],
      example: { code: '123456' },
    },
    (ctx, { params, body }) => completeCertificateRequest(ctx, params.request_id, body.code),
  ),
  operation(
    {
      id: 'delete-api-v1-office-certificate-requests-request_id-certificate',
      method: 'delete',
      path: `${one}/certificate`,
      summary: 'Revoke the certificate that was issued, and destroy its key',
      tag,
      access: 'certificates:write',
      params: byRequest,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => revokeRequestCertificate(ctx, params.request_id),
  ),
  ...documentRoutes,
]
