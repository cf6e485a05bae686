import { and, asc, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { isUniqueViolation } from '../db/client.ts'
import { AppError, type FieldIssue } from '../http/errors.ts'
import { Overtaken, refreshDocument } from './document.ts'
import { valueProblem, type FieldType } from './field-values.ts'
import { loadByToken, loadOwn, present, unchanged, type Loaded } from './load.ts'
import { withdrawPackage } from './service.ts'
import { contractFields } from './tables.ts'

const shown = {
  id: contractFields.id,
  contract_id: contractFields.contractId,
  field_name: contractFields.fieldName,
  field_type: contractFields.fieldType,
  value: contractFields.value,
}
const MAX_FIELDS = 500

const fieldsOf = (ctx: Ctx, contractId: number) =>
  ctx.db
    .select(shown)
    .from(contractFields)
    .where(eq(contractFields.contractId, contractId))
    .orderBy(asc(contractFields.id))
    .limit(MAX_FIELDS)

export const listFields = async (ctx: Ctx, contractId: number) => fieldsOf(ctx, (await loadOwn(ctx, contractId)).contract.id)
export const listFieldsByToken = async (ctx: Ctx, token: string) => fieldsOf(ctx, (await loadByToken(ctx, token)).contract.id)

const invalid = (issues: FieldIssue[]) => new AppError('validation', 'The request is not valid.', { issues })

/** What a change of the text takes first: the contract is unsigned, and nobody can sign the old text any more. */
async function reopen(ctx: Ctx, { contract }: Loaded): Promise<void> {
  if (contract.signedAt) throw new AppError('conflict', 'The contract is signed.')
  await withdrawPackage(ctx, contract.packageId)
}

const TRIES = 30

interface NewField {
  contract_id: number
  field_name: string
  field_type: FieldType
  value?: string | null | undefined
}

/** Adds a field. A contract that was complete without it is open again. Of several that are added at once, all are. */
export async function addField(ctx: Ctx, input: NewField) {
  for (let tries = 1; ; tries++) {
    try {
      return await tryToAdd(ctx, input)
    } catch (error) {
      if (tries === TRIES || !(error instanceof Overtaken)) throw error
    }
  }
}

async function tryToAdd(ctx: Ctx, input: NewField) {
  const loaded = await loadOwn(ctx, input.contract_id)
  const value = input.value ? input.value : null
  const problem = value === null ? undefined : valueProblem(input.field_type, value)
  if (problem) throw invalid([{ path: 'value', message: problem }])
  const present_ = await fieldsOf(ctx, loaded.contract.id)
  if (present_.some((f) => f.field_name === input.field_name)) throw new AppError('conflict', 'The contract has this field already.')
  if (present_.length >= MAX_FIELDS) throw new AppError('conflict', `A contract has at most ${MAX_FIELDS} fields.`)
  await reopen(ctx, loaded)
  try {
    await refreshDocument(ctx, loaded, [
      ctx.db.run(sql`insert into contract_fields (contract_id, field_name, field_type, value)
        select ${loaded.contract.id}, ${input.field_name}, ${input.field_type}, ${value} where ${unchanged(loaded.contract)}`),
    ])
  } catch (error) {
    if (isUniqueViolation(error, 'contract_fields')) throw new AppError('conflict', 'The contract has this field already.')
    throw error
  }
  const [row] = await ctx.db
    .select(shown)
    .from(contractFields)
    .where(and(eq(contractFields.contractId, loaded.contract.id), eq(contractFields.fieldName, input.field_name)))
  return row
}

/** Fills fields in by whoever holds the contract's token. An empty value takes a value away. All values are right, or none is kept. */
export async function fillFields(ctx: Ctx, token: string, values: Record<string, string>) {
  const loaded = await loadByToken(ctx, token)
  const known = new Map((await fieldsOf(ctx, loaded.contract.id)).map((f) => [f.field_name, f]))
  const issues: FieldIssue[] = []
  for (const [name, value] of Object.entries(values)) {
    const field = known.get(name)
    const message = field ? (value === '' ? undefined : valueProblem(field.field_type, value)) : 'the contract has no such field'
    if (message) issues.push({ path: `values.${name.slice(0, 100)}`, message })
  }
  if (issues.length > 0) throw invalid(issues.slice(0, 50))
  await reopen(ctx, loaded)
  const changes = Object.entries(values).map(([name, value]) =>
    ctx.db
      .update(contractFields)
      .set({ value: value === '' ? null : value })
      .where(and(eq(contractFields.contractId, loaded.contract.id), eq(contractFields.fieldName, name), unchanged(loaded.contract))),
  )
  await refreshDocument(ctx, loaded, changes)
  return present(await loadByToken(ctx, token))
}
