import type { Surface } from '../app.ts'
import { directoryRoutes } from '../directory/routes.ts'
import { drf } from '../http/shapes.ts'
import { b2bSessionRoutes } from '../identity/session-routes.ts'
import { documentRoutes } from '../smart-docs/document-routes.ts'
import { smartDocRoutes, underOtherName } from '../smart-docs/routes.ts'

const smartDocs = [...smartDocRoutes, ...documentRoutes]

/** Document 001, b2b: sessions and staff, the counterparty directory, smart documents. */
export const b2b: Surface = {
  name: 'b2b',
  base: '/',
  errors: drf,
  operations: [...b2bSessionRoutes, ...directoryRoutes, ...smartDocs, ...underOtherName(smartDocs)],
}
