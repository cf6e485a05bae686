import { serviceContext } from '../../context.ts'
import { logUnknown } from '../../http/log.ts'
import { deliveryBy, recordFailure } from './deliveries.ts'
import { readReport } from './read-report.ts'
import { readReturnAddress } from './return-address.ts'

/**
 * Mail that comes to us (Cloudflare's Email Routing): reports of mail servers at the return addresses of our mails. Anything else is let go without an answer, as
 * an answer would tell whoever guesses addresses; only a failure of our own is thrown, so that the server tries again.
 */
export async function receiveMail(message: ForwardableEmailMessage, env: Env, execution: ExecutionContext): Promise<void> {
  const ctx = await serviceContext(env, (work) => execution.waitUntil(work))
  try {
    const token = readReturnAddress(ctx, message.to)
    const delivery = token === undefined ? undefined : await deliveryBy(ctx, token)
    const failure = delivery && (await readReport(message.raw))
    if (failure) await recordFailure(ctx, delivery.id, failure)
  } catch (error) {
    logUnknown(error, ctx.requestId, 'receive mail')
    throw error
  }
}
