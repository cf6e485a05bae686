/** The languages of the pages for people, each with its own name. */
export const LANGS = ['ru', 'kk', 'en'] as const
export type Lang = (typeof LANGS)[number]

const isLang = (value: string): value is Lang => LANGS.some((lang) => lang === value)

/**
 * The language of a page: `?lang` when it is one of ours, else the first of Accept-Language (RFC 9110 § 12.5.4) that is, else Russian.
 */
export function pickLang(query: string | null | undefined, acceptLanguage: string | null | undefined): Lang {
  if (query && isLang(query)) return query
  const wanted = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part, order) => {
      const [tag = '', ...params] = part.trim().toLowerCase().split(';')
      const quality = params.map((param) => /^\s*q=([\d.]+)$/.exec(param)?.[1]).find(Boolean)
      return { lang: tag.split('-')[0] ?? '', quality: quality === undefined ? 1 : Number(quality), order }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order)
  return wanted.map(({ lang }) => lang).find(isLang) ?? 'ru'
}

/** The language that a page is asked for in: `?lang=`, or the browser's own. */
export const langOf = (request: Request): Lang =>
  pickLang(new URL(request.url).searchParams.get('lang'), request.headers.get('accept-language'))
