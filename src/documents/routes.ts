import * as z from 'zod'
import { id, instant, name, notEmpty } from '../http/fields.ts'
import { linkNext } from '../http/list.ts'
import { idParam, operation, Reply } from '../http/operation.ts'
import {
  changeTemplate,
  deleteTemplate,
  getTemplate,
  listTemplates,
  sendTemplateFile,
  templateFields,
  templatesQuery,
  uploadTemplate,
} from './templates.ts'

const tag = 'Templates'
const byId = z.object({ id: idParam })
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

export const FIELD_TYPES = ['text', 'number', 'date', 'phone', 'iin', 'checkbox'] as const
export const fieldName = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{N}_.-]+$/u)
  .meta({ example: 'client_name' })

const Template = z
  .object({
    id,
    company_id: id,
    name: name.meta({ example: 'Договор поставки' }),
    file_path: z
      .string()
      .meta({ readOnly: true, example: 'organizations/1/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.docx' }),
    created_at: instant,
    format: z.enum(['docx', 'pdf']).meta({ example: 'docx' }),
    warnings: z.array(z.string()).meta({ description: 'What the file asks for that is not shown as its author drew it.', example: [] }),
  })
  .meta({ id: 'Template' })
const TemplateField = z
  .object({ field_name: fieldName, field_type: z.enum(FIELD_TYPES).meta({ example: 'text' }) })
  .meta({ id: 'TemplateField' })
const UploadTemplate = z
  .object({
    file: z.instanceof(File, { error: 'must be a file' }).meta({ json: { type: 'string', format: 'binary' } }),
    company_id: idParam,
    name: name.meta({ example: 'Договор поставки' }),
  })
  .meta({ id: 'UploadTemplate' })
const ChangeTemplate = z
  .object({
    name: name.optional().meta({ example: 'Новое название шаблона' }),
    file_path: z.string().max(1000).optional().meta({ description: 'Not followed: the stored file stays.' }),
  })
  .refine(notEmpty, 'nothing to change')
  .meta({ id: 'ChangeTemplate' })

export const templateRoutes = [
  operation(
    {
      id: 'post-templates-upload',
      method: 'post',
      path: '/templates/upload',
      summary: 'Upload a DOCX or an AcroForm PDF',
      tag,
      access: 'contracts:write',
      idempotent: true,
      bodyAs: 'form',
      body: UploadTemplate,
      returns: { 201: { schema: Template } },
      errors: [404, 413],
      description: 'At most 15 MB. Placeholders of a DOCX are {name}, loops {#rows}…{/rows}; of a PDF its form fields.',
    },
    (ctx, { body }) => uploadTemplate(ctx, body),
  ),
  operation(
    {
      id: 'get-templates-id',
      method: 'get',
      path: '/templates/{id}',
      summary: 'A template',
      tag,
      access: 'contracts:read',
      params: byId,
      returns: { 200: { schema: Template } },
      errors: [404],
    },
    (ctx, { params }) => getTemplate(ctx, params.id),
  ),
  operation(
    {
      id: 'put-templates-id',
      method: 'put',
      path: '/templates/{id}',
      summary: 'Rename a template',
      tag,
      access: 'contracts:write',
      params: byId,
      body: ChangeTemplate,
      description: 'file_path is the server’s: one that is sent is not followed, the stored file stays.',
      returns: { 200: { schema: Template } },
      errors: [404],
      example: { name: 'Новое название шаблона' },
    },
    (ctx, { params, body }) => changeTemplate(ctx, params.id, body),
  ),
  operation(
    {
      id: 'delete-templates-id',
      method: 'delete',
      path: '/templates/{id}',
      summary: 'Delete a template',
      tag,
      access: 'contracts:write',
      params: byId,
      returns: { 204: {} },
      errors: [404, 409],
    },
    (ctx, { params }) => deleteTemplate(ctx, params.id),
  ),
  operation(
    {
      id: 'get-templates-company-company_id',
      method: 'get',
      path: '/templates/company/{company_id}',
      summary: 'Templates of a company',
      tag,
      access: 'contracts:read',
      params: z.object({ company_id: idParam }),
      query: templatesQuery,
      returns: { 200: { schema: z.array(Template) } },
      errors: [404],
    },
    async (ctx, { params, query, request }) => {
      const { rows, next } = await listTemplates(ctx, params.company_id, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-templates-id-file',
      method: 'get',
      path: '/templates/{id}/file',
      summary: 'The uploaded file, byte for byte',
      tag,
      access: 'contracts:read',
      params: byId,
      returns: { 200: { media: [DOCX, 'application/pdf'] } },
      errors: [404],
    },
    (ctx, { params }) => sendTemplateFile(ctx, params.id),
  ),
  operation(
    {
      id: 'get-templates-id-fields',
      method: 'get',
      path: '/templates/{id}/fields',
      summary: 'Placeholders found in the file: {client_name} in DOCX, form fields in PDF',
      tag,
      access: 'contracts:read',
      params: byId,
      returns: { 200: { schema: z.array(TemplateField) } },
      errors: [404],
    },
    (ctx, { params }) => templateFields(ctx, params.id),
  ),
]
