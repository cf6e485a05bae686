import type * as z from 'zod'
import { showMoney } from './fields.ts'
import { imageChange, imageUrl } from './product-image.ts'
import type * as s from './schemas.ts'
import { verbsOf } from './service.ts'
import { smartActors, smartBeneficiaries, smartProducts, smartWorks } from './tables.ts'

type Said<T extends z.ZodType> = z.output<T>

/** Without what was not said: a change leaves that as it is. */
const said = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }

/** The work that a company does. */
export const works = verbsOf({
  table: smartWorks,
  noun: 'smart_work',
  columns: ({ name, description, measure, price }: Said<typeof s.NewWork>) => ({ name, description, measure, price }),
  changes: ({ name, description, measure, price }: Said<typeof s.ChangeWork>) => said({ name, description, measure, price }),
  present: (_, { id, name, description, measure, price, staff }) => ({ id, name, description, measure, price: showMoney(price), staff }),
  searched: (row) => [row.name, row.description, row.measure],
})

/** People who stand in documents. */
export const actors = verbsOf({
  table: smartActors,
  noun: 'smart_actor',
  columns: (input: Said<typeof s.NewActor>) => ({ fullName: input.full_name, role: input.role }),
  changes: (input: Said<typeof s.ChangeActor>) => said({ fullName: input.full_name, role: input.role }),
  present: (_, { id, fullName, role }) => ({ id, full_name: fullName, role }),
  searched: (row) => [row.fullName, row.role],
})

/** What a company sells. A picture is uploaded on its own; `image: null` takes it away. */
export const products = verbsOf({
  table: smartProducts,
  noun: 'smart_product',
  columns: (input: Said<typeof s.NewProduct>, at) => {
    const { name, description, measure, manufacturer, price } = input
    return { name, description, measure, manufacturer, price, ...imageChange(input.image, at) }
  },
  changes: (input: Said<typeof s.ChangeProduct>, at) => {
    const { name, description, measure, manufacturer, price } = input
    return { ...said({ name, description, measure, manufacturer, price }), ...imageChange(input.image, at) }
  },
  present: (ctx, row) => {
    const { id, name, description, measure, manufacturer, price, staff } = row
    return { id, name, description, measure, manufacturer, image: imageUrl(ctx, row), price: showMoney(price), staff }
  },
  searched: (row) => [row.name, row.description, row.manufacturer, row.measure],
})

/** Where money for an invoice goes: ИИК, БИК, КБе, КНП. */
export const beneficiaries = verbsOf({
  table: smartBeneficiaries,
  noun: 'smart_beneficiary',
  columns: (input: Said<typeof s.NewBeneficiary>) => ({
    beneficiary: input.beneficiary,
    bank: input.beneficiary_bank,
    iban: input.PIC,
    bic: input.BIC,
    kbe: input.KBe,
    knp: input.Knp,
  }),
  changes: (input: Said<typeof s.ChangeBeneficiary>) =>
    said({
      beneficiary: input.beneficiary,
      bank: input.beneficiary_bank,
      iban: input.PIC,
      bic: input.BIC,
      kbe: input.KBe,
      knp: input.Knp,
    }),
  present: (_, { id, beneficiary, bank, iban, bic, kbe, knp, staff }) => ({
    id,
    beneficiary,
    beneficiary_bank: bank,
    PIC: iban,
    BIC: bic,
    KBe: kbe,
    Knp: knp,
    staff,
  }),
  searched: (row) => [row.beneficiary, row.bank, row.iban, row.bic],
})
