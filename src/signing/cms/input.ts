import { fromBase64 } from '../../lib/ids.ts'
import { Refusal } from './reasons.ts'
import { MAXIMUM_CMS_BYTES } from './signed-data.ts'

const ARMOUR = /^-----BEGIN (CMS|PKCS7|PKCS #7 SIGNED DATA|CERTIFICATE)-----\s*([A-Za-z0-9+/=\s]*?)\s*-----END \1-----$/

/**
 * The octets of a CMS signature as it comes from outside: base64 (also base64url, also in lines), or with armour, as NCALayer and openssl write it.
 * Throws `Refusal` when it is none of these, or too big.
 */
export function decodeCmsInput(text: string): Uint8Array {
  if (text.length > MAXIMUM_CMS_BYTES * 1.5) throw new Refusal('too-big', 'The signature is too big')
  const trimmed = text.trim()
  const body = (trimmed.startsWith('-----') ? ARMOUR.exec(trimmed)?.[2] : trimmed)?.replaceAll(/\s/g, '')
  if (!body || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(body)) throw new Refusal('malformed', 'The signature is not valid base64')
  try {
    return fromBase64(body)
  } catch {
    throw new Refusal('malformed', 'The signature is not valid base64')
  }
}
