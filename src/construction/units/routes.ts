import * as z from 'zod'
import { operation } from '../../http/operation.ts'
import { dataOf, registryRoutes } from '../registry/registry-routes.ts'
import { ChangeUnit, NewUnit, Unit } from './schemas.ts'
import { materialUnits, unitPages, units } from './units.ts'

const tag = 'MeasurementUnits'
const access = { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' } as const

export const unitRoutes = [
  // Before the routes with an id: the router takes the first that fits.
  operation(
    {
      id: 'get-measurement-units-material-units',
      method: 'get',
      path: '/measurement-units/material-units',
      summary: 'Units of materials, all of them',
      tag,
      access: access.read,
      errors: [400],
      returns: { 200: { schema: dataOf(z.array(Unit)) } },
    },
    async (ctx) => ({ data: await materialUnits(ctx) }),
  ),
  ...registryRoutes(units, {
    path: '/measurement-units',
    tag,
    access,
    schemas: { New: NewUnit, Change: ChangeUnit, Shown: Unit },
    wrap: 'data',
    page: 'resource',
    list: unitPages,
    words: {
      list: { summary: 'Own and system units' },
      create: { summary: 'Create a unit', errors: [422] },
      get: { summary: 'A unit', errors: [400] },
      change: { summary: 'Change a unit', errors: [403, 422] },
      remove: { summary: 'Delete a unit that nothing uses', errors: [400, 403] },
    },
    example: { name: 'квадратный метр', short_name: 'м²', type: 'material' },
  }),
]
