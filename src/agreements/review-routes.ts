import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { linkNext } from '../http/list.ts'
import { idParam, Reply, wholeParam } from '../http/operation.ts'
import { agreementOperation as operation } from './client-header.ts'
import { getReview, listReviews, reviewAgreement } from './review.ts'
import { Change, clientId, kind, SignatureFact, status, statusTitle, Success } from './schemas.ts'

const reason = z.string().max(2000)
const Head = z.object({
  client: clientId,
  type: kind.meta({ example: 'fiz' }),
  name: z.string().meta({ example: 'Q10553-1' }),
  status: status.meta({ example: 'review' }),
  title: statusTitle.meta({ example: 'На проверке' }),
  comment: z.string().nullable().meta({ example: null }),
  status_at: instant,
})
const Reviews = z
  .object({ agreements: z.array(Head.extend({ organization: z.string().meta({ example: 'ТОО «Ромашка»' }) })) })
  .meta({ id: 'AgreementReviews' })
const ReviewDetails = Head.extend({
  agreement: z.record(z.string(), z.union([z.string(), z.boolean(), z.null()])),
  identity: z
    .object({ provider: z.literal('esia'), full_name: z.string(), trusted: z.boolean(), at: instant })
    .nullable()
    .meta({ description: 'Who the subscriber is by ESIA.', example: null }),
  files: z.array(
    z.object({
      id: z.uuid(),
      kind: z.string().meta({ example: 'file_passport' }),
      name: z.string().meta({ example: 'passport.png' }),
      mime: z.string().meta({ example: 'image/png' }),
      size: z.int(),
      sha256: z.string(),
      signatures: z.array(SignatureFact),
      created_at: instant,
    }),
  ),
  history: z.array(Change),
}).meta({ id: 'AgreementReview' })
const Verdict = z
  .object({
    client: clientId,
    type: kind.meta({ example: 'fiz' }),
    status: z.enum(['ready', 'rejected'], { error: 'The selected status is invalid.' }).meta({ example: 'ready' }),
    comment: reason.optional().meta({ description: 'Told to the subscriber: the reasons, where it is rejected.' }),
  })
  .meta({ id: 'AgreementVerdict' })

export const reviewRoutes = [
  operation(
    {
      id: 'post-review',
      method: 'post',
      path: '/review',
      summary: 'The operator’s verdict on an agreement under review',
      access: 'platform:write',
      body: Verdict,
      example: { client: 10553, type: 'fiz', status: 'ready' },
      returns: { 200: { schema: Success } },
      errors: [404, 409],
    },
    (ctx, { body }) => reviewAgreement(ctx, body),
  ),
  operation(
    {
      id: 'get-reviews',
      method: 'get',
      path: '/reviews',
      summary: 'Agreements that wait for the operator’s verdict, or are in another status; oldest first',
      access: 'platform:write',
      query: z.object({
        status: status.exclude(['empty']).optional(),
        limit: wholeParam(200).optional().meta({ description: 'How many; 100 when left out.' }),
        after: z
          .string()
          .regex(/^\d{1,15}$/)
          .optional()
          .meta({ description: 'Where the page starts: taken from the Link header of the page before (rel="next").' }),
      }),
      returns: { 200: { schema: Reviews } },
    },
    async (ctx, { query, request }) => {
      const { items, next } = await listReviews(ctx, query)
      return new Reply(200, { agreements: items }, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-reviews-client-type',
      method: 'get',
      path: '/reviews/{client}/{type}',
      summary: 'All that the operator goes by: fields, files, identity, history',
      access: 'platform:write',
      params: z.object({ client: idParam, type: kind }),
      returns: { 200: { schema: ReviewDetails } },
      errors: [404],
    },
    (ctx, { params }) => getReview(ctx, params.client, params.type),
  ),
]
