import type { Surface } from '../app.ts'
import { accountingRoutes } from '../construction/accounting/routes.ts'
import { advanceReportRoutes, personAdvanceRoutes } from '../construction/advances/report-routes.ts'
import { advanceRoutes } from '../construction/advances/routes.ts'
import { contractorRoutes } from '../construction/contractors/routes.ts'
import { contractBoardRoutes, contractRoutes, filterRoutes } from '../construction/contracts/routes.ts'
import { fileRoutes } from '../construction/files/routes.ts'
import { peopleRoutes } from '../construction/people/routes.ts'
import { organizationRoutes } from '../construction/organizations/routes.ts'
import { adminSessionRoutes } from '../construction/people/session-routes.ts'
import { projectRoutes } from '../construction/projects/routes.ts'
import { siteRequestRoutes } from '../construction/site-requests/routes.ts'
import { supplierRoutes } from '../construction/suppliers/routes.ts'
import { partnerRoutes } from '../construction/partners/routes.ts'
import { timeRoutes } from '../construction/time/routes.ts'
import { categoryRoutes } from '../construction/cost-categories/routes.ts'
import { logRoutes } from '../construction/logs/routes.ts'
import { materialRoutes } from '../construction/materials/routes.ts'
import { coefficientRoutes } from '../construction/coefficients/routes.ts'
import { workTypeRoutes } from '../construction/work-types/routes.ts'
import { workRoutes } from '../construction/works/routes.ts'
import { unitRoutes } from '../construction/units/routes.ts'
import { materialAnalyticsRoutes } from '../reports/analytics/routes.ts'
import { dashboardRoutes } from '../reports/dashboard/routes.ts'
import { readyReportRoutes } from '../reports/ready/routes.ts'
import { templateRoutes } from '../reports/templates/routes.ts'
import { builderRoutes } from '../reports/builder/routes.ts'
import { customReportRoutes } from '../reports/custom/routes.ts'
import { scheduleRoutes } from '../reports/schedules/routes.ts'
import { actRoutes } from '../construction/acts/routes.ts'
import { sendRoutes } from '../construction/send-routes.ts'
import { laravel } from '../http/shapes.ts'

/** Document 004, ProHelper: the construction back office. */
export const admin: Surface = {
  name: 'admin',
  base: '/api/v1/admin',
  errors: laravel,
  operations: [
    ...adminSessionRoutes,
    ...peopleRoutes,
    ...personAdvanceRoutes,
    ...advanceRoutes,
    ...advanceReportRoutes,
    ...fileRoutes,
    ...timeRoutes,
    ...partnerRoutes,
    ...accountingRoutes,
    ...siteRequestRoutes,
    ...unitRoutes,
    ...supplierRoutes,
    ...organizationRoutes,
    ...projectRoutes,
    ...workRoutes,
    ...materialRoutes,
    ...categoryRoutes,
    ...coefficientRoutes,
    ...logRoutes,
    ...workTypeRoutes,
    ...contractorRoutes,
    ...contractRoutes,
    ...actRoutes,
    ...sendRoutes,
    ...filterRoutes,
    ...contractBoardRoutes,
    ...dashboardRoutes,
    ...materialAnalyticsRoutes,
    ...templateRoutes,
    ...readyReportRoutes,
    ...builderRoutes,
    ...customReportRoutes,
    ...scheduleRoutes,
  ],
}
