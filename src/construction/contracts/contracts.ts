import { and, eq, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { orgOf, type Ctx } from '../../context.ts'
import { holds } from '../../db/client.ts'
import { decimal, RATE_SCALE } from '../../http/numbers.ts'
import type { FieldIssue } from '../../http/errors.ts'
import {
  atLeast,
  atMost,
  custom,
  definePages,
  flagValue,
  fromDay,
  oneOf,
  present,
  refersTo,
  toDay,
  whether,
  type PageQuery,
} from '../../http/page-list.ts'
import { searchable } from '../../lib/search-text.ts'
import { MONEY_SCALE } from '../../lib/money.ts'
import { contractorReference, selfExecution } from '../contractors/contractors.ts'
import { contractors as contractorTable } from '../contractors/tables.ts'
import { projects } from '../projects/tables.ts'
import { invalid, mine, said, verbsOf } from '../registry/registry.ts'
import { completedWorks } from '../works/tables.ts'
import { todayIn } from '../zone.ts'
import { ADVANCE_PAID, completedAtLeast, completedAtMost, nearing, overdue } from './conditions.ts'
import { CONTRACT_PAPER, differs, mayGo, mayGoNow, mustBeFree, NAMED_ON_PAPERS, namedOut, paperFixed } from './held.ts'
import { presentContract, relatedOf, type ContractRow } from './present.ts'
import type { ChangeContract, NewContract } from './schemas.ts'
import { contractReference } from './short.ts'
import { CONTRACT_CATEGORIES, CONTRACT_STATUSES, contractPayments, projectContracts as t } from './tables.ts'

type Change = z.output<typeof ChangeContract>
/** With whoever carries it out, found or made. */
type New = Omit<z.output<typeof NewContract>, 'contractor_id' | 'is_self_execution'> & { contractor_id: number }

const percent = decimal(2) as unknown as z.ZodType<number>
/** Asked for here, answered in `narrowed`, which knows whose contracts and what day it is. */
const later = <T>(schema: z.ZodType<T>) => custom(schema, () => undefined)
const text = z.string().max(255)
/** The number stands before the first line end of the search text. */
const numberHolds = (value: string): SQL | undefined =>
  value.trim() ? sql`instr(substr(${t.search}, 1, instr(${t.search}, char(10))), ${searchable(value.trim())}) > 0` : undefined

export const contractPages = definePages({
  counted: 'project_contracts',
  key: t.id,
  filters: {
    contractor_id: refersTo(t.contractorId),
    contractor_search: later(text),
    project_id: refersTo(t.projectId),
    project_search: later(text),
    status: oneOf(t.status, CONTRACT_STATUSES),
    work_type_category: oneOf(t.workTypeCategory, CONTRACT_CATEGORIES),
    number: custom(text, numberHolds),
    date_from: fromDay(t.date),
    date_to: toDay(t.date),
    start_date_from: fromDay(t.startDate),
    start_date_to: toDay(t.startDate),
    end_date_from: fromDay(t.endDate),
    end_date_to: toDay(t.endDate),
    completion_from: custom(percent, completedAtLeast),
    completion_to: custom(percent, completedAtMost),
    amount_from: atLeast(t.totalAmount, MONEY_SCALE),
    amount_to: atMost(t.totalAmount, MONEY_SCALE),
    gp_percentage_from: atLeast(t.gpPercentage, RATE_SCALE),
    gp_percentage_to: atMost(t.gpPercentage, RATE_SCALE),
    has_advance: whether(sql`${t.plannedAdvanceAmount} > 0`),
    advance_paid_status: custom(z.enum(['paid', 'partial', 'not_paid']), (status) => ADVANCE_PAID[status]),
    has_parent: present(t.parentId),
    has_children: whether(sql`exists (select 1 from ${t} as child where child.parent_contract_id = ${t.id} and child.deleted_at is null)`),
    requiring_attention: later(flagValue),
    is_nearing_limit: whether(nearing),
    is_overdue: later(flagValue),
    search: custom(text, (value) => (value.trim() ? holds(t.search, value) : undefined)),
  },
  sorts: {
    created_at: t.createdAt,
    updated_at: t.updatedAt,
    number: t.number,
    date: t.date,
    total_amount: t.totalAmount,
    status: t.status,
    start_date: t.startDate,
    end_date: t.endDate,
  },
})

/** Yes or no, where it was asked. */
const asked = (value: unknown, when: SQL): SQL | undefined =>
  value === undefined ? undefined : value === true ? when : sql`not coalesce(${when}, 0)`
const found = (column: SQL, value: unknown, among: SQL): SQL | undefined =>
  typeof value === 'string' && value.trim() ? sql`${column} in (${among})` : undefined

/** The filters that need more than the row. Names are searched among the organization's own first, whose contracts are then taken by index. */
async function narrowed(ctx: Ctx, query: PageQuery): Promise<SQL | undefined> {
  const { contractor_search: who, project_search: where, requiring_attention: attention, is_overdue: late } = query
  const today = attention === undefined && late === undefined ? '' : await todayIn(ctx)
  const [contractor, project] = [contractorTable, projects]
  return and(
    found(
      sql`${t.contractorId}`,
      who,
      sql`select ${contractor.id} from ${contractor} where ${contractor.orgId} = ${orgOf(ctx)} and ${holds(contractor.search, String(who))}`,
    ),
    found(
      sql`${t.projectId}`,
      where,
      sql`select ${project.id} from ${project} where ${project.orgId} = ${orgOf(ctx)} and ${holds(project.search, String(where))}`,
    ),
    asked(late, overdue(today)),
    asked(attention, sql`(${nearing} or ${overdue(today)})`),
  )
}

const searchOf = (number: string, subject: string | null | undefined) => searchable(`${number}\n${subject ?? ''}`)

const columnsOf = (input: Change) =>
  said({
    projectId: input.project_id,
    contractorId: input.contractor_id,
    parentId: input.parent_contract_id,
    number: input.number,
    date: input.date,
    subject: input.subject,
    workTypeCategory: input.work_type_category,
    paymentTerms: input.payment_terms,
    totalAmount: input.total_amount,
    gpPercentage: input.gp_percentage === null ? 0 : input.gp_percentage,
    plannedAdvanceAmount: input.planned_advance_amount === null ? 0 : input.planned_advance_amount,
    status: input.status,
    startDate: input.start_date,
    endDate: input.end_date,
    notes: input.notes,
  })

const hasAdvances = (id: number) =>
  sql`exists (select 1 from ${contractPayments} as p where p.contract_id = ${id} and p.payment_type = 'advance' and p.deleted_at is null)`

const worksElsewhere = (id: number, projectId: number | null): SQL =>
  sql`exists (select 1 from ${completedWorks} as w where w.contract_id = ${id} and w.project_id is not ${projectId} and w.deleted_at is null)`
/** Where a contract is moved to, if it is: null is nowhere. */
const movesTo = (input: New | Change, before: ContractRow): number | null | undefined =>
  input.project_id === before.projectId ? undefined : input.project_id
const STAYS: FieldIssue = { path: 'project_id', message: 'По контракту есть работы другого проекта: контракт остаётся в своём.' }
/** Which papers a change would part from its contract. */
const papersOf = (input: New | Change, before: ContractRow) => {
  const set = columnsOf(input)
  return { own: differs(CONTRACT_PAPER, set, before), named: differs(NAMED_ON_PAPERS, set, before) }
}
const CYCLE: FieldIssue = { path: 'parent_contract_id', message: 'Циклическая ссылка на родительский контракт.' }
const DAYS: FieldIssue = { path: 'end_date', message: 'Дата окончания должна быть после или равна дате начала.' }

async function faults(input: New | Change, { ctx, before }: { ctx: Ctx; before?: ContractRow }): Promise<FieldIssue[]> {
  if (before) await mustBeFree(ctx, before.id, papersOf(input, before))
  const issues: FieldIssue[] = []
  const start = input.start_date === undefined ? (before?.startDate ?? null) : input.start_date
  const end = input.end_date === undefined ? (before?.endDate ?? null) : input.end_date
  if (start !== null && end !== null && end < start) issues.push(DAYS)
  if (before && input.parent_contract_id === before.id) issues.push(CYCLE)
  const target = before && movesTo(input, before)
  if (before && target !== undefined) {
    const [found] = await ctx.db
      .select({ works: sql<number>`${worksElsewhere(before.id, target)}` })
      .from(t)
      .where(eq(t.id, before.id))
    if (found?.works) issues.push(STAYS)
  }
  const stated = input.actual_advance_amount
  if (before && stated !== undefined && (stated ?? 0) !== before.actualAdvanceAmount) {
    const [row] = await ctx.db
      .select({ paid: sql<number>`${hasAdvances(before.id)}` })
      .from(t)
      .where(eq(t.id, before.id))
    if (row?.paid)
      issues.push({ path: 'actual_advance_amount', message: 'Фактический аванс этого контракта считается по авансовым платежам.' })
  }
  return issues
}

export const contracts = verbsOf({
  table: t,
  noun: 'project_contract',
  missing: 'Контракт не найден',
  list: contractPages,
  columns: (input: New) => ({
    ...columnsOf(input),
    actualAdvanceAmount: input.actual_advance_amount ?? 0,
    search: searchOf(input.number, input.subject),
  }),
  changes: (input: Change, { before }) => ({
    ...columnsOf(input),
    // Payments that came meanwhile win.
    ...(input.actual_advance_amount === undefined || !before
      ? {}
      : { actualAdvanceAmount: sql`iif(${hasAdvances(before.id)}, ${t.actualAdvanceAmount}, ${input.actual_advance_amount ?? 0})` }),
    ...(input.number === undefined && input.subject === undefined
      ? {}
      : { search: searchOf(input.number ?? before?.number ?? '', input.subject === undefined ? before?.subject : input.subject) }),
  }),
  references: (input) => [
    contractorReference(input.contractor_id),
    contractReference(input.parent_contract_id, 'parent_contract_id'),
    { path: 'project_id', table: projects, id: input.project_id, message: 'Выбранный проект не найден.' },
  ],
  check: faults,
  // A work's contract is one of its project; what is on a paper that is out stays.
  holds: (input, { ctx, before }) => {
    const target = movesTo(input, before)
    const { own, named } = papersOf(input, before)
    return and(
      target === undefined ? undefined : sql`not ${worksElsewhere(before.id, target)}`,
      own ? sql`not ${paperFixed(ctx)}` : undefined,
      named ? sql`not ${namedOut(ctx)}` : undefined,
    )
  },
  mayRemove: (ctx, { id }) => mayGo(ctx, id),
  unused: (_, ctx) => mayGoNow(ctx),
  refusals: {
    'contract parent cycle': () => invalid([CYCLE]),
    'contract parent refused': () => invalid([{ path: 'parent_contract_id', message: 'Выбранный контракт не найден.' }]),
    'contract contractor refused': () => invalid([{ path: 'contractor_id', message: 'Выбранный подрядчик не найден.' }]),
    project_contracts_days: () => invalid([DAYS]),
  },
  related: relatedOf,
  present: presentContract,
  // Children outlive their parent and stand by themselves. Works, acts and payments stay as they are: they happened.
  alsoRemove: (ctx, { id }) => [
    ctx.db
      .update(t)
      .set({ parentId: null })
      .where(and(mine(ctx, t), eq(t.parentId, id))),
  ],
})

/** Without a contractor the organization carries it out itself. */
export async function createContract(ctx: Ctx, { contractor_id: named, is_self_execution: own, ...input }: z.output<typeof NewContract>) {
  const contractorId = named ?? (own === true ? await selfExecution(ctx) : undefined)
  if (contractorId === undefined)
    throw invalid([{ path: 'contractor_id', message: 'Укажите подрядчика или отметьте выполнение собственными силами.' }])
  if (own === true && named !== null && named !== undefined && named !== (await selfExecution(ctx)))
    throw invalid([{ path: 'contractor_id', message: 'При выполнении собственными силами другой подрядчик не указывается.' }])
  return contracts.create(ctx, { ...input, contractor_id: contractorId })
}

export const listContracts = async (ctx: Ctx, query: PageQuery) => contracts.list(ctx, query, await narrowed(ctx, query))
