import type { Role } from '../../identity/roles.ts'

/** Columns of a grid of twelve, by the width of the screen. */
export interface Size {
  xs: number
  md: number
  lg: number
}

export interface Widget {
  id: string
  title: string
  description: string | null
  /** What the front end draws it with. */
  component: string
  default_enabled: boolean
  default_size: Size
  min_size: Size
  /** Who has it; null: everybody who sees the dashboard. */
  roles: readonly Role[] | null
}

/** Grows by one whenever widgets come, go or need more room. */
export const REGISTRY_VERSION = 1

const third: Size = { xs: 12, md: 6, lg: 4 }
const half: Size = { xs: 12, md: 12, lg: 6 }
const small: Size = { xs: 6, md: 3, lg: 3 }
const medium: Size = { xs: 6, md: 4, lg: 3 }

const CONTRACTS: readonly Role[] = ['owner', 'admin', 'accountant', 'project_manager']
const HEADS: readonly Role[] = ['owner', 'admin']

const widget = (id: string, title: string, description: string, more: Partial<Widget> = {}): Widget => ({
  id,
  title,
  description,
  component: `${id.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Widget`,
  default_enabled: true,
  default_size: third,
  min_size: medium,
  roles: null,
  ...more,
})

/** In the order in which they stand by default. */
export const WIDGETS: readonly Widget[] = [
  widget('contracts_statistics', 'Статистика контрактов', 'Общая статистика по контрактам организации', { roles: CONTRACTS }),
  widget('contracts_attention', 'Контракты, требующие внимания', 'Приближение к лимиту, завершение работ и просроченные сроки', {
    roles: CONTRACTS,
    default_size: half,
  }),
  widget('top_contracts', 'Крупнейшие контракты', 'Контракты с наибольшей суммой', { roles: CONTRACTS, default_size: half }),
  widget('summary', 'Сводка', 'Сколько в организации прорабов, проектов, материалов, поставщиков, контрактов и работ', { min_size: small }),
  widget('timeseries', 'Динамика', 'Новые записи по месяцам за последние полгода', { default_size: half }),
  widget('recent_activity', 'Последние работы', 'Недавно внесённые выполненные работы', { default_size: { xs: 12, md: 6, lg: 8 } }),
  widget('top_projects', 'Проекты по числу материалов', 'Пять проектов, где больше всего разных материалов'),
  widget('latest_materials', 'Новые материалы', 'Недавно добавленные материалы'),
  widget('low_stock', 'Материалы на исходе', 'Материалы, остаток которых невелик'),
  widget('site_requests', 'Заявки с объектов', 'Заявки, ожидающие и обработанные', { min_size: small }),
  widget('limits', 'Лимиты подписки', 'Сколько занято пользователей и проектов', { roles: HEADS, min_size: small, default_enabled: false }),
]

/** The widgets of a role; a key of the API, which has none, sees those that are for everybody. */
export const widgetsOf = (role: Role | undefined): Widget[] =>
  WIDGETS.filter(({ roles }) => roles === null || (role !== undefined && roles.includes(role)))
