import * as z from 'zod'
import { registryRoutes } from '../../construction/registry/registry-routes.ts'
import { idParam, operation } from '../../http/operation.ts'
import { ChangeTemplate, NewTemplate, Template } from './schemas.ts'
import { makeDefault, templatePages, templates } from './templates.ts'

const path = '/report-templates'
const tag = 'Report Templates'
const access = { read: 'admin.reports.view', write: 'admin.reports.edit' } as const

export const templateRoutes = [
  ...registryRoutes(templates, {
    path,
    tag,
    param: 'template_id',
    access,
    schemas: { New: NewTemplate, Change: ChangeTemplate, Shown: Template },
    wrap: 'bare',
    page: 'resource',
    list: templatePages,
    patch: true,
    removed: 'Шаблон отчета успешно удален.',
    words: {
      list: { summary: 'Templates of the organization', invalid: 400 },
      create: { summary: 'Create a template', errors: [422] },
      get: { summary: 'A template', errors: [400] },
      change: { summary: 'Change a template; what is not said stays', errors: [422] },
      remove: { summary: 'Delete a template', errors: [400] },
    },
    example: {
      name: 'Детальный отчет по материалам',
      report_type: 'material_usage',
      columns_config: [{ header: 'Название материала', data_key: 'material_name', order: 1 }],
    },
  }),
  operation(
    {
      id: 'post-report-templates-template-id-set-default',
      method: 'post',
      path: `${path}/{template_id}/set-default`,
      summary: 'Make a template the default one of its type',
      tag,
      access: access.write,
      params: z.object({ template_id: idParam }),
      errors: [400],
      returns: { 200: { schema: Template } },
    },
    (ctx, { params }) => makeDefault(ctx, params.template_id),
  ),
]
