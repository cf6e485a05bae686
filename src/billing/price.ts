import { divideHalfUp } from '../lib/money.ts'

export interface UnitPrices {
  /** Tiyn a signature. */
  sms: number
  ecp: number
}

/** What signatures cost, in tiyn: unit prices less the plan's discount (percent × 100), a half of a tiyn rounded up. */
export function priceOf(counts: { sms: number; ecp: number }, prices: UnitPrices, discount: number): number {
  const full = BigInt(counts.sms) * BigInt(prices.sms) + BigInt(counts.ecp) * BigInt(prices.ecp)
  return Number(divideHalfUp(full * BigInt(10_000 - discount), 10_000n))
}

export type PaymentStatus = 'pending' | 'paid' | 'cancelled' | 'expired'

/** What a request is at `now`: an unpaid one is expired from its last moment on, whether or not cron has written so yet. */
export function statusAt(request: { status: PaymentStatus; expiresAt: string }, now: Date): PaymentStatus {
  return request.status === 'pending' && request.expiresAt <= now.toISOString() ? 'expired' : request.status
}
