import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { line, operation } from '../http/operation.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { SCOPES } from './roles.ts'

const tag = 'API keys'
const scopes = z
  .array(z.string().max(50))
  .max(SCOPES.length)
  .meta({ description: `Known: ${SCOPES.join(', ')}.`, example: ['contracts:write'] })
const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: 'ERP' }),
    prefix: z.string().meta({ example: 'qk_ab12cd' }),
    scopes,
    created_at: instant,
    last_used_at: instant.nullable().meta({ example: null }),
    expires_at: instant.nullable().meta({ example: null }),
  })
  .meta({ id: 'ApiKey' })
const NewApiKey = ApiKey.extend({ key: z.string().meta({ example: 'qk_…' }) }).meta({ id: 'NewApiKey' })
const CreateApiKey = z
  .object({ name: line(100).meta({ example: 'ERP' }), scopes: scopes.default([]), expires_at: instant.optional() })
  .meta({ id: 'CreateApiKey' })

export const keyRoutes = [
  operation(
    {
      id: 'post-api-v1-api-keys',
      method: 'post',
      path: '/api/v1/api-keys',
      summary: 'Make a key; it is shown once',
      tag,
      access: 'account:keys',
      idempotent: true,
      body: CreateApiKey,
      returns: { 201: { schema: NewApiKey } },
      description: 'Keys are managed with a token, never with a key.',
      example: { name: 'ERP', scopes: ['contracts:write'] },
    },
    (ctx, { body }) => createApiKey(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-api-keys',
      method: 'get',
      path: '/api/v1/api-keys',
      summary: 'Keys',
      tag,
      access: 'account:keys',
      returns: { 200: { schema: z.object({ items: z.array(ApiKey) }).meta({ id: 'ApiKeys' }) } },
    },
    (ctx) => listApiKeys(ctx),
  ),
  operation(
    {
      id: 'delete-api-v1-api-keys-key_id',
      method: 'delete',
      path: '/api/v1/api-keys/{key_id}',
      summary: 'Revoke a key',
      tag,
      access: 'account:keys',
      params: z.object({ key_id: z.uuid() }),
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => revokeApiKey(ctx, params.key_id),
  ),
]
