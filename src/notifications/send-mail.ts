import { eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { readFile } from '../documents/files.ts'
import type { Payload } from '../queue/messages.ts'
import { expectReturn, recordFailure } from './bounces/deliveries.ts'
import { returnAddress, returnToken } from './bounces/return-address.ts'
import { outgoing, type Attachment, type Mail } from './mail/transport.ts'
import { messageLog, outboxMessages } from './tables.ts'

async function attachmentsOf(ctx: Ctx, said: Payload<'mail.send'>['attachments']): Promise<Attachment[]> {
  const files: Attachment[] = []
  // One after the other: they are held in memory as it is.
  for (const { fileId, filename } of said) {
    const { file, bytes } = await readFile(ctx, fileId)
    files.push({ filename, mime: file.mime, bytes })
  }
  return files
}

/** The id by which mail servers and clients know a mail: the same on every try, so that a second copy is known for one. */
const messageIdOf = (ctx: Ctx, jobId: string): string => {
  const host = new URL(ctx.settings.PUBLIC_URL ?? 'https://localhost').hostname
  return `<${jobId.replaceAll(/[^A-Za-z0-9.-]/g, '.')}@${host}>`
}

/** The outbox of development: what would have gone out. */
const keep = (ctx: Ctx, { to, text, subject }: Payload<'mail.send'>, attachments: Attachment[], id: string) =>
  ctx.db
    .insert(outboxMessages)
    .values({
      id,
      channel: 'email',
      to,
      text,
      code: null,
      subject,
      attachments: attachments.map(({ filename, bytes }) => ({ filename, size: bytes.byteLength })),
      createdAt: ctx.now.toISOString(),
    })
    .onConflictDoNothing()

/**
 * Sends a mail, by whatever `MAIL_TRANSPORT` says. What the other side refuses for good is kept in the log and not tried again; no final answer is thrown, and the
 * queue tries again. A mail that was taken once is not sent again. What it said is kept nowhere, to whom for as
 * long as it may come back.
 */
export async function sendMail(ctx: Ctx, said: Payload<'mail.send'>, job: { id: string }): Promise<void> {
  const [before] = await ctx.db.select({ status: messageLog.status }).from(messageLog).where(eq(messageLog.id, job.id))
  if (before) return
  const attachments = await attachmentsOf(ctx, said.attachments)
  const { MAIL_TRANSPORT: provider } = ctx.settings
  if (provider === 'outbox') {
    await keep(ctx, said, attachments, job.id)
    return
  }
  const { to, subject, text, html, unsubscribe, orgId, scheduleId } = said
  const token = await returnToken(ctx, job.id)
  await expectReturn(ctx, { id: job.id, token, orgId, scheduleId, to })
  const messageId = messageIdOf(ctx, job.id)
  const mail: Mail = { to, subject, text, html, attachments, unsubscribe, messageId, returnTo: returnAddress(ctx, token) }
  const result = await outgoing(ctx, mail)
  const outcome =
    result.status === 'accepted'
      ? { status: result.status, providerId: result.id }
      : { status: result.status, reason: result.reason, providerCode: result.code }
  if (result.status === 'rejected' && result.reason === 'no_such_recipient')
    await recordFailure(ctx, job.id, { kind: 'permanent', code: result.code ?? '5.0.0' })
  await ctx.db
    .insert(messageLog)
    .values({ id: job.id, orgId, channel: 'email', provider, ...outcome, createdAt: ctx.now.toISOString() })
    .onConflictDoNothing()
  if (result.status === 'rejected')
    console.error(JSON.stringify({ level: 'error', where: 'mail', provider, reason: result.reason, code: result.code, job: job.id }))
}
