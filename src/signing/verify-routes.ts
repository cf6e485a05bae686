import * as z from 'zod'
import type { Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { operation } from '../http/operation.ts'
import { langOf } from '../http/lang.ts'
import { htmlAnswer } from './page/answer.ts'
import { renderVerifyPage } from './page/verify.ts'
import { verifyPackage, type Verified } from './verify.ts'

const tag = 'Verification'
const byId = z.object({ package_id: z.uuid() })

/** What may be shown of a package; null for one that does not exist. */
async function known(ctx: Ctx, id: string): Promise<Verified | null> {
  try {
    return await verifyPackage(ctx, id)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

const hex = z.string().meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
const at = z.string().meta({ example: '2026-01-15T10:30:00.000Z' })

const Timestamp = z
  .object({
    at,
    authority: z.string().meta({ example: 'CN=TSA,O=…,C=KZ' }),
    internal: z.boolean().meta({ description: 'By the platform’s own authority, which is no accredited one.' }),
  })
  .meta({ id: 'VerifiedTimestamp' })
const Verification = z
  .object({
    valid: z.boolean(),
    package_id: z.uuid(),
    status: z.string().meta({ example: 'signed' }),
    documents: z.array(z.object({ name: z.string(), sha256: hex, stamped_sha256: hex.nullable() })),
    certificate_sha256: hex.nullable().meta({ description: 'Of the certificate of signing, once there is one.' }),
    signatures: z.array(
      z.object({
        full_name: z.string().meta({ example: 'С. А. М.' }),
        method: z.string().meta({ example: 'sms' }),
        signed_at: at,
        valid: z.boolean(),
        issuer: z.string().nullable().meta({ description: 'Who issued the certificate; of a signature by code it is the platform’s.' }),
        revocation: z.enum(['good', 'unknown']).nullable(),
        timestamp: Timestamp.nullable(),
      }),
    ),
  })
  .meta({ id: 'Verification' })
const FileVerification = z
  .object({
    known: z.boolean().meta({ description: 'These very bytes are an original, a stamped version or a certificate of a package.' }),
    valid: z.boolean(),
    sha256: hex,
    package_id: z.uuid().nullable(),
    signatures: z.array(
      z.object({
        format: z.enum(['PAdES', 'CAdES-BES', 'CAdES-T']),
        valid: z.boolean(),
        signer: z
          .string()
          .meta({ description: 'As the certificate within the file names it; of a package’s signers the initials.', example: 'С. А. М.' }),
        signed_at: at.nullable(),
      }),
    ),
  })
  .meta({ id: 'FileVerification' })
const VerifyFile = z
  .object({ file: z.instanceof(File, { error: 'must be a file' }).meta({ json: { type: 'string', format: 'binary' } }) })
  .meta({ id: 'VerifyFile' })

export const verifyRoutes = [
  operation(
    {
      id: 'get-verify-package_id',
      method: 'get',
      path: '/verify/{package_id}',
      summary: 'What was signed, by whom and when, in plain words',
      tag,
      access: 'public',
      params: z.object({ package_id: z.string().max(200) }),
      returns: { 200: { media: ['text/html'] } },
      errors: [404],
    },
    async (ctx, { params, request }) => {
      const lang = langOf(request)
      const found = byId.safeParse(params).success ? await known(ctx, params.package_id.toLowerCase()) : null
      return htmlAnswer(found ? 200 : 404, renderVerifyPage(found, lang))
    },
  ),
  operation(
    {
      id: 'get-api-v1-verify-package_id',
      method: 'get',
      path: '/api/v1/verify/{package_id}',
      summary: 'The same for programs',
      tag,
      access: 'public',
      params: byId,
      returns: { 200: { schema: Verification } },
      errors: [404],
    },
    async (ctx, { params }) => {
      const v = await verifyPackage(ctx, params.package_id.toLowerCase())
      return {
        valid: v.valid,
        package_id: v.id,
        status: v.status,
        documents: v.documents.map(({ name, sha256, stampedSha256 }) => ({ name, sha256, stamped_sha256: stampedSha256 })),
        certificate_sha256: v.certificateSha256,
        signatures: v.signers
          .filter((s) => s.action === 'signed')
          .map(({ name, method, at: signedAt, valid, evidence }) => ({
            full_name: name,
            method,
            signed_at: signedAt,
            valid,
            issuer: evidence?.issuer ?? null,
            revocation: evidence?.revocation ?? null,
            timestamp: evidence?.timestamp ?? null,
          })),
      }
    },
  ),
  operation(
    {
      id: 'post-api-v1-verify',
      method: 'post',
      path: '/api/v1/verify',
      summary: 'What is known of a PDF, and whether the signatures within hold',
      tag,
      access: 'public',
      bodyAs: 'form',
      body: VerifyFile,
      returns: { 200: { schema: FileVerification } },
      errors: [413, 422],
      description:
        'At most 16 MB with the form around it. Of an original the participants’ signatures are told, of every other PDF those within it. Nothing is kept.',
    },
    async (ctx, { body }) => {
      const { verifyFile } = await import('./verify-file.ts')
      const { packageId, signatures, ...file } = await verifyFile(ctx, new Uint8Array(await body.file.arrayBuffer()))
      return {
        ...file,
        package_id: packageId,
        signatures: signatures.map(({ signedAt, ...signature }) => ({ ...signature, signed_at: signedAt })),
      }
    },
  ),
]
