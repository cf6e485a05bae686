import * as z from 'zod'
import { idParam, operation, Reply } from '../../http/operation.ts'
import { definePages } from '../../http/page-list.ts'
import { dataOf, registryRoutes, resourceOf, successPageOf, wrapPage } from '../registry/registry-routes.ts'
import { Work } from '../works/schemas.ts'
import { completedWorks } from '../works/tables.ts'
import { listWorks } from '../works/works.ts'
import { contracts } from './contracts.ts'
import { agreementPages, agreements, agreementsOf } from './agreements.ts'
import {
  Agreement,
  ChangeAgreement,
  ChangePayment,
  ChangeSpecification,
  NewAgreement,
  NewPayment,
  NewSpecification,
  Payment,
  Specification,
} from './part-schemas.ts'
import { paymentPages, payments, paymentsOf, recordPayment } from './payments.ts'
import { attachSpecification, detachSpecification, specificationPages, specifications } from './specifications.ts'

const access = { read: 'admin.contracts.view', write: 'admin.contracts.edit' } as const
const ofContract = z.object({ contract: idParam })
const pair = z.object({ contract: idParam, id: idParam })

const paymentRoutes = [
  ...registryRoutes(payments, {
    path: '/payments',
    param: 'payment',
    tag: 'Payments',
    access,
    schemas: { New: NewPayment.extend({ contract_id: z.int().min(1) }), Change: ChangePayment, Shown: Payment },
    wrap: 'data',
    page: 'resource',
    list: paymentPages,
    words: {
      get: { summary: 'A payment', errors: [400] },
      change: { summary: 'Change a payment', invalid: 422, errors: [409] },
      remove: { summary: 'Delete a payment for good', errors: [400] },
    },
    changeExample: { amount: 150_000, payment_type: 'advance' },
  }),
  operation(
    {
      id: 'post-contracts-contract-payments',
      method: 'post',
      path: '/contracts/{contract}/payments',
      summary: 'Record a payment of a contract',
      tag: 'Payments',
      access: access.write,
      params: ofContract,
      errors: [404],
      body: NewPayment,
      returns: { 201: { schema: dataOf(Payment) } },
      idempotent: true,
      example: { payment_date: '2024-01-15', amount: 150_000, payment_type: 'advance' },
    },
    async (ctx, { params, body }) => ({ data: await recordPayment(ctx, params.contract, body) }),
  ),
  operation(
    {
      id: 'get-contracts-contract-payments',
      method: 'get',
      path: '/contracts/{contract}/payments',
      summary: 'Payments of a contract, newest first',
      tag: 'Payments',
      access: access.read,
      params: ofContract,
      errors: [404],
      query: paymentPages.query,
      returns: { 200: { schema: resourceOf(Payment) } },
    },
    async (ctx, { params, query, request }) => wrapPage('resource', await paymentsOf(ctx, params.contract, query), request.url),
  ),
]

const agreementRoutes = [
  ...registryRoutes(agreements, {
    path: '/agreements',
    param: 'agreement',
    tag: 'Supplementary Agreements',
    access,
    schemas: { New: NewAgreement, Change: ChangeAgreement, Shown: Agreement },
    wrap: 'bare',
    page: 'resource',
    list: agreementPages,
    words: {
      create: { summary: 'Create a supplementary agreement' },
      get: { summary: 'A supplementary agreement' },
      change: { summary: 'Change a supplementary agreement that is not out for signature', errors: [409] },
      remove: { summary: 'Delete a supplementary agreement; those that it annulled count again', errors: [409] },
    },
    example: { contract_id: 15, number: 'ДС-1', agreement_date: '2024-02-15', subject_changes: ['Изменение сроков'] },
  }),
  operation(
    {
      id: 'get-contracts-contract-agreements',
      method: 'get',
      path: '/contracts/{contract}/agreements',
      summary: 'Agreements of a contract, newest first',
      tag: 'Supplementary Agreements',
      access: access.read,
      params: ofContract,
      errors: [404],
      query: agreementPages.query,
      returns: { 200: { schema: resourceOf(Agreement) } },
    },
    async (ctx, { params, query, request }) => wrapPage('resource', await agreementsOf(ctx, params.contract, query), request.url),
  ),
]

const specificationRoutes = [
  ...registryRoutes(specifications, {
    path: '/specifications',
    tag: 'Specifications',
    access,
    schemas: { New: NewSpecification, Change: ChangeSpecification, Shown: Specification },
    wrap: 'bare',
    page: 'resource',
    list: specificationPages,
    words: {
      list: { summary: 'Specifications of the organization' },
      create: { summary: 'Create a specification' },
      get: { summary: 'A specification' },
      change: { summary: 'Change a specification that no contract out for signature, or signed, has annexed', errors: [409] },
      remove: { summary: 'Delete a specification that no contract uses', errors: [409] },
    },
    example: { number: 'SPEC-2024-001', spec_date: '2024-12-20', total_amount: 150_000.5, scope_items: ['Кирпичная кладка'] },
  }),
  operation(
    {
      id: 'post-contracts-contract-specifications-id',
      method: 'post',
      path: '/contracts/{contract}/specifications/{id}',
      summary: 'Attach a specification to a contract',
      tag: 'Specifications',
      access: access.write,
      params: pair,
      errors: [404, 409],
      returns: { 200: { schema: Specification } },
    },
    async (ctx, { params }) => attachSpecification(ctx, params.contract, params.id),
  ),
  operation(
    {
      id: 'delete-contracts-contract-specifications-id',
      method: 'delete',
      path: '/contracts/{contract}/specifications/{id}',
      summary: 'Detach a specification from a contract',
      tag: 'Specifications',
      access: access.write,
      params: pair,
      errors: [404, 409],
      returns: { 204: {} },
    },
    async (ctx, { params }) => {
      await detachSpecification(ctx, params.contract, params.id)
      return new Reply(204, undefined)
    },
  ),
]

const contractWorks = definePages({ key: completedWorks.id, sorts: { completion_date: completedWorks.completionDate } })

const workRoutes = [
  operation(
    {
      id: 'get-contracts-id-completed-works',
      method: 'get',
      path: '/contracts/{id}/completed-works',
      summary: 'Works of a contract',
      tag: 'Contracts',
      access: access.read,
      params: z.object({ id: idParam }),
      errors: [404],
      query: contractWorks.query,
      returns: { 200: { schema: successPageOf(Work) } },
    },
    async (ctx, { params: { id }, query, request }) => {
      const { per_page: perPage, sort_by: sortBy, sort_direction: sortDirection, page } = query
      const listed = listWorks(ctx, { contract_id: [id], page, perPage, sortBy, sortDirection })
      const [, works] = await Promise.all([contracts.load(ctx, id), listed])
      return wrapPage('success', works, request.url, 'Список выполненных работ получен успешно.')
    },
  ),
]

export const partRoutes = [...workRoutes, ...paymentRoutes, ...agreementRoutes, ...specificationRoutes]
