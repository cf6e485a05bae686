import { orgOf, type Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { uuidv7 } from '../../lib/ids.ts'
import { operatorKey } from '../authority.ts'
import { filesOf, notReady, signableAgreement, type AgreementRow } from '../load.ts'
import { moveAgreement } from '../move.ts'
import { newOrder, notConfigured } from './order.ts'
import { goskeySettings } from './provider.ts'
import { recipientOf } from './recipient.ts'

const NOT_NOW: Partial<Record<AgreementRow['status'], string>> = {
  signing: 'The agreement is being signed',
  signed: 'The agreement is signed',
}
const UNKNOWN_SIGNER = 'Waiting for the signer: log in with ESIA (GET /esia) to let Госключ know who signs.'

/** Sends the agreement to be signed in Госключ. Where it is not known yet who signs, it goes out as soon as that person has logged in with ESIA. */
export async function sendOnSign(ctx: Ctx) {
  const row = await signableAgreement(ctx, orgOf(ctx))
  const document = row && (await filesOf(ctx, row.id)).findLast(({ kind }) => kind === 'agreement')
  if (!row || !document) throw notReady()
  if (row.status !== 'ready') throw new AppError('conflict', NOT_NOW[row.status] ?? 'The agreement is not ready to be signed')
  if (!goskeySettings(ctx)) throw notConfigured()
  await operatorKey(ctx)
  const recipient = await recipientOf(ctx, row)
  const { write, job } = await newOrder(ctx, row, uuidv7(ctx.now.getTime()), document.sha256)
  await moveAgreement(ctx, row, 'signing', { writes: (open) => [write(open)], jobs: [job] })
  return { success: true as const, ...(recipient ? {} : { message: UNKNOWN_SIGNER }) }
}
