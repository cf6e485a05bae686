import * as z from 'zod'
import { line, operation } from '../../http/operation.ts'
import { resourceOf, wrapPage } from '../registry/registry-routes.ts'
import { deletePersonalFile, listPersonalFiles, makeFolder, PersonalFile, uploadPersonalFile } from './personal-files.ts'
import { deleteReportFile, listReportFiles, renameReportFile, ReportFile, reportFilePages } from './report-files.ts'

const read = 'admin.files.view' as const
const write = 'admin.files.edit' as const
const Said = z.object({ message: z.string() })
const byKey = z.object({ key: z.string().min(1).max(2000) })
const MAX_FILE_BYTES = 10 * 1_048_576

const RenameReportFile = z
  .object({ name: line(255).meta({ example: 'Отчет по расходу материалов за январь 2024' }) })
  .meta({ id: 'RenameReportFile' })
const parentPath = z.string().max(1000).nullish().meta({ example: 'Проекты' })
const NewFolder = z.object({ name: line(255).meta({ example: '2024' }), parent_path: parentPath }).meta({ id: 'NewPersonalFolder' })
const UploadFile = z
  .object({
    file: z
      .instanceof(File, { error: 'The file field is required.' })
      .refine((file) => file.size <= MAX_FILE_BYTES, 'Файл больше 10 МБ.')
      .meta({ json: { type: 'string', format: 'binary' } }),
    parent_path: parentPath,
  })
  .meta({ id: 'UploadPersonalFile' })

export const fileRoutes = [
  operation(
    {
      id: 'get-report-files',
      method: 'get',
      path: '/report-files',
      summary: 'Files that report exports made',
      tag: 'Report Files',
      access: read,
      query: reportFilePages.query,
      returns: { 200: { schema: resourceOf(ReportFile) } },
      errors: [422],
    },
    async (ctx, { query, request }) => wrapPage('resource', await listReportFiles(ctx, query), request.url),
  ),
  operation(
    {
      id: 'patch-report-files-key',
      method: 'patch',
      path: '/report-files/{key}',
      summary: 'Rename a report file',
      description: 'Its name alone; the filename stays.',
      tag: 'Report Files',
      access: write,
      params: byKey,
      body: RenameReportFile,
      returns: { 200: { schema: Said } },
      errors: [404, 422],
      example: { name: 'Отчет по расходу материалов за январь 2024' },
    },
    async (ctx, { params, body }) => {
      await renameReportFile(ctx, params.key, body.name)
      return { message: 'Name updated.' }
    },
  ),
  operation(
    {
      id: 'delete-report-files-key',
      method: 'delete',
      path: '/report-files/{key}',
      summary: 'Delete a report file',
      tag: 'Report Files',
      access: write,
      params: byKey,
      returns: { 200: { schema: Said } },
      errors: [404],
    },
    async (ctx, { params }) => {
      await deleteReportFile(ctx, params.key)
      return { message: 'File deleted.' }
    },
  ),
  operation(
    {
      id: 'get-personal-files',
      method: 'get',
      path: '/personal-files',
      summary: 'What lies in a folder of mine',
      tag: 'Personal Files',
      access: read,
      query: z.object({ path: z.string().max(1000).default('') }),
      returns: { 200: { schema: z.array(PersonalFile) } },
    },
    (ctx, { query }) => listPersonalFiles(ctx, query.path),
  ),
  operation(
    {
      id: 'post-personal-files-folder',
      method: 'post',
      path: '/personal-files/folder',
      summary: 'Make a folder',
      description: 'Folders on the way are made where they are not there yet.',
      tag: 'Personal Files',
      access: write,
      body: NewFolder,
      returns: { 200: { schema: Said } },
      errors: [409, 422],
      example: { name: '2024', parent_path: 'Проекты' },
    },
    async (ctx, { body }) => {
      await makeFolder(ctx, body)
      return { message: 'Folder created.' }
    },
  ),
  operation(
    {
      id: 'post-personal-files-upload',
      method: 'post',
      path: '/personal-files/upload',
      summary: 'Upload a file of 10 MB at most',
      description:
        'Folders on the way are made where they are not there yet. What a person keeps in all is limited: PERSONAL_FILES_QUOTA_MB.',
      tag: 'Personal Files',
      access: write,
      bodyAs: 'form',
      body: UploadFile,
      returns: { 200: { schema: Said } },
      errors: [409, 413, 422],
    },
    async (ctx, { body }) => {
      await uploadPersonalFile(ctx, body)
      return { message: 'File uploaded.' }
    },
  ),
  operation(
    {
      id: 'delete-personal-files-id',
      method: 'delete',
      path: '/personal-files/{id}',
      summary: 'Delete a file, or a folder with everything in it',
      tag: 'Personal Files',
      access: write,
      params: z.object({ id: z.string().min(1).max(100) }),
      returns: { 200: { schema: Said } },
      errors: [404],
    },
    async (ctx, { params }) => {
      await deletePersonalFile(ctx, params.id)
      return { message: 'Deleted.' }
    },
  ),
]
