import type { Surface } from '../app.ts'
import { fileRoutes } from '../construction/files/routes.ts'
import { supplierRoutes } from '../construction/suppliers/routes.ts'
import { unitRoutes } from '../construction/units/routes.ts'
import { laravel } from '../http/shapes.ts'
import { adminSessionRoutes } from '../identity/session-routes.ts'

/** Document 004, ProHelper: the construction back office. */
export const admin: Surface = {
  name: 'admin',
  base: '/api/v1/admin',
  errors: laravel,
  operations: [...adminSessionRoutes, ...fileRoutes, ...unitRoutes, ...supplierRoutes],
}
