import * as z from 'zod'
import { flagValue } from '../../http/page-list.ts'
import { line } from '../../http/operation.ts'

export const Foreman = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    position: z.string().nullable(),
    avatar_path: z.string().nullable(),
    avatar_url: z.string().nullable(),
    is_active: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'Foreman' })

export const Profile = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    position: z.string().nullable(),
    avatar_path: z.string().nullable(),
    avatar_url: z.string().nullable(),
    is_active: z.boolean(),
    current_organization_id: z.int().nullable(),
    last_login_at: z.string().nullable(),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'PersonalProfile' })

const PHONE = /^\+?[0-9\s\-()]{7,20}$/
const phone = z.string().regex(PHONE, 'must be a phone number').meta({ example: '+7 (900) 123-45-67' }).nullish()
const position = z.string().max(255).meta({ example: 'Прораб строительных работ' }).nullish()
const picture = z
  .instanceof(File, { message: 'must be an image' })
  .meta({ json: { type: 'string', format: 'binary' } })
  .nullish()
const secret = { format: 'password', writeOnly: true, example: 'SecurePass123!' } as const

/** Foremen's passwords: 8 characters at least, upper and lower case, a symbol that is neither letter nor digit. */
const strongPassword = z
  .string()
  .min(8, 'must have at least 8 characters')
  .max(128)
  .refine((p) => /\p{Lu}/u.test(p) && /\p{Ll}/u.test(p), 'must have upper and lower case letters')
  .refine((p) => /[^\p{L}\p{N}\s]/u.test(p), 'must have a symbol')
  .meta(secret)
const plainPassword = z.string().min(8, 'must have at least 8 characters').max(128).meta(secret)
const repeated = z.string().max(128).meta(secret)

const confirmed = ({ password, password_confirmation }: { password?: unknown; password_confirmation?: unknown }) =>
  (password ?? null) === (password_confirmation ?? null)
const UNCONFIRMED = { path: ['password_confirmation'], message: 'must be the same as the password' }

export const NewForeman = z
  .object({
    name: line(255).meta({ example: 'Александр Сидоров' }),
    email: z.email().max(255).meta({ example: 'alexander.sidorov@example.com' }),
    password: strongPassword,
    password_confirmation: repeated,
    phone,
    position,
    avatar: picture,
  })
  .refine(confirmed, UNCONFIRMED)
  .meta({ id: 'NewForeman' })

export const ChangeForeman = z
  .object({
    name: line(255).optional().meta({ example: 'Александр Сидоров' }),
    password: strongPassword.nullish(),
    password_confirmation: repeated.nullish(),
    phone,
    position,
    avatar: picture,
    remove_avatar: flagValue.optional(),
  })
  .refine(confirmed, UNCONFIRMED)
  .meta({ id: 'ChangeForeman' })

export const ChangeProfile = z
  .object({
    name: line(255).optional().meta({ example: 'Иванов Иван Иванович' }),
    email: z.email().max(255).optional().meta({ example: 'ivanov@example.com' }),
    phone: z.string().min(1).max(20).nullish(),
    position,
    avatar: picture,
    remove_avatar: flagValue.optional(),
    password: plainPassword.nullish(),
    password_confirmation: repeated.nullish(),
  })
  .refine(confirmed, UNCONFIRMED)
  .meta({ id: 'ChangeProfile' })
