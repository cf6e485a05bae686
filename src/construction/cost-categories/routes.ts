import { operation } from '../../http/operation.ts'
import { ImportAnswer } from '../registry/import.ts'
import { registryRoutes } from '../registry/registry-routes.ts'
import { categories, categoryPages, getCategory } from './cost-categories.ts'
import { FORMATS, importCategories } from './import-categories.ts'
import { ChangeCategory, CostCategory, ImportCategories, NewCategory } from './schemas.ts'

const tag = 'CostCategories'
const access = { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' } as const

const columnsOf = (format: keyof typeof FORMATS) =>
  `\`${format}\`: ${Object.values(FORMATS[format])
    .map((names) => names.join(' / '))
    .join(', ')}`

export const categoryRoutes = [
  operation(
    {
      id: 'post-cost-categories-import',
      method: 'post',
      path: '/cost-categories/import',
      summary: 'Take cost categories in from CSV or XLSX',
      description: `Columns by format, other spellings of one after a slash, the name always required. ${(['simple', 'sbis', 'onec'] as const).map(columnsOf).join('. ')}. A known code is changed, not doubled (without a code the external code decides, without both the name); a parent is found by its code or name, anywhere in the file or among what is there. A bad row does not stop the others: \`errors\` has a line for it, numbered as in the file, whose heading is line 1. At most 10,000 rows.`,
      tag,
      access: access.write,
      body: ImportCategories,
      bodyAs: 'form',
      invalid: 400,
      returns: { 200: { schema: ImportAnswer } },
      errors: [400, 409],
    },
    async (ctx, { body }) => ({ success: true, ...(await importCategories(ctx, body)) }),
  ),
  ...registryRoutes(
    { ...categories, get: getCategory },
    {
      path: '/cost-categories',
      tag,
      access,
      schemas: { New: NewCategory, Change: ChangeCategory, Shown: CostCategory },
      wrap: 'data',
      page: 'resource',
      list: categoryPages,
      words: {
        list: { summary: 'Cost categories of the organization', invalid: 400 },
        create: { summary: 'Create a cost category', invalid: 400 },
        get: { summary: 'A cost category with its children and the way to it' },
        change: { summary: 'Change or move a cost category', invalid: 400 },
        remove: { summary: 'Delete a cost category that has neither children nor projects', errors: [400] },
      },
      removed: 'Категория затрат успешно удалена.',
      example: { name: 'Строительно-монтажные работы', code: 'SMR', sort_order: 10 },
    },
  ),
]
