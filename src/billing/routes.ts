import * as z from 'zod'
import { linkNext } from '../http/list.ts'
import { idParam, operation, Reply } from '../http/operation.ts'
import { createBalance, deleteBalance, getBalance, setBalance } from './balances.ts'
import { paymentCallback } from './callback.ts'
import {
  changePaymentRequest,
  createPaymentRequest,
  deletePaymentRequest,
  getPaymentRequest,
  listPaymentRequests,
  paymentsQuery,
} from './payments.ts'
import {
  Balance,
  ChangePaymentRequest,
  ChangeTariffPlan,
  CreateBalance,
  CreatePaymentRequest,
  CreateTariffPlan,
  PaymentRequest,
  SetBalance,
  TariffPlan,
} from './schemas.ts'
import { changeTariffPlan, createTariffPlan, deleteTariffPlan, getTariffPlan, listTariffPlans, tariffsQuery } from './tariffs.ts'

const byId = z.object({ id: idParam })
const byCompany = z.object({ company_id: idParam })
const balanceRoutes = [
  operation(
    {
      id: 'post-company-balances',
      method: 'post',
      path: '/company-balances',
      summary: 'Create the balance of a company',
      tag: 'Balances',
      access: 'platform:write',
      idempotent: true,
      body: CreateBalance,
      returns: { 201: { schema: Balance } },
      errors: [404, 409],
      example: { company_id: 1, sms_signatures: 10, ecp_signatures: 5 },
    },
    (ctx, { body }) => createBalance(ctx, body),
  ),
  operation(
    {
      id: 'get-company-balances-company_id',
      method: 'get',
      path: '/company-balances/{company_id}',
      summary: 'The balance of a company',
      tag: 'Balances',
      access: 'billing:read',
      params: byCompany,
      returns: { 200: { schema: Balance } },
      errors: [404],
    },
    (ctx, { params }) => getBalance(ctx, params.company_id),
  ),
  operation(
    {
      id: 'put-company-balances-company_id',
      method: 'put',
      path: '/company-balances/{company_id}',
      summary: 'Set the balance of a company',
      tag: 'Balances',
      access: 'platform:write',
      params: byCompany,
      body: SetBalance,
      returns: { 200: { schema: Balance } },
      errors: [404],
      example: { sms_signatures: 15, ecp_signatures: 8 },
    },
    (ctx, { params, body }) => setBalance(ctx, params.company_id, body),
  ),
  operation(
    {
      id: 'delete-company-balances-company_id',
      method: 'delete',
      path: '/company-balances/{company_id}',
      summary: 'Delete the balance of a company',
      tag: 'Balances',
      access: 'platform:write',
      params: byCompany,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => deleteBalance(ctx, params.company_id),
  ),
]

const tariffRoutes = [
  operation(
    {
      id: 'post-tariff-plans',
      method: 'post',
      path: '/tariff-plans',
      summary: 'Create a tariff plan',
      tag: 'Tariff plans',
      access: 'platform:write',
      idempotent: true,
      body: CreateTariffPlan,
      returns: { 201: { schema: TariffPlan } },
      example: { name: 'Базовый', discount: 10, from_count: 10, to_count: 50, is_active: true },
    },
    (ctx, { body }) => createTariffPlan(ctx, body),
  ),
  operation(
    {
      id: 'get-tariff-plans',
      method: 'get',
      path: '/tariff-plans',
      summary: 'All tariff plans',
      tag: 'Tariff plans',
      access: 'public',
      query: tariffsQuery,
      returns: { 200: { schema: z.array(TariffPlan) } },
    },
    async (ctx, { query, request }) => {
      const { rows, next } = await listTariffPlans(ctx, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'get-tariff-plans-id',
      method: 'get',
      path: '/tariff-plans/{id}',
      summary: 'A tariff plan',
      tag: 'Tariff plans',
      access: 'public',
      params: byId,
      returns: { 200: { schema: TariffPlan } },
      errors: [404],
    },
    (ctx, { params }) => getTariffPlan(ctx, params.id),
  ),
  operation(
    {
      id: 'put-tariff-plans-id',
      method: 'put',
      path: '/tariff-plans/{id}',
      summary: 'Change a tariff plan',
      tag: 'Tariff plans',
      access: 'platform:write',
      params: byId,
      body: ChangeTariffPlan,
      returns: { 200: { schema: TariffPlan } },
      errors: [404],
      example: { name: 'Премиум', discount: 15 },
    },
    (ctx, { params, body }) => changeTariffPlan(ctx, params.id, body),
  ),
  operation(
    {
      id: 'delete-tariff-plans-id',
      method: 'delete',
      path: '/tariff-plans/{id}',
      summary: 'Delete a tariff plan',
      tag: 'Tariff plans',
      access: 'platform:write',
      params: byId,
      returns: { 204: {} },
      errors: [404],
    },
    (ctx, { params }) => deleteTariffPlan(ctx, params.id),
  ),
]

const paymentRoutes = [
  operation(
    {
      id: 'post-payment_requests',
      method: 'post',
      path: '/payment_requests',
      summary: 'Ask to buy signatures',
      tag: 'Payment requests',
      access: 'billing:write',
      idempotent: true,
      body: CreatePaymentRequest,
      returns: { 201: { schema: PaymentRequest } },
      errors: [404],
      example: { company_id: 1, tariff_plan_id: 1, sms_count: 10, ecp_count: 5 },
    },
    (ctx, { body }) => createPaymentRequest(ctx, body),
  ),
  operation(
    {
      id: 'get-payment_requests-id',
      method: 'get',
      path: '/payment_requests/{id}',
      summary: 'A payment request',
      tag: 'Payment requests',
      access: 'billing:read',
      params: byId,
      returns: { 200: { schema: PaymentRequest } },
      errors: [404],
    },
    (ctx, { params }) => getPaymentRequest(ctx, params.id),
  ),
  operation(
    {
      id: 'put-payment_requests-id',
      method: 'put',
      path: '/payment_requests/{id}',
      summary: 'Move a payment request: the company may cancel its own, the operator marks it paid',
      tag: 'Payment requests',
      access: 'billing:write',
      params: byId,
      body: ChangePaymentRequest,
      returns: { 200: { schema: PaymentRequest } },
      errors: [404, 409],
      example: { status: 'paid', paid_at: '2024-01-15T10:30:00Z' },
    },
    (ctx, { params, body }) => changePaymentRequest(ctx, params.id, body),
  ),
  operation(
    {
      id: 'delete-payment_requests-id',
      method: 'delete',
      path: '/payment_requests/{id}',
      summary: 'Delete a payment request that is not paid',
      tag: 'Payment requests',
      access: 'billing:write',
      params: byId,
      returns: { 204: {} },
      errors: [404, 409],
    },
    (ctx, { params }) => deletePaymentRequest(ctx, params.id),
  ),
  operation(
    {
      id: 'get-payment_requests-company-company_id',
      method: 'get',
      path: '/payment_requests/company/{company_id}',
      summary: 'Payment requests of a company',
      tag: 'Payment requests',
      access: 'billing:read',
      params: byCompany,
      query: paymentsQuery,
      returns: { 200: { schema: z.array(PaymentRequest) } },
      errors: [404],
    },
    async (ctx, { params, query, request }) => {
      const { rows, next } = await listPaymentRequests(ctx, params.company_id, query)
      return new Reply(200, rows, linkNext(request, next))
    },
  ),
  operation(
    {
      id: 'post-payments-callback',
      method: 'post',
      path: '/payments/callback',
      summary: 'The payment provider tells that a request was paid',
      tag: 'Payment requests',
      access: 'public',
      description:
        'Signed as Standard Webhooks 1.0 with PAYMENT_CALLBACK_SECRET: headers webhook-id, webhook-timestamp, webhook-signature. Body {payment_request_id, status: "paid", total_amount, paid_at?}.',
      returns: { 204: {} },
      errors: [400, 401, 404, 409, 413, 503],
    },
    (ctx, { request }) => paymentCallback(ctx, request),
  ),
]

export const billingRoutes = [...balanceRoutes, ...tariffRoutes, ...paymentRoutes]
