import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm'
import * as z from 'zod'
import { audit, type Ctx } from '../../context.ts'
import { batch, isUniqueViolation, type Write } from '../../db/client.ts'
import { fileLink } from '../../documents/file-link.ts'
import { storeBytes } from '../../documents/files.ts'
import { files } from '../../documents/tables.ts'
import { AppError, notFound } from '../../http/errors.ts'
import { uuidv7 } from '../../lib/ids.ts'
import { searchable } from '../../lib/search-text.ts'
import { personOf } from '../person.ts'
import { invalid } from '../registry/registry.ts'
import { dropBytes, dropFiles } from './drop-files.ts'
import { foldersAlong, personalFolders, personalName } from './personal-path.ts'
import { personalFiles } from './tables.ts'

const LINK_SECONDS = 1800
/** Folders and files of one person. */
const MAX_ENTRIES = 5000
type Row = typeof personalFiles.$inferSelect

export const PersonalFile = z
  .object({
    id: z.string(),
    path: z.string(),
    filename: z.string(),
    size: z.int(),
    is_folder: z.boolean(),
    download_url: z.string().nullable(),
  })
  .meta({ id: 'PersonalFile' })

const present = async (ctx: Ctx, row: Row) => ({
  id: row.id,
  path: [row.userId, ...(row.parent ? [row.parent] : []), row.isFolder ? `${row.name}/` : row.name].join('/'),
  filename: row.name,
  size: row.size,
  is_folder: row.isFolder,
  download_url: row.fileId === null ? null : await fileLink(ctx, row.fileId, LINK_SECONDS),
})

/** What lies in a folder; nothing in one that there is not. */
export async function listPersonalFiles(ctx: Ctx, path: string) {
  const { userId } = personOf(ctx)
  const folders = personalFolders(path)
  if (!folders) return []
  const rows = await ctx.db
    .select()
    .from(personalFiles)
    .where(and(eq(personalFiles.userId, userId), eq(personalFiles.parent, folders.join('/'))))
    .orderBy(desc(personalFiles.isFolder), asc(personalFiles.nameKey), asc(personalFiles.name))
  return Promise.all(rows.map((row) => present(ctx, row)))
}

interface Place {
  parent: string
  name: string
  /** Makes the folders on the way, where they are not there yet. */
  along: Write
  /** The way holds: all its folders are folders, and there is room for one entry more and so many bytes. */
  may: (size: number) => SQL
}

const badParent = () => invalid([{ path: 'parent_path', message: 'Такой папки быть не может.' }])

function placeOf(ctx: Ctx, rawName: string, parentPath: string | null | undefined, field: 'name' | 'file'): Place {
  const { userId, orgId } = personOf(ctx)
  const name = personalName(rawName)
  if (name === undefined) throw invalid([{ path: field, message: 'Недопустимое имя.' }])
  const folders = personalFolders(parentPath ?? '')
  if (!folders) throw badParent()
  const way = JSON.stringify(
    foldersAlong(folders).map((folder) => ({ ...folder, key: searchable(folder.name), id: uuidv7(ctx.now.getTime()) })),
  )
  const there = (isFolder: 0 | 1) => sql`select 1 from json_each(${way}) as way
    join personal_files p on p.user_id = ${userId} and p.parent = way.value ->> 'parent' and p.name = way.value ->> 'name' and p.is_folder = ${isFolder}`
  const along = ctx.db.run(sql`insert into personal_files (id, org_id, user_id, parent, name, name_key, is_folder, size, created_at)
    select value ->> 'id', ${orgId}, ${userId}, value ->> 'parent', value ->> 'name', value ->> 'key', 1, 0, ${ctx.now.toISOString()}
    from json_each(${way}) where not exists (${there(0)}) on conflict do nothing`)
  const quota = ctx.settings.PERSONAL_FILES_QUOTA_MB * 1_048_576
  const may = (size: number) => sql`(select count(*) from (${there(1)})) = ${folders.length}
    and (select count(*) < ${MAX_ENTRIES} and coalesce(sum(size), 0) + ${size} <= ${quota} from personal_files where user_id = ${userId})`
  return { parent: folders.join('/'), name, along, may }
}

/** Why a place was not given: said after the fact, since the database decides. */
async function refusalOf(ctx: Ctx, size: number): Promise<AppError> {
  const { userId } = personOf(ctx)
  const [used] = await ctx.db
    .select({ count: sql<number>`count(*)`, size: sql<number>`coalesce(sum(${personalFiles.size}), 0)` })
    .from(personalFiles)
    .where(eq(personalFiles.userId, userId))
  const quota = ctx.settings.PERSONAL_FILES_QUOTA_MB
  if ((used?.size ?? 0) + size > quota * 1_048_576)
    return invalid([{ path: 'file', message: `Личным файлам отведено ${quota} МБ: места для этого файла нет.` }])
  if ((used?.count ?? 0) >= MAX_ENTRIES)
    return invalid([{ path: 'name', message: `Личных файлов и папок не может быть больше ${MAX_ENTRIES}.` }])
  return badParent()
}

