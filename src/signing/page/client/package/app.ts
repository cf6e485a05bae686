import type { PackageTexts } from '../../package-texts.ts'
import type { Lang } from '../../../../http/lang.ts'
import type { View } from '../stage.ts'
import type { LiveCode, PackageAnswer } from './answers.ts'
import type { PackageApi } from './api.ts'
import type { KeyRun } from './key-run.ts'
import type { Library } from './library.ts'

export type ViewName = 'loading' | 'problem' | 'documents' | 'confirm' | 'code' | 'key' | 'decline' | 'result'

/** Programs that sign with the person's own key. */
export type Program = 'ncalayer' | 'cryptopro'
export type Way = 'sms' | Program

/** A code that was sent. Milliseconds of `performance.now()`. */
export interface Attempt {
  expires: number
  resendFrom: number
  isEnded: boolean
}

/** What the views share. A view draws itself from this alone, so that the language may change under it. */
export interface PackageApp {
  api: PackageApi
  lang: Lang
  t: PackageTexts
  answer: PackageAnswer | undefined
  library: Library | undefined
  way: Way
  hasConsent: boolean
  attempt: Attempt | undefined
  code: string
  run: KeyRun | undefined
  /** Why the person declines, and whether it was asked if that is meant. */
  reason: string
  isSure: boolean
  problem: { kind: keyof PackageTexts['messages']; retry: (() => Promise<void>) | undefined }
  /** Draws a view. */
  go: (view: ViewName) => void
  /** Asks what there is to do, and goes there. */
  load: () => Promise<void>
  /** Goes where an answer says. */
  accept: (answer: PackageAnswer) => void
  /** Shows what an error means, with a way to try again. */
  fail: (error: unknown, retry?: () => Promise<void>) => void
}

/** A view of a package that was read. */
export type PackageView = (app: PackageApp, answer: PackageAnswer) => View

export const toAttempt = ({ lifetime, resend }: LiveCode): Attempt => ({
  expires: performance.now() + lifetime,
  resendFrom: performance.now() + resend,
  isEnded: false,
})

/** The ways open to a signer, the one that most have first. */
export const waysOf = ({ methods }: PackageAnswer): Way[] => [
  ...(methods.includes('sms') ? (['sms'] as const) : []),
  ...(methods.includes('cms') ? (['ncalayer', 'cryptopro'] as const) : []),
]
