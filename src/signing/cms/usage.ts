/** What a certificate may be used for. */
import type { Certificate } from './certificate.ts'
import { type Reason, reason } from './reasons.ts'

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9'
/** Purposes that are none for documents: TLS, code, time stamps, OCSP. */
const OTHER_PURPOSES: readonly string[] = [CLIENT_AUTH, '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.3', TIME_STAMPING, OCSP_SIGNING]
/** Kazakhstan's policies of login certificates: of legal entities and of persons. */
const LOGIN_POLICIES: readonly string[] = ['1.2.398.3.3.2.2', '1.2.398.3.3.2.4']

const LOGIN = 'The certificate is for logging in, not for signing documents'

/**
 * Whether a person's certificate may sign documents: keyUsage asserts contentCommitment (nonRepudiation), and the extended usage, where it is given, is not
 * only for logging in and the like. Kazakhstan issues two certificates to everybody; the one for login must never sign.
 */
export function documentUsage({ extensions }: Certificate): Reason[] {
  const { keyUsage, extendedKeyUsage, policies } = extensions
  const isLogin = policies.some((policy) => LOGIN_POLICIES.includes(policy))
  if (isLogin) return [reason('login-certificate', LOGIN)]
  if (!keyUsage?.includes('contentCommitment')) {
    const forLogin = extendedKeyUsage?.includes(CLIENT_AUTH) || keyUsage?.includes('keyEncipherment')
    return [
      forLogin
        ? reason('login-certificate', LOGIN)
        : reason('key-usage', 'The certificate is not for signatures that commit to a content (nonRepudiation)'),
    ]
  }
  if (extendedKeyUsage?.length && extendedKeyUsage.every((purpose) => OTHER_PURPOSES.includes(purpose))) {
    const forLogin = extendedKeyUsage.includes(CLIENT_AUTH)
    return [
      forLogin ? reason('login-certificate', LOGIN) : reason('key-usage', 'The certificate is for another purpose than signing documents'),
    ]
  }
  return []
}

/** Whether a key may make signatures at all, as a seal does: no keyUsage, or one of the two signing bits. */
export function sealUsage({ extensions: { keyUsage } }: Certificate): Reason[] {
  if (!keyUsage || keyUsage.includes('digitalSignature') || keyUsage.includes('contentCommitment')) return []
  return [reason('key-usage', 'The certificate is not for signatures')]
}

/** RFC 3161, 2.3: a time-stamping authority's key has this one extended usage, and it is critical. */
export function timestampUsage(certificate: Certificate): Reason[] {
  const { extendedKeyUsage, extendedKeyUsageCritical } = certificate.extensions
  const alone = extendedKeyUsage?.length === 1 && extendedKeyUsage[0] === TIME_STAMPING && extendedKeyUsageCritical
  return alone ? sealUsage(certificate) : [reason('key-usage', 'The certificate is not for time stamps alone')]
}

/** RFC 6960, 4.2.2.2: an authority's own responder. */
export const isOcspSigner = ({ extensions }: Certificate): boolean => extensions.extendedKeyUsage?.includes(OCSP_SIGNING) ?? false
