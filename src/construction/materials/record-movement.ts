import type * as z from 'zod'
import { audit, orgOf, type Ctx } from '../../context.ts'
import { putFile } from '../../documents/files.ts'
import { readPicture } from '../../documents/picture.ts'
import { QUANTITY_SCALE, timesQuantity } from '../../http/numbers.ts'
import { authorOf } from '../person.ts'
import { projects } from '../projects/tables.ts'
import { writeGuarded, writtenAt } from '../registry/guard.ts'
import { findMissing, type Reference } from '../registry/references.ts'
import { invalid } from '../registry/registry.ts'
import { suppliers } from '../suppliers/tables.ts'
import { workTypes } from '../work-types/tables.ts'
import { todayIn } from '../zone.ts'
import { presentMovements } from './movement-log.ts'
import type { NewReceipt, NewWriteOff } from './schemas.ts'
import { materialMovements as table, materials } from './tables.ts'

type Receipt = z.output<typeof NewReceipt>
type WriteOff = z.output<typeof NewWriteOff>

const PHOTO_BYTES = 10 * 1_048_576

function totalOf(price: number | null | undefined, quantity: number): number | null {
  if (price === null || price === undefined) return null
  try {
    return timesQuantity(price, quantity, QUANTITY_SCALE)
  } catch (error) {
    if (error instanceof RangeError) throw invalid([{ path: 'quantity', message: 'Сумма слишком велика.' }])
    throw error
  }
}

async function readPhoto(ctx: Ctx, photo: File | null | undefined) {
  if (!photo) return undefined
  const bytes = new Uint8Array(await photo.arrayBuffer())
  const picture = bytes.byteLength <= PHOTO_BYTES ? readPicture(bytes) : undefined
  if (!picture) throw invalid([{ path: 'photo', message: 'Фото должно быть изображением PNG, JPEG, WebP или GIF не больше 10 МБ.' }])
  return putFile(ctx, orgOf(ctx), bytes, photo.name, picture.mime)
}

async function record(ctx: Ctx, operation: 'receipt' | 'write_off', input: Receipt & WriteOff) {
  const references: Reference[] = [
    { path: 'project_id', table: projects, id: input.project_id },
    { path: 'material_id', table: materials, id: input.material_id },
    { path: 'supplier_id', table: suppliers, id: input.supplier_id },
    { path: 'work_type_id', table: workTypes, id: input.work_type_id },
  ]
  const look = async () => {
    const missing = await findMissing(ctx, references)
    if (missing.length > 0) throw invalid(missing)
  }
  await look()
  const totalPrice = totalOf(input.unit_price, input.quantity)
  const photo = await readPhoto(ctx, input.photo)
  const at = ctx.now.toISOString()
  const writes = [
    ctx.db
      .insert(table)
      .values({
        orgId: orgOf(ctx),
        projectId: input.project_id,
        materialId: input.material_id,
        userId: authorOf(ctx),
        operation,
        quantity: input.quantity,
        unitPrice: input.unit_price ?? null,
        totalPrice,
        supplierId: input.supplier_id ?? null,
        documentNumber: input.document_number ?? null,
        invoiceDate: input.invoice_date ?? null,
        usageDate: input.usage_date ?? (await todayIn(ctx)),
        workTypeId: input.work_type_id ?? null,
        notes: input.notes ?? null,
        photoFileId: photo?.file.id ?? null,
        createdAt: at,
        updatedAt: writtenAt(ctx, references),
      })
      .returning(),
    ...(photo ? [photo.write] : []),
    audit(ctx, orgOf(ctx), `material.${operation}`, `material:${input.material_id}`),
  ]
  const written = await writeGuarded(ctx, table, writes, look)
  const [shown] = await presentMovements(ctx, written[0] as (typeof table.$inferSelect)[])
  return shown
}

/** A delivery to a project. */
export const recordReceipt = (ctx: Ctx, input: Receipt) => record(ctx, 'receipt', input)
/** What was used otherwise than in a completed work, which writes its materials off itself: waste, losses, returns. */
export const recordWriteOff = (ctx: Ctx, input: WriteOff) => record(ctx, 'write_off', input)
