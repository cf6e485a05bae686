import { registryRoutes } from '../registry/registry-routes.ts'
import { ChangeSupplier, NewSupplier, Supplier } from './schemas.ts'
import { supplierPages, suppliers } from './suppliers.ts'

export const supplierRoutes = registryRoutes(suppliers, {
  path: '/suppliers',
  tag: 'Suppliers',
  access: { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' },
  schemas: { New: NewSupplier, Change: ChangeSupplier, Shown: Supplier },
  wrap: 'data',
  page: 'resource',
  list: supplierPages,
  words: {
    list: { summary: 'Suppliers of the organization' },
    create: { summary: 'Create a supplier', errors: [422] },
    get: { summary: 'A supplier' },
    change: { summary: 'Change a supplier', errors: [422] },
    remove: { summary: 'Delete a supplier that nothing uses', errors: [403] },
  },
  example: { name: 'ООО СтройМатериалы', contact_person: 'Иванов Иван Иванович' },
})
