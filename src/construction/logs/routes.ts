import { operation } from '../../http/operation.ts'
import { listMovements, movementPages } from '../materials/movement-log.ts'
import { Movement } from '../materials/schemas.ts'
import { resourceOf, wrapPage } from '../registry/registry-routes.ts'
import { listWorkLog, LoggedWork, workLogPages } from './work-log.ts'

const tag = 'Logs'

export const logRoutes = [
  operation(
    {
      id: 'get-logs-material-usage',
      method: 'get',
      path: '/logs/material-usage',
      summary: 'Deliveries and write-offs of materials',
      tag,
      access: 'admin.catalogs.view',
      query: movementPages.query,
      invalid: 400,
      returns: { 200: { schema: resourceOf(Movement) } },
    },
    async (ctx, { query, request }) => wrapPage('resource', await listMovements(ctx, query), request.url),
  ),
  operation(
    {
      id: 'get-logs-work-completion',
      method: 'get',
      path: '/logs/work-completion',
      summary: 'Confirmed works',
      tag,
      access: 'admin.catalogs.view',
      query: workLogPages.query,
      invalid: 400,
      returns: { 200: { schema: resourceOf(LoggedWork) } },
    },
    async (ctx, { query, request }) => wrapPage('resource', await listWorkLog(ctx, query), request.url),
  ),
]
