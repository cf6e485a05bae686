import { wait } from '../dom.ts'
import type { PackageAnswer } from './answers.ts'
import type { PackageApp } from './app.ts'

/** A pause that ends at once when the person comes back to the page. */
async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  const back = new AbortController()
  const end = (): void => back.abort()
  signal.addEventListener('abort', end, { signal: back.signal })
  document.addEventListener('visibilitychange', () => !document.hidden && end(), { signal: back.signal })
  await wait(ms, back.signal)
  end()
}

/** Asks again and again, less and less often, and not while nobody looks, until `isEnough`. What goes wrong meanwhile passes. */
export async function watch(
  app: PackageApp,
  signal: AbortSignal,
  [first, most]: readonly [first: number, most: number],
  isEnough: (answer: PackageAnswer) => boolean,
): Promise<void> {
  for (let pause = first; !signal.aborted; pause = Math.min(pause * 1.5, most)) {
    await pauseFor(pause, signal)
    if (signal.aborted) return
    if (document.hidden) continue
    const answer = await app.api.read().catch(() => undefined)
    if (signal.aborted) return
    if (answer && isEnough(answer)) return
  }
}
