import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import type { Refusal } from './model.ts'
import type { Outcome } from './object-core.ts'
import type { PackageObject } from './object.ts'

/** What a package's object is asked from outside. Its calls go over RPC; the runtime's own types lose records of unknown values. */
export type PackageStub = Pick<
  PackageObject,
  | 'open'
  | 'view'
  | 'events'
  | 'toSeal'
  | 'send'
  | 'replace'
  | 'createLink'
  | 'revokeLink'
  | 'openLink'
  | 'requestCode'
  | 'cancelCode'
  | 'signByCode'
  | 'signByKey'
  | 'signByServer'
  | 'maySign'
  | 'approve'
  | 'decline'
  | 'remind'
  | 'revoke'
  | 'recordSeal'
>

/** The object of a package, whether or not there is such a package. */
export const packageObject = (ctx: Pick<Ctx, 'env'>, packageId: string): PackageStub => ctx.env.PACKAGES.getByName(packageId)

/** A refusal of a package as the error of a verb. */
export const refused = ({ code, message, retryAfter }: Refusal) =>
  new AppError(code, message, retryAfter === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(retryAfter)) })

/** What an object answered; throws its refusal. */
export function granted<T extends object>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome
  throw refused(outcome)
}
