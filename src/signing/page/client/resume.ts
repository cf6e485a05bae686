import type { App } from './app.ts'

/**
 * Phones close a page in the background while its person reads the SMS. What the code step needs outlives that in the tab's own storage, until the code
 * does; it is gone when the tab is closed or the contract is signed.
 */
const KEY = 'qoltanba.attempt'

interface Saved {
  contractId: number
  path: string | undefined
  signer: { name: string; iin: string; phone: string }
  /** Epoch milliseconds. */
  expires: number
  resendFrom: number
  left: number
  isEnded: boolean
}

/** `Date.now()` of a `performance.now()`. The page's own clock does not survive it. */
const shift = (): number => Date.now() - performance.now()

export function saveAttempt({ attempt, contract, signer }: App): void {
  if (!attempt || !contract) return
  const saved: Saved = {
    contractId: contract.id,
    path: contract.generated_pdf_path,
    signer,
    expires: attempt.expires + shift(),
    resendFrom: attempt.resendFrom + shift(),
    left: attempt.left,
    isEnded: attempt.isEnded,
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify(saved))
  } catch {
    // storage is switched off: then a closed page begins anew
  }
}

export function forgetAttempt(): void {
  try {
    sessionStorage.removeItem(KEY)
  } catch {
    // as above
  }
}

/** Puts a living attempt of the same document back into the app. Tells whether there was one. */
export function restoreAttempt(app: App): boolean {
  try {
    const saved: Saved | null = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    if (!saved || saved.contractId !== app.contract?.id || saved.path !== app.contract.generated_pdf_path || !(saved.expires > Date.now()))
      return false
    app.signer = saved.signer
    app.hasConsent = true
    app.attempt = { expires: saved.expires - shift(), resendFrom: saved.resendFrom - shift(), left: saved.left, isEnded: saved.isEnded }
    return true
  } catch {
    return false
  }
}
