import * as z from 'zod'

const Pagination = z.object({ total: z.int(), per_page: z.int(), current_page: z.int(), last_page: z.int() })
const filters = z.record(z.string(), z.unknown())
const values = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
const common = { title: z.string(), filters, generated_at: z.string() }

/** What all ready reports by groups look like; `columns` are those that the template gives a file. */
export const Frame = z
  .object({
    ...common,
    organization_id: z.int(),
    columns: z.array(z.object({ header: z.string(), data_key: z.string() })),
    data: z.array(values),
    totals: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    summary: z.record(z.string(), z.unknown()).optional(),
    pagination: Pagination,
  })
  .meta({ id: 'ReadyReport' })

const amount = z.number().nullable()
const name = z.string().nullable()

export const OfficialFrame = z
  .object({
    ...common,
    report_number: z.int().nullable(),
    organization: z.object({ id: z.int(), name: z.string() }),
    project: z.object({ id: z.int(), name: z.string(), address: name, customer: name, contract_number: name }),
    period: z.object({ from: z.string(), to: z.string() }),
    norms: z.array(
      z.object({
        work_type_id: z.int(),
        work_type_name: z.string(),
        work_unit: name,
        volume: z.number(),
        material_id: z.int(),
        material_name: z.string(),
        material_unit: name,
        norm_per_unit: z.number(),
        norm_quantity: z.number(),
      }),
    ),
    data: z.array(
      z.object({
        number: z.int(),
        material_id: z.int(),
        material_name: z.string(),
        material_code: name,
        unit_name: name,
        total_quantity: z.number(),
        total_amount: z.number(),
        operations_count: z.int(),
        documents_count: z.int(),
        photos_count: z.int(),
        opening_balance: z.number(),
        received_quantity: z.number(),
        used_quantity: z.number(),
        used_amount: z.number(),
        closing_balance: z.number(),
        norm_quantity: amount,
        deviation: amount.meta({ description: 'Used less the norm: an overrun, or an economy when negative.' }),
      }),
    ),
    totals: z.object({ operations_count: z.int(), total_amount: z.number(), used_amount: z.number() }),
    operations: z.array(
      z.object({
        number: z.int(),
        id: z.int(),
        date: z.string(),
        operation_type: z.enum(['receipt', 'write_off']),
        operation_name: z.string(),
        material_id: z.int(),
        material_name: z.string(),
        unit_name: name,
        quantity: z.number(),
        norm_quantity: amount,
        unit_price: amount,
        total_price: amount,
        balance: z.number(),
        supplier_name: name,
        document_number: name,
        invoice_date: name,
        work_type_name: name,
        completed_work_id: z.int().nullable(),
        user_name: name,
        notes: name,
        photo_url: name,
      }),
    ),
    pagination: Pagination.meta({ description: 'Of the operations.' }),
  })
  .meta({ id: 'OfficialMaterialReport' })

const person = { contact_person: name, phone: name, email: name, contractor_type: z.string() }
const Project = z.object({ id: z.int(), name: z.string(), address: name })
const Period = z.object({ from: name, to: name })

export const ContractorProject = z
  .object({
    ...common,
    project: Project,
    period: Period,
    summary: z.object({
      total_contractors: z.int(),
      total_contract_amount: amount,
      total_completed_amount: amount,
      total_payment_amount: amount,
      total_remaining_amount: amount,
      total_materials_amount: amount,
    }),
    contractors: z.array(
      z.object({
        contractor_id: z.int(),
        contractor_name: z.string(),
        ...person,
        contracts_count: z.int(),
        total_contract_amount: amount,
        total_completed_amount: amount,
        total_payment_amount: amount,
        remaining_to_complete: amount,
        remaining_amount: amount,
        completion_percentage: amount,
        payment_percentage: amount,
        total_materials_amount: amount,
      }),
    ),
  })
  .meta({ id: 'ContractorSummaryReport' })

export const OneContractor = z
  .object({
    title: z.string(),
    generated_at: z.string(),
    contractor: z.object({ id: z.int(), name: z.string(), ...person }),
    project: Project,
    period: Period,
    summary: z.object({
      total_contracts: z.int(),
      total_contract_amount: z.number(),
      total_completed_amount: z.number(),
      total_payment_amount: z.number(),
    }),
    contracts: z.array(
      z.object({
        contract_id: z.int(),
        contract_number: z.string(),
        contract_date: z.string(),
        status: z.string(),
        total_amount: z.number(),
        completed_amount: z.number(),
        payment_amount: z.number(),
        remaining_amount: z.number(),
        completion_percentage: z.number(),
        payment_percentage: z.number(),
        completed_works: z.array(
          z.object({
            id: z.int(),
            work_type: z.string(),
            quantity: z.number(),
            price: amount,
            total_amount: z.number(),
            completion_date: z.string(),
            notes: name,
          }),
        ),
        payments: z.array(z.object({ id: z.int(), amount: z.number(), payment_date: z.string(), payment_type: z.string(), notes: name })),
      }),
    ),
  })
  .meta({ id: 'ContractorDetailReport' })
