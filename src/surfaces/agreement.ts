import { agreementRoutes } from '../agreements/routes.ts'
import type { Surface } from '../app.ts'
import { plusofon } from '../http/shapes.ts'

/** Document 003, Plusofon: so far the list of statuses. */
export const agreement: Surface = { name: 'agreement', base: '/api/v1/agreement', errors: plusofon, operations: agreementRoutes }
