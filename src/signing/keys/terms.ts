import type { Settings } from '../../env.ts'
import { toHex } from '../../lib/ids.ts'
import type { Certificate } from '../cms/certificate.ts'
import type { Publication } from '../pki/issue.ts'
import type { Subject } from '../pki/names.ts'

/** What the platform holds certificates of its own for. */
export type Purpose = 'root' | 'authority' | 'seal' | 'time_stamping' | 'ocsp'

const DAY = 86_400_000
const YEAR = 365 * DAY

/** For how long a certificate is issued, and how much of that must be left of the one in use. */
export const TERMS: Record<Purpose, { years: number; renew: number }> = {
  root: { years: 30, renew: 16 * YEAR },
  authority: { years: 15, renew: 6 * YEAR },
  // What a seal has sealed, and a stamp stamped, is looked at for years.
  seal: { years: 5, renew: 2 * YEAR },
  time_stamping: { years: 5, renew: 2 * YEAR },
  ocsp: { years: 1, renew: 30 * DAY },
}

/** People's certificates. */
export const PERSON_YEARS = 1

/** As far as certificates count (RFC 5280, 4.1.2.5). */
const END_OF_TIME = Date.UTC(9999, 11, 31)

/**
 * From when and until when: a little before now, for clocks that lag (in development much, since there the clock can be moved back), and
 * within the issuer's own time.
 */
export function validity(
  ctx: { settings: Pick<Settings, 'ENVIRONMENT'>; now: Date },
  years: number,
  issuer?: Pick<Certificate, 'notBefore' | 'notAfter'>,
) {
  const lead = ctx.settings.ENVIRONMENT === 'development' ? 400 * DAY : 3_600_000
  const now = ctx.now.getTime()
  return {
    notBefore: new Date(Math.max(now - lead, issuer?.notBefore.getTime() ?? -Infinity)),
    notAfter: new Date(Math.min(now + years * YEAR, issuer?.notAfter.getTime() ?? END_OF_TIME, END_OF_TIME)),
  }
}

export const isValid = ({ notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>, at: Date) => notBefore <= at && at < notAfter

/** Whether a certificate is good to be used, and not so near its end that a new one would serve longer. */
export function serves(purpose: Purpose, certificate: Certificate, at: Date, issuer?: Certificate): boolean {
  const { years, renew } = TERMS[purpose]
  const couldLast = Math.min(at.getTime() + years * YEAR, issuer?.notAfter.getTime() ?? Infinity, END_OF_TIME)
  const end = certificate.notAfter.getTime()
  return isValid(certificate, at) && (end - at.getTime() > renew || couldLast - end < DAY)
}

const NAMES: Record<Purpose, string> = {
  root: 'Root CA',
  authority: 'Issuing CA',
  seal: 'Seal',
  time_stamping: 'Time Stamping (internal)',
  ocsp: 'OCSP',
}

/** How the platform calls itself in its certificates. */
export const ownName = (
  { PLATFORM_NAME: organization, PLATFORM_COUNTRY: country }: Pick<Settings, 'PLATFORM_NAME' | 'PLATFORM_COUNTRY'>,
  purpose: Purpose,
): Subject => ({
  kind: 'plain',
  commonName: `${organization} ${NAMES[purpose]}`,
  organization,
  country,
})

/** Under which name an authority's certificate and list are published: its key is in it, so that a successor does not take it over. */
export const publishedName = (purpose: 'root' | 'authority', keyId: Uint8Array) => `${purpose}-${toHex(keyId.subarray(0, 8))}`

/** Where relying parties find what an issuer publishes. Of a root nobody answers OCSP: its key is off line. */
export function publication(
  ctx: { settings: Pick<Settings, 'PUBLIC_URL'> },
  purpose: 'root' | 'authority',
  issuer: Certificate,
): Publication {
  const base = `${ctx.settings.PUBLIC_URL ?? ''}/pki`
  const name = publishedName(purpose, issuer.extensions.subjectKeyId ?? new Uint8Array())
  return {
    crl: `${base}/${name}.crl`,
    issuer: `${base}/${name}.cer`,
    ...(purpose === 'authority' ? { ocsp: `${base}/ocsp` } : {}),
  }
}
