import * as z from 'zod'

/** Every kind of work that leaves a request, and what it carries. */
export const MESSAGES = {
  'sms.send': z.object({
    orgId: z.number().nullable(),
    to: z.string(),
    text: z.string(),
    code: z.string().nullable(),
    /** Epoch milliseconds of the machine's clock after which the message is of no use. */ until: z.number().nullable(),
  }),
  'contract.render': z.object({ renderingId: z.string() }),
  'package.seal': z.object({ packageId: z.string() }),
  'webhook.deliver': z.object({ deliveryId: z.string() }),
  'agreement.goskey': z.object({ orderId: z.string(), step: z.enum(['follow', 'once', 'cancel']) }),
} as const

export type JobType = keyof typeof MESSAGES
export type Payload<T extends JobType> = z.output<(typeof MESSAGES)[T]>

/** What the queue itself carries: the id of a job; the job's row says the rest. */
export const envelope = z.object({ job: z.string().min(1).max(200) })
export type Envelope = z.output<typeof envelope>
