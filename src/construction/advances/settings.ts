import { eq } from 'drizzle-orm'
import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { batch, isCheckViolation } from '../../db/client.ts'
import { orNull, showMoney } from '../../http/numbers.ts'
import { invalid, said } from '../registry/registry.ts'
import { isoStamp } from '../stamps.ts'
import type { ChangeSettings } from './schemas.ts'
import { advanceSettings } from './tables.ts'

type Row = typeof advanceSettings.$inferSelect
export type SettingsRow = Omit<Row, 'id' | 'createdAt' | 'updatedAt'> & {
  id: number | null
  createdAt: string | null
  updatedAt: string | null
}

/** What holds until an organization says something: no limits, no deadlines, and people are told of what happens to them. */
const defaults = (orgId: number): SettingsRow => ({
  id: null,
  orgId,
  maxSingleIssue: null,
  reportDeadlineDays: null,
  dualAuthorizationThreshold: null,
  requireProjectForExpense: false,
  notifyOverdue: true,
  notifyHighValue: false,
  highValueThreshold: null,
  notifyApproval: true,
  notifyRejection: true,
  reminderDaysBefore: null,
  createdAt: null,
  updatedAt: null,
})

export async function loadSettings(ctx: Ctx, orgId = orgOf(ctx)): Promise<SettingsRow> {
  const [row] = await ctx.db.select().from(advanceSettings).where(eq(advanceSettings.orgId, orgId))
  return row ?? defaults(orgId)
}

export const presentSettings = (row: SettingsRow) => ({
  id: row.id,
  organization_id: row.orgId,
  max_single_issue_amount: orNull(row.maxSingleIssue, showMoney),
  report_submission_deadline_days: row.reportDeadlineDays,
  dual_authorization_threshold: orNull(row.dualAuthorizationThreshold, showMoney),
  require_project_for_expense: row.requireProjectForExpense,
  notify_admin_on_overdue_report: row.notifyOverdue,
  notify_admin_on_high_value_transaction: row.notifyHighValue,
  high_value_notification_threshold: orNull(row.highValueThreshold, showMoney),
  notify_user_on_transaction_approval: row.notifyApproval,
  notify_user_on_transaction_rejection: row.notifyRejection,
  send_report_reminder_days_before: row.reminderDaysBefore,
  created_at: orNull(row.createdAt, isoStamp),
  updated_at: orNull(row.updatedAt, isoStamp),
})

/** Only what is sent changes, also where two change different things at once. */
export async function saveSettings(ctx: Ctx, input: z.output<typeof ChangeSettings>) {
  const orgId = orgOf(ctx)
  const at = ctx.now.toISOString()
  const set = said({
    maxSingleIssue: input.max_single_issue_amount,
    reportDeadlineDays: input.report_submission_deadline_days,
    dualAuthorizationThreshold: input.dual_authorization_threshold,
    requireProjectForExpense: input.require_project_for_expense,
    notifyOverdue: input.notify_admin_on_overdue_report,
    notifyHighValue: input.notify_admin_on_high_value_transaction,
    highValueThreshold: input.high_value_notification_threshold,
    notifyApproval: input.notify_user_on_transaction_approval,
    notifyRejection: input.notify_user_on_transaction_rejection,
    reminderDaysBefore: input.send_report_reminder_days_before,
  })
  const { notifyOverdue, notifyHighValue, notifyApproval, notifyRejection, requireProjectForExpense } = defaults(orgId)
  const first = {
    orgId,
    notifyOverdue,
    notifyHighValue,
    notifyApproval,
    notifyRejection,
    requireProjectForExpense,
    createdAt: at,
    updatedAt: at,
  }
  try {
    const [, saved] = await batch(ctx.db, [
      // A row to change: what an insert brings would be checked by itself, without what is stored.
      ctx.db.insert(advanceSettings).values(first).onConflictDoNothing(),
      ctx.db
        .update(advanceSettings)
        .set({ ...set, updatedAt: at })
        .where(eq(advanceSettings.orgId, orgId))
        .returning(),
      audit(ctx, orgId, 'advance_settings.changed', 'advance_settings'),
    ])
    const [row] = saved as Row[]
    return presentSettings(row ?? defaults(orgId))
  } catch (error) {
    if (!isCheckViolation(error)) throw error
    throw invalid([
      { path: 'high_value_notification_threshold', message: 'Нужна сумма, с которой администраторам сообщают о крупной операции.' },
    ])
  }
}
