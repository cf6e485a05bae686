// What reports may be built from. Everything of a definition that becomes SQL is looked up here: no name that a caller sends reaches the text of a query.
import { MONEY_SCALE } from '../../lib/money.ts'
import { QUANTITY_SCALE, RATE_SCALE } from '../../http/numbers.ts'

export type FieldType = 'integer' | 'string' | 'decimal' | 'date' | 'datetime' | 'boolean'
export type Format = 'text' | 'number' | 'currency' | 'percent' | 'date' | 'datetime' | 'boolean'

export interface Field {
  label: string
  type: FieldType
  /** An expression over the source's own tables. */
  sql: string
  /** Digits after the point that the column keeps, for decimals. */
  scale: number
  format: Format | null
}

export interface Relation {
  name: string
  label: string
  type: 'hasMany' | 'belongsTo' | 'belongsToMany'
  source: string
  foreignKey: string
  localKey: string
}

export interface Source {
  label: string
  category: Category
  /** Where rows come from, and which of them are the organization's own and alive: `?` is its id. */
  from: string
  where: string
  fields: Record<string, Field>
  relations: Relation[]
}

export const CATEGORIES = { core: 'Основные', finances: 'Финансы', materials: 'Материалы', works: 'Работы', staff: 'Персонал' } as const
export type Category = keyof typeof CATEGORIES

const field =
  (type: FieldType, format: Format | null, scale = 0) =>
  (label: string, sql: string): Field => ({ label, type, sql, scale, format })
const id = field('integer', null)
const text = field('string', 'text')
const money = field('decimal', 'currency', MONEY_SCALE)
const quantity = field('decimal', 'number', QUANTITY_SCALE)
const percent = field('decimal', 'percent', RATE_SCALE)
const date = field('date', 'date')
const datetime = field('datetime', 'datetime')
const flag = field('boolean', 'boolean')

const has = (source: string, label: string, foreignKey: string): Relation => ({
  name: source,
  label,
  type: 'hasMany',
  source,
  foreignKey,
  localKey: 'id',
})
const belongs = (name: string, source: string, label: string, foreignKey: string): Relation => ({
  name,
  label,
  type: 'belongsTo',
  source,
  foreignKey,
  localKey: 'id',
})

const own = (alias: string) => `${alias}.org_id = ? and ${alias}.deleted_at is null`
const times = { created_at: datetime('Создано', 't.created_at'), updated_at: datetime('Изменено', 't.updated_at') }

