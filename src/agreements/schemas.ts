import * as z from 'zod'
import { instant } from '../http/fields.ts'
import { CYRILLIC, FIELDS, FILES, LATIN } from './fields.ts'
import { KINDS, STATUS_CODES, type Kind } from './statuses.ts'

const NAMES: Record<Kind, string> = { fiz: 'Fiz', jur: 'Jur', ip: 'Ip' }
const OTHER_SPELLING = 'Both spellings of the document are taken, with a Latin and with a Cyrillic first letter; both are returned.'

/** The fields of a type, each made by `make`; the account in both spellings. */
function shapeOf<T extends z.ZodType>(kind: Kind, make: (field: (typeof FIELDS)[Kind][string]) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(FIELDS[kind]).flatMap(([name, field]): [string, T][] => {
      const made = make(field)
      return name === LATIN
        ? [
            [CYRILLIC, made.meta({ ...made.meta(), description: OTHER_SPELLING })],
            [LATIN, made],
          ]
        : [[name, made]]
    }),
  )
}

const input = ({ free, max }: (typeof FIELDS)[Kind][string]) => (free ? z.string().min(1).max(max) : z.string().max(max))

/** What a draft keeps: any part of the fields; null empties one. */
export const saveSchema = (kind: Kind) =>
  z
    .object({
      ...shapeOf(kind, (field) => input(field).nullable().optional().meta({ example: field.example })),
      agree_to_the_terms: z.boolean().optional().meta({ example: true }),
    })
    .meta({ id: `Save${NAMES[kind]}` })

/** Consent as JSON and forms say it. */
const consent = z
  .union([z.boolean(), z.enum(['1', '0', 'true', 'false', 'on', 'off', 'yes', 'no'])])
  .transform((said) => said === true || (typeof said === 'string' && ['1', 'true', 'on', 'yes'].includes(said)))
  .optional()
  .meta({ example: true })

export const anyFile = (media: string, description: string) =>
  z.instanceof(File, { error: 'must be a file' }).meta({ json: { type: 'string', format: 'binary', contentMediaType: media, description } })

const scan = anyFile(
  'image/png, image/jpeg, application/pdf',
  'At most 10 MiB. Only a form carries it; one that came with an earlier call may be left out.',
)

/** What is sent for making the agreement. What must be there is checked with all the rest, so that an answer tells of everything at once. */
export const submitSchema = (kind: Kind) =>
  z
    .object({
      ...shapeOf(kind, (field) =>
        input(field)
          .optional()
          .meta({ example: field.example, ...(field.pattern === undefined ? {} : { pattern: field.pattern }) }),
      ),
      agree_to_the_terms: consent,
      ...Object.fromEntries(FILES[kind].map((name) => [name, scan.optional()])),
    })
    .meta({
      id: `Submit${NAMES[kind]}`,
      required: [...Object.entries(FIELDS[kind]).flatMap(([name, { required }]) => (required ? [name] : [])), 'agree_to_the_terms'],
    })

/** Valid fields, as the reference shows them. */
export const exampleOf = (kind: Kind): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(FIELDS[kind]).flatMap(([name, { example }]) => (name === 'snils' ? [] : [[name, example]]))),
  agree_to_the_terms: true,
})

/** What is saved. Of a file its id, by which `GET /files/{id}` gives it. */
export const savedSchema = (kind: Kind) =>
  z
    .object({
      agreement: z.object({
        ...shapeOf(kind, ({ example }) => z.string().nullable().meta({ example })),
        agree_to_the_terms: z.boolean().nullable().meta({ example: true }),
        ...Object.fromEntries(FILES[kind].map((name) => [name, z.uuid().nullable()])),
      }),
    })
    .meta({ id: `Saved${NAMES[kind]}` })

export const Success = z.object({ success: z.literal(true).meta({ example: true }) }).meta({ id: 'AgreementSuccess' })
export const SaveSuccess = z
  .object({
    success: z.literal(true).meta({ example: true }),
    warnings: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: 'What the agreement could not be sent with, by field.', example: {} }),
  })
  .meta({ id: 'AgreementSaved' })

export const kind = z.enum(KINDS)
export const status = z.enum(STATUS_CODES).meta({ example: 'signed' })
export const statusTitle = z.string().meta({ example: 'Подписан' })
export const clientId = z.int().min(1).max(Number.MAX_SAFE_INTEGER).meta({ example: 10553 })

export const AgreementStatuses = z
  .object({
    agreement_statuses: z.array(
      z.object({ status: status.meta({ example: 'empty' }), title: z.string().meta({ example: 'Не отправлен' }) }),
    ),
  })
  .meta({ id: 'AgreementStatuses' })
export const CurrentStatus = z
  .object({
    status,
    title: statusTitle,
    name: z.string().nullable().meta({ example: 'Q10553-1' }),
    type: kind.nullable().meta({ example: 'fiz' }),
    comment: z.string().nullable().meta({ description: 'The reasons, where it was rejected.', example: null }),
    success: z.literal(true).meta({ example: true }),
  })
  .meta({ id: 'AgreementCurrentStatus' })
export const Expiration = z
  .object({
    days: z.int().min(0).meta({ example: 14 }),
    expiration: z.string().meta({ pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$', example: '2022-05-03 13:00:06' }),
  })
  .meta({ id: 'AgreementExpiration' })

export const Change = z.object({
  status,
  title: statusTitle,
  comment: z.string().nullable().meta({ example: null }),
  at: instant,
})
export const History = z
  .object({ history: z.array(Change.extend({ type: kind.meta({ example: 'fiz' }), name: z.string().meta({ example: 'Q10553-1' }) })) })
  .meta({ id: 'AgreementHistory' })

export const SignatureFact = z.object({
  signer: z.string().meta({ example: 'Иванов Иван Иванович' }),
  signed_at: instant.nullable(),
  format: z.string().meta({ example: 'PAdES' }),
})
export const Uploaded = z
  .object({
    success: z.literal(true).meta({ example: true }),
    signatures: z.array(SignatureFact).optional().meta({ description: 'Of files that have signatures in them.', example: [] }),
  })
  .meta({ id: 'AgreementUploaded' })
export const Sent = z
  .object({
    success: z.literal(true).meta({ example: true }),
    message: z.string().optional().meta({ description: 'What is to be done yet.', example: 'Waiting for the signer' }),
  })
  .meta({ id: 'AgreementSent' })
export const Where = z
  .object({
    url: z.url().meta({ example: 'https://esia.gosuslugi.ru/aas/oauth2/v2/ac?client_id=QOLTANBA' }),
    success: z.literal(true).meta({ example: true }),
  })
  .meta({ id: 'EsiaLogin' })
