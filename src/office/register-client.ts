import { and, eq } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch, isUniqueViolation } from '../db/client.ts'
import { AppError } from '../http/errors.ts'
import { uuidv7 } from '../lib/ids.ts'
import { languagesFor } from '../notifications/languages.ts'
import { announce, makeJob } from '../queue/outbox.ts'
import { presentClient, type ClientRow } from './load-client.ts'
import { passwordMessage } from './messages.ts'
import { organizationName } from './organization.ts'
import { searchable } from '../lib/search-text.ts'
import { hashClientPassword, newPassword } from './password.ts'
import { officeClients } from './tables.ts'

interface Input {
  phone: string
  last_name: string
  first_name: string
  middle_name?: string | undefined
  email?: string | undefined
  iin?: string | undefined
  inn?: string | undefined
  snils?: string | undefined
  birth_date?: string | undefined
}

const taken = () => new AppError('conflict', 'A client with this phone is registered already.')

function checkBirthDate(date: string | undefined, now: Date): void {
  // Somewhere it is tomorrow already.
  const latest = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10)
  if (date === undefined || (date >= '1900-01-01' && date <= latest)) return
  throw new AppError('validation', 'The request is not valid.', {
    issues: [{ path: 'birth_date', message: 'must be a day between 1900 and today' }],
  })
}

/** Registers a client and sends the password by SMS: it is told nowhere else, and only its hash is kept. */
export async function registerClient(ctx: Ctx, input: Input) {
  const orgId = orgOf(ctx)
  checkBirthDate(input.birth_date, ctx.now)
  // The hash is slow on purpose: a phone that is plainly taken is told before it.
  const [known] = await ctx.db
    .select({ id: officeClients.id })
    .from(officeClients)
    .where(and(eq(officeClients.orgId, orgId), eq(officeClients.phone, input.phone)))
  if (known) throw taken()
  const [lastName, firstName, middleName] = [input.last_name.trim(), input.first_name.trim(), input.middle_name?.trim() ?? null]
  const fullName = [lastName, firstName, middleName].filter(Boolean).join(' ')
  const password = newPassword()
  const row: ClientRow = {
    id: uuidv7(ctx.now.getTime()),
    orgId,
    phone: input.phone,
    lastName,
    firstName,
    middleName,
    fullName,
    searchName: searchable(fullName),
    email: input.email ?? null,
    iin: input.iin ?? null,
    inn: input.inn ?? null,
    snils: input.snils?.replaceAll(/\D/g, '') ?? null,
    birthDate: input.birth_date ?? null,
    status: 'active',
    passwordHash: await hashClientPassword(ctx, input.phone, password),
    createdAt: ctx.now.toISOString(),
  }
  const text = passwordMessage(
    languagesFor({ phone: row.phone, identifier: row.iin, inn: row.inn }),
    password,
    await organizationName(ctx, orgId),
  )
  const job = await makeJob(ctx, 'sms.send', { orgId, to: row.phone, text, code: null, until: null })
  try {
    await batch(ctx.db, [ctx.db.insert(officeClients).values(row), audit(ctx, orgId, 'client.registered', `client:${row.id}`), job.write])
  } catch (error) {
    if (isUniqueViolation(error, 'phone')) throw taken()
    throw error
  }
  await announce(ctx.env, [job])
  return presentClient(row)
}
