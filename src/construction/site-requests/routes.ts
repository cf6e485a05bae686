import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { registryRoutes, successOf } from '../registry/registry-routes.ts'
import { ChangeSiteRequest, NewSiteRequest, SiteRequest } from './schemas.ts'
import { siteRequestPages, siteRequests } from './site-requests.ts'

const tag = 'Site Requests'
/** Who writes down hours on a site also asks for what it needs: foremen and those who lead them. */
const access = { read: 'admin.projects.view', write: 'admin.time.edit' } as const

export const siteRequestRoutes = [
  ...registryRoutes(siteRequests, {
    path: '/site-requests',
    tag,
    access,
    schemas: { New: NewSiteRequest, Change: ChangeSiteRequest, Shown: SiteRequest },
    wrap: 'success',
    page: 'success',
    list: siteRequestPages,
    words: {
      list: { summary: 'What building sites ask for', message: 'Заявки с объектов' },
      create: { summary: 'Ask for materials, people or equipment', message: 'Заявка создана' },
      get: { summary: 'A site request', errors: [404] },
    },
    example: { project_id: 8, kind: 'material', title: 'Кирпич М150, 12 поддонов', required_date: '2024-02-01' },
  }),
  operation(
    {
      id: 'patch-site-requests-id',
      method: 'patch',
      path: '/site-requests/{id}',
      summary: 'Change, process or reject a request that waits',
      description: 'A processed or rejected one stays as it is (409). Whoever may edit projects processes and rejects.',
      tag,
      access: access.write,
      params: z.object({ id: idParam }),
      body: ChangeSiteRequest,
      returns: { 200: { schema: successOf(SiteRequest) } },
      errors: [404, 409],
      example: { status: 'processed', answer: 'Привезут во вторник' },
    },
    async (ctx, { params, body }) => ({
      success: true,
      message: 'Заявка обновлена',
      data: await siteRequests.change(ctx, params.id, body),
    }),
  ),
]
