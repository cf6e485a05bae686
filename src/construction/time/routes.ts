import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { Meta, successOf } from '../registry/registry-routes.ts'
import {
  approveEntry,
  changeEntry,
  createEntry,
  deleteEntry,
  getEntry,
  listEntries,
  rejectEntry,
  submitEntry,
  timePages,
} from './entries.ts'
import { Approval, ChangeTimeEntry, NewTimeEntry, Rejection, TimeEntry } from './schemas.ts'
import { ReportQuery, TimeCalendar, timeCalendar, TimeQuery, TimeReport, timeReport, TimeStatistics, timeStatistics } from './summaries.ts'

const tag = 'Time Tracking'
const path = '/time-tracking'
const read = 'admin.time.view' as const
const write = 'admin.time.edit' as const
const params = z.object({ id: idParam })
const of = (data: z.ZodType) => ({ 200: { schema: z.object({ success: z.literal(true), data }) } })
const said = { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) } }

export const timeRoutes = [
  operation(
    {
      id: 'get-time-tracking',
      method: 'get',
      path,
      summary: 'Working time',
      tag,
      access: read,
      query: timePages.query,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(TimeEntry), meta: Meta }) } },
    },
    async (ctx, { query }) => {
      const { rows, meta } = await listEntries(ctx, query)
      return { success: true, data: rows, meta }
    },
  ),
  operation(
    {
      id: 'post-time-tracking',
      method: 'post',
      path,
      summary: 'Record working time, or start a timer',
      description:
        'Without end_time a timer runs. The break is kept and not taken off. Approving and rejecting are operations of their own.',
      tag,
      access: write,
      body: NewTimeEntry,
      invalid: 400,
      idempotent: true,
      returns: { 201: { schema: successOf(TimeEntry) } },
      example: {
        organization_id: 5,
        user_id: 15,
        project_id: 8,
        work_date: '2024-01-15',
        start_time: '09:00:00',
        end_time: '17:30:00',
        title: 'Кладка',
      },
    },
    async (ctx, { body }) => ({ success: true, message: 'Запись времени успешно создана', data: await createEntry(ctx, body) }),
  ),
  operation(
    {
      id: 'get-time-tracking-statistics-overview',
      method: 'get',
      path: `${path}/statistics/overview`,
      summary: 'Hours by status, project and person',
      tag,
      access: read,
      query: TimeQuery,
      returns: of(TimeStatistics),
    },
    async (ctx, { query }) => ({ success: true, data: await timeStatistics(ctx, query) }),
  ),
  operation(
    {
      id: 'get-time-tracking-calendar-entries',
      method: 'get',
      path: `${path}/calendar/entries`,
      summary: 'Entries by day',
      description: 'The current month unless said otherwise; a year at most.',
      tag,
      access: read,
      query: TimeQuery,
      returns: of(TimeCalendar),
    },
    async (ctx, { query }) => ({ success: true, data: await timeCalendar(ctx, query) }),
  ),
  operation(
    {
      id: 'get-time-tracking-reports-generate',
      method: 'get',
      path: `${path}/reports/generate`,
      summary: 'Hours by person, project, kind of work or day',
      description: 'The current month unless said otherwise; a year at most. Money counts billable hours only.',
      tag,
      access: read,
      query: ReportQuery,
      returns: of(TimeReport),
    },
    async (ctx, { query }) => ({ success: true, data: await timeReport(ctx, query) }),
  ),
  operation(
    {
      id: 'get-time-tracking-id',
      method: 'get',
      path: `${path}/{id}`,
      summary: 'An entry',
      tag,
      access: read,
      params,
      returns: of(TimeEntry),
      errors: [404],
    },
    async (ctx, { params: { id } }) => ({ success: true, data: await getEntry(ctx, id) }),
  ),
  operation(
    {
      id: 'put-time-tracking-id',
      method: 'put',
      path: `${path}/{id}`,
      summary: 'Change a draft or a rejected entry',
      tag,
      access: write,
      params,
      body: ChangeTimeEntry,
      invalid: 400,
      example: { title: 'Кладка', break_time: 1 },
      returns: { 200: { schema: successOf(TimeEntry) } },
      errors: [404],
    },
    async (ctx, { params: { id }, body }) => ({
      success: true,
      message: 'Запись времени успешно обновлена',
      data: await changeEntry(ctx, id, body),
    }),
  ),
  operation(
    {
      id: 'delete-time-tracking-id',
      method: 'delete',
      path: `${path}/{id}`,
      summary: 'Delete a draft or a rejected entry',
      tag,
      access: write,
      params,
      returns: said,
      errors: [404],
    },
    async (ctx, { params: { id } }) => {
      await deleteEntry(ctx, id)
      return { success: true, message: 'Запись времени успешно удалена' }
    },
  ),
  operation(
    {
      id: 'post-time-tracking-id-submit',
      method: 'post',
      path: `${path}/{id}/submit`,
      summary: 'Send an entry for approval',
      description: 'A draft; a running timer is ended first.',
      tag,
      access: write,
      params,
      returns: said,
      errors: [404],
    },
    async (ctx, { params: { id } }) => {
      await submitEntry(ctx, id)
      return { success: true, message: 'Запись времени отправлена на утверждение' }
    },
  ),
  operation(
    {
      id: 'post-time-tracking-id-approve',
      method: 'post',
      path: `${path}/{id}/approve`,
      summary: 'Approve an entry',
      tag,
      access: 'admin.time.approve',
      params,
      body: Approval.optional(),
      returns: said,
      errors: [404],
    },
    async (ctx, { params: { id } }) => {
      await approveEntry(ctx, id)
      return { success: true, message: 'Запись времени успешно утверждена' }
    },
  ),
  operation(
    {
      id: 'post-time-tracking-id-reject',
      method: 'post',
      path: `${path}/{id}/reject`,
      summary: 'Reject an entry',
      tag,
      access: 'admin.time.approve',
      params,
      body: Rejection,
      invalid: 400,
      example: { reason: 'Нет подтверждения' },
      returns: said,
      errors: [404],
    },
    async (ctx, { params: { id }, body }) => {
      await rejectEntry(ctx, id, body.reason)
      return { success: true, message: 'Запись времени отклонена' }
    },
  ),
]
