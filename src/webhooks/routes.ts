import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { line, operation, wholeParam } from '../http/operation.ts'
import { EVENTS } from './publish.ts'
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listDeliveries,
  listWebhooks,
  replayDelivery,
  rotateWebhookSecret,
  testWebhook,
} from './service.ts'

const tag = 'Webhooks'
const key = z.uuid()
const byId = z.object({ webhook_id: key })
const events = z
  .array(z.string().max(100))
  .max(50)
  .meta({ description: `Which events; all when empty. Known: ${EVENTS.join(', ')}.`, example: ['contract.signed'] })
const url = z.string().min(1).max(2000).meta({ format: 'uri', example: 'https://example.com/hooks' })

const Webhook = z
  .object({
    id: key,
    url,
    events,
    description: z.string().nullable().meta({ example: null }),
    status: z.enum(['active', 'paused', 'disabled']).meta({ example: 'active' }),
    created_at: instant,
  })
  .meta({ id: 'Webhook' })
const WebhookWithSecret = Webhook.extend({ secret: z.string().meta({ example: 'whsec_…' }) }).meta({ id: 'WebhookWithSecret' })
const CreateWebhook = z.object({ url, events: events.optional(), description: line(255).optional() }).meta({ id: 'CreateWebhook' })
const ChangeWebhook = z
  .object({ url: url.optional(), events: events.optional(), status: z.enum(['active', 'paused']).optional() })
  .meta({ id: 'ChangeWebhook' })
const Delivery = z
  .object({
    id: key,
    event: z.string().meta({ example: 'contract.signed' }),
    message_id: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    response_status: z.int().nullable(),
    error: z.string().nullable(),
    created_at: instant,
    delivered_at: instant.nullable(),
    next_attempt_at: instant.nullable(),
  })
  .meta({ id: 'WebhookDelivery' })
const DeliveriesQuery = z.object({
  status: z.enum(['pending', 'delivered', 'failed']).optional(),
  page: wholeParam(100_000).default(1),
  per_page: wholeParam(100).default(20),
})
const Deliveries = z
  .object({ items: z.array(Delivery), page: z.int(), per_page: z.int(), total: z.int() })
  .meta({ id: 'WebhookDeliveries' })
const DeliveryId = z.object({ delivery_id: key }).meta({ id: 'DeliveryId' })

const read = 'webhooks:read'
const write = 'webhooks:write'

export const webhookRoutes = [
  operation(
    {
      id: 'post-api-v1-webhooks',
      method: 'post',
      path: '/api/v1/webhooks',
      summary: 'Add an endpoint; its secret is shown once',
      tag,
      access: write,
      idempotent: true,
      body: CreateWebhook,
      returns: { 201: { schema: WebhookWithSecret } },
      errors: [422],
      description: 'Calls follow Standard Webhooks 1.0.',
      example: { url: 'https://example.com/hooks', events: ['contract.signed'] },
    },
    (ctx, { body }) => createWebhook(ctx, body),
  ),
  operation(
    {
      id: 'get-api-v1-webhooks',
      method: 'get',
      path: '/api/v1/webhooks',
      summary: 'Endpoints',
      tag,
      access: read,
      returns: { 200: { schema: z.object({ items: z.array(Webhook) }).meta({ id: 'Webhooks' }) } },
    },
    (ctx) => listWebhooks(ctx),
  ),
  operation(
    {
      id: 'patch-api-v1-webhooks-webhook_id',
      method: 'patch',
      path: '/api/v1/webhooks/{webhook_id}',
      summary: 'Change or pause an endpoint',
      tag,
      access: write,
      params: byId,
      body: ChangeWebhook,
      returns: { 200: { schema: Webhook } },
      errors: [404],
      example: { status: 'paused' },
    },
    (ctx, { params, body }) => changeWebhook(ctx, params.webhook_id, body),
  ),
  operation(
    {
      id: 'delete-api-v1-webhooks-webhook_id',
      method: 'delete',
      path: '/api/v1/webhooks/{webhook_id}',
      summary: 'Remove an endpoint and its log',
      tag,
      access: write,
      params: byId,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => deleteWebhook(ctx, params.webhook_id),
  ),
  operation(
    {
      id: 'post-api-v1-webhooks-webhook_id-test',
      method: 'post',
      path: '/api/v1/webhooks/{webhook_id}/test',
      summary: 'Send webhook.test to the endpoint',
      tag,
      access: write,
      idempotent: true,
      params: byId,
      returns: { 202: { schema: DeliveryId } },
      errors: [404, 409],
    },
    (ctx, { params }) => testWebhook(ctx, params.webhook_id),
  ),
  operation(
    {
      id: 'post-api-v1-webhooks-webhook_id-rotate-secret',
      method: 'post',
      path: '/api/v1/webhooks/{webhook_id}/rotate-secret',
      summary: 'Make a new secret; the old one signs beside it for a day',
      tag,
      access: write,
      idempotent: true,
      params: byId,
      returns: { 200: { schema: WebhookWithSecret } },
      errors: [404],
    },
    (ctx, { params }) => rotateWebhookSecret(ctx, params.webhook_id),
  ),
  operation(
    {
      id: 'get-api-v1-webhooks-webhook_id-deliveries',
      method: 'get',
      path: '/api/v1/webhooks/{webhook_id}/deliveries',
      summary: 'Log of calls, newest first',
      tag,
      access: read,
      params: byId,
      query: DeliveriesQuery,
      returns: { 200: { schema: Deliveries } },
      errors: [404],
    },
    (ctx, { params, query }) => listDeliveries(ctx, params.webhook_id, query),
  ),
  operation(
    {
      id: 'post-api-v1-webhooks-webhook_id-deliveries-delivery_id-replay',
      method: 'post',
      path: '/api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay',
      summary: 'Send a delivery again under its own id',
      tag,
      access: write,
      idempotent: true,
      params: z.object({ webhook_id: key, delivery_id: key }),
      returns: { 202: { schema: DeliveryId } },
      errors: [404],
    },
    (ctx, { params }) => replayDelivery(ctx, params.webhook_id, params.delivery_id),
  ),
]
