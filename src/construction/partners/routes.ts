import * as z from 'zod'
import { idParam, operation, wholeParam, type Operation } from '../../http/operation.ts'
import type { Ctx } from '../../context.ts'
import { Meta, successOf } from '../registry/registry-routes.ts'
import { acceptInvitation } from './accept.ts'
import { availabilityOf } from './availability.ts'
import {
  cancelInvitation,
  declineInvitation,
  getInvitation,
  invitationPages,
  invitationStats,
  invite,
  listInvitations,
} from './invitations.ts'
import { CATEGORIES } from './ranking.ts'
import { recommendPartners, suggestPartners } from './recommend.ts'
import {
  Availability,
  FoundOrganization,
  Invitation,
  InvitationStats,
  NewInvitation,
  RecommendedOrganization,
  SuggestedOrganization,
} from './schemas.ts'
import { SearchQuery, searchOrganizations, SORTS } from './search.ts'

const tag = 'Contractor Invitations'
const found = 'Organizations'
const read = 'admin.partners.view' as const
const write = 'admin.partners.edit' as const
const of = (data: z.ZodType) => ({ 200: { schema: z.object({ success: z.literal(true), data }) } })
/** An invitation's number, or the token of its link. */
const byKey = z.object({
  id: z
    .string()
    .regex(/^(?:[1-9]\d{0,15}|[\w-]{43})$/)
    .refine((key) => key.length === 43 || Number.isSafeInteger(Number(key)))
    .meta({ json: { type: 'string', pattern: '^(?:[1-9]\\d{0,15}|[\\w-]{43})$', example: '123' } }),
})

const answer = (
  verb: 'accept' | 'decline',
  summary: string,
  message: string,
  run: (ctx: Ctx, key: string) => Promise<unknown>,
): Operation =>
  operation(
    {
      id: `post-contractor-invitations-id-${verb}`,
      method: 'post',
      path: `/contractor-invitations/{id}/${verb}`,
      summary,
      description: 'Only the invited organization, only while the invitation is live.',
      tag,
      access: write,
      params: byKey,
      returns: { 200: { schema: successOf(Invitation) } },
      errors: [400, 404],
    },
    async (ctx, { params }) => ({ success: true, message, data: await run(ctx, params.id) }),
  )

export const partnerRoutes = [
  operation(
    {
      id: 'get-contractor-invitations',
      method: 'get',
      path: '/contractor-invitations',
      summary: 'Invitations that were sent or received',
      tag,
      access: read,
      query: invitationPages.query,
      invalid: 400,
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            data: z.object({ data: z.array(Invitation), meta: Meta }),
            meta: z.object({ type: z.string(), filters: z.record(z.string(), z.unknown()) }),
          }),
        },
      },
    },
    async (ctx, { query }) => ({ success: true, ...(await listInvitations(ctx, query)) }),
  ),
  operation(
    {
      id: 'post-contractor-invitations',
      method: 'post',
      path: '/contractor-invitations',
      summary: 'Invite an organization to become a contractor',
      tag,
      access: write,
      body: NewInvitation,
      invalid: 400,
      idempotent: true,
      returns: { 201: { schema: successOf(Invitation) } },
      example: { invited_organization_id: 456, message: 'Приглашаем к сотрудничеству' },
    },
    async (ctx, { body }) => ({ success: true, message: 'Приглашение успешно отправлено', data: await invite(ctx, body) }),
  ),
  operation(
    {
      id: 'get-contractor-invitations-stats',
      method: 'get',
      path: '/contractor-invitations/stats',
      summary: 'Invitations by status',
      tag,
      access: read,
      returns: of(InvitationStats),
    },
    async (ctx) => ({ success: true, data: await invitationStats(ctx) }),
  ),
  operation(
    {
      id: 'get-contractor-invitations-id',
      method: 'get',
      path: '/contractor-invitations/{id}',
      summary: 'An invitation, to either party',
      tag,
      access: read,
      params: byKey,
      returns: of(Invitation),
      errors: [404],
    },
    async (ctx, { params }) => ({ success: true, data: await getInvitation(ctx, params.id) }),
  ),
  operation(
    {
      id: 'patch-contractor-invitations-id-cancel',
      method: 'patch',
      path: '/contractor-invitations/{id}/cancel',
      summary: 'Take an invitation back',
      tag,
      access: write,
      params: byKey,
      returns: { 200: { schema: successOf(Invitation) } },
      errors: [400, 404],
    },
    async (ctx, { params }) => ({ success: true, message: 'Приглашение отменено', data: await cancelInvitation(ctx, params.id) }),
  ),
  answer('accept', 'Accept an invitation', 'Приглашение принято', acceptInvitation),
  answer('decline', 'Decline an invitation', 'Приглашение отклонено', declineInvitation),
  operation(
    {
      id: 'get-organizations-search',
      method: 'get',
      path: '/organizations/search',
      summary: 'Find other organizations',
      description: 'By words of the name, each of which may be a beginning. Of long lists 2,000 organizations are counted.',
      tag: found,
      access: read,
      query: SearchQuery,
      invalid: 400,
      returns: {
        200: {
          schema: z.object({
            success: z.literal(true),
            data: z.object({
              data: z.array(FoundOrganization),
              meta: z.object({
                current_page: z.int(),
                per_page: z.int(),
                total: z.int(),
                total_pages: z.int(),
                has_next_page: z.boolean(),
              }),
            }),
            meta: z.object({
              search_query: z.string().nullable(),
              filters_applied: z.record(z.string(), z.unknown()),
              sort_by: z.enum(SORTS),
            }),
          }),
        },
      },
    },
    async (ctx, { query }) => ({ success: true, ...(await searchOrganizations(ctx, query)) }),
  ),
  operation(
    {
      id: 'get-organizations-suggestions',
      method: 'get',
      path: '/organizations/suggestions',
      summary: 'Organizations that suit as contractors, by region, shared contractors and kinds of work',
      tag: found,
      access: read,
      query: z.object({ limit: wholeParam(20).default(10) }),
      returns: of(z.array(SuggestedOrganization)),
    },
    async (ctx, { query }) => ({ success: true, data: await suggestPartners(ctx, query.limit) }),
  ),
  operation(
    {
      id: 'get-organizations-recommendations',
      method: 'get',
      path: '/organizations/recommendations',
      summary: 'Organizations to work with, by category, and why',
      tag: found,
      access: read,
      query: z.object({ limit: wholeParam(15).default(8), category: z.enum(CATEGORIES).optional() }),
      returns: of(z.object({ recommendations: z.array(RecommendedOrganization), algorithm_version: z.string(), generated_at: z.string() })),
    },
    async (ctx, { query }) => ({ success: true, data: await recommendPartners(ctx, query) }),
  ),
  operation(
    {
      id: 'get-organizations-id-availability',
      method: 'get',
      path: '/organizations/{id}/availability',
      summary: 'Whether an organization may be invited',
      tag: found,
      access: read,
      params: z.object({ id: idParam }),
      returns: of(Availability),
      errors: [404],
    },
    async (ctx, { params }) => ({ success: true, data: await availabilityOf(ctx, params.id) }),
  ),
]
