import * as z from 'zod'
import { operation } from '../http/operation.ts'
import { exportDirectory } from './export/export.ts'
import { currencies } from './feeds/currencies.ts'
import { latestNews } from './feeds/news.ts'
import { importDirectory } from './import/import.ts'
import { TERM_KINDS, type TermKind } from './kinds.ts'
import { getClient, listClients } from './list-clients.ts'
import { getContact, listContacts } from './list-contacts.ts'
import { getTerm, listTerms } from './list-terms.ts'
import {
  Client,
  CLIENT_ID,
  CLIENTS_QUERY,
  Currencies,
  Email,
  EXPORT_QUERY,
  ID,
  ImportReport,
  LIST_QUERY,
  News,
  pageOf,
  Phone,
  termSchema,
} from './schemas.ts'
import { Staff } from '../identity/session-routes.ts'
import { getUserCompany } from './user-company.ts'

const SEARCHED =
  'Case does not matter, in Cyrillic and Kazakh either, and ё is е; each word may be the beginning of one. What is called so comes first. The count is exact for a whole list, for one filter, and for lists of up to 1,000; in longer ones a search counts as far as it has looked, of a single word at least those that have it, and `next` leads on as long as there is more.'

const termRoutes = TERM_KINDS.flatMap((kind: TermKind) => {
  const schema = termSchema(kind)
  return [
    operation(
      {
        id: `get-clients-${kind}`,
        method: 'get',
        path: `/clients/${kind}/`,
        summary: `List ${kind}`,
        description: SEARCHED,
        tag: 'Directory',
        access: 'public',
        query: LIST_QUERY,
        returns: { 200: { schema: pageOf(schema, `Directory_${kind}_page`) } },
        errors: [404],
      },
      (ctx, { query, request }) => listTerms(ctx, kind, query, request.url),
    ),
    operation(
      {
        id: `get-clients-${kind}-id`,
        method: 'get',
        path: `/clients/${kind}/{id}/`,
        summary: `One of ${kind}`,
        tag: 'Directory',
        access: 'public',
        params: ID,
        returns: { 200: { schema } },
        errors: [404],
      },
      (ctx, { params }) => getTerm(ctx, kind, params.id),
    ),
  ]
})

const contactRoutes = (['emails', 'phone_numbers'] as const).flatMap((kind) => {
  const schema = kind === 'emails' ? Email : Phone
  const access = kind === 'emails' ? 'public' : 'directory:read'
  return [
    operation(
      {
        id: `get-clients-${kind}`,
        method: 'get',
        path: `/clients/${kind}/`,
        summary: `List ${kind}`,
        description: SEARCHED,
        tag: 'Directory',
        access,
        query: LIST_QUERY,
        returns: { 200: { schema: pageOf<z.ZodType>(schema, `Directory_${kind}_page`) } },
        errors: [404],
      },
      (ctx, { query, request }) => listContacts(ctx, kind, query, request.url),
    ),
    operation(
      {
        id: `get-clients-${kind}-id`,
        method: 'get',
        path: `/clients/${kind}/{id}/`,
        summary: `One of ${kind}`,
        tag: 'Directory',
        access,
        params: ID,
        returns: { 200: { schema } },
        errors: [404],
      },
      (ctx, { params }) => getContact(ctx, kind, params.id),
    ),
  ]
})

const clientRoutes = [
  operation(
    {
      id: 'get-clients-clients',
      method: 'get',
      path: '/clients/clients/',
      summary: 'List clients',
      description: `By name, BIN, director, address, phone and e-mail. ${SEARCHED}`,
      tag: 'Directory',
      access: 'directory:read',
      query: CLIENTS_QUERY,
      returns: { 200: { schema: pageOf(Client, 'Directory_clients_page') } },
      errors: [404],
    },
    (ctx, { query, request }) => listClients(ctx, query, request.url),
  ),
  operation(
    {
      id: 'get-clients-clients-id',
      method: 'get',
      path: '/clients/clients/{id}/',
      summary: 'One of clients',
      description: 'id is the eight hex digits (company_id of emails) or the BIN.',
      tag: 'Directory',
      access: 'directory:read',
      params: CLIENT_ID,
      returns: { 200: { schema: Client } },
      errors: [404],
    },
    (ctx, { params }) => getClient(ctx, params.id),
  ),
  operation(
    {
      id: 'get-clients-get_user_company',
      method: 'get',
      path: '/clients/get_user_company/',
      summary: 'The caller’s position and company',
      tag: 'Staff',
      access: 'account:read',
      returns: { 200: { schema: z.object({ user: Staff, company: Client }).meta({ id: 'UserCompany' }) } },
    },
    (ctx) => getUserCompany(ctx),
  ),
]

const loading = [
  operation(
    {
      id: 'post-clients-import',
      method: 'post',
      path: '/clients/import/',
      summary: 'Load directory records, one JSON object a line',
      description:
        'kind is one of the directory resources but staff; a record of the same natural key (the name; the BIN; the BIN with the e-mail or the phone) is updated, and what it leaves out stays. References are given by name, or by their eight hex digits, and must be known from a line before; e-mails and phones name their client by clients_bin; clients may list rubrics and types. A bad line is reported and skipped; up to 1,000 of them are told. At most 100 MB a call.',
      tag: 'Directory',
      access: 'platform:write',
      stream: {
        media: 'application/x-ndjson',
        example:
          '{"kind":"sections","section":"B2B-услуги"}\n{"kind":"phone_numbers","phone_number":"+7(700)000-00-00","clients_bin":"120240004698"}\n',
      },
      returns: { 200: { schema: ImportReport } },
      errors: [400, 413],
    },
    (ctx, { request }) => importDirectory(ctx, request),
  ),
  operation(
    {
      id: 'get-clients-export',
      method: 'get',
      path: '/clients/export/',
      summary: 'Clients, e-mails or phones as a table',
      description:
        'What the lists show, with the same search and filters; references by their names. CSV is UTF-8 with semicolons; XLSX holds up to 100,000 rows.',
      tag: 'Directory',
      access: 'directory:read',
      query: EXPORT_QUERY,
      returns: { 200: { media: ['text/csv; charset=utf-8', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'] } },
      errors: [422],
    },
    (ctx, { query }) => exportDirectory(ctx, query),
  ),
]

const feedRoutes = [
  operation(
    {
      id: 'get-clients-currencies',
      method: 'get',
      path: '/clients/currencies/',
      summary: 'Exchange rates',
      description:
        'Tenge for one unit: the official rate with a margin, and how it differs from the day before. `stale` says that the source could not be read lately.',
      tag: 'Feeds',
      access: 'public',
      returns: { 200: { schema: Currencies } },
      errors: [503],
    },
    (ctx) => currencies(ctx),
  ),
  operation(
    {
      id: 'get-clients-news',
      method: 'get',
      path: '/clients/news/',
      summary: 'The latest piece of news',
      tag: 'Feeds',
      access: 'public',
      returns: { 200: { schema: News } },
      errors: [503],
    },
    (ctx) => latestNews(ctx),
  ),
]

/** Document 001: the counterparty directory. */
export const directoryRoutes = [...termRoutes, ...contactRoutes, ...clientRoutes, ...loading, ...feedRoutes]
