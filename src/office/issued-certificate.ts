import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { sha256Hex } from '../lib/hash.ts'
import { fromBase64 } from '../lib/ids.ts'

/** A certificate that the platform issued, as the office shows it. */
export const IssuedCertificate = z
  .object({
    serial: z.string().meta({ example: '5f1e0c2a9b7d4e318f60a1b2c3d4e5f6' }),
    subject: z.string().meta({ example: 'GN=МАРАТОВИЧ,C=KZ,serialNumber=IIN850504300021,SN=СЕРИКОВ,CN=СЕРИКОВ АЙБЕК' }),
    issuer: z.string().meta({ example: 'C=KZ,O=Qoltanba,CN=Qoltanba Issuing CA' }),
    not_before: instant,
    not_after: instant,
    thumbprint: z.string().meta({
      description: 'SHA-256 of the certificate.',
      example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    }),
    pem: z.string().meta({ example: '-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n' }),
  })
  .meta({ id: 'IssuedCertificate' })

/** @param base64 its DER */
export async function presentCertificate(base64: string): Promise<z.output<typeof IssuedCertificate>> {
  const { parseCertificate, summarize } = await import('../signing/cms/certificate.ts')
  const der = fromBase64(base64)
  const { subject, issuer, serial, notBefore, notAfter } = summarize(parseCertificate(der))
  return {
    serial,
    subject,
    issuer,
    not_before: notBefore.toISOString(),
    not_after: notAfter.toISOString(),
    thumbprint: sha256Hex(der),
    pem: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`,
  }
}
