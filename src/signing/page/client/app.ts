import type { Lang } from '../../../http/lang.ts'
import type { Texts } from '../texts.ts'
import type { Contract, Field } from './answers.ts'
import type { Api, Signer } from './api.ts'
import type { Viewer } from './viewer.ts'

export type { View } from './stage.ts'

export type ViewName = 'loading' | 'problem' | 'fields' | 'rendering' | 'read' | 'identity' | 'code' | 'done'

export type ProblemKind = keyof Texts['messages']

/** A code that was asked for. */
export interface Attempt {
  /** Milliseconds of `performance.now()`. */
  expires: number
  resendFrom: number
  left: number
  isEnded: boolean
}

/** What the views share. A view draws itself from this alone, so that the language may change under it. */
export interface App {
  api: Api
  lang: Lang
  t: Texts
  contract: Contract | undefined
  fields: Field[]
  /** What was typed so far, by field name. */
  values: Record<string, string>
  signer: Signer
  hasConsent: boolean
  attempt: Attempt | undefined
  code: string
  viewer: Viewer | undefined
  problem: { kind: ProblemKind; detail?: string | undefined; retry: (() => Promise<void>) | undefined }
  /** Signed on this page, in this visit. */
  isFresh: boolean
  /** Draws a view. */
  go: (view: ViewName) => void
  /** Reads the contract and goes where its state says. */
  load: () => Promise<void>
  /** Shows what an API error means, with a way to try again. */
  fail: (error: unknown, retry?: () => Promise<void>) => void
}
