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
  'mail.send': z.object({
    orgId: z.number().nullable(),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    html: z.string().nullable().default(null),
    /** Files that are kept here (`files.id`), and what they are called in the mail. */
    attachments: z.array(z.object({ fileId: z.string(), filename: z.string() })).default([]),
    /** Where the recipient may say that it wants no more of these (RFC 8058). */
    unsubscribe: z.string().nullable().default(null),
    /** The schedule of whose recipients `to` is one. */
    scheduleId: z.int().nullable().default(null),
  }),
  'contract.render': z.object({ renderingId: z.string() }),
  'package.seal': z.object({ packageId: z.string() }),
  'webhook.deliver': z.object({ deliveryId: z.string() }),
  'agreement.goskey': z.object({ orderId: z.string(), step: z.enum(['follow', 'once', 'cancel']) }),
  'report.run': z.object({ runId: z.string() }),
} as const

export type JobType = keyof typeof MESSAGES
export type Payload<T extends JobType> = z.output<(typeof MESSAGES)[T]>
/** The same as it is handed over: what has a default may be left out. */
export type NewPayload<T extends JobType> = z.input<(typeof MESSAGES)[T]>

/** What the queue itself carries: the id of a job; the job's row says the rest. */
export const envelope = z.object({ job: z.string().min(1).max(200) })
export type Envelope = z.output<typeof envelope>
