import { and, eq } from 'drizzle-orm'
import { audit, orgOf, type Ctx } from '../context.ts'
import { batch } from '../db/client.ts'
import { putFile, sendFile } from '../documents/files.ts'
import { AppError, notFound } from '../http/errors.ts'
import { readPicture } from '../documents/picture.ts'
import type { At } from './service.ts'
import { smartProducts } from './tables.ts'

const MAX_IMAGE_BYTES = 5 * 1_048_576
const MAX_SIDE = 10_000

type Row = typeof smartProducts.$inferSelect

const invalid = (message: string) => new AppError('validation', 'The request is not valid.', { issues: [{ path: 'image', message }] })

/** Where the picture of a product is; null without one. */
export const imageUrl = (ctx: Pick<Ctx, 'settings'>, { id, imageFileId }: Pick<Row, 'id' | 'imageFileId'>) =>
  imageFileId === null ? null : `${ctx.settings.PUBLIC_URL ?? ''}/smart_doc/products/${id}/image/`

/** What `image` of a product's JSON does: null removes the picture, the address that it has keeps it; pictures from elsewhere are not fetched. */
export function imageChange(image: string | null | undefined, { ctx, before }: At<typeof smartProducts>): { imageFileId?: null } {
  if (image === undefined || (before && image === imageUrl(ctx, before))) return {}
  if (image === null) return { imageFileId: null }
  throw invalid('send null or the address that the product has; a picture is uploaded with PUT …/image/')
}

const mine = (ctx: Ctx, id: string) => and(eq(smartProducts.orgId, orgOf(ctx)), eq(smartProducts.id, id))

async function load(ctx: Ctx, id: string): Promise<Row> {
  const [row] = await ctx.db.select().from(smartProducts).where(mine(ctx, id))
  if (!row) throw notFound()
  return row
}

/** Keeps a picture of a product, judged by its bytes: PNG, JPEG or WebP, at most 5 MB and 10,000 pixels a side. */
export async function putImage(ctx: Ctx, id: string, image: File | undefined): Promise<void> {
  await load(ctx, id)
  if (!image || image.size === 0) throw invalid('No file was submitted.')
  if (image.size > MAX_IMAGE_BYTES) throw new AppError('too_large', 'The image is larger than 5 MB.')
  const bytes = new Uint8Array(await image.arrayBuffer())
  const picture = readPicture(bytes)
  if (!picture || picture.mime === 'image/gif') throw invalid('Upload a valid image: PNG, JPEG or WebP.')
  if (Math.max(picture.width, picture.height) > MAX_SIDE) throw invalid('The image has more than 10,000 pixels a side.')
  const { file, write } = await putFile(ctx, orgOf(ctx), bytes, image.name, picture.mime)
  const [, changed] = await batch(ctx.db, [
    write,
    ctx.db.update(smartProducts).set({ imageFileId: file.id }).where(mine(ctx, id)).returning({ id: smartProducts.id }),
    audit(ctx, orgOf(ctx), 'smart_product.image_uploaded', `smart_product:${id}`),
  ])
  if ((changed as unknown[]).length === 0) throw notFound()
}

export async function sendImage(ctx: Ctx, id: string): Promise<Response> {
  const { imageFileId } = await load(ctx, id)
  if (imageFileId === null) throw notFound()
  return sendFile(ctx, imageFileId, 'inline')
}
