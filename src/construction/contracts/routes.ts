import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { idParam, operation, wholeParam } from '../../http/operation.ts'
import { registryRoutes, successOf, wrap } from '../registry/registry-routes.ts'
import { contractAnalytics } from './analytics.ts'
import { contractPages, contracts, createContract, listContracts } from './contracts.ts'
import { fullContract } from './full.ts'
import { contractOptions, workOptions } from './options.ts'
import { contractStatistics, quickStats, requiringAttention, topContracts } from './overview.ts'
import { AttentionContract, ContractOptions, ContractStatistics, QuickStats, TopContract, WorkOptions } from './overview-schemas.ts'
import { partRoutes } from './part-routes.ts'
import { Analytics, ChangeContract, Contract, NewContract } from './schemas.ts'

const tag = 'Contracts'
const access = { read: 'admin.contracts.view', write: 'admin.contracts.edit' } as const
const params = z.object({ id: idParam })
const told = (data: z.ZodType) => z.object({ success: z.literal(true), data })
const free = z.record(z.string(), z.unknown())
const limit = wholeParam(20).optional()

const crud = registryRoutes(
  { ...contracts, create: createContract, list: listContracts },
  {
    path: '/contracts',
    tag,
    access,
    schemas: { New: NewContract, Change: ChangeContract, Shown: Contract },
    wrap: 'success',
    page: 'success',
    list: contractPages,
    words: {
      list: { summary: 'Contracts, with thirty filters', message: 'Список контрактов получен успешно.', invalid: 400 },
      create: { summary: 'Create a contract', message: 'Контракт создан успешно.', invalid: 422 },
      get: { summary: 'A contract with its contractor, project, parent and children', message: 'Контракт получен успешно.' },
      change: { summary: 'Change a contract', message: 'Контракт обновлен успешно.', invalid: 422, errors: [409] },
      remove: { summary: 'Delete a contract; its children stay and stand by themselves', errors: [409] },
    },
    example: { contractor_id: 3, number: 'ДПХ-2024/001', date: '2024-02-01', total_amount: 2_500_000, status: 'active' },
  },
)

export const contractRoutes = [
  ...crud,
  operation(
    {
      id: 'get-contracts-id-analytics',
      method: 'get',
      path: '/contracts/{id}/analytics',
      summary: 'What agreements, children and specifications make of a contract, and how far it is',
      tag,
      access: access.read,
      params,
      errors: [400, 404],
      returns: { 200: { schema: told(Analytics) } },
    },
    async (ctx, { params: { id } }) => ({ success: true, data: await contractAnalytics(ctx, id) }),
  ),
  operation(
    {
      id: 'get-contracts-id-full',
      method: 'get',
      path: '/contracts/{id}/full',
      summary: 'A contract with everything that belongs to it',
      tag,
      access: access.read,
      params,
      errors: [404],
      returns: { 200: { schema: successOf(Contract.extend({ analytics: Analytics }).catchall(z.array(free))) } },
    },
    async (ctx, { params: { id } }) => wrap('success', await fullContract(ctx, id), 'Контракт получен успешно.'),
  ),
  ...partRoutes,
]

const reading = (path: string, title: string, schema: z.ZodType, read: (ctx: Ctx) => Promise<unknown>) =>
  operation(
    {
      id: `get${path.replaceAll('/', '-')}`,
      method: 'get',
      path,
      summary: title,
      tag: 'Filters',
      access: access.read,
      returns: { 200: { schema: told(schema) } },
    },
    async (ctx) => ({ success: true, data: await read(ctx) }),
  )

/** What the lists of contracts and works may be narrowed by. They name contracts and people, so they are for those who may see contracts. */
export const filterRoutes = [
  reading('/filters/contracts', 'What contracts may be filtered by', ContractOptions, contractOptions),
  reading('/filters/completed-works', 'What works may be filtered by', WorkOptions, workOptions),
  reading('/filters/quick-stats', 'Contracts and works by status, with their sums', QuickStats, quickStats),
]

const board = { tag: 'Dashboard', method: 'get', access: 'admin.dashboard.view' } as const

export const contractBoardRoutes = [
  operation(
    {
      ...board,
      id: 'get-dashboard-contracts-requiring-attention',
      path: '/dashboard/contracts/requiring-attention',
      summary: 'Contracts that are nearly done, done or late, the most urgent first',
      returns: { 200: { schema: told(z.array(AttentionContract)) } },
    },
    async (ctx) => ({ success: true, data: await requiringAttention(ctx) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-contracts-statistics',
      path: '/dashboard/contracts/statistics',
      summary: 'Contracts and works in numbers',
      returns: { 200: { schema: told(ContractStatistics) } },
    },
    async (ctx) => ({ success: true, data: await contractStatistics(ctx) }),
  ),
  operation(
    {
      ...board,
      id: 'get-dashboard-contracts-top',
      path: '/dashboard/contracts/top',
      summary: 'The largest contracts',
      query: z.object({ limit }),
      returns: { 200: { schema: told(z.array(TopContract)) } },
    },
    async (ctx, { query }) => ({ success: true, data: await topContracts(ctx, query.limit ?? 5) }),
  ),
]
