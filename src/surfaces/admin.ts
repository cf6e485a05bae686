import type { Surface } from '../app.ts'
import { laravel } from '../http/shapes.ts'
import { adminSessionRoutes } from '../identity/session-routes.ts'

/** Document 004, ProHelper: so far sessions. */
export const admin: Surface = { name: 'admin', base: '/api/v1/admin', errors: laravel, operations: adminSessionRoutes }
