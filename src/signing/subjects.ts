import type { Ctx } from '../context.ts'
import type { Write } from '../db/client.ts'
import type { PackageState, SubjectType } from './model.ts'

export type News = 'signed' | 'sealed' | 'ended'
export type SubjectHandler = (ctx: Ctx, state: PackageState, news: News) => Promise<void>

/** How each feature learns of the end of a package that signs something of its own. Handlers must bear repetition. */
const SUBJECTS: Partial<Record<SubjectType, () => Promise<SubjectHandler>>> = {
  contract: async () => (await import('../contracts/on-package.ts')).onPackage,
  package: async () => (await import('../construction/on-package.ts')).onPackage,
  certificate_request: async () => (await import('../office/issue-certificate.ts')).onCertificatePackage,
}

export async function tellSubject(ctx: Ctx, state: PackageState, news: News): Promise<void> {
  const handler = await SUBJECTS[state.subject.type]?.()
  await handler?.(ctx, state, news)
}

/**
 * What waits for the end of an ordinary package, to be asked along with something else: hardly any has something behind it, and one without
 * need not be told. Empty where the subject is told in any case.
 */
export async function waitingFor(ctx: Ctx, { id, subject, status }: PackageState): Promise<Write[]> {
  if (subject.type !== 'package' || status !== 'signed') return []
  return [(await import('../construction/on-package.ts')).waitingFor(ctx, id)]
}
