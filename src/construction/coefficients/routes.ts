import { registryRoutes } from '../registry/registry-routes.ts'
import { coefficientPages, coefficients } from './coefficients.ts'
import { ChangeCoefficient, NewCoefficient, RateCoefficient } from './schemas.ts'

export const coefficientRoutes = registryRoutes(coefficients, {
  path: '/rate-coefficients',
  tag: 'RateCoefficients',
  access: { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' },
  schemas: { New: NewCoefficient, Change: ChangeCoefficient, Shown: RateCoefficient },
  wrap: 'success',
  page: 'resource',
  list: coefficientPages,
  words: {
    list: { summary: 'Rate coefficients of the organization' },
    create: { summary: 'Create a rate coefficient', message: 'Коэффициент создан успешно.', errors: [400] },
    get: { summary: 'A rate coefficient', message: 'Коэффициент найден успешно.' },
    change: {
      summary: 'Change a rate coefficient; works already priced keep their amounts',
      message: 'Коэффициент обновлен успешно.',
      errors: [400],
    },
    remove: { summary: 'Delete a rate coefficient for good; works already priced keep their amounts' },
  },
  example: {
    name: 'Зимний коэффициент',
    code: 'WINTER_2024',
    value: 15.5,
    type: 'percentage',
    applies_to: 'work_costs',
    scope: 'global_org',
    valid_from: '2024-12-01',
    valid_to: '2025-03-31',
  },
})
