import type { Ctx } from '../context.ts'
import type { Payload } from '../queue/messages.ts'
import { messageLog, outboxMessages } from './tables.ts'

type Mail = Payload<'mail.send'>
interface Job {
  id: string
}
/** Hands a letter over. No final answer: it throws, and the queue tries again; `rejected` is final. */
type Transport = (ctx: Ctx, mail: Mail, job: Job) => Promise<{ status: 'accepted' } | { status: 'rejected'; reason: string }>

/** Every way in which mail goes out, by the name that `MAIL_TRANSPORT` chooses. */
const TRANSPORTS: Record<Ctx['settings']['MAIL_TRANSPORT'], Transport> = {
  none: async () => ({ status: 'rejected', reason: 'no_transport' }),
  outbox: async (ctx, { to, subject, text }, { id }) => {
    const letter = { id, channel: 'email' as const, to, text, subject, code: null, attachments: [], createdAt: ctx.now.toISOString() }
    await ctx.db.insert(outboxMessages).values(letter).onConflictDoNothing()
    return { status: 'accepted' }
  },
}

/** Sends a letter; what became of it is kept without what it said and to whom. */
export async function sendMail(ctx: Ctx, mail: Mail, job: Job): Promise<void> {
  const provider = ctx.settings.MAIL_TRANSPORT
  const result = await TRANSPORTS[provider](ctx, mail, job)
  await ctx.db
    .insert(messageLog)
    .values({ id: job.id, orgId: mail.orgId, channel: 'email', provider, createdAt: ctx.now.toISOString(), ...result })
    .onConflictDoNothing()
  if (result.status === 'rejected')
    console.error(JSON.stringify({ level: 'error', where: 'mail', provider, reason: result.reason, job: job.id }))
}
