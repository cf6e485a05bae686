import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import { batch } from '../../db/client.ts'
import { AppError } from '../../http/errors.ts'
import { contains, definePages, equals } from '../../http/page-list.ts'
import { organizations } from '../../identity/tables.ts'
import { searchable } from '../../lib/search-text.ts'
import { projectContracts } from '../contracts/tables.ts'
import type { Reference } from '../registry/references.ts'
import { mine, said, verbsOf } from '../registry/registry.ts'
import { longStamp } from '../stamps.ts'
import type { ChangeContractor, NewContractor } from './schemas.ts'
import { contractors as table } from './tables.ts'

export type ContractorRow = typeof table.$inferSelect
type Change = z.output<typeof ChangeContractor>

export const contractorPages = definePages({
  counted: 'contractors',
  key: table.id,
  filters: { name: contains(table.nameKey), inn: equals(table.inn, 'few') },
  sorts: { name: table.name, created_at: table.createdAt },
  direction: 'asc',
})

/** What a contractor is found by: name, INN, KPP, e-mail, phone. A phone is found by its digits too, whatever stands between them. */
export const contractorSearch = (of: Pick<ContractorRow, 'name' | 'inn' | 'kpp' | 'email' | 'phone'>): string =>
  searchable([of.name, of.inn, of.kpp, of.email, of.phone, of.phone?.replaceAll(/\D/g, '')].filter(Boolean).join('\n'))

const orBefore = <T>(value: T | null | undefined, before: T | null | undefined): T | null =>
  value === undefined ? (before ?? null) : value

const columnsOf = (input: Change, before?: ContractorRow) =>
  said({
    name: input.name,
    nameKey: input.name === undefined ? undefined : searchable(input.name),
    contactPerson: input.contact_person,
    phone: input.phone,
    email: input.email,
    legalAddress: input.legal_address,
    inn: input.inn,
    kpp: input.kpp,
    bankDetails: input.bank_details,
    notes: input.notes,
    search: contractorSearch({
      name: input.name ?? before?.name ?? '',
      inn: orBefore(input.inn, before?.inn),
      kpp: orBefore(input.kpp, before?.kpp),
      email: orBefore(input.email, before?.email),
      phone: orBefore(input.phone, before?.phone),
    }),
  })

export const presentContractor = (row: ContractorRow) => ({
  id: row.id,
  organization_id: row.orgId,
  source_organization_id: row.sourceOrgId,
  name: row.name,
  contact_person: row.contactPerson,
  phone: row.phone,
  email: row.email,
  legal_address: row.legalAddress,
  inn: row.inn,
  kpp: row.kpp,
  bank_details: row.bankDetails,
  notes: row.notes,
  contractor_type: row.type,
  contractor_invitation_id: row.invitationId,
  connected_at: row.connectedAt === null ? null : longStamp(row.connectedAt),
  sync_settings: row.syncSettings,
  last_sync_at: row.lastSyncAt === null ? null : longStamp(row.lastSyncAt),
  created_at: longStamp(row.createdAt),
  updated_at: longStamp(row.updatedAt),
  is_self_execution: row.type === 'self_execution',
  is_editable: row.type === 'manual',
  is_deletable: row.type === 'manual',
})

/** A contractor that a body names. */
export const contractorReference = (id: number | null | undefined, path = 'contractor_id'): Reference => ({
  path,
  table,
  id,
  message: 'Выбранный подрядчик не найден.',
})

/** Those that rows name, for a batch with other queries; deleted ones too, since rows keep naming them. */
export const contractorsQuery = (ctx: Ctx, ids: readonly (number | null)[]) =>
  ctx.db.select(getTableColumns(table)).from(asked(ids)).crossJoin(table).where(isAsked(table.id))

const TAKEN = 'уже используется другим подрядчиком.'
const inUse = () => new AppError('conflict', 'Невозможно удалить подрядчика: существуют связанные контракты')

/** What an organization writes about a contractor itself; what comes from the contractor's own organization is not changed here. */
export const contractors = verbsOf({
  table,
  noun: 'contractor',
  missing: 'Подрядчик не найден',
  list: contractorPages,
  columns: (input: z.output<typeof NewContractor>) => ({ ...columnsOf(input), type: 'manual' as const }),
  changes: (input: Change, { before }) => columnsOf(input, before),
  check: (_, { before }) => {
    if (before && before.type !== 'manual')
      throw new AppError('forbidden', 'Данные этого подрядчика ведёт его организация, изменить их нельзя.')
    return []
  },
  unique: {
    'contractors.inn': { path: 'inn', message: `ИНН ${TAKEN}` },
    'contractors.email': { path: 'email', message: `E-mail ${TAKEN}` },
  },
  refusals: { 'contractor has contracts': inUse },
  related: async () => undefined,
  present: presentContractor,
  mayRemove: async (ctx, row) => {
    if (row.type !== 'manual') throw new AppError('forbidden', 'Этого подрядчика нельзя удалить.')
    const [used] = await ctx.db
      .select({ id: projectContracts.id })
      .from(projectContracts)
      .where(and(mine(ctx, projectContracts), eq(projectContracts.contractorId, row.id)))
      .limit(1)
    if (used) throw inUse()
  },
})

/** The organization as its own contractor: found, or made. Of two that make it at once one does. */
export async function selfExecution(ctx: Ctx): Promise<number> {
  const orgId = orgOf(ctx)
  const own = and(mine(ctx, table), sql`${table.type} = 'self_execution'`)
  const [found] = await ctx.db.select({ id: table.id }).from(table).where(own)
  if (found) return found.id
  const [company] = await ctx.db
    .select({ name: organizations.name, phone: organizations.phone })
    .from(organizations)
    .where(eq(organizations.id, orgId))
  const at = ctx.now.toISOString()
  // Neither INN nor e-mail: a contractor entered by hand may have them, and they are unique.
  const made = { name: `${company?.name ?? ''} (собственные силы)`, inn: null, kpp: null, email: null, phone: company?.phone ?? null }
  const [, , rows] = await batch(ctx.db, [
    ctx.db
      .insert(table)
      .values({
        ...made,
        orgId,
        type: 'self_execution',
        nameKey: searchable(made.name),
        search: contractorSearch(made),
        createdAt: at,
        updatedAt: at,
      })
      .onConflictDoNothing(),
    audit(ctx, orgId, 'contractor.created', 'contractor', sql`changes() > 0`),
    ctx.db.select({ id: table.id }).from(table).where(own),
  ])
  const [row] = rows as { id: number }[]
  if (!row) throw new Error('the contractor of own forces was not written')
  return row.id
}
