import { sql, type SQL } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { PROJECT_STATUSES } from '../../construction/projects/tables.ts'
import { todayIn } from '../../construction/zone.ts'
import { movedIn } from '../sums/movements.ts'
import { percentOfSum } from '../sums/sums.ts'
import { all, living, type Asked, type ReadyReport } from './report.ts'

/** The report's own words, and those of projects. */
export const STATUS_WORDS = ['active', 'completed', 'planned', 'on_hold', 'paused', 'cancelled'] as const
export interface ProjectStatus extends Asked {
  status?: (typeof STATUS_WORDS)[number] | undefined
  is_archived?: boolean | undefined
}

const NAMES: Record<string, string> = { active: 'В работе', completed: 'Завершен', paused: 'Приостановлен', cancelled: 'Отменен' }

/** `on_hold` is paused; `planned` is an active one that has not begun. */
const ofStatus = (status: ProjectStatus['status'], today: string): SQL | undefined =>
  status === undefined
    ? undefined
    : status === 'planned'
      ? sql`p.status = 'active' and p.start_date > ${today}`
      : sql`p.status = ${status === 'on_hold' ? 'paused' : status}`

const chosen = (ctx: Ctx, asked: ProjectStatus, today: string) =>
  all(living('p', orgOf(ctx)), ofStatus(asked.status, today), asked.is_archived ? undefined : sql`p.is_archived = 0`)

/** Projects with what they add up to; archived ones where they are asked for. */
export const projectStatus: ReadyReport<ProjectStatus> = {
  type: 'project_status_summary',
  slug: 'project-status-summary',
  title: 'Сводный отчет по статусам проектов',
  module: 'basic_reports',
  columns: [
    { key: 'project_id', header: 'ID проекта', kind: 'integer', hidden: true },
    { key: 'project_name', header: 'Проект', kind: 'text', width: 36 },
    { key: 'address', header: 'Адрес', kind: 'text', width: 36 },
    { key: 'customer', header: 'Заказчик', kind: 'text', width: 24 },
    { key: 'status', header: 'Код статуса', kind: 'text', hidden: true },
    { key: 'status_name', header: 'Статус', kind: 'text', width: 16 },
    { key: 'is_archived', header: 'В архиве', kind: 'flag', width: 10 },
    { key: 'is_overdue', header: 'Просрочен', kind: 'flag', width: 11 },
    { key: 'start_date', header: 'Начало', kind: 'date' },
    { key: 'end_date', header: 'Окончание', kind: 'date' },
    { key: 'budget_amount', header: 'Бюджет', kind: 'money' },
    { key: 'contracts_count', header: 'Контрактов', kind: 'integer' },
    { key: 'contracts_amount', header: 'Сумма контрактов', kind: 'money' },
    { key: 'completed_amount', header: 'Выполнено по контрактам', kind: 'money', width: 24 },
    { key: 'completion_percentage', header: 'Выполнение', kind: 'percent' },
    { key: 'paid_amount', header: 'Оплачено', kind: 'money' },
    { key: 'works_count', header: 'Работ', kind: 'integer' },
    { key: 'works_amount', header: 'Сумма работ', kind: 'money' },
    { key: 'materials_amount', header: 'Материалы', kind: 'money' },
    { key: 'foremen_count', header: 'Прорабов', kind: 'integer' },
  ],
  aliases: { name: 'project_name', 'project.name': 'project_name', 'project.address': 'address', total_amount: 'contracts_amount' },
  totals: ['contracts_count', 'contracts_amount', 'completed_amount', 'paid_amount', 'works_count', 'works_amount', 'materials_amount'],
  perPage: 100,
  references: () => [],
  grouped: async (ctx, asked) => {
    const org = orgOf(ctx)
    const today = await todayIn(ctx)
    return sql`
    select p.id as project_id, p.name as project_name, p.address, p.customer, p.status, p.is_archived,
      coalesce(p.status = 'active' and p.end_date < ${today}, 0) as is_overdue, p.start_date, p.end_date, p.budget_amount,
      coalesce(c.n, 0) as contracts_count, coalesce(c.amount, 0) as contracts_amount, coalesce(c.done, 0) as completed_amount,
      coalesce(c.paid, 0) as paid_amount, coalesce(w.n, 0) as works_count, coalesce(w.amount, 0) as works_amount,
      coalesce(v.amount, 0) as materials_amount, (select count(*) from project_foremen f where f.project_id = p.id) as foremen_count
    from projects p
    left join (select project_id, count(*) as n, total(total_amount) as amount, total(completed_amount) as done, total(paid_amount) as paid
      from project_contracts c where ${living('c', org)} group by project_id) c on c.project_id = p.id
    left join (select project_id, count(*) as n, total(total_amount) as amount from completed_works w
      where ${living('w', org)} and w.status = 'confirmed' group by project_id) w on w.project_id = p.id
    left join (select project_id, total(amount) as amount from ${movedIn(ctx, {})}
      where v.operation = 'write_off' group by project_id) v on v.project_id = p.id
    where ${chosen(ctx, asked, today)}`
  },
  order: () => sql`project_name, project_id`,
  derive: (row) => ({
    ...row,
    status_name: NAMES[String(row['status'])] ?? null,
    completion_percentage: percentOfSum(Number(row['completed_amount'] ?? 0), Number(row['contracts_amount'] ?? 0)),
  }),
  summary: async (ctx, asked) => {
    const found = await ctx.db.all<{ status: string; n: number }>(
      sql`select p.status, count(*) as n from projects p where ${chosen(ctx, asked, await todayIn(ctx))} group by p.status`,
    )
    const by = Object.fromEntries(PROJECT_STATUSES.map((status) => [status, found.find((row) => row.status === status)?.n ?? 0]))
    return { total_projects: found.reduce((sum, row) => sum + row.n, 0), by_status: by }
  },
}
