import { and, eq, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { notFound } from '../../http/errors.ts'
import { contractors } from '../contractors/tables.ts'
import { isoStamp } from '../stamps.ts'
import { contractorInvitations, organizationProfiles } from './tables.ts'

export const AVAILABILITY = ['available', 'already_invited', 'already_contractor', 'inactive', 'self_organization'] as const
type State = (typeof AVAILABILITY)[number]

const SAID: Record<State, { message: string; recommendations: string[] }> = {
  available: {
    message: 'Организация доступна для отправки приглашения',
    recommendations: ['Рекомендуется отправить персонализированное приглашение', 'Укажите конкретные проекты для сотрудничества'],
  },
  already_invited: { message: 'Организация уже приглашена', recommendations: ['Дождитесь ответа или отмените приглашение'] },
  already_contractor: { message: 'Организация уже является вашим подрядчиком', recommendations: [] },
  inactive: { message: 'Организация больше не работает', recommendations: [] },
  self_organization: { message: 'Это ваша организация', recommendations: [] },
}

/** Whether an organization may be invited, and why not. */
export async function availabilityOf(ctx: Ctx, id: number) {
  const me = orgOf(ctx)
  const [[profile], [invitation], [contractor]] = await ctx.db.batch([
    ctx.db.select().from(organizationProfiles).where(eq(organizationProfiles.orgId, id)),
    ctx.db
      .select()
      .from(contractorInvitations)
      .where(
        and(
          eq(contractorInvitations.orgId, me),
          eq(contractorInvitations.invitedOrgId, id),
          sql`${contractorInvitations.status} = 'pending' and ${contractorInvitations.expiresAt} > ${ctx.now.toISOString()}`,
        ),
      ),
    ctx.db
      .select()
      .from(contractors)
      .where(and(eq(contractors.orgId, me), eq(contractors.sourceOrgId, id), sql`${contractors.deletedAt} is null`)),
  ])
  if (!profile) throw notFound('Организация не найдена')
  const status: State =
    id === me
      ? 'self_organization'
      : !profile.isActive
        ? 'inactive'
        : contractor
          ? 'already_contractor'
          : invitation
            ? 'already_invited'
            : 'available'
  return {
    organization_id: id,
    available_for_invitation: status === 'available',
    status,
    existing_invitation: invitation ? { id: invitation.id, status: invitation.status, created_at: isoStamp(invitation.createdAt) } : null,
    existing_contractor: contractor
      ? { id: contractor.id, name: contractor.name, connected_at: isoStamp(contractor.connectedAt ?? contractor.createdAt) }
      : null,
    ...SAID[status],
  }
}
