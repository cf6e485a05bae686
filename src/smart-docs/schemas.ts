import * as z from 'zod'
import { drfPageOf } from '../http/drf-page.ts'
import { notEmpty } from '../http/fields.ts'
import { bic, description, descriptionOr, hexId, iban, kbe, knp, measure, money, name255, price, staffId } from './fields.ts'

export const byId = z.object({ id: hexId })

const work = { name: name255.meta({ example: 'Доставка посылки курьером' }), description, measure, price }
const actor = { full_name: name255.meta({ example: 'Азамат Боранбаев Кайратович' }), role: name255.meta({ example: 'Работник' }) }
/** Null removes the picture; the address that it has keeps it. */
const image = z
  .string()
  .max(2000)
  .nullable()
  .optional()
  .meta({ example: null, description: 'Null removes the picture, its own address keeps it; it is uploaded with PUT …/image/.' })
const product = {
  name: name255.meta({ example: 'ASUS laptop 4gb' }),
  description,
  measure,
  manufacturer: name255.meta({ example: 'ASUS' }),
  image,
  price,
}
const beneficiary = {
  beneficiary: name255.meta({ example: 'Азамат' }),
  beneficiary_bank: name255.meta({ example: 'АО "CAPITAL BANK KAZAKHSTAN”' }),
  PIC: iban,
  BIC: bic,
  KBe: kbe,
  Knp: knp,
}

export const NewWork = z.object({ ...work, description: descriptionOr }).meta({ id: 'NewSmartWork' })
export const NewActor = z.object(actor).meta({ id: 'NewSmartActor' })
export const NewProduct = z.object({ ...product, description: descriptionOr }).meta({ id: 'NewSmartProduct' })
export const NewBeneficiary = z.object(beneficiary).meta({ id: 'NewSmartBeneficiary' })

const NOTHING = 'nothing to change'
export const ChangeWork = z.object(work).partial().refine(notEmpty, NOTHING).meta({ id: 'ChangeSmartWork' })
export const ChangeActor = z.object(actor).partial().refine(notEmpty, NOTHING).meta({ id: 'ChangeSmartActor' })
export const ChangeProduct = z.object(product).partial().refine(notEmpty, NOTHING).meta({ id: 'ChangeSmartProduct' })
export const ChangeBeneficiary = z.object(beneficiary).partial().refine(notEmpty, NOTHING).meta({ id: 'ChangeSmartBeneficiary' })

const shownText = (example: string) => z.string().meta({ example })
const shown = { id: hexId, name: shownText('Доставка посылки курьером'), description: shownText('Не указано'), measure: shownText('шт') }
export const Work = z.object({ ...shown, price: money, staff: staffId }).meta({ id: 'SmartWork' })
export const Actor = z
  .object({ id: hexId, full_name: shownText('Азамат Боранбаев Кайратович'), role: shownText('Работник') })
  .meta({ id: 'SmartActor' })
export const Product = z
  .object({ ...shown, manufacturer: shownText('ASUS'), image: z.string().nullable().meta({ example: null }), price: money, staff: staffId })
  .meta({ id: 'SmartProduct' })
export const Beneficiary = z
  .object({
    id: hexId,
    beneficiary: shownText('Азамат'),
    beneficiary_bank: shownText('АО "CAPITAL BANK KAZAKHSTAN”'),
    PIC: shownText('KZ417812870193980012'),
    BIC: shownText('TBKBKZKA'),
    KBe: shownText('13'),
    Knp: shownText('123'),
    staff: staffId,
  })
  .meta({ id: 'SmartBeneficiary' })

export const Works = drfPageOf(Work, 'SmartWorks')
export const Actors = drfPageOf(Actor, 'SmartActors')
export const Products = drfPageOf(Product, 'SmartProducts')
export const Beneficiaries = drfPageOf(Beneficiary, 'SmartBeneficiaries')

export const UploadImage = z
  .object({
    image: z
      .instanceof(File, { error: 'must be a file' })
      .optional()
      .meta({ json: { type: 'string', format: 'binary' } }),
  })
  .meta({ id: 'UploadSmartImage' })
