import * as z from 'zod'
import { idParam, operation, Reply } from '../../http/operation.ts'
import { idValue } from '../../http/page-list.ts'
import { successOf, successPageOf, wrap, wrapPage } from '../registry/registry-routes.ts'
import { changeWork, removeWork } from './change-work.ts'
import { createWork } from './create-work.ts'
import { ChangeWork, MaterialDefault, NewWork, SyncMaterials, Work } from './schemas.ts'
import { getWork, listWorks, materialDefaults, workPages } from './works.ts'

const tag = 'CompletedWorks'
const params = z.object({ id: idParam })
const access = { read: 'admin.works.view', write: 'admin.works.edit' } as const
const example = {
  project_id: 5,
  work_type_id: 8,
  user_id: 12,
  quantity: 150.5,
  price: 500.25,
  completion_date: '2024-02-15',
  status: 'confirmed',
  materials: [{ material_id: 15, quantity: 25.5, unit_price: 150 }],
}
/** What a change may meet: the contract's limit, an act that holds the work, somebody else's change. */
const errors = [400, 404, 409, 422] as const

export const workRoutes = [
  // Before the routes with an id: the router takes the first that fits.
  operation(
    {
      id: 'get-completed-works-work-type-material-defaults',
      method: 'get',
      path: '/completed-works/work-type-material-defaults',
      summary: 'Norms of a work type with the prices of its materials, to fill a form',
      tag,
      access: access.read,
      query: z.object({ work_type_id: idValue }),
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(MaterialDefault) }) } },
      errors: [400, 422],
    },
    async (ctx, { query }) => ({ success: true, data: await materialDefaults(ctx, query.work_type_id) }),
  ),
  operation(
    {
      id: 'get-completed-works',
      method: 'get',
      path: '/completed-works',
      summary: 'Completed works of the organization; a foreman’s own ones',
      tag,
      access: access.read,
      query: workPages.query,
      returns: { 200: { schema: successPageOf(Work) } },
      errors: [422],
    },
    async (ctx, { query, request }) =>
      wrapPage('success', await listWorks(ctx, query), request.url, 'Список выполненных работ получен успешно.'),
  ),
  operation(
    {
      id: 'post-completed-works',
      method: 'post',
      path: '/completed-works',
      summary: 'Record a completed work',
      description:
        'The amount is price × quantity with the rate coefficients that fit on it; without a price it is the sum of the materials, and the price follows; a total_amount that is sent stands. A confirmed work counts against its contract (400 where that would be exceeded, or is closed) and writes its materials off.',
      tag,
      access: access.write,
      body: NewWork,
      returns: { 201: { schema: successOf(Work) } },
      errors: [400, 409, 422],
      idempotent: true,
      example,
    },
    async (ctx, { body }) => wrap('success', await createWork(ctx, body), 'Запись о выполненной работе успешно создана.'),
  ),
  operation(
    {
      id: 'get-completed-works-id',
      method: 'get',
      path: '/completed-works/{id}',
      summary: 'A completed work with all that it names',
      tag,
      access: access.read,
      params,
      returns: { 200: { schema: successOf(Work) } },
      errors: [404],
    },
    async (ctx, { params: p }) => wrap('success', await getWork(ctx, p.id), 'Выполненная работа найдена успешно.'),
  ),
  operation(
    {
      id: 'put-completed-works-id',
      method: 'put',
      path: '/completed-works/{id}',
      summary: 'Change a completed work',
      description:
        'What is not sent stays. The cost is worked out anew when quantity, price or materials change, or the day, project or work type that coefficients depend on; a total that was said stands until the quantity or the price changes. A work of an approved act can’t be changed; one of an act that is not approved yet can’t leave it (400).',
      tag,
      access: access.write,
      params,
      body: ChangeWork,
      example: { quantity: 12.5, notes: 'Объём уточнён' },
      returns: { 200: { schema: successOf(Work) } },
      errors,
    },
    async (ctx, { params: p, body }) =>
      wrap('success', await changeWork(ctx, p.id, body), 'Запись о выполненной работе успешно обновлена.'),
  ),
  operation(
    {
      id: 'delete-completed-works-id',
      method: 'delete',
      path: '/completed-works/{id}',
      summary: 'Delete a completed work with its materials: the owner of the organization alone',
      tag,
      access: access.write,
      params,
      returns: { 204: {} },
      errors: [400, 403, 404],
    },
    async (ctx, { params: p }) => {
      await removeWork(ctx, p.id)
      return new Reply(204, undefined)
    },
  ),
  operation(
    {
      id: 'post-completed-works-id-sync-materials',
      method: 'post',
      path: '/completed-works/{id}/sync-materials',
      summary: 'Replace the list of materials of a completed work',
      tag,
      access: access.write,
      params,
      body: SyncMaterials,
      returns: { 200: { schema: successOf(Work) } },
      errors,
      example: { materials: [{ material_id: 42, quantity: 45, unit_price: 225.5 }] },
    },
    async (ctx, { params: p, body }) =>
      wrap('success', await changeWork(ctx, p.id, body), 'Материалы выполненной работы успешно синхронизированы.'),
  ),
]
