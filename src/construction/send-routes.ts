import * as z from 'zod'
import { idParam, operation, type Operation } from '../http/operation.ts'
import { ActAnswer } from './acts/schemas.ts'
import { Agreement } from './contracts/part-schemas.ts'
import { Contract } from './contracts/schemas.ts'
import { successOf, wrap } from './registry/registry-routes.ts'
import { sendAct, sendAgreement, sendContract } from './send.ts'
import { SendRoute } from './send-schemas.ts'

const example = {
  participants: [{ order: 1, role: 'signer', person: { full_name: 'Сериков Айбек Маратович', phone: '+77011234567' }, methods: ['sms'] }],
}
const described = (ends: string) =>
  `Makes a package of the office (\`signing.package_id\`; see /api/v1/office/packages) with the document’s PDF, and sends it. \`signing.status\` follows it: \`sent\`, then \`signed\`, \`declined\`, \`revoked\` or \`expired\`; after the last three it may be sent again. ${ends}`

/** Additions to document 004: what is signed there goes along the routes of document 002. */
export const sendRoutes: Operation[] = [
  operation(
    {
      id: 'post-act-reports-act-send',
      method: 'post',
      path: '/act-reports/{act}/send',
      summary: 'Send an act along a signing route',
      description: described('An act that is out for signature can’t be changed. Once everybody has signed it is approved.'),
      tag: 'ActReports',
      access: 'admin.acts.edit',
      invalid: 400,
      params: z.object({ act: idParam }),
      body: SendRoute,
      returns: { 200: { schema: ActAnswer } },
      errors: [404, 409],
      idempotent: true,
      example,
    },
    async (ctx, { params, body }) => ({ data: await sendAct(ctx, params.act, body), message: 'Акт отправлен на подпись' }),
  ),
  operation(
    {
      id: 'post-contracts-contract-send',
      method: 'post',
      path: '/contracts/{contract}/send',
      summary: 'Send a contract along a signing route',
      description: described(
        'While it is out, what its paper says can’t be changed, its specifications neither (409); once signed it is changed after a supplementary agreement only. A contract that was a draft becomes active once everybody has signed.',
      ),
      tag: 'Contracts',
      access: 'admin.contracts.edit',
      params: z.object({ contract: idParam }),
      body: SendRoute,
      returns: { 200: { schema: successOf(Contract) } },
      errors: [404, 409],
      idempotent: true,
      example,
    },
    async (ctx, { params, body }) => wrap('success', await sendContract(ctx, params.contract, body), 'Контракт отправлен на подпись.'),
  ),
  operation(
    {
      id: 'post-agreements-agreement-send',
      method: 'post',
      path: '/agreements/{agreement}/send',
      summary: 'Send a supplementary agreement along a signing route',
      description: described('An agreement that is out for signature, or signed, can’t be changed or deleted (409).'),
      tag: 'Supplementary Agreements',
      access: 'admin.contracts.edit',
      params: z.object({ agreement: idParam }),
      body: SendRoute,
      returns: { 200: { schema: Agreement } },
      errors: [404, 409],
      idempotent: true,
      example,
    },
    (ctx, { params, body }) => sendAgreement(ctx, params.agreement, body),
  ),
]
