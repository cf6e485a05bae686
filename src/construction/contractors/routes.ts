import { registryRoutes } from '../registry/registry-routes.ts'
import { contractorPages, contractors } from './contractors.ts'
import { ChangeContractor, Contractor, NewContractor } from './schemas.ts'

export const contractorRoutes = registryRoutes(contractors, {
  path: '/contractors',
  tag: 'Contractors',
  access: { read: 'admin.contracts.view', write: 'admin.contracts.edit' },
  schemas: { New: NewContractor, Change: ChangeContractor, Shown: Contractor },
  wrap: 'success',
  page: 'success',
  list: contractorPages,
  words: {
    list: {
      summary: 'Contractors: own records and invited organizations together',
      message: 'Список подрядчиков получен успешно.',
      invalid: 400,
    },
    create: { summary: 'Create a contractor', message: 'Подрядчик создан успешно.', invalid: 422 },
    get: { summary: 'A contractor', errors: [400], message: 'Подрядчик найден успешно.' },
    change: { summary: 'Change a contractor', message: 'Подрядчик обновлен успешно.', invalid: 422, errors: [403] },
    remove: { summary: 'Delete a contractor that has no contracts', errors: [400, 403, 409] },
  },
  example: { name: 'ООО Строймонтаж', contact_person: 'Иванов Иван Иванович', inn: '7707083893' },
})
