import { and, eq } from 'drizzle-orm'
import { orgOf, type Ctx } from '../context.ts'
import { AppError } from '../http/errors.ts'
import { presentStaff } from '../identity/staff.ts'
import { organizations, users } from '../identity/tables.ts'
import type { ShownClient } from './schemas.ts'

/** The card of a company of which no more is known than its name. */
const cardOf = (name: string): ShownClient => ({
  id: null,
  director: null,
  bin: null,
  company_name: name,
  alternative_name: null,
  company_name_ex: null,
  company_name_search: null,
  registration_date: null,
  oked: null,
  description: null,
  secondary_oked: null,
  krp_code: null,
  kato: null,
  address: null,
  index_ex: null,
  address_ex: null,
  comment_to_adress_ex: null,
  subway_or_bus_ex: null,
  web_site_ex: null,
  vk_ex: null,
  twitter_ex: null,
  facebook_ex: null,
  instagram_ex: null,
  seal_image: null,
  updated: null,
  krp_name: null,
  region_ex: null,
  locality_ex: null,
  district_ex: null,
  rubrics: [],
  types: [],
})

/**
 * The caller's position and company. A company registers by its name, not by its BIN, so its card has no more than that: a card of the directory with
 * the same name may be somebody else's.
 */
export async function getUserCompany(ctx: Ctx) {
  const orgId = orgOf(ctx)
  if (ctx.actor.kind !== 'user') throw new AppError('forbidden', 'This is for members of a company.')
  const [row] = await ctx.db
    .select({ staffId: users.staffId, role: users.role, position: users.position, phone: users.phone, company: organizations.name })
    .from(users)
    .innerJoin(organizations, eq(organizations.id, users.orgId))
    .where(and(eq(users.id, ctx.actor.userId), eq(users.orgId, orgId)))
  if (!row) throw new AppError('unauthenticated', 'The token is not valid.')
  return { user: presentStaff(row), company: cardOf(row.company) }
}
