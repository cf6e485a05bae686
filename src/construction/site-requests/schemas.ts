import * as z from 'zod'
import { dayValue } from '../../http/page-list.ts'
import { line } from '../../http/operation.ts'
import { PRIORITIES, REQUEST_KINDS, REQUEST_STATUSES } from './tables.ts'

const Named = z.object({ id: z.int(), name: z.string() })
export const SiteRequest = z
  .object({
    id: z.int(),
    organization_id: z.int(),
    project_id: z.int(),
    kind: z.enum(REQUEST_KINDS),
    title: z.string(),
    description: z.string().nullable(),
    priority: z.enum(PRIORITIES),
    status: z.enum(REQUEST_STATUSES),
    required_date: z.string().nullable(),
    answer: z.string().nullable(),
    processed_at: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    project: Named.nullable(),
    created_by: Named.nullable(),
    processed_by: Named.nullable(),
  })
  .meta({ id: 'SiteRequest' })

const fields = {
  project_id: z.int().min(1),
  kind: z.enum(REQUEST_KINDS),
  title: line(255).meta({ example: 'Кирпич М150, 12 поддонов' }),
  description: z.string().max(2000).nullish(),
  required_date: dayValue.nullish(),
}
export const NewSiteRequest = z.object({ ...fields, priority: z.enum(PRIORITIES).default('normal') }).meta({ id: 'NewSiteRequest' })
export const ChangeSiteRequest = z
  .object({ ...fields, priority: z.enum(PRIORITIES), status: z.enum(REQUEST_STATUSES), answer: z.string().max(2000).nullish() })
  .partial()
  .meta({ id: 'ChangeSiteRequest' })
