import type { Surface } from '../app.ts'
import { problem } from '../http/shapes.ts'
import { keyRoutes } from '../identity/key-routes.ts'
import { packageRoutes } from '../office/packages/routes.ts'
import { officeRoutes } from '../office/routes.ts'
import { certificateRequestRoutes } from '../office/certificate-routes.ts'
import { serverSignatureRoutes } from '../office/signature-routes.ts'
import { anchorRoutes } from '../signing/anchor-routes.ts'
import { webhookRoutes } from '../webhooks/routes.ts'

/** Document 002, Безбумажный офис: so far clients and their companies, and what systems need on every surface, API keys and webhooks. */
export const office: Surface = {
  name: 'office',
  base: '/',
  errors: problem,
  operations: [
    ...officeRoutes,
    ...packageRoutes,
    ...serverSignatureRoutes,
    ...certificateRequestRoutes,
    ...webhookRoutes,
    ...keyRoutes,
    ...anchorRoutes,
  ],
}
