import * as z from 'zod'
import { email, instant, phone } from '../../http/fields.ts'
import { line } from '../../http/operation.ts'
import { hasKzChecksum, isInn } from '../../lib/identifiers.ts'
import { pageOf, pageQuery } from '../page.ts'

/** Documents come in base64: some 24 MB of them in one call. */
export const MAX_PACKAGE_BYTES = 32 * 1_048_576
/** Signatures of fifty documents, each with a chain of certificates. */
export const MAX_SIGNATURES_BYTES = 4 * 1_048_576

// Objects are named by the id as it is written: one form of it, one object.
const key = z
  .uuid()
  .transform((id) => id.toLowerCase())
  .meta({
    example: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e',
    json: { type: 'string', format: 'uuid', example: '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e' },
  })
const hex = z.string().meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })

export const byPackage = z.object({ package_id: key })
export const byParticipant = z.object({ package_id: key, participant_id: key })
export const byFile = z.object({ package_id: key, file_id: key })
export const bySignature = z.object({ package_id: key, file_id: key, signature_id: key })
export const byLink = z.object({ package_id: key, link_id: key })

const packageStatus = z.enum(['draft', 'in_progress', 'signed', 'declined', 'revoked', 'expired']).meta({ example: 'in_progress' })
const participantStatus = z
  .enum(['waiting', 'current', 'signed', 'approved', 'declined', 'not_needed', 'viewing'])
  .meta({ example: 'current' })
const role = z.enum(['signer', 'approver', 'viewer']).meta({ example: 'signer' })
const method = z.enum(['sms', 'cms', 'server']).meta({ example: 'sms' })

export const PackageFile = z
  .object({
    id: key,
    name: z.string().meta({ example: 'Оферта.pdf' }),
    type: z.enum(['original', 'stamped', 'certificate']).meta({ example: 'original' }),
    size: z.int(),
    sha256: hex,
  })
  .meta({ id: 'PackageFile' })
const PackageParticipant = z
  .object({
    id: key,
    order: z.int(),
    role,
    full_name: z.string().meta({ example: 'Сериков Айбек Маратович' }),
    client_id: key.nullable(),
    company_id: key.nullable(),
    status: participantStatus,
    method: method.nullable(),
    signed_at: instant.nullable(),
  })
  .meta({ id: 'PackageParticipant' })
const package_ = z.object({
  id: key,
  title: z.string().meta({ example: 'Сделка 15 – Договор - №7' }),
  status: packageStatus,
  current_order: z.int(),
  documents: z.array(PackageFile),
  participants: z.array(PackageParticipant),
  deadline: instant.nullable(),
  created_at: instant,
  updated_at: instant,
  completed_at: instant.nullable(),
})
export const Package = package_
  .extend({ metadata: z.record(z.string(), z.unknown()).nullable().meta({ description: 'As it was sent; participants do not see it.' }) })
  .meta({ id: 'Package' })
export const Packages = pageOf(Package, 'Packages')
export const MyPackages = pageOf(package_.meta({ id: 'ClientPackage' }), 'ClientPackages')
export const PackagesQuery = z.object({
  status: packageStatus.optional(),
  role: z.enum(['creator', 'participant']).optional().meta({
    description: '`creator`: made by the organization, which all of them are; `participant`: one of its companies is on the route.',
  }),
  ...pageQuery,
})
export const MinePackagesQuery = z.object(pageQuery)

const person = z
  .object({
    full_name: line(255),
    phone: phone.optional(),
    email: email.optional(),
    iin: z.string().max(12).refine(hasKzChecksum, 'must be an IIN or BIN: twelve digits with a valid check digit').optional(),
    inn: z.string().max(12).refine(isInn, 'must be an INN with valid check digits').optional(),
  })
  .meta({ id: 'PackagePerson' })
const methods = z.array(method).min(1).max(3)
const who = { client_id: key.optional(), company_id: key.optional(), person: person.optional(), methods: methods.optional() }