const entry = (ctx: Ctx, place: Place, row: Pick<Row, 'id' | 'isFolder' | 'fileId' | 'size'>): Write => {
  const { userId, orgId } = personOf(ctx)
  return ctx.db.run(sql`insert into personal_files (id, org_id, user_id, parent, name, name_key, is_folder, file_id, size, created_at)
    select ${row.id}, ${orgId}, ${userId}, ${place.parent}, ${place.name}, ${searchable(place.name)}, ${row.isFolder ? 1 : 0}, ${row.fileId}, ${row.size}, ${ctx.now.toISOString()}
    where ${place.may(row.size)}`)
}

const written = async (ctx: Ctx, id: string): Promise<boolean> =>
  (await ctx.db.select({ id: personalFiles.id }).from(personalFiles).where(eq(personalFiles.id, id))).length > 0

export async function makeFolder(ctx: Ctx, input: { name: string; parent_path?: string | null | undefined }): Promise<void> {
  const { orgId } = personOf(ctx)
  const place = placeOf(ctx, input.name, input.parent_path, 'name')
  const id = uuidv7(ctx.now.getTime())
  try {
    await batch(ctx.db, [
      place.along,
      entry(ctx, place, { id, isFolder: true, fileId: null, size: 0 }),
      audit(ctx, orgId, 'personal_folder.created', `personal_file:${id}`, sql`changes() > 0`),
    ])
  } catch (error) {
    if (isUniqueViolation(error, 'personal_files.')) throw new AppError('conflict', 'Folder already exists.')
    throw error
  }
  if (!(await written(ctx, id))) throw await refusalOf(ctx, 0)
}

export async function uploadPersonalFile(ctx: Ctx, input: { file: File; parent_path?: string | null | undefined }): Promise<void> {
  const { userId, orgId } = personOf(ctx)
  const place = placeOf(ctx, input.file.name, input.parent_path, 'file')
  // Asked first, so that nobody fills the store with what is then refused; decided below.
  const [allowed] = await ctx.db.all<{ may: number; taken: number }>(sql`select
    (select count(*) < ${MAX_ENTRIES} and coalesce(sum(size), 0) + ${input.file.size} <= ${ctx.settings.PERSONAL_FILES_QUOTA_MB * 1_048_576}
      from personal_files where user_id = ${userId}) as may,
    exists (select 1 from personal_files where user_id = ${userId} and parent = ${place.parent} and name = ${place.name}) as taken`)
  const taken = () => new AppError('conflict', 'File already exists.')
  if (allowed?.taken) throw taken()
  if (!allowed?.may) throw await refusalOf(ctx, input.file.size)

  const id = uuidv7(ctx.now.getTime())
  const bytes = new Uint8Array(await input.file.arrayBuffer())
  const file = await storeBytes(ctx, orgId, bytes, place.name, input.file.type || 'application/octet-stream')
  const row = { ...file, name: place.name }
  try {
    await batch(ctx.db, [
      place.along,
      entry(ctx, place, { id, isFolder: false, fileId: file.id, size: file.size }),
      ctx.db.run(sql`insert into ${files} (id, org_id, sha256, name, mime, size, created_at)
        select ${row.id}, ${row.orgId}, ${row.sha256}, ${row.name}, ${row.mime}, ${row.size}, ${row.createdAt} where changes() > 0`),
      audit(ctx, orgId, 'personal_file.uploaded', `personal_file:${id}`, sql`changes() > 0`),
    ])
  } catch (error) {
    await batch(ctx.db, [dropBytes(ctx, orgId, file.sha256)])
    if (isUniqueViolation(error, 'personal_files.')) throw taken()
    throw error
  }
  if (await written(ctx, id)) return
  await batch(ctx.db, [dropBytes(ctx, orgId, file.sha256)])
  throw await refusalOf(ctx, file.size)
}

/** Deletes a file, or a folder with everything in it, in one transaction however much it is. */
export async function deletePersonalFile(ctx: Ctx, id: string): Promise<void> {
  const { userId, orgId } = personOf(ctx)
  const [row] = await ctx.db
    .select()
    .from(personalFiles)
    .where(and(eq(personalFiles.id, id), eq(personalFiles.userId, userId)))
  if (!row) throw notFound('Not found.')
  const path = row.parent ? `${row.parent}/${row.name}` : row.name
  // «0» follows «/»: the range holds what lies anywhere below the path, and nothing that only begins like it.
  const all = row.isFolder
    ? sql`user_id = ${userId} and (id = ${id} or parent = ${path} or (parent > ${`${path}/`} and parent < ${`${path}0`}))`
    : sql`user_id = ${userId} and id = ${id}`
  await batch(ctx.db, [
    ...dropFiles(ctx, sql`select file_id from personal_files where ${all} and file_id is not null`),
    audit(ctx, orgId, 'personal_file.deleted', `personal_file:${id}`),
    ctx.db.delete(personalFiles).where(all),
  ])
}
