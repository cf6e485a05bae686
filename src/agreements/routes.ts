import * as z from 'zod'
import { agreementOperation as operation } from './client-header.ts'
import { MAX_FORM_BYTES } from './check-file.ts'
import { trialExpiration } from './expiration.ts'
import { sendAgreementFile } from './files.ts'
import { currentStatus, getHistory, getSaved } from './load.ts'
import { saveDraft } from './save.ts'
import {
  AgreementStatuses,
  anyFile,
  CurrentStatus,
  exampleOf,
  Expiration,
  History,
  savedSchema,
  SaveSuccess,
  saveSchema,
  Sent,
  submitSchema,
  Success,
  Uploaded,
} from './schemas.ts'
import { downloadAgreement, uploadSigned } from './signed-file.ts'
import { AGREEMENT_STATUSES, KINDS, type Kind } from './statuses.ts'
import { submitAgreement } from './submit.ts'

const NAMES: Record<Kind, string> = { fiz: 'a person', jur: 'a company', ip: 'a sole entrepreneur' }
const pdfs = z.union([
  anyFile('application/pdf', 'At most 10 MiB, 32 MiB together.'),
  z.array(anyFile('application/pdf', 'At most 10 MiB.')).max(20),
])

const kindRoutes = (kind: Kind) => [
  operation(
    {
      id: `get-${kind}`,
      method: 'get',
      path: `/${kind}`,
      summary: `What is saved of the agreement with ${NAMES[kind]}`,
      access: 'agreements:read',
      returns: { 200: { schema: savedSchema(kind) } },
      errors: [404],
    },
    (ctx) => getSaved(ctx, kind),
  ),
  operation(
    {
      id: `post-${kind}-save`,
      method: 'post',
      path: `/${kind}-save`,
      summary: `Save the data of ${NAMES[kind]} without sending it`,
      description:
        'Any part of the fields. Check digits are not verified yet, what does not hold is told in warnings; a consent that is refused is an error.',
      access: 'agreements:write',
      body: saveSchema(kind),
      example: exampleOf(kind),
      returns: { 200: { schema: SaveSuccess } },
      errors: [409],
    },
    (ctx, { body }) => saveDraft(ctx, kind, body),
  ),
  operation(
    {
      id: `post-${kind}`,
      method: 'post',
      path: `/${kind}`,
      summary: `Send the agreement with ${NAMES[kind]} to be made`,
      description:
        'Every required field and file; dates and check digits are verified, errors name a field as it was sent. Moves the agreement to review and makes its PDF; a rejected one may be sent again, with those files alone that change. Files are PNG, JPEG or PDF, 10 MiB each and 32 MiB together at most, and are kept encrypted.',
      access: 'agreements:write',
      bodyAs: 'either',
      maxBytes: MAX_FORM_BYTES,
      body: submitSchema(kind),
      example: exampleOf(kind),
      idempotent: true,
      returns: { 200: { schema: Success } },
      errors: [409],
    },
    (ctx, { body }) => submitAgreement(ctx, kind, body),
  ),
]

export const agreementRoutes = [
  operation(
    {
      id: 'get-current-status',
      method: 'get',
      path: '/current-status',
      summary: 'The status of the organization’s agreement: the signed one, else the one that moved last',
      access: 'agreements:read',
      returns: { 200: { schema: CurrentStatus } },
    },
    (ctx) => currentStatus(ctx),
  ),
  operation(
    {
      id: 'get-statuses',
      method: 'get',
      path: '/statuses',
      summary: 'All statuses, in order',
      access: 'account:read',
      returns: { 200: { schema: AgreementStatuses } },
    },
    async () => ({ agreement_statuses: AGREEMENT_STATUSES }),
  ),
  operation(
    {
      id: 'get-agreement-history',
      method: 'get',
      path: '/history',
      summary: 'Every status that the organization’s agreements have had, oldest first',
      access: 'agreements:read',
      returns: { 200: { schema: History } },
    },
    (ctx) => getHistory(ctx),
  ),
  operation(
    {
      id: 'get-expiration',
      method: 'get',
      path: '/expiration',
      summary: 'When the trial period ends, in UTC',
      access: 'agreements:read',
      returns: { 200: { schema: Expiration } },
      errors: [404],
    },
    (ctx) => trialExpiration(ctx),
  ),
  ...KINDS.flatMap(kindRoutes),
  operation(
    {
      id: 'get-download',
      method: 'get',
      path: '/download',
      summary: 'The agreement as PDF; what came back signed, once it is',
      access: 'agreements:read',
      returns: { 200: { media: ['application/pdf'] } },
      errors: [409],
    },
    (ctx) => downloadAgreement(ctx),
  ),
  operation(
    {
      id: 'get-agreement-file',
      method: 'get',
      path: '/files/{id}',
      summary: 'A file of an agreement, as it came; the operator sees those of all',
      access: 'agreements:read',
      params: z.object({ id: z.uuid() }),
      returns: { 200: { media: ['image/png', 'image/jpeg', 'application/pdf', 'application/pkcs7-signature'] } },
      errors: [404],
    },
    (ctx, { params }) => sendAgreementFile(ctx, params.id),
  ),
  operation(
    {
      id: 'post-upload',
      method: 'post',
      path: '/upload',
      summary: 'Hand over the signed agreement',
      description:
        'The field is files, repeated; files[] is taken too. PDFs: scans, or files with signatures in them, which are verified. Moves a ready or signing agreement to signed.',
      access: 'agreements:write',
      bodyAs: 'form',
      maxBytes: MAX_FORM_BYTES,
      body: z.object({ files: pdfs.optional(), 'files[]': pdfs.optional() }).meta({ id: 'UploadAgreement' }),
      idempotent: true,
      returns: { 200: { schema: Uploaded } },
      errors: [409],
    },
    (ctx, { body }) => uploadSigned(ctx, body),
  ),
  operation(
    {
      id: 'get-send-on-sign',
      method: 'get',
      path: '/send-on-sign',
      summary: 'Send the agreement to be signed in Госключ',
      description: 'Moves a ready agreement to signing; before that 409. 503 where Госключ is not configured.',
      access: 'agreements:write',
      returns: { 200: { schema: Sent } },
      errors: [409, 503],
    },
    async (ctx) => (await import('./goskey/send.ts')).sendOnSign(ctx),
  ),
]