/** Who is meant: a client of the organization, or a person; never both, so that nobody wonders which counts. */
const oneOfThem = (v: { client_id?: string | undefined; person?: unknown }) => (v.client_id === undefined) !== (v.person === undefined)
const ONE_OF_THEM = { path: ['person'], message: 'send client_id, or person with full_name' }

export const NewParticipant = z.object({ order: z.int().min(1).max(100), role, ...who }).refine(oneOfThem, ONE_OF_THEM)
export const ReplaceParticipant = z.object(who).refine(oneOfThem, ONE_OF_THEM).meta({ id: 'ReplaceParticipant' })

const NewDocument = z
  .object({
    name: line(255),
    content_base64: z.string().min(1).optional(),
    template_id: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    values: z.record(z.string().max(255), z.unknown()).optional(),
  })
  .refine((d) => (d.content_base64 === undefined) !== (d.template_id === undefined), {
    path: ['content_base64'],
    message: 'send content_base64, or template_id with values',
  })

export const CreatePackage = z
  .object({
    title: line(255).optional(),
    deal: line(255).optional(),
    document_type: line(255).optional(),
    document_number: line(255).optional(),
    documents: z.array(NewDocument).min(1).max(50),
    participants: z.array(NewParticipant).min(1).max(100),
    quorums: z
      .array(z.object({ order: z.int().min(1).max(100), need: z.int().min(1).max(100) }))
      .max(100)
      .optional(),
    deadline: instant.optional(),
    callback_url: z.string().min(1).max(2048).optional().meta({ format: 'uri' }),
    send: z.boolean().optional().default(true),
    metadata: z.record(z.string().max(255), z.unknown()).optional(),
  })
  .meta({ id: 'CreatePackage' })
export type NewPackageInput = z.output<typeof CreatePackage>
export type NewParticipantInput = z.output<typeof NewParticipant>

export const RevokePackage = z
  .object({ reason: z.string().max(1000).optional() })
  .optional()
  .meta({ id: 'RevokePackage' })
export const Reminded = z.object({ reminded: z.int() }).meta({ id: 'Reminded' })

export const PackageEvents = z
  .object({
    items: z.array(
      z.object({
        seq: z.int(),
        type: z.string().meta({ example: 'package.created' }),
        at: instant,
        actor: z.string(),
        ip: z.string().nullable(),
        user_agent: z.string().nullable(),
        data: z.record(z.string(), z.unknown()).optional(),
        prev_hash: hex,
        hash: hex,
      }),
    ),
    valid: z.boolean(),
  })
  .meta({ id: 'PackageEvents' })

export const PackageFiles = z.object({ items: z.array(PackageFile) }).meta({ id: 'PackageFiles' })

const Certificate = z
  .object({ serial: hex, subject: z.string(), issuer: z.string(), not_before: instant, not_after: instant, thumbprint: hex })
  .meta({ id: 'SignatureCertificate' })
export const FileSignatures = z
  .object({
    items: z.array(
      z.object({
        id: key,
        participant_id: key,
        method,
        format: z.string().meta({ example: 'CAdES-T' }),
        signed_at: instant,
        certificate: Certificate.nullable().meta({ description: 'The signer’s; null where a code was the signature.' }),
        fields: z.array(z.object({ field: z.string().meta({ example: 'ФИО' }), value: z.string() })),
      }),
    ),
  })
  .meta({ id: 'FileSignatures' })

export const ServerSign = z.object({ client_id: key, company_id: key }).meta({ id: 'ServerSign' })
export const CreateLink = z
  .object({ participant_id: key, ttl_seconds: z.int().min(60).max(604_800).optional().default(86_400) })
  .meta({ id: 'CreateLink' })
export const SigningLink = z.object({ id: key, url: z.string(), token: z.string(), expires_at: instant }).meta({ id: 'SigningLink' })
