import type { Surface } from '../app.ts'
import { billingRoutes } from '../billing/routes.ts'
import { contractsRoutes } from '../contracts/routes.ts'
import { signatureRoutes } from '../contracts/signature-routes.ts'
import { templateRoutes } from '../documents/routes.ts'
import { problem } from '../http/shapes.ts'
import { companyRoutes } from '../identity/routes.ts'

/** Document 000, OzgeContract: companies, templates, contracts, signatures, balances, tariff plans, payments, statistics. */
export const ozge: Surface = {
  name: 'ozge',
  base: '/',
  errors: problem,
  operations: [...companyRoutes, ...templateRoutes, ...contractsRoutes, ...signatureRoutes, ...billingRoutes],
}
