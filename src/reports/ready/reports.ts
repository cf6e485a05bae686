import { sql } from 'drizzle-orm'
import { orgOf } from '../../context.ts'
import { projectReference } from '../../construction/projects/access.ts'
import { materials } from '../../construction/materials/tables.ts'
import { personReference } from '../../construction/people/people.ts'
import { workTypes } from '../../construction/work-types/tables.ts'
import { movedIn } from '../sums/movements.ts'
import { priceOf } from '../sums/sums.ts'
import type { ReportColumn, ReportRow } from './columns.ts'
import { all, between, is, living, type Asked, type ReadyReport } from './report.ts'

const num = (row: ReportRow, key: string) => Number(row[key] ?? 0)
const id = (key: string, header: string): ReportColumn => ({ key, header, kind: 'integer', hidden: true })
const days = { kind: 'date' } as const

export const MATERIAL_SORTS = {
  usage_date: 'last_usage_date',
  material_name: 'material_name',
  unit_name: 'unit_name',
  total_quantity: 'total_quantity',
  total_amount: 'total_amount',
  operations_count: 'operations_count',
} as const

export interface MaterialUsage extends Asked {
  project_id?: number | undefined
  material_id?: number | undefined
  user_id?: number | undefined
  sort_by: keyof typeof MATERIAL_SORTS
  sort_direction: 'asc' | 'desc'
}

/** What was written off, by material. */
export const materialUsage: ReadyReport<MaterialUsage> = {
  type: 'material_usage',
  slug: 'material-usage',
  title: 'Отчет по расходу материалов',
  module: 'basic_reports',
  columns: [
    id('material_id', 'ID материала'),
    { key: 'material_name', header: 'Материал', kind: 'text', width: 40 },
    { key: 'material_code', header: 'Код', kind: 'text', width: 14 },
    { key: 'category', header: 'Категория', kind: 'text', width: 20 },
    { key: 'unit_name', header: 'Ед. изм.', kind: 'text', width: 14 },
    { key: 'total_quantity', header: 'Количество', kind: 'quantity' },
    { key: 'average_price', header: 'Средняя цена', kind: 'money' },
    { key: 'total_amount', header: 'Сумма', kind: 'money' },
    { key: 'operations_count', header: 'Операций', kind: 'integer' },
    { key: 'last_usage_date', header: 'Последний расход', ...days, width: 17 },
  ],
  aliases: {
    'material.name': 'material_name',
    'material.code': 'material_code',
    'material.category': 'category',
    'material.unit': 'unit_name',
    'measurement_unit.name': 'unit_name',
    quantity: 'total_quantity',
    total_cost: 'total_amount',
    amount: 'total_amount',
    price: 'average_price',
    usage_date: 'last_usage_date',
  },
  totals: ['total_amount', 'operations_count'],
  perPage: 15,
  references: (ctx, asked) => [
    projectReference(ctx, asked.project_id),
    { path: 'material_id', table: materials, id: asked.material_id, message: 'Выбранный материал не найден в вашей организации.' },
    personReference(ctx, asked.user_id),
  ],
  grouped: (ctx, asked) => sql`
    select m.id as material_id, m.name as material_name, m.code as material_code, m.category, u.name as unit_name, x.*
    from (select material_id as of_material, total(quantity) as total_quantity, total(amount) as total_amount, total(priced) as priced_quantity,
            sum(n) as operations_count, max(last_day) as last_usage_date
          from ${movedIn(ctx, asked)}
          where ${all(
            sql`v.operation = 'write_off'`,
            is('v.project_id', asked.project_id),
            is('v.material_id', asked.material_id),
            is('v.user_id', asked.user_id),
          )}
          group by material_id) x
    join materials m on m.id = x.of_material left join measurement_units u on u.id = m.measurement_unit_id`,
  order: ({ sort_by: by, sort_direction: direction }) => sql.raw(`${MATERIAL_SORTS[by]} ${direction}, material_id ${direction}`),
  derive: (row) => ({ ...row, average_price: priceOf(num(row, 'total_amount'), num(row, 'priced_quantity')) }),
}

