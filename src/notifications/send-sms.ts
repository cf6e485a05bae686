import type { Ctx } from '../context.ts'
import type { Settings } from '../env.ts'
import { sha256Hex } from '../lib/hash.ts'
import { machineNow } from '../queue/outbox.ts'
import type { Payload } from '../queue/messages.ts'
import type { HttpSmsSettings } from './sms/http.ts'
import { chooseProvider } from './sms/provider.ts'
import { messageLog, outboxMessages } from './tables.ts'

function providerOf(s: Settings) {
  return chooseProvider({
    provider: s.SMS_PROVIDER,
    sender: s.SMS_SENDER,
    timeoutMs: s.SMS_TIMEOUT_MS,
    ...(s.MOBIZON_API_KEY ? { mobizon: { apiKey: s.MOBIZON_API_KEY, baseUrl: s.MOBIZON_BASE_URL } } : {}),
    smsc: { baseUrl: s.SMSC_BASE_URL, login: s.SMSC_LOGIN, password: s.SMSC_PASSWORD, apiKey: s.SMSC_API_KEY },
    ...(s.SMS_HTTP ? { http: s.SMS_HTTP as unknown as HttpSmsSettings } : {}),
  })
}

/** Hands a message to the provider. No final answer: it throws, and the queue tries again; a refusal is final and kept in the log. */
export async function sendSms(ctx: Ctx, message: Payload<'sms.send'>, job: { id: string; attempt: number }): Promise<void> {
  const createdAt = ctx.now.toISOString()
  const log = { id: job.id, orgId: message.orgId, channel: 'sms' as const, provider: ctx.settings.SMS_PROVIDER, createdAt }
  if (message.until !== null && machineNow().getTime() > message.until) {
    await ctx.db
      .insert(messageLog)
      .values({ ...log, status: 'rejected', reason: 'too_late' })
      .onConflictDoNothing()
    return
  }
  const provider = providerOf(ctx.settings)
  if (!provider) {
    const { to, text, code } = message
    await ctx.db
      .insert(outboxMessages)
      .values({ id: job.id, channel: 'sms', to, text, code, subject: null, attachments: [], createdAt })
      .onConflictDoNothing()
    return
  }
  const id = sha256Hex(job.id).slice(0, 32)
  const result = await provider.send({ to: message.to, text: message.text, id, retry: job.attempt > 1 })
  const said =
    result.status === 'accepted'
      ? { status: result.status, providerId: result.providerId }
      : { status: result.status, reason: result.reason, providerCode: result.providerCode }
  await ctx.db
    .insert(messageLog)
    .values({ ...log, ...said })
    .onConflictDoNothing()
  if (result.status === 'rejected')
    console.warn(JSON.stringify({ level: 'warn', where: 'sms', provider: provider.name, reason: result.reason, code: result.providerCode }))
}
