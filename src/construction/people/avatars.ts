import { eq, getTableColumns, sql } from 'drizzle-orm'
import { orgOf, type Ctx } from '../../context.ts'
import { asked, isAsked } from '../../db/asked.ts'
import type { Write } from '../../db/client.ts'
import { fileLink } from '../../documents/file-link.ts'
import { filePath, putFile, type FileRow } from '../../documents/files.ts'
import { readPicture } from '../../documents/picture.ts'
import { stripPicture } from '../../documents/strip-picture.ts'
import { files } from '../../documents/tables.ts'
import { users } from '../../identity/tables.ts'
import { dropFiles } from '../files/drop-files.ts'
import { invalid } from '../registry/registry.ts'

const MAX_BYTES = 2 * 1_048_576
const MAX_SIDE = 8000
const LINK_SECONDS = 3600

type Mime = 'image/png' | 'image/jpeg' | 'image/gif'
export const FOREMAN_AVATARS: readonly Mime[] = ['image/png', 'image/jpeg']
export const PROFILE_AVATARS: readonly Mime[] = ['image/png', 'image/jpeg', 'image/gif']

const bad = (message: string) => invalid([{ path: 'avatar', message }])

/** What an upload is, judged by its bytes and rid of all that is not drawn. @throws AppError validation */
export async function readAvatar(avatar: File, taken: readonly Mime[]): Promise<{ bytes: Uint8Array; mime: Mime }> {
  if (avatar.size > MAX_BYTES) throw bad('Изображение больше 2 МБ.')
  const bytes = new Uint8Array(await avatar.arrayBuffer())
  const picture = readPicture(bytes)
  const mime = taken.find((m) => m === picture?.mime)
  if (!picture || !mime) throw bad(`Нужно изображение: ${taken.map((m) => m.slice(6).toUpperCase()).join(', ')}.`)
  if (Math.max(picture.width, picture.height) > MAX_SIDE) throw bad(`Сторона изображения больше ${MAX_SIDE} точек.`)
  const stripped = stripPicture(bytes, mime)
  if (!stripped) throw bad('Изображение повреждено.')
  return { bytes: stripped, mime }
}

/** What becomes of a person's picture: the new one's id (null: none, undefined: as it was), and what goes into the same batch. */
export async function changeAvatar(
  ctx: Ctx,
  before: string | null,
  { avatar, remove = false, taken }: { avatar: File | null | undefined; remove?: boolean | undefined; taken: readonly Mime[] },
): Promise<{ avatarFileId?: string | null; writes: Write[] }> {
  if (!avatar && !remove) return { writes: [] }
  const dropped = before === null ? [] : dropFiles(ctx, sql`select ${before}`)
  if (!avatar) return { avatarFileId: null, writes: dropped }
  const { bytes, mime } = await readAvatar(avatar, taken)
  const { file, write } = await putFile(ctx, orgOf(ctx), bytes, `avatar.${mime.slice(6)}`, mime)
  return { avatarFileId: file.id, writes: [write, ...dropped] }
}

/** The pictures of people, by the file's id, in one trip. */
export async function avatarsOf(ctx: Ctx, ids: readonly (string | null)[]): Promise<Map<string, FileRow>> {
  if (ids.every((id) => id === null)) return new Map()
  const rows = await ctx.db.select(getTableColumns(files)).from(asked(ids)).crossJoin(files).where(isAsked(files.id))
  return new Map(rows.map((row) => [row.id, row]))
}

/** The people that rows name with their pictures, in one trip. */
export async function picturedPeopleOf(ctx: Ctx, ids: readonly (number | null)[]) {
  const rows = ids.every((id) => id === null)
    ? []
    : await ctx.db
        .select({ user: users, avatar: files })
        .from(asked(ids))
        .crossJoin(users)
        .leftJoin(files, eq(files.id, users.avatarFileId))
        .where(isAsked(users.id))
  return {
    people: new Map(rows.map(({ user }) => [user.id, user])),
    avatars: new Map(rows.flatMap(({ avatar }) => (avatar ? [[avatar.id, avatar]] : []))),
  }
}

/** Where a person's picture lies, and an address that shows it for an hour. */
export async function presentAvatar(ctx: Ctx, fileId: string | null, avatars: Map<string, FileRow>) {
  const file = fileId === null ? undefined : avatars.get(fileId)
  return { avatar_path: file ? filePath(file) : null, avatar_url: file ? await fileLink(ctx, file.id, LINK_SECONDS, 'inline') : null }
}
