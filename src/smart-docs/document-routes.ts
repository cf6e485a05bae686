import { operation, type Operation } from '../http/operation.ts'
import { createDocument } from './create-document.ts'
import { sendDocumentFile } from './document-file.ts'
import * as d from './document-schemas.ts'
import { getDocument, listDocuments } from './load-document.ts'
import { byId } from './schemas.ts'
import { sendDocument } from './send-document.ts'

const tag = 'documents'
const all = '/smart_doc/documents/'
const one = `${all}{id}/`

/** What works, products, actors and beneficiaries are for. */
export const documentRoutes: Operation[] = [
  operation(
    {
      id: 'get-smart_doc-documents',
      method: 'get',
      path: all,
      summary: 'List documents, newest first',
      tag,
      access: 'smartdocs:read',
      query: d.DocumentsQuery,
      returns: { 200: { schema: d.Documents } },
      errors: [404],
    },
    (ctx, { query, request }) => listDocuments(ctx, query, request.url),
  ),
  operation(
    {
      id: 'post-smart_doc-documents',
      method: 'post',
      path: all,
      summary: 'Make a document: счёт на оплату, АВР (Р-1), накладная (З-2), договор',
      tag,
      access: 'smartdocs:write',
      idempotent: true,
      body: d.CreateDocument,
      returns: { 201: { schema: d.Document } },
      description:
        'Kinds: `invoice` счёт на оплату, `act` акт выполненных работ (форма Р-1), `waybill` накладная на отпуск запасов на сторону (форма З-2), `contract` договор на выполнение работ. It keeps what works, products and people say now. Numbers are counted for each organization, kind and year, without gaps.',
      example: {
        kind: 'invoice',
        seller: { bin: '180540034205', name: 'ТОО "DELUXE TRADE COMPANY"', address: 'Г.АЛМАТЫ, МИКРОРАЙОН ҚАЙРАТ, 181' },
        buyer: { bin: '120240004698' },
        beneficiary: 'ffe11841',
        actor: 'b0eff6b0',
        items: [
          { work: 'a095fbe6', quantity: '2' },
          { product: '160dd17e', quantity: '1.5', price: '100.00' },
        ],
        vat: { mode: 'included' },
      },
    },
    (ctx, { body }) => createDocument(ctx, body),
  ),
  operation(
    {
      id: 'get-smart_doc-documents-id',
      method: 'get',
      path: one,
      summary: 'One of documents',
      tag,
      access: 'smartdocs:read',
      params: byId,
      returns: { 200: { schema: d.Document } },
      errors: [404],
    },
    (ctx, { params }) => getDocument(ctx, params.id),
  ),
  operation(
    {
      id: 'get-smart_doc-documents-id-file',
      method: 'get',
      path: `${one}file/`,
      summary: 'The PDF of a document; once everybody has signed, its stamped version',
      tag,
      access: 'smartdocs:read',
      params: byId,
      returns: { 200: { media: ['application/pdf'] } },
      errors: [404],
    },
    (ctx, { params }) => sendDocumentFile(ctx, params.id),
  ),
  operation(
    {
      id: 'post-smart_doc-documents-id-send',
      method: 'post',
      path: `${one}send/`,
      summary: 'Send a document along a signing route',
      tag,
      access: 'smartdocs:write',
      idempotent: true,
      params: byId,
      body: d.SendDocument,
      returns: { 200: { schema: d.Document } },
      errors: [404, 409],
      description:
        'Makes a package of the office (`package_id`; see /api/v1/office/packages) with this document, and sends it. The status of the document follows: `sent`, then `signed`, `declined`, `revoked` or `expired`; after the last three it may be sent again.',
      example: {
        participants: [
          { order: 1, role: 'signer', person: { full_name: 'Сериков Айбек Маратович', phone: '+77011234567' }, methods: ['sms'] },
        ],
      },
    },
    (ctx, { params, body }) => sendDocument(ctx, params.id, body),
  ),
]
