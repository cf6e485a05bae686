import * as z from 'zod'
import type { Ctx } from '../../context.ts'
import { cellLine, cellText, importFile, type FileImporter } from '../registry/import.ts'
import { said } from '../registry/registry.ts'
import { searchOf } from './cost-categories.ts'
import type { IMPORT_FORMATS } from './schemas.ts'
import { costCategories as table } from './tables.ts'

const CategoryRow = z.object({
  name: cellLine(255),
  code: cellLine(100).optional(),
  external_code: cellText(100).optional(),
  parent_code: cellLine(100).optional(),
  parent_name: cellLine(255).optional(),
  description: cellText(10_000).optional(),
})
type CategoryRow = z.output<typeof CategoryRow>
type Columns = FileImporter<CategoryRow, undefined>['columns']

/**
 * The columns of each format; further ones are passed over.
 *
 * - `simple`: our own.
 * - `sbis`: a catalogue as СБИС (Saby) saves it. Folders stand as rows of their own; a row names its folder by code or by name.
 * - `onec`: the list «Статьи затрат» as 1С:Предприятие saves it («Вывести список…»): a reference such as «Родитель» is shown by its name there; exports made
 *   by code have its code and the reference's own identifier too.
 */
export const FORMATS: Record<(typeof IMPORT_FORMATS)[number], Columns> = {
  simple: {
    name: ['name', 'наименование', 'название'],
    code: ['code', 'код'],
    external_code: ['external_code', 'внешний код'],
    parent_code: ['parent_code', 'код родителя'],
    description: ['description', 'описание'],
  },
  sbis: {
    name: ['Наименование', 'Название'],
    code: ['Код'],
    external_code: ['Идентификатор', 'Внешний код', 'UUID'],
    parent_code: ['Код раздела', 'Код папки', 'Код родителя'],
    parent_name: ['Раздел', 'Папка', 'Родитель'],
    description: ['Описание', 'Комментарий'],
  },
  onec: {
    name: ['Наименование'],
    code: ['Код'],
    external_code: ['Ссылка', 'УникальныйИдентификатор', 'Уникальный идентификатор', 'GUID'],
    parent_code: ['Код родителя', 'КодРодителя', 'Родитель.Код', 'Код группы'],
    parent_name: ['Родитель', 'Группа', 'Входит в группу'],
    description: ['Описание', 'Комментарий'],
  },
}

/**
 * A category is known again by its code, else by its external code, else, where a row has neither, by its name. A parent may stand anywhere in the file; an empty
 * parent leaves a known category where it is.
 */
const importerOf = (format: keyof typeof FORMATS): FileImporter<CategoryRow, undefined> => ({
  table,
  noun: 'cost_category',
  columns: FORMATS[format],
  required: ['name'],
  schema: CategoryRow,
  lookups: async () => undefined,
  keys: ['code', 'externalCode', 'name'],
  match: 'first',
  identify: ({ name, code, external_code }) => [
    ...(code === undefined ? [] : [{ key: 'code', value: code }]),
    ...(external_code === undefined ? [] : [{ key: 'externalCode', value: external_code }]),
    ...(code === undefined && external_code === undefined ? [{ key: 'name', value: name }] : []),
  ],
  parentOf: ({ parent_code, parent_name }) =>
    parent_code !== undefined
      ? { key: 'code', value: parent_code }
      : parent_name !== undefined
        ? { key: 'name', value: parent_name }
        : undefined,
  values: (row, _, before) => {
    const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
    const code = row.code ?? textOf(before?.['code'])
    const externalCode = row.external_code ?? textOf(before?.['externalCode'])
    return said({
      name: row.name,
      code: row.code,
      externalCode: row.external_code,
      description: row.description,
      search: searchOf({ name: row.name, code, externalCode }),
      ...(before ? {} : { isActive: true, sortOrder: 0, projectsCount: 0 }),
    })
  },
})

export const importCategories = (ctx: Ctx, { file, format }: { file: File; format: keyof typeof FORMATS }) =>
  importFile(ctx, importerOf(format), file)
