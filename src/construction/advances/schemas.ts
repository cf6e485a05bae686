import * as z from 'zod'
import { money } from '../../http/numbers.ts'
import { dayValue, flagValue, idValue } from '../../http/page-list.ts'
import { ADVANCE_TYPES, REPORTING } from './tables.ts'

const Named = z.object({ id: z.int(), name: z.string() })
const AccountingData = z.record(z.string(), z.unknown())

export const Advance = z
  .object({
    id: z.int(),
    user_id: z.int(),
    organization_id: z.int(),
    project_id: z.int().nullable(),
    type: z.enum(ADVANCE_TYPES),
    amount: z.number(),
    description: z.string().nullable(),
    document_number: z.string().nullable(),
    document_date: z.string().nullable(),
    balance_after: z.number(),
    reporting_status: z.enum(REPORTING),
    reported_at: z.string().nullable(),
    approved_at: z.string().nullable(),
    created_by_user_id: z.int().nullable(),
    approved_by_user_id: z.int().nullable(),
    external_code: z.string().nullable(),
    accounting_data: AccountingData.nullable(),
    attachment_ids: z.string().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
    user: Named.nullable(),
    project: Named.extend({ external_code: z.string().nullable() }).nullable(),
    created_by: Named.nullable(),
    approved_by: Named.nullable(),
  })
  .meta({ id: 'AdvanceTransaction' })

const amount = money({ min: 0.01, max: 999_999_999.99, example: 15000 })
const papers = {
  description: z.string().max(255).nullish(),
  document_number: z.string().max(100).nullish(),
  document_date: dayValue.nullish().meta({ example: '2024-12-20' }),
}

export const NewAdvance = z
  .object({
    user_id: idValue,
    project_id: idValue.nullish(),
    type: z.enum(ADVANCE_TYPES),
    amount,
    ...papers,
  })
  .meta({ id: 'NewAdvanceTransaction' })
export type AdvanceInput = z.output<typeof NewAdvance>

export const Funds = z.object({ amount, project_id: idValue.nullish(), ...papers }).meta({ id: 'AdvanceFunds' })

export const ChangeAdvance = z
  .object({
    ...papers,
    external_code: z.string().max(100).nullish(),
    accounting_data: AccountingData.nullish(),
    user_id: idValue,
    project_id: idValue.nullable(),
    type: z.enum(ADVANCE_TYPES),
    amount,
  })
  .partial()
  .meta({ id: 'ChangeAdvanceTransaction' })

export const ApproveAdvance = z.object({ accounting_data: AccountingData.nullish() }).optional().meta({ id: 'ApproveAdvanceTransaction' })

/** `files` of a form: one or several, also as `files[]`. */
const uploads = z
  .preprocess(
    (value) => (value === undefined || value === null ? [] : [value].flat().filter((one) => one !== null)),
    z.array(z.instanceof(File, { message: 'must be files' })).max(10),
  )
  .meta({ json: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 10 } }) as unknown as z.ZodType<File[]>
const renamed = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (value === null || typeof value !== 'object' || !('files[]' in value)) return value
    const { 'files[]': many, ...rest } = value
    return { ...rest, files: [many, 'files' in rest ? rest.files : []].flat() }
  }, schema) as unknown as T

export const ReportAdvance = renamed(
  z
    .object({
      description: z.string().min(1).max(255).meta({ example: 'Отчет о закупке строительных материалов' }),
      document_number: z.string().min(1).max(100).meta({ example: 'ОТЧ-001234' }),
      document_date: dayValue.meta({ example: '2024-12-20' }),
      files: uploads.default([]),
    })
    .meta({ id: 'ReportAdvanceTransaction' }),
)
export const AttachFiles = renamed(
  z.object({ files: uploads.refine((files) => files.length > 0, 'is required') }).meta({ id: 'AttachAdvanceFiles' }),
)

const limit = money({ max: 999_999_999.99, example: 50000 }).nullish()
const days = (max: number) => z.int().min(0).max(max).nullish()
export const ChangeSettings = z
  .object({
    max_single_issue_amount: limit,
    report_submission_deadline_days: days(365),
    dual_authorization_threshold: limit,
    require_project_for_expense: flagValue.optional(),
    notify_admin_on_overdue_report: flagValue.optional(),
    notify_admin_on_high_value_transaction: flagValue.optional(),
    high_value_notification_threshold: limit,
    notify_user_on_transaction_approval: flagValue.optional(),
    notify_user_on_transaction_rejection: flagValue.optional(),
    send_report_reminder_days_before: days(90),
  })
  .meta({ id: 'ChangeAdvanceSettings' })

export const AdvanceSettings = z
  .object({
    id: z.int().nullable(),
    organization_id: z.int(),
    max_single_issue_amount: z.number().nullable(),
    report_submission_deadline_days: z.int().nullable(),
    dual_authorization_threshold: z.number().nullable(),
    require_project_for_expense: z.boolean(),
    notify_admin_on_overdue_report: z.boolean(),
    notify_admin_on_high_value_transaction: z.boolean(),
    high_value_notification_threshold: z.number().nullable(),
    notify_user_on_transaction_approval: z.boolean(),
    notify_user_on_transaction_rejection: z.boolean(),
    send_report_reminder_days_before: z.int().nullable(),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'AdvanceSettings' })

export const AdvanceBalance = z
  .object({
    user_id: z.int(),
    name: z.string(),
    current_balance: z.number(),
    total_issued: z.number(),
    total_reported: z.number(),
    has_overdue_balance: z.boolean(),
    last_transaction_at: z.string().nullable(),
  })
  .meta({ id: 'AdvanceBalance' })

export const AvailableUser = z
  .object({
    id: z.int(),
    name: z.string(),
    current_balance: z.number(),
    has_overdue_balance: z.boolean(),
    position: z.string().nullable(),
    avatar_url: z.string().nullable(),
  })
  .meta({ id: 'AdvanceUser' })
export const AvailableProject = Named.extend({
  external_code: z.string().nullable(),
  status: z.string(),
  address: z.string().nullable(),
}).meta({ id: 'AdvanceProject' })

const sums = {
  total_issued: z.number(),
  total_spent: z.number(),
  total_returned: z.number(),
  total_reported: z.number(),
  outstanding: z.number(),
}
export const AdvanceSummary = z.object({ ...sums, users: z.array(z.object({ user_id: z.int(), user_name: z.string(), ...sums })) })
export const AdvanceSheet = z.object({ ...sums, transactions: z.array(Advance) })
export const OverdueAdvances = z.object({ transactions: z.array(Advance) })
