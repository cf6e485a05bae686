import type { PackageTexts } from '../../package-texts.ts'
import { ApiError } from '../http.ts'
import { clock } from '../time.ts'
import type { PackageApp } from './app.ts'
import { situationOf } from './situation.ts'

const RETRY_SECONDS = 60

/** What can be said where the person is; `undefined` for what ends the way or changes it. */
export function sentenceOf(error: ApiError, t: PackageTexts): string | undefined {
  switch (error.kind) {
    case 'noUnits':
      return t.trouble.noUnits
    case 'forbidden':
      return t.trouble.forbidden
    case 'tooMany':
      return t.trouble.tooMany(clock((error.retryAfter ?? RETRY_SECONDS) * 1000))
    case 'network':
    case 'server':
      return `${t.messages[error.kind].title}. ${t.messages[error.kind].text}`
    default:
      return undefined
  }
}

/** Tells what went wrong: in the alert where it can be tried again, on a page of its own where it can't. */
export async function explain(app: PackageApp, error: unknown, alert: HTMLElement): Promise<void> {
  if (!(error instanceof ApiError)) return app.fail(error, app.load)
  const sentence = sentenceOf(error, app.t)
  if (sentence !== undefined) alert.textContent = sentence
  else if (error.kind !== 'conflict') app.fail(error, app.load)
  else if (await isStillToAct(app)) alert.textContent = app.t.trouble.conflict
}

/** After a conflict: done by another tap or device, or things have changed. The package tells, and where it leads elsewhere the page goes there. */
export async function isStillToAct(app: PackageApp): Promise<boolean> {
  try {
    const answer = await app.api.read()
    if (situationOf(answer) === 'act') return true
    app.accept(answer)
  } catch (error) {
    app.fail(error, app.load)
  }
  return false
}