export const SOURCES: Record<string, Source> = {
  projects: {
    label: 'Проекты',
    category: 'core',
    from: 'projects t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      address: text('Адрес', 't.address'),
      customer: text('Заказчик', 't.customer'),
      designer: text('Проектировщик', 't.designer'),
      status: text('Статус', 't.status'),
      budget_amount: money('Бюджет', 't.budget_amount'),
      site_area_m2: quantity('Площадь, м²', 't.site_area'),
      contract_number: text('Номер договора', 't.contract_number'),
      external_code: text('Внешний код', 't.external_code'),
      start_date: date('Начало', 't.start_date'),
      end_date: date('Окончание', 't.end_date'),
      is_archived: flag('В архиве', 't.is_archived'),
      cost_category_id: id('Категория затрат', 't.cost_category_id'),
      ...times,
    },
    relations: [
      has('contracts', 'Контракты', 'project_id'),
      has('completed_works', 'Выполненные работы', 'project_id'),
      has('material_movements', 'Движение материалов', 'project_id'),
      has('time_entries', 'Учёт времени', 'project_id'),
      has('advance_transactions', 'Подотчётные средства', 'project_id'),
      belongs('cost_category', 'cost_categories', 'Категория затрат', 'cost_category_id'),
    ],
  },
  contracts: {
    label: 'Контракты',
    category: 'finances',
    from: 'project_contracts t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      project_id: id('Проект', 't.project_id'),
      contractor_id: id('Подрядчик', 't.contractor_id'),
      number: text('Номер', 't.number'),
      subject: text('Предмет', 't.subject'),
      work_type_category: text('Категория работ', 't.work_type_category'),
      status: text('Статус', 't.status'),
      date: date('Дата', 't.date'),
      start_date: date('Начало', 't.start_date'),
      end_date: date('Окончание', 't.end_date'),
      total_amount: money('Сумма', 't.total_amount'),
      gp_percentage: percent('ГП, %', 't.gp_percentage'),
      planned_advance_amount: money('Плановый аванс', 't.planned_advance_amount'),
      actual_advance_amount: money('Выданный аванс', 't.actual_advance_amount'),
      completed_works_amount: money('Выполнено работ', 't.completed_amount'),
      total_performed_amount: money('Принято по актам', 't.performed_amount'),
      total_paid_amount: money('Оплачено', 't.paid_amount'),
      ...times,
    },
    relations: [
      belongs('project', 'projects', 'Проект', 'project_id'),
      belongs('contractor', 'contractors', 'Подрядчик', 'contractor_id'),
      has('completed_works', 'Выполненные работы', 'contract_id'),
      has('payments', 'Платежи', 'contract_id'),
      has('performance_acts', 'Акты', 'contract_id'),
    ],
  },
  payments: {
    label: 'Платежи',
    category: 'finances',
    from: 'contract_payments t join project_contracts c on c.id = t.contract_id and c.deleted_at is null',
    where: 't.org_id = ? and t.deleted_at is null and c.org_id = t.org_id',
    fields: {
      id: id('ID', 't.id'),
      contract_id: id('Контракт', 't.contract_id'),
      payment_date: date('Дата', 't.payment_date'),
      amount: money('Сумма', 't.amount'),
      payment_type: text('Вид', 't.payment_type'),
      reference_document_number: text('Документ', 't.reference_document_number'),
      ...times,
    },
    relations: [belongs('contract', 'contracts', 'Контракт', 'contract_id')],
  },
  performance_acts: {
    label: 'Акты выполненных работ',
    category: 'finances',
    from: 'performance_acts t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      contract_id: id('Контракт', 't.contract_id'),
      act_document_number: text('Номер', 't.act_document_number'),
      act_date: date('Дата', 't.act_date'),
      amount: money('Сумма', 't.amount'),
      is_approved: flag('Утверждён', 't.is_approved'),
      approval_date: date('Дата утверждения', 't.approval_date'),
      ...times,
    },
    relations: [belongs('contract', 'contracts', 'Контракт', 'contract_id')],
  },
  contractors: {
    label: 'Подрядчики',
    category: 'core',
    from: 'contractors t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      inn: text('ИНН', 't.inn'),
      kpp: text('КПП', 't.kpp'),
      contractor_type: text('Вид', 't.contractor_type'),
      contact_person: text('Контактное лицо', 't.contact_person'),
      phone: text('Телефон', 't.phone'),
      email: text('E-mail', 't.email'),
      ...times,
    },
    relations: [has('contracts', 'Контракты', 'contractor_id'), has('completed_works', 'Выполненные работы', 'contractor_id')],
  },
  completed_works: {
    label: 'Выполненные работы',
    category: 'works',
    from: 'completed_works t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      project_id: id('Проект', 't.project_id'),
      contract_id: id('Контракт', 't.contract_id'),
      contractor_id: id('Подрядчик', 't.contractor_id'),
      work_type_id: id('Вид работ', 't.work_type_id'),
      user_id: id('Исполнитель', 't.user_id'),
      quantity: quantity('Количество', 't.quantity'),
      price: money('Цена', 't.price'),
      total_amount: money('Сумма', 't.total_amount'),
      completion_date: date('Дата выполнения', 't.completion_date'),
      status: text('Статус', 't.status'),
      notes: text('Примечание', 't.notes'),
      ...times,
    },
    relations: [
      belongs('project', 'projects', 'Проект', 'project_id'),
      belongs('contract', 'contracts', 'Контракт', 'contract_id'),
      belongs('contractor', 'contractors', 'Подрядчик', 'contractor_id'),
      belongs('work_type', 'work_types', 'Вид работ', 'work_type_id'),
      belongs('user', 'users', 'Исполнитель', 'user_id'),
    ],
  },
  work_types: {
    label: 'Виды работ',
    category: 'works',
    from: 'work_types t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      code: text('Код', 't.code'),
      category: text('Категория', 't.category'),
      default_price: money('Цена', 't.default_price'),
      is_active: flag('Активен', 't.is_active'),
      ...times,
    },
    relations: [
      has('completed_works', 'Выполненные работы', 'work_type_id'),
      has('material_movements', 'Движение материалов', 'work_type_id'),
      has('time_entries', 'Учёт времени', 'work_type_id'),
    ],
  },
  materials: {
    label: 'Материалы',
    category: 'materials',
    from: 'materials t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      code: text('Код', 't.code'),
      category: text('Категория', 't.category'),
      default_price: money('Цена', 't.default_price'),
      external_code: text('Внешний код', 't.external_code'),
      is_active: flag('Активен', 't.is_active'),
      ...times,
    },
    relations: [has('material_movements', 'Движение материалов', 'material_id')],
  },
  material_movements: {
    label: 'Движение материалов',
    category: 'materials',
    from: 'material_movements t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      project_id: id('Проект', 't.project_id'),
      material_id: id('Материал', 't.material_id'),
      supplier_id: id('Поставщик', 't.supplier_id'),
      work_type_id: id('Вид работ', 't.work_type_id'),
      user_id: id('Кто записал', 't.user_id'),
      operation_type: text('Операция', 't.operation'),
      quantity: quantity('Количество', 't.quantity'),
      unit_price: money('Цена', 't.unit_price'),
      total_price: money('Сумма', 't.total_price'),
      document_number: text('Документ', 't.document_number'),
      usage_date: date('Дата', 't.usage_date'),
      ...times,
    },
    relations: [
      belongs('project', 'projects', 'Проект', 'project_id'),
      belongs('material', 'materials', 'Материал', 'material_id'),
      belongs('supplier', 'suppliers', 'Поставщик', 'supplier_id'),
      belongs('work_type', 'work_types', 'Вид работ', 'work_type_id'),
    ],
  },
  suppliers: {
    label: 'Поставщики',
    category: 'materials',
    from: 'suppliers t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      code: text('Код', 't.code'),
      tax_number: text('ИНН', 't.tax_number'),
      contact_person: text('Контактное лицо', 't.contact_person'),
      phone: text('Телефон', 't.phone'),
      email: text('E-mail', 't.email'),
      is_active: flag('Активен', 't.is_active'),
      ...times,
    },
    relations: [has('material_movements', 'Движение материалов', 'supplier_id')],
  },
  cost_categories: {
    label: 'Категории затрат',
    category: 'finances',
    from: 'cost_categories t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      name: text('Название', 't.name'),
      code: text('Код', 't.code'),
      parent_id: id('Родитель', 't.parent_id'),
      is_active: flag('Активна', 't.is_active'),
      ...times,
    },
    relations: [has('projects', 'Проекты', 'cost_category_id')],
  },
  users: {
    label: 'Прорабы',
    category: 'staff',
    from: 'memberships t join users u on u.id = t.user_id and u.deleted_at is null',
    where: 't.org_id = ?',
    fields: {
      id: id('ID', 't.user_id'),
      name: text('Имя', 't.name'),
      position: text('Должность', 'coalesce(t.position, t.account_position)'),
      employee_id: text('Табельный номер', 't.employee_id'),
      is_active: flag('Активен', 't.is_active'),
      created_at: datetime('Создано', 't.created_at'),
    },
    relations: [
      has('completed_works', 'Выполненные работы', 'user_id'),
      has('time_entries', 'Учёт времени', 'user_id'),
      has('advance_transactions', 'Подотчётные средства', 'user_id'),
    ],
  },
  time_entries: {
    label: 'Учёт времени',
    category: 'staff',
    from: 'time_entries t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      user_id: id('Сотрудник', 't.user_id'),
      project_id: id('Проект', 't.project_id'),
      work_type_id: id('Вид работ', 't.work_type_id'),
      work_date: date('Дата', 't.work_date'),
      hours_worked: quantity('Часы', 't.hours_worked'),
      hourly_rate: money('Ставка', 't.hourly_rate'),
      total_cost: money('Стоимость', 't.total_cost'),
      is_billable: flag('Оплачивается', 't.is_billable'),
      status: text('Статус', 't.status'),
      ...times,
    },
    relations: [
      belongs('user', 'users', 'Сотрудник', 'user_id'),
      belongs('project', 'projects', 'Проект', 'project_id'),
      belongs('work_type', 'work_types', 'Вид работ', 'work_type_id'),
    ],
  },
  advance_transactions: {
    label: 'Подотчётные средства',
    category: 'finances',
    from: 'advance_transactions t',
    where: own('t'),
    fields: {
      id: id('ID', 't.id'),
      user_id: id('Сотрудник', 't.user_id'),
      project_id: id('Проект', 't.project_id'),
      type: text('Вид', 't.type'),
      amount: money('Сумма', 't.amount'),
      document_number: text('Документ', 't.document_number'),
      document_date: date('Дата', 't.document_date'),
      reporting_status: text('Отчёт', 't.status'),
      ...times,
    },
    relations: [belongs('user', 'users', 'Сотрудник', 'user_id'), belongs('project', 'projects', 'Проект', 'project_id')],
  },
}

/** A source by its key; nothing that every object has is one. */
export const sourceOf = (key: string): Source | undefined => (Object.hasOwn(SOURCES, key) ? SOURCES[key] : undefined)
export const fieldOf = (source: Source, key: string): Field | undefined =>
  Object.hasOwn(source.fields, key) ? source.fields[key] : undefined

/** Whether two sources may be joined on these two fields, in either order. */
export function mayJoin(a: [source: string, field: string], b: [source: string, field: string]): boolean {
  const goes = ([from, fromField]: [string, string], [to, toField]: [string, string]) =>
    sourceOf(from)?.relations.some(
      (r) =>
        r.source === to &&
        (r.type === 'belongsTo'
          ? r.foreignKey === fromField && r.localKey === toField
          : r.localKey === fromField && r.foreignKey === toField),
    ) ?? false
  return goes(a, b) || goes(b, a)
}
