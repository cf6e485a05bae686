export const CODE_LIFETIME_MS = 5 * 60_000

/** By the server's clock, since the phone's may be wrong; a value that cannot be right becomes the five minutes that a code lives. */
export function lifetime(expiresAt: string | undefined, date: string | null): number {
  const left = timeLeft(expiresAt, date)
  return left > 0 ? Math.min(left, CODE_LIFETIME_MS) : CODE_LIFETIME_MS
}

/** Milliseconds until a moment of the service, by the clock that its answer came with. NaN when it is no moment. */
export const timeLeft = (iso: string | undefined, date: string | null): number =>
  Date.parse(iso ?? '') - (date === null ? Date.now() : Date.parse(date))

/** `4:05` */
export const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
