import * as z from 'zod'
import { idParam, operation, Reply } from '../../http/operation.ts'
import { dataOf, registryRoutes } from '../registry/registry-routes.ts'
import { listNorms, removeNorm, replaceNorms, suggestMaterials } from './norms.ts'
import { ChangeWorkType, NewNorms, NewWorkType, Norm, Suggestion, SuggestQuery, WorkType } from './schemas.ts'
import { workTypePages, workTypes } from './work-types.ts'

const tag = 'WorkTypes'
const access = { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' } as const
const params = z.object({ work_type: idParam })
const Norms = dataOf(z.array(Norm))

export const workTypeRoutes = [
  ...registryRoutes(workTypes, {
    path: '/work-types',
    tag,
    access,
    schemas: { New: NewWorkType, Change: ChangeWorkType, Shown: WorkType },
    wrap: 'bare',
    page: 'resource',
    list: workTypePages,
    words: {
      list: { summary: 'Work types of the organization' },
      create: { summary: 'Create a work type', message: 'Вид работ успешно создан.', wrap: 'success' },
      get: { summary: 'A work type' },
      change: { summary: 'Change a work type' },
      remove: { summary: 'Delete a work type that no work names', errors: [400] },
    },
    example: { name: 'Кладка кирпичных стен', measurement_unit_id: 3, category: 'Каменные работы', default_price: 1250 },
  }),
  operation(
    {
      id: 'get-work-types-work_type-materials',
      method: 'get',
      path: '/work-types/{work_type}/materials',
      summary: 'Materials that one unit of a work takes',
      tag,
      access: access.read,
      params,
      returns: { 200: { schema: Norms } },
      errors: [404],
    },
    async (ctx, { params: { work_type } }) => ({ data: await listNorms(ctx, work_type) }),
  ),
  operation(
    {
      id: 'post-work-types-work_type-materials',
      method: 'post',
      path: '/work-types/{work_type}/materials',
      summary: 'Replace the materials of a work type, all of them',
      tag,
      access: access.write,
      params,
      body: NewNorms,
      returns: { 200: { schema: Norms } },
      errors: [400, 404],
      example: { materials: [{ material_id: 45, default_quantity: 120.5, notes: 'С учетом отходов 5%' }] },
    },
    async (ctx, { params: { work_type }, body }) => ({ data: await replaceNorms(ctx, work_type, body) }),
  ),
  operation(
    {
      id: 'delete-work-types-work_type-materials-material_id',
      method: 'delete',
      path: '/work-types/{work_type}/materials/{material_id}',
      summary: 'Take a material out of a work type',
      tag,
      access: access.write,
      params: params.extend({ material_id: idParam }),
      returns: { 204: {} },
      errors: [400, 404],
    },
    async (ctx, { params: { work_type, material_id } }) => {
      await removeNorm(ctx, work_type, material_id)
      return new Reply(204, undefined)
    },
  ),
  operation(
    {
      id: 'get-work-types-work_type-suggest-materials',
      method: 'get',
      path: '/work-types/{work_type}/suggest-materials',
      summary: 'How much of each material so many units of a work take',
      tag,
      access: access.read,
      params,
      query: SuggestQuery,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(Suggestion) }) } },
      errors: [404],
    },
    async (ctx, { params: { work_type }, query }) => ({ success: true, data: await suggestMaterials(ctx, work_type, query.quantity) }),
  ),
]
