import * as z from 'zod'
import { AVAILABILITY } from './availability.ts'
import { INVITATION_STATUSES } from './tables.ts'

const stamp = z.string()
const Organization = z.object({
  id: z.int(),
  name: z.string(),
  legal_name: z.string(),
  city: z.string().nullable(),
  country: z.string().nullable(),
  is_verified: z.boolean(),
})
const Person = z.object({ id: z.int(), name: z.string(), email: z.string() })

export const Invitation = z
  .object({
    id: z.int(),
    token: z.string().nullable().meta({ description: 'While it can be accepted. Takes the place of the id in paths.' }),
    status: z.enum(INVITATION_STATUSES),
    invitation_message: z.string().nullable(),
    metadata: z.record(z.string(), z.string()).nullable(),
    expires_at: stamp,
    created_at: stamp,
    accepted_at: stamp.nullable(),
    is_expired: z.boolean(),
    can_be_accepted: z.boolean(),
    invitation_url: z.string().nullable(),
    organization: Organization.nullable(),
    invited_organization: Organization.nullable(),
    invited_by: Person.nullable(),
    accepted_by: Person.nullable(),
    contractor: z.object({ id: z.int(), name: z.string(), connected_at: stamp.nullable(), last_sync_at: stamp.nullable() }).nullable(),
  })
  .meta({ id: 'ContractorInvitation' })

export const NewInvitation = z
  .strictObject({
    invited_organization_id: z.int().min(1).meta({ example: 456 }),
    message: z.string().max(1000).nullish(),
    metadata: z
      .record(z.string().min(1).max(100), z.string().max(255))
      .refine((all) => Object.keys(all).length <= 50, 'Не больше 50 полей.')
      .nullish(),
  })
  .meta({ id: 'NewContractorInvitation' })

const Counts = z.object({ total: z.int(), pending: z.int(), accepted: z.int(), declined: z.int(), expired: z.int() })
export const InvitationStats = z.object({ sent: Counts, received: Counts }).meta({ id: 'InvitationStats' })

export const FoundOrganization = Organization.extend({
  connections_count: z.int().meta({ description: 'How many organizations count it among their contractors.' }),
  last_activity_at: z.null().meta({ description: 'Not told to others.' }),
  relevance_score: z.number(),
  already_invited: z.boolean(),
  is_contractor: z.boolean(),
}).meta({ id: 'FoundOrganization' })

export const SuggestedOrganization = FoundOrganization.extend({ suggestion_reason: z.string(), compatibility_score: z.number() }).meta({
  id: 'SuggestedOrganization',
})
export const RecommendedOrganization = FoundOrganization.extend({
  recommendation_type: z.string(),
  confidence_score: z.number(),
  match_reasons: z.array(z.string()),
}).meta({ id: 'RecommendedOrganization' })

export const Availability = z
  .object({
    organization_id: z.int(),
    available_for_invitation: z.boolean(),
    status: z.enum(AVAILABILITY),
    existing_invitation: z.object({ id: z.int(), status: z.string(), created_at: stamp }).nullable(),
    existing_contractor: z.object({ id: z.int(), name: z.string(), connected_at: stamp }).nullable(),
    message: z.string(),
    recommendations: z.array(z.string()),
  })
  .meta({ id: 'OrganizationAvailability' })
