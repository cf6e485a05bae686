import * as z from 'zod'
import { AppError } from './errors.ts'

/** How lists of document 001 are asked for: as Django REST framework reads it, a size that is too large or no number is put right. */
export const drfPageQuery = {
  page: z
    .string()
    .max(20)
    .optional()
    .meta({ json: { type: 'integer', minimum: 1, default: 1 } }),
  page_size: z
    .string()
    .max(20)
    .optional()
    .meta({ json: { type: 'integer', minimum: 1, maximum: 100, default: 20 } }),
  search: z.string().max(255).optional(),
}

export const drfPageOf = <T extends z.ZodType>(item: T, id: string) =>
  z
    .object({
      count: z.int().meta({ example: 1 }),
      next: z.string().nullable().meta({ example: null }),
      previous: z.string().nullable().meta({ example: null }),
      results: z.array(item),
    })
    .meta({ id })

export interface DrfWindow {
  page: number
  limit: number
  offset: number
}

const noPage = () => new AppError('not_found', 'Invalid page.')

/** Which rows a page holds. A page that can't be is not found. */
export function drfWindow({ page = '1', page_size = '' }: { page?: string | undefined; page_size?: string | undefined }): DrfWindow {
  if (!/^[1-9]\d{0,6}$/.test(page)) throw noPage()
  const limit = /^[1-9]\d*$/.test(page_size) ? Math.min(100, Number(page_size)) : 20
  return { page: Number(page), limit, offset: (Number(page) - 1) * limit }
}

/** The page with its links. `url` is the call's own: the links keep its other parameters. */
export function drfPage<T>({ page, limit, offset }: DrfWindow, url: string, count: number, results: T[]) {
  if (page > 1 && offset >= count) throw noPage()
  const link = (n: number) => {
    const other = new URL(url)
    other.searchParams.set('page', String(n))
    return other.href
  }
  return { count, next: offset + limit < count ? link(page + 1) : null, previous: page > 1 ? link(page - 1) : null, results }
}
