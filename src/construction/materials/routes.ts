import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { TYPES } from '../../documents/spreadsheet/write-table.ts'
import { ImportAnswer } from '../registry/import.ts'
import { registryRoutes, successOf, successPageOf, wrap, wrapPage } from '../registry/registry-routes.ts'
import { importMaterials, materialTemplate } from './import-materials.ts'
import { materialPages, materials, withRates } from './materials.ts'
import { recordReceipt, recordWriteOff } from './record-movement.ts'
import { ChangeMaterial, IncludeRates, Material, Movement, NewMaterial, NewReceipt, NewWriteOff } from './schemas.ts'

const tag = 'Catalogs'
const access = { read: 'admin.catalogs.view', write: 'admin.catalogs.edit' } as const
const example = { project_id: 25, material_id: 45, quantity: 100, unit_price: 160 }

export const materialRoutes = [
  // Before the routes with an id: the router takes the first that fits.
  operation(
    {
      id: 'get-materials-import-template',
      method: 'get',
      path: '/materials/import-template',
      summary: 'A file with the columns that the import reads',
      tag,
      access: access.read,
      query: z.object({ format: z.enum(['csv', 'xlsx']).default('xlsx') }),
      returns: { 200: { media: [TYPES.xlsx, TYPES.csv] } },
    },
    async (_, { query }) => materialTemplate(query.format),
  ),
  operation(
    {
      id: 'post-materials-import',
      method: 'post',
      path: '/materials/import',
      summary: 'Take materials in from CSV or XLSX',
      description:
        'Columns: name, code, measurement_unit (short name), category, default_price, external_code, description; Russian headings are known too. A known name or external code is changed, not doubled; an empty cell leaves what is there. A bad row does not stop the others: `errors` has a line for it, numbered as in the file, whose heading is line 1. At most 10,000 rows.',
      tag,
      access: access.write,
      body: z
        .object({ file: z.instanceof(File, { error: 'must be a file' }).meta({ json: { type: 'string', format: 'binary' } }) })
        .meta({ id: 'ImportMaterials' }),
      bodyAs: 'form',
      returns: { 200: { schema: ImportAnswer } },
      errors: [400, 409],
    },
    async (ctx, { body }) => ({ success: true, ...(await importMaterials(ctx, body.file)) }),
  ),
  operation(
    {
      id: 'post-materials-receipts',
      method: 'post',
      path: '/materials/receipts',
      summary: 'Record a delivery of a material to a project',
      tag,
      access: access.write,
      body: NewReceipt,
      bodyAs: 'either',
      emptyIsNull: true,
      returns: { 201: { schema: successOf(Movement) } },
      idempotent: true,
      example: { ...example, supplier_id: 12, document_number: 'НАК-2024-0125', invoice_date: '2024-12-15' },
    },
    async (ctx, { body }) => wrap('success', await recordReceipt(ctx, body), 'Поступление материала записано.'),
  ),
  operation(
    {
      id: 'post-materials-write-offs',
      method: 'post',
      path: '/materials/write-offs',
      summary: 'Write a material off by hand: waste and losses; confirmed works write theirs off themselves',
      description:
        'More may be written off than was received, here as by a work: deliveries are often recorded later, and what is used up is used up. The balance is below zero until then, and low in every report of stocks.',
      tag,
      access: access.write,
      body: NewWriteOff,
      bodyAs: 'either',
      emptyIsNull: true,
      returns: { 201: { schema: successOf(Movement) } },
      idempotent: true,
      example: { ...example, notes: 'Бой при разгрузке' },
    },
    async (ctx, { body }) => wrap('success', await recordWriteOff(ctx, body), 'Списание материала записано.'),
  ),
  operation(
    {
      id: 'get-materials',
      method: 'get',
      path: '/materials',
      summary: 'Materials of the organization',
      tag,
      access: access.read,
      query: materialPages.query,
      returns: { 200: { schema: successPageOf(Material) } },
    },
    async (ctx, { query, request }) => {
      const { rows, meta } = await materials.list(ctx, query)
      const shown = rows.map((row) => withRates(row, query['include_consumption_rates']))
      return wrapPage('success', { rows: shown, meta }, request.url)
    },
  ),
  operation(
    {
      id: 'get-materials-id',
      method: 'get',
      path: '/materials/{id}',
      summary: 'A material',
      tag,
      access: access.read,
      params: z.object({ id: idParam }),
      query: z.object(IncludeRates),
      errors: [404],
      returns: { 200: { schema: successOf(Material) } },
    },
    async (ctx, { params, query }) =>
      wrap('success', withRates(await materials.get(ctx, params.id), query.include_consumption_rates), 'Материал найден.'),
  ),
  ...registryRoutes(materials, {
    path: '/materials',
    tag,
    access,
    schemas: { New: NewMaterial, Change: ChangeMaterial, Shown: Material },
    wrap: 'success',
    page: 'success',
    list: materialPages,
    words: {
      create: { summary: 'Create a material', message: 'Материал создан.' },
      change: { summary: 'Change a material', message: 'Материал обновлён.' },
      remove: { summary: 'Delete a material; what was moved of it stays in the log' },
    },
    example: { name: 'Кирпич красный керамический', measurement_unit_id: 3, default_price: 12.5 },
  }),
]
