import * as z from 'zod'
import { SUBJECT_STATUSES } from '../office/packages/send-subject.ts'
import { CreatePackage } from '../office/packages/schemas.ts'

export const Signing = z
  .object({ package_id: z.string(), status: z.enum(SUBJECT_STATUSES) })
  .nullable()
  .meta({ id: 'Signing', description: 'The signing route that it was sent along last, and how that stands; null for what was never sent.' })

export const SendRoute = CreatePackage.pick({ participants: true, quorums: true, deadline: true, callback_url: true }).meta({
  id: 'SigningRoute',
})
