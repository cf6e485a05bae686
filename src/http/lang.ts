/** The languages of the pages for people, each with its own name. */
export const LANGS = ['ru', 'kk', 'en'] as const
export type Lang = (typeof LANGS)[number]

const isLang = (value: string): value is Lang => LANGS.some((lang) => lang === value)

/** The first of Accept-Language (RFC 9110 § 12.5.4) that is one of ours, if any is. */
export function heardLang(acceptLanguage: string | null | undefined): Lang | undefined {
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
  return wanted.map(({ lang }) => lang).find(isLang)
}

/**
 * The language of a page: `?lang` when it is one of ours, else the one that is remembered of its reader, else what the browser asks for,
 * else Russian.
 */
export function pickLang(query: string | null | undefined, acceptLanguage: string | null | undefined, remembered?: Lang): Lang {
  return query && isLang(query) ? query : (remembered ?? heardLang(acceptLanguage) ?? 'ru')
}

/** The language that a page is asked for in: `?lang=`, what is remembered, or the browser's own. */
export const langOf = (request: Request, remembered?: Lang): Lang =>
  pickLang(new URL(request.url).searchParams.get('lang'), request.headers.get('accept-language'), remembered)
