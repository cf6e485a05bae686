import { esiaRoutes } from '../agreements/esia-routes.ts'
import { reviewRoutes } from '../agreements/review-routes.ts'
import { agreementRoutes } from '../agreements/routes.ts'
import type { Surface } from '../app.ts'
import { plusofon } from '../http/shapes.ts'

/** Document 003, Plusofon: the subscriber agreement, from its draft to the signed file. */
export const agreement: Surface = {
  name: 'agreement',
  base: '/api/v1/agreement',
  errors: plusofon,
  operations: [...agreementRoutes, ...esiaRoutes, ...reviewRoutes],
}
