import type { Surface } from '../app.ts'
import { drf } from '../http/shapes.ts'
import { b2bSessionRoutes } from '../identity/session-routes.ts'

/** Document 001, b2b: so far sessions and staff. */
export const b2b: Surface = { name: 'b2b', base: '/', errors: drf, operations: b2bSessionRoutes }
