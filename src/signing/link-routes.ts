import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { operation } from '../http/operation.ts'
import { MAX_SIGNATURES_BYTES } from '../office/packages/schemas.ts'
import { approveAtLink, declineAtLink, sendCode, sendLinkFile, showPackage, signAtLink } from './at-link.ts'

const tag = 'Signing links'
const at = '/sign/{token}'
const byToken = z.object({ token: z.string().max(200) })
const key = z.uuid().meta({ example: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e' })
const file = z.object({ id: key, name: z.string(), size: z.int(), sha256: z.string() })
const status = z.string().meta({ example: 'in_progress' })
const consent = z.literal(true)

const LinkPackage = z
  .object({
    package: z.object({
      id: key,
      title: z.string(),
      status,
      organization: z.string(),
      subject: z.enum(['package', 'certificate_request']),
      deadline: instant.nullable(),
      documents: z.array(file),
      results: z.array(z.object({ id: key, name: z.string(), size: z.int(), type: z.enum(['stamped', 'certificate']) })),
    }),
    participant: z.object({
      id: key,
      full_name: z.string(),
      role: z.enum(['signer', 'approver', 'viewer']),
      status,
      phone_hint: z.string().nullable(),
      company: z.string().nullable(),
    }),
    methods: z.array(z.enum(['sms', 'cms'])),
    expires_at: instant,
    code: z.object({ expires_at: instant, resend_at: instant }).nullable(),
  })
  .meta({ id: 'LinkPackage' })
const Acted = z.object({ participant_status: status, package_status: status }).meta({ id: 'Acted' })
const CodeSent = z.object({ expires_at: instant }).meta({ id: 'LinkCodeSent' })

const Sign = z
  .object({
    method: z.enum(['sms', 'cms']),
    code: z
      .string()
      .max(6)
      .regex(/^\d{6}$/, 'must be six digits')
      .optional(),
    signatures: z
      .array(z.object({ file_id: key, cms: z.string().min(1).max(1_000_000) }))
      .min(1)
      .max(50)
      .optional(),
    consent,
  })
  .refine((v) => v.method !== 'sms' || v.code !== undefined, { path: ['code'], message: 'is needed to sign by SMS' })
  .refine((v) => v.method !== 'cms' || v.signatures !== undefined, { path: ['signatures'], message: 'are needed to sign with a key' })
  .meta({ id: 'SignAtLink' })
const Decline = z
  .object({
    reason: z
      .string()
      .min(1)
      .max(1000)
      // Spaces, and marks that nobody sees, are no reason.
      .refine((s) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(s), 'is empty'),
  })
  .meta({ id: 'DeclineAtLink' })

/** The public zone of a participant's link: no account, the token alone. */
export const linkRoutes = [
  operation(
    {
      id: 'get-sign-token-package',
      method: 'get',
      path: `${at}/package`,
      summary: 'What the link is for: documents, who asks, and what may be done',
      tag,
      access: 'public',
      params: byToken,
      returns: { 200: { schema: LinkPackage } },
      errors: [404, 410],
    },
    (ctx, { params }) => showPackage(ctx, params.token),
  ),
  operation(
    {
      id: 'get-sign-token-files-file_id',
      method: 'get',
      path: `${at}/files/{file_id}`,
      summary: 'A document as it was sent; once signed, the results too',
      tag,
      access: 'public',
      params: z.object({ token: z.string().max(200), file_id: z.string().max(64) }),
      returns: { 200: { media: ['application/pdf'] } },
      errors: [404, 410],
    },
    (ctx, { params }) => sendLinkFile(ctx, params.token, params.file_id.toLowerCase()),
  ),
  operation(
    {
      id: 'post-sign-token-otp',
      method: 'post',
      path: `${at}/otp`,
      summary: 'Send a one-time code to the participant’s phone',
      tag,
      access: 'public',
      idempotent: (_, { token }) => token,
      params: byToken,
      returns: { 202: { schema: CodeSent } },
      errors: [402, 403, 404, 409, 410, 429],
      description: 'Once a minute at most; the code before ends.',
    },
    (ctx, { params }) => sendCode(ctx, params.token),
  ),
  operation(
    {
      id: 'post-sign-token-sign',
      method: 'post',
      path: `${at}/sign`,
      summary: 'Sign, with a code or with a key',
      tag,
      access: 'public',
      idempotent: (_, { token }) => token,
      maxBytes: MAX_SIGNATURES_BYTES,
      params: byToken,
      body: Sign,
      returns: { 200: { schema: Acted } },
      errors: [402, 403, 404, 409, 410, 422, 429, 503],
      description: '`cms` is a detached CMS over exactly the bytes of each document, base64. Refused signatures are 422 with the reason.',
      example: { method: 'sms', code: '123456', consent: true },
    },
    (ctx, { params, body }) => signAtLink(ctx, params.token, body),
  ),
  operation(
    {
      id: 'post-sign-token-approve',
      method: 'post',
      path: `${at}/approve`,
      summary: 'Approve',
      tag,
      access: 'public',
      params: byToken,
      body: z.object({ consent }).meta({ id: 'ApproveAtLink' }),
      returns: { 200: { schema: Acted } },
      errors: [403, 404, 409, 410],
      example: { consent: true },
    },
    (ctx, { params }) => approveAtLink(ctx, params.token),
  ),
  operation(
    {
      id: 'post-sign-token-decline',
      method: 'post',
      path: `${at}/decline`,
      summary: 'Decline, with the reason',
      tag,
      access: 'public',
      params: byToken,
      body: Decline,
      returns: { 200: { schema: Acted } },
      errors: [403, 404, 409, 410],
      example: { reason: 'Не согласен с пунктом 3' },
    },
    (ctx, { params, body }) => declineAtLink(ctx, params.token, body.reason),
  ),
]
