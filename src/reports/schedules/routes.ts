import * as z from 'zod'
import { idParam, operation, type Operation } from '../../http/operation.ts'
import { successOf } from '../../construction/registry/registry-routes.ts'
import { inModule } from '../custom/routes.ts'
import { runNow } from './run.ts'
import { ChangeSchedule, NewSchedule, Schedule } from './schemas.ts'
import { changeSchedule, createSchedule, listSchedules, loadSchedule, showSchedule, removeSchedule, toggleSchedule } from './schedules.ts'

const tag = 'Custom Reports Schedules'
const list = '/custom-reports/{id}/schedules'
const item = `${list}/{scheduleId}`
const ofReport = z.object({ id: idParam })
const params = z.object({ id: idParam, scheduleId: idParam })
const access = { read: 'admin.reports.view', write: 'admin.reports.edit' } as const

export const scheduleRoutes: Operation[] = [
  operation(
    {
      id: 'get-custom-reports-id-schedules',
      method: 'get',
      path: list,
      summary: 'Schedules of a report',
      tag,
      access: access.read,
      params: ofReport,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: z.array(Schedule) }) } },
    },
    (ctx, { params: p }) => inModule(ctx, async () => ({ success: true, data: await listSchedules(ctx, p.id) })),
  ),
  operation(
    {
      id: 'post-custom-reports-id-schedules',
      method: 'post',
      path: list,
      summary: 'Have a report mailed daily, weekly or monthly',
      tag,
      access: access.write,
      params: ofReport,
      body: NewSchedule,
      returns: { 201: { schema: successOf(Schedule) } },
      idempotent: true,
      errors: [422],
      example: {
        schedule_type: 'daily',
        schedule_config: { time: '09:00' },
        recipient_emails: ['manager@example.com'],
        export_format: 'excel',
      },
    },
    (ctx, { params: p, body }) =>
      inModule(ctx, async () => ({ success: true, message: 'Расписание успешно создано', data: await createSchedule(ctx, p.id, body) })),
  ),
  operation(
    {
      id: 'get-custom-reports-id-schedules-scheduleId',
      method: 'get',
      path: item,
      summary: 'A schedule of a report',
      tag,
      access: access.read,
      params,
      returns: { 200: { schema: z.object({ success: z.literal(true), data: Schedule }) } },
    },
    (ctx, { params: p }) =>
      inModule(ctx, async () => ({ success: true, data: await showSchedule(ctx, await loadSchedule(ctx, p.id, p.scheduleId)) })),
  ),
  operation(
    {
      id: 'put-custom-reports-id-schedules-scheduleId',
      method: 'put',
      path: item,
      summary: 'Change a schedule; its next time is worked out anew',
      tag,
      access: access.write,
      params,
      body: ChangeSchedule,
      example: { recipient_emails: ['manager@example.com'] },
      returns: { 200: { schema: successOf(Schedule) } },
      errors: [409, 422],
    },
    (ctx, { params: p, body }) =>
      inModule(ctx, async () => ({
        success: true,
        message: 'Расписание успешно обновлено',
        data: await changeSchedule(ctx, p.id, p.scheduleId, body),
      })),
  ),
  operation(
    {
      id: 'delete-custom-reports-id-schedules-scheduleId',
      method: 'delete',
      path: item,
      summary: 'Delete a schedule',
      tag,
      access: access.write,
      params,
      returns: { 200: { schema: z.object({ success: z.literal(true), message: z.string() }) } },
    },
    (ctx, { params: p }) =>
      inModule(ctx, async () => {
        await removeSchedule(ctx, p.id, p.scheduleId)
        return { success: true, message: 'Расписание успешно удалено' }
      }),
  ),
  operation(
    {
      id: 'post-custom-reports-id-schedules-scheduleId-toggle',
      method: 'post',
      path: `${item}/toggle`,
      summary: 'Switch a schedule on or off',
      tag,
      access: access.write,
      params,
      returns: { 200: { schema: successOf(z.object({ is_active: z.boolean() })) } },
      errors: [409, 422],
    },
    (ctx, { params: p }) =>
      inModule(ctx, async () => {
        const active = await toggleSchedule(ctx, p.id, p.scheduleId)
        return { success: true, message: active ? 'Расписание включено' : 'Расписание отключено', data: { is_active: active } }
      }),
  ),
  operation(
    {
      id: 'post-custom-reports-id-schedules-scheduleId-run-now',
      method: 'post',
      path: `${item}/run-now`,
      summary: 'Run and mail a report now; its plan stays',
      description: 'One at a time for each schedule (409), and ten in ten minutes (429).',
      tag,
      access: access.write,
      params,
      returns: {
        200: { schema: successOf(z.object({ execution_id: z.int(), sent_to: z.array(z.string()), execution_time_ms: z.int() })) },
      },
      errors: [409, 422],
      idempotent: true,
    },
    (ctx, { params: p }) =>
      inModule(ctx, async () => ({ success: true, message: 'Отчет выполнен и отправлен', data: await runNow(ctx, p.id, p.scheduleId) })),
  ),
]
