import * as z from 'zod'
import { operation } from '../http/operation.ts'
import { AGREEMENT_STATUSES } from './statuses.ts'

const Statuses = z
  .object({
    agreement_statuses: z.array(
      z.object({ status: z.string().meta({ example: 'empty' }), title: z.string().meta({ example: 'Не отправлен' }) }),
    ),
  })
  .meta({ id: 'AgreementStatuses' })

export const agreementRoutes = [
  operation(
    {
      id: 'get-statuses',
      method: 'get',
      path: '/statuses',
      summary: 'All statuses, in order',
      tag: 'Agreements',
      access: 'account:read',
      returns: { 200: { schema: Statuses } },
    },
    async () => ({ agreement_statuses: AGREEMENT_STATUSES }),
  ),
]
