import type { Ctx } from '../../context.ts'

interface Kept {
  at: number
  value: unknown
}

const memories = new WeakMap<object, Map<string, Kept>>()
/** How long what was read is believed, in both directions of a clock that can be moved. */
const FRESH_MS = 60_000

/**
 * What this isolate made or read less than a minute ago, or else anew. Values alone are kept, never promises: one request must not wait for
 * another's I/O. Under one name there is one value, the last.
 */
export async function remembered<T>(ctx: Pick<Ctx, 'env' | 'now'>, name: string, make: () => Promise<T>, freshMs = FRESH_MS): Promise<T> {
  const memory = memories.get(ctx.env) ?? new Map<string, Kept>()
  memories.set(ctx.env, memory)
  const known = memory.get(name)
  if (known && Math.abs(ctx.now.getTime() - known.at) < freshMs) return known.value as T
  const value = await make()
  memory.set(name, { at: ctx.now.getTime(), value })
  return value
}

/** Lets the next caller read anew. */
export const forget = (ctx: Pick<Ctx, 'env'>, name: string): void => void memories.get(ctx.env)?.delete(name)