export interface WorkCompletion extends Asked {
  project_id?: number | undefined
  work_type_id?: number | undefined
  user_id?: number | undefined
}

/** Confirmed works, by type. */
export const workCompletion: ReadyReport<WorkCompletion> = {
  type: 'work_completion',
  slug: 'work-completion',
  title: 'Отчет по выполненным работам',
  module: 'basic_reports',
  columns: [
    id('work_type_id', 'ID вида работ'),
    { key: 'work_type_name', header: 'Вид работ', kind: 'text', width: 40 },
    { key: 'category', header: 'Категория', kind: 'text', width: 20 },
    { key: 'unit_name', header: 'Ед. изм.', kind: 'text', width: 14 },
    { key: 'total_quantity', header: 'Объем', kind: 'quantity' },
    { key: 'average_price', header: 'Средняя цена', kind: 'money' },
    { key: 'total_amount', header: 'Сумма', kind: 'money' },
    { key: 'works_count', header: 'Записей', kind: 'integer' },
    { key: 'last_completion_date', header: 'Последняя дата', ...days, width: 17 },
  ],
  aliases: {
    'work_type.name': 'work_type_name',
    'work_type.category': 'category',
    'measurement_unit.name': 'unit_name',
    quantity: 'total_quantity',
    total_cost: 'total_amount',
    amount: 'total_amount',
    price: 'average_price',
    completion_date: 'last_completion_date',
  },
  totals: ['total_amount', 'works_count'],
  perPage: 15,
  references: (ctx, asked) => [
    projectReference(ctx, asked.project_id),
    { path: 'work_type_id', table: workTypes, id: asked.work_type_id },
    personReference(ctx, asked.user_id),
  ],
  grouped: (ctx, asked) => sql`
    select t.id as work_type_id, t.name as work_type_name, t.category, u.name as unit_name, x.*
    from (select work_type_id as of_type, total(quantity) as total_quantity, total(total_amount) as total_amount, count(*) as works_count,
            max(completion_date) as last_completion_date
          from completed_works w
          where ${all(
            living('w', orgOf(ctx)),
            sql`w.status = 'confirmed'`,
            is('w.project_id', asked.project_id),
            is('w.work_type_id', asked.work_type_id),
            is('w.user_id', asked.user_id),
            between('w.completion_date', asked),
          )}
          group by work_type_id) x
    join work_types t on t.id = x.of_type left join measurement_units u on u.id = t.measurement_unit_id`,
  order: () => sql`total_amount desc, work_type_id`,
  derive: (row) => ({ ...row, average_price: priceOf(num(row, 'total_amount'), num(row, 'total_quantity')) }),
}

export interface ForemanActivity extends Asked {
  project_id?: number | undefined
  user_id?: number | undefined
}

