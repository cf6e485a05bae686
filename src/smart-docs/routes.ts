import * as z from 'zod'
import { drfPageQuery } from '../http/drf-page.ts'
import { operation, type Operation } from '../http/operation.ts'
import { putImage, sendImage } from './product-image.ts'
import { actors, beneficiaries, products, works } from './resources.ts'
import * as s from './schemas.ts'
import type { ListQuery } from './service.ts'
import type { Ctx } from '../context.ts'

const Query = z.object(drfPageQuery)

interface Verbs<New, Change> {
  list: (ctx: Ctx, query: ListQuery, url: string) => Promise<unknown>
  create: (ctx: Ctx, input: New) => Promise<unknown>
  get: (ctx: Ctx, id: string) => Promise<unknown>
  replace: (ctx: Ctx, id: string, input: New) => Promise<unknown>
  change: (ctx: Ctx, id: string, input: Change) => Promise<unknown>
  remove: (ctx: Ctx, id: string) => Promise<void>
}

interface Declared<N extends z.ZodType, C extends z.ZodType> {
  name: 'works' | 'actors' | 'products' | 'beneficiaries'
  schemas: { New: N; Change: C; One: z.ZodType; Page: z.ZodType }
  verbs: Verbs<z.output<N>, z.output<C>>
  examples: { made: object; changed: object }
}

/** List, create, one, change all, change some, delete: the same six for each of them. */
function sixOf<N extends z.ZodType, C extends z.ZodType>({ name, schemas, verbs, examples }: Declared<N, C>): Operation[] {
  const { New, Change, One, Page } = schemas
  const all = `/smart_doc/${name}/`
  const one = `${all}{id}/`
  const id = (method: string, more = '') => `${method}-smart_doc-${name}${more}`
  const [tag, read, write] = [name, 'smartdocs:read', 'smartdocs:write'] as const
  const errors = [404]
  return [
    operation(
      {
        id: id('get'),
        method: 'get',
        path: all,
        summary: `List ${name}`,
        tag,
        access: read,
        errors,
        query: Query,
        returns: { 200: { schema: Page } },
      },
      (ctx, { query, request }) => verbs.list(ctx, query, request.url),
    ),
    operation(
      {
        id: id('post'),
        method: 'post',
        path: all,
        summary: `Create one of ${name}`,
        tag,
        access: write,
        idempotent: true,
        body: New,
        returns: { 201: { schema: One } },
        example: examples.made,
      },
      (ctx, { body }) => verbs.create(ctx, body),
    ),
    operation(
      {
        id: id('get', '-id'),
        method: 'get',
        path: one,
        summary: `One of ${name}`,
        tag,
        access: read,
        errors,
        params: s.byId,
        returns: { 200: { schema: One } },
      },
      (ctx, { params }) => verbs.get(ctx, params.id),
    ),
    operation(
      {
        id: id('put', '-id'),
        method: 'put',
        path: one,
        summary: `Change one of ${name}`,
        tag,
        access: write,
        errors: [404, 409],
        params: s.byId,
        body: New,
        returns: { 200: { schema: One } },
        example: examples.made,
      },
      (ctx, { params, body }) => verbs.replace(ctx, params.id, body),
    ),
    operation(
      {
        id: id('patch', '-id'),
        method: 'patch',
        path: one,
        summary: `Change fields of one of ${name}`,
        tag,
        access: write,
        errors: [404, 409],
        params: s.byId,
        body: Change,
        returns: { 200: { schema: One } },
        example: examples.changed,
      },
      (ctx, { params, body }) => verbs.change(ctx, params.id, body),
    ),
    operation(
      {
        id: id('delete', '-id'),
        method: 'delete',
        path: one,
        summary: `Delete one of ${name}`,
        tag,
        access: write,
        errors,
        params: s.byId,
        returns: { 204: {} },
      },
      (ctx, { params }) => verbs.remove(ctx, params.id),
    ),
  ]
}

const imageRoutes = [
  operation(
    {
      id: 'put-smart_doc-products-id-image',
      method: 'put',
      path: '/smart_doc/products/{id}/image/',
      summary: 'Upload the picture of a product',
      tag: 'products',
      access: 'smartdocs:write',
      params: s.byId,
      bodyAs: 'form',
      body: s.UploadImage,
      returns: { 200: { schema: s.Product } },
      errors: [404],
      description: 'PNG, JPEG or WebP, judged by its bytes; at most 5 MB and 10,000 pixels a side. It takes the place of the one before.',
    },
    async (ctx, { params, body }) => {
      await putImage(ctx, params.id, body.image)
      return products.get(ctx, params.id)
    },
  ),
  operation(
    {
      id: 'get-smart_doc-products-id-image',
      method: 'get',
      path: '/smart_doc/products/{id}/image/',
      summary: 'The picture of a product',
      tag: 'products',
      access: 'smartdocs:read',
      params: s.byId,
      returns: { 200: { media: ['image/png', 'image/jpeg', 'image/webp'] } },
      errors: [404],
    },
    (ctx, { params }) => sendImage(ctx, params.id),
  ),
]

/** What smart documents are made from (document 001): works, actors, products, beneficiaries. */
export const smartDocRoutes: Operation[] = [
  ...sixOf({
    name: 'works',
    schemas: { New: s.NewWork, Change: s.ChangeWork, One: s.Work, Page: s.Works },
    verbs: works,
    examples: {
      made: { name: 'Доставка посылки курьером', description: '', measure: 'шт', price: '21.00' },
      changed: { price: '22.50' },
    },
  }),
  ...sixOf({
    name: 'actors',
    schemas: { New: s.NewActor, Change: s.ChangeActor, One: s.Actor, Page: s.Actors },
    verbs: actors,
    examples: { made: { full_name: 'Азамат Боранбаев Кайратович', role: 'Работник' }, changed: { role: 'Директор' } },
  }),
  ...sixOf({
    name: 'products',
    schemas: { New: s.NewProduct, Change: s.ChangeProduct, One: s.Product, Page: s.Products },
    verbs: products,
    examples: {
      made: {
        name: 'ASUS laptop 4gb',
        description: 'Новейший ноутбук от asus',
        measure: 'шт',
        manufacturer: 'ASUS',
        image: null,
        price: '1.00',
      },
      changed: { price: '2.00' },
    },
  }),
  ...sixOf({
    name: 'beneficiaries',
    schemas: { New: s.NewBeneficiary, Change: s.ChangeBeneficiary, One: s.Beneficiary, Page: s.Beneficiaries },
    verbs: beneficiaries,
    examples: {
      made: {
        beneficiary: 'Азамат1',
        beneficiary_bank: 'АО "CAPITAL BANK KAZAKHSTAN”',
        PIC: 'KZ417812870193980012',
        BIC: 'TBKBKZKA',
        KBe: '13',
        Knp: '123',
      },
      changed: { Knp: '710' },
    },
  }),
  ...imageRoutes,
]

/** `/smart_docs/…`, as document 001 calls the API in its first lines: another name of `/smart_doc/…`. */
export const underOtherName = (operations: Operation[]): Operation[] =>
  operations.map(({ spec, run }) => ({
    spec: { ...spec, id: `${spec.id}-alias`, path: spec.path.replace('/smart_doc/', '/smart_docs/'), hidden: true },
    run,
  }))
