import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { addTrustAnchor, listTrustAnchors, removeTrustAnchor } from './anchors.ts'

const tag = 'Trust anchors'
const TrustAnchor = z
  .object({
    id: z.uuid(),
    subject: z.string().meta({ example: 'CN=ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022,C=KZ' }),
    not_after: instant,
    thumbprint: z
      .string()
      .meta({ description: 'SHA-256 of the certificate.', example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }),
    created_at: instant,
  })
  .meta({ id: 'TrustAnchor' })
const AddTrustAnchor = z
  .object({ pem: z.string().min(1).max(100_000).meta({ example: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----' }) })
  .meta({ id: 'AddTrustAnchor' })

export const anchorRoutes = [
  operation(
    {
      id: 'post-api-v1-trust-anchors',
      method: 'post',
      path: '/api/v1/trust-anchors',
      summary: 'Trust an authority’s certificate (the operator)',
      tag,
      access: 'platform:write',
      idempotent: true,
      body: AddTrustAnchor,
      returns: { 201: { schema: TrustAnchor } },
    },
    (ctx, { body }) => addTrustAnchor(ctx, body.pem),
  ),
  operation(
    {
      id: 'get-api-v1-trust-anchors',
      method: 'get',
      path: '/api/v1/trust-anchors',
      summary: 'The authorities that signatures may lead to',
      tag,
      access: 'certificates:read',
      returns: { 200: { schema: z.object({ items: z.array(TrustAnchor) }).meta({ id: 'TrustAnchors' }) } },
    },
    (ctx) => listTrustAnchors(ctx),
  ),
  operation(
    {
      id: 'delete-api-v1-trust-anchors-anchor_id',
      method: 'delete',
      path: '/api/v1/trust-anchors/{anchor_id}',
      summary: 'Stop trusting an authority (the operator)',
      tag,
      access: 'platform:write',
      params: z.object({ anchor_id: z.uuid() }),
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => removeTrustAnchor(ctx, params.anchor_id),
  ),
]
