/**
 * A program on the person's own machine that signs with the person's own key. Each is a module of its own, fetched when it is chosen; `openKeys` is what it
 * exports.
 */
export interface KeyProvider {
  /** Finds the program and says what it is ready to sign with. `signal` lets go of it. */
  openKeys: (lang: string, signal: AbortSignal) => Promise<Keys | KeyFailure>
}

export interface Keys {
  /** What the page has to let the person choose from; `undefined` where the program asks by itself. */
  certificates: KeyCertificate[] | undefined
  /** A detached CMS in base64 over the bytes given in base64. One at a time. */
  sign: (base64: string, certificateId: string | undefined) => Promise<string | KeyFailure>
}

export interface KeyCertificate {
  id: string
  owner: string
  issuer: string
  /** ISO 8601. */
  validTo: string
}

export interface KeyFailure {
  /**
   * `absent`: no such program answers. `broken`: it is there, but cannot be worked with. `empty`: it has no key to sign with. `cancelled`: the person said no.
   * `lost`: it went away meanwhile. `refused`: it cannot do it, for the reason in `detail`.
   */
  failure: 'absent' | 'broken' | 'empty' | 'cancelled' | 'lost' | 'refused'
  /** In the program's own words. */
  detail?: string
}

export const failed = (failure: KeyFailure['failure'], detail?: string): KeyFailure => ({
  failure,
  ...(detail === undefined || detail === '' ? {} : { detail }),
})

/** PEM of whatever label, or plain base64, as one line of base64. */
export const bareBase64 = (text: string): string => text.replaceAll(/-----[^-]*-----|\s/g, '')