/** What each foreman did: works, hours, materials. Those of a project where one is named; whoever else did something is listed too. */
export const foremanActivity: ReadyReport<ForemanActivity> = {
  type: 'foreman_activity',
  slug: 'foreman-activity',
  title: 'Отчет по активности прорабов',
  module: 'advanced_reports',
  columns: [
    id('user_id', 'ID прораба'),
    { key: 'user_name', header: 'Прораб', kind: 'text', width: 32 },
    { key: 'position', header: 'Должность', kind: 'text', width: 22 },
    { key: 'projects_count', header: 'Проектов', kind: 'integer' },
    { key: 'works_count', header: 'Работ', kind: 'integer' },
    { key: 'works_amount', header: 'Сумма работ', kind: 'money' },
    { key: 'active_days', header: 'Дней с работами', kind: 'integer', width: 16 },
    { key: 'time_entries_count', header: 'Записей времени', kind: 'integer', width: 16 },
    { key: 'hours_worked', header: 'Часов', kind: 'quantity' },
    { key: 'billable_hours', header: 'Оплачиваемых часов', kind: 'quantity', width: 19 },
    { key: 'time_cost', header: 'Стоимость времени', kind: 'money' },
    { key: 'amount_per_hour', header: 'Работ на час', kind: 'money' },
    { key: 'materials_count', header: 'Списаний материалов', kind: 'integer', width: 20 },
    { key: 'materials_amount', header: 'Сумма материалов', kind: 'money' },
    { key: 'last_activity_date', header: 'Последняя активность', ...days, width: 20 },
  ],
  aliases: { 'user.name': 'user_name', 'user.position': 'position', total_amount: 'works_amount', total_hours: 'hours_worked' },
  totals: [
    'works_count',
    'works_amount',
    'time_entries_count',
    'hours_worked',
    'billable_hours',
    'time_cost',
    'materials_count',
    'materials_amount',
  ],
  perPage: 100,
  references: (ctx, asked) => [projectReference(ctx, asked.project_id), personReference(ctx, asked.user_id)],
  grouped: (ctx, asked) => {
    const org = orgOf(ctx)
    const who = (alias: string, day: string) =>
      all(
        living(alias, org),
        is(`${alias}.project_id`, asked.project_id),
        is(`${alias}.user_id`, asked.user_id),
        between(`${alias}.${day}`, asked),
      )
    const members =
      asked.project_id === undefined
        ? sql`true`
        : sql`m.user_id in (select f.user_id from project_foremen f where f.project_id = ${asked.project_id})`
    return sql`
    with w as (select user_id, count(*) as n, total(total_amount) as amount, count(distinct project_id) as places, count(distinct completion_date) as days,
        max(completion_date) as last from completed_works w where ${who('w', 'completion_date')} and w.status = 'confirmed' group by user_id),
      t as (select user_id, count(*) as n, total(hours_worked) as hours, total(iif(is_billable, hours_worked, 0)) as billable,
        total(iif(is_billable, total_cost, 0)) as cost, max(work_date) as last from time_entries t where ${who('t', 'work_date')} group by user_id),
      v as (select user_id, sum(n) as n, total(amount) as amount, max(last_day) as last from ${movedIn(ctx, asked)}
        where ${all(is('v.project_id', asked.project_id), is('v.user_id', asked.user_id), sql`v.operation = 'write_off' and v.user_id > 0`)} group by user_id),
      ids as (select m.user_id from memberships m where ${all(sql`m.org_id = ${org}`, is('m.user_id', asked.user_id), members)}
        union select user_id from w union select user_id from t union select user_id from v)
    select p.id as user_id, coalesce(m.name, p.name) as user_name, coalesce(m.position, iif(m.is_guest, null, p.position)) as position, coalesce(w.places, 0) as projects_count,
      coalesce(w.n, 0) as works_count, coalesce(w.amount, 0) as works_amount, coalesce(w.days, 0) as active_days,
      coalesce(t.n, 0) as time_entries_count, coalesce(t.hours, 0) as hours_worked, coalesce(t.billable, 0) as billable_hours,
      coalesce(t.cost, 0) as time_cost, coalesce(v.n, 0) as materials_count, coalesce(v.amount, 0) as materials_amount,
      nullif(max(coalesce(w.last, ''), coalesce(t.last, ''), coalesce(v.last, '')), '') as last_activity_date
    from ids join users p on p.id = ids.user_id left join memberships m on m.org_id = ${org} and m.user_id = p.id
    left join w on w.user_id = p.id left join t on t.user_id = p.id left join v on v.user_id = p.id
    where p.deleted_at is null or w.n is not null or t.n is not null or v.n is not null`
  },
  order: () => sql`works_amount desc, hours_worked desc, user_id`,
  derive: (row) => ({ ...row, amount_per_hour: priceOf(num(row, 'works_amount'), num(row, 'hours_worked')) }),
}
