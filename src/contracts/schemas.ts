import * as z from 'zod'
import { FIELD_TYPES, fieldName } from '../documents/routes.ts'
import { id, iinOrBin, instant, name, phone, uuid } from '../http/fields.ts'

export const Contract = z
  .object({
    id,
    company_id: id,
    template_id: id,
    contract_token: uuid.meta({ description: 'Secret: whoever holds it may see, fill and sign the contract.' }),
    generated_pdf_path: z.string().nullable().meta({ example: null }),
    client_filled: z.boolean().meta({ example: false }),
    created_at: instant,
    signed_at: instant.nullable().meta({ example: null }),
    package_id: z.uuid().nullable().meta({ description: 'What /verify/{package_id} checks once it is signed.', example: null }),
    rendering: z
      .object({
        status: z.enum(['none', 'rendering', 'ready', 'failed']).meta({ example: 'none' }),
        reason: z.string().nullable().meta({ example: null }),
        warnings: z.array(z.string()).meta({ example: [] }),
      })
      .meta({ id: 'Rendering' }),
    template_name: z.string().optional().meta({ example: 'Договор поставки' }),
    company_name: z.string().optional().meta({ example: 'TOO Рога и Копыта' }),
  })
  .meta({ id: 'Contract' })
export const CreateContract = z
  .object({
    company_id: id,
    template_id: id,
    generated_pdf_path: z.string().max(1000).nullish().meta({ description: 'Not followed.' }),
    client_filled: z.boolean().optional().meta({ description: 'Not followed.' }),
  })
  .meta({ id: 'CreateContract' })
export const ChangeContract = z
  .object({ generated_pdf_path: z.string().max(1000).nullish(), client_filled: z.boolean().optional() })
  .meta({ id: 'ChangeContract' })

const fieldType = z.enum(FIELD_TYPES).meta({ example: 'text' })
const value = z.string().max(10_000)
export const ContractField = z
  .object({
    id,
    contract_id: id,
    field_name: fieldName,
    field_type: fieldType,
    value: z.string().nullable().meta({ example: 'Иванов Иван' }),
  })
  .meta({ id: 'ContractField' })
// A JSON object that fills it could not be read safely.
const newFieldName = fieldName.refine((name) => name !== '__proto__', 'is not a name')
export const AddField = z
  .object({ contract_id: id, field_name: newFieldName, field_type: fieldType, value: value.nullish().meta({ example: null }) })
  .meta({ id: 'AddField' })
export const FillFields = z
  .object({
    values: z
      .record(z.string().max(200), value)
      .refine((v) => Object.keys(v).length > 0 && Object.keys(v).length <= 500, 'send 1 to 500 values'),
  })
  .meta({ id: 'FillFields' })

const method = z.enum(['sms', 'ecp']).meta({ example: 'sms' })
const client = { client_name: name.meta({ example: 'Иванов Иван' }), client_iin: iinOrBin, client_phone: phone }
export const Signature = z.object({ id, contract_id: id, ...client, signed_at: instant.nullable(), method }).meta({ id: 'Signature' })
export const CreateSignature = z.object({ contract_id: id, ...client, method }).meta({ id: 'CreateSignature' })
export const Sign = z
  .object({
    contract_id: id,
    ...client,
    method,
    company_id: id.optional(),
    code: z
      .string()
      .regex(/^\d{6}$/)
      .optional()
      .meta({ description: 'Method sms: the code that came to client_phone; without it a code is sent.', example: '123456' }),
    contract_token: uuid.optional().meta({ description: 'In place of an access token.' }),
    cms: z
      .string()
      .max(1_000_000)
      .optional()
      .meta({ contentEncoding: 'base64', description: 'Method ecp: detached CMS over the bytes of the contract PDF.' }),
  })
  .meta({ id: 'Sign' })
export const AwaitingCode = z
  .object({ id, status: z.literal('awaiting_code').meta({ example: 'awaiting_code' }), expires_at: instant })
  .meta({ id: 'AwaitingCode' })

const count = z.int().min(0).meta({ example: 12 })
export const CompanyStats = z
  .object({
    company_id: id,
    total_signed: count,
    active_contracts: count,
    signed_this_month: count,
    last_signed_contracts: z.array(
      z.object({
        contract_id: id,
        client_name: z.string().meta({ example: 'Иванов Иван' }),
        template_name: z.string().meta({ example: 'Договор поставки' }),
        signed_at: instant,
        status: z.string().meta({ example: 'Подписан' }),
      }),
    ),
  })
  .meta({ id: 'CompanyStats' })

const hash = z.string().meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' })
export const Trail = z
  .object({
    items: z.array(
      z
        .object({
          seq: z.int().min(1),
          type: z.string().meta({ example: 'participant.signed' }),
          at: instant,
          actor: z.string().meta({ example: 'user:7' }),
          ip: z.string().nullable().meta({ example: '203.0.113.7' }),
          user_agent: z.string().nullable(),
          data: z.record(z.string(), z.unknown()).optional(),
          prev_hash: hash,
          hash,
        })
        .meta({ id: 'TrailEvent' }),
    ),
    valid: z.boolean(),
  })
  .meta({ id: 'Trail' })
