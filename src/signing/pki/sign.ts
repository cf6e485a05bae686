import { algorithm, bitString, sequence } from '../../lib/der-write.ts'
import { ecdsaToDer } from '../cms/signature.ts'

/** ecdsa-with-SHA256 (RFC 5758, 3.2): the one algorithm that the platform signs with. */
export const ecdsaWithSha256 = () => algorithm('1.2.840.10045.4.3.2', null)

/** Signs with a P-256 key; the signature in DER (RFC 5480, appendix A), which WebCrypto gives as r and s side by side. */
export async function signEcdsa(key: CryptoKey, data: Uint8Array): Promise<Uint8Array> {
  return ecdsaToDer(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data)))
}

/** The `SIGNED` form of certificates, lists and OCSP responses: what is signed, the algorithm, the signature, and what may follow. */
export async function signedStructure(key: CryptoKey, toBeSigned: Uint8Array, ...more: Uint8Array[]): Promise<Uint8Array> {
  return sequence(toBeSigned, ecdsaWithSha256(), bitString(await signEcdsa(key, toBeSigned)), ...more)
}
