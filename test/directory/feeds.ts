/** Feeds as those who publish them write them. */

/** Tenge for one unit, in millionths. */
export const RATES = { CNY: 73_270_000, USD: 510_990_000, RUB: 6_530_000, EUR: 593_720_000 }

const item = (code: string, rate: string, date: string) =>
  `<item><title>${code}</title><pubDate>${date}</pubDate><description>${rate}</description><quant>1</quant><index>UP</index><change>+0.99</change><link></link></item>`

export interface Shown {
  date?: string
  usd?: string
}

/** `rates_all.xml` */
export const nationalBank = ({ date = '15.01.2026', usd = '510.99' }: Shown = {}) => `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><generator>Alternate RSS Builder</generator><title>Official exchange rates of National Bank of Republic Kazakhstan</title>
${item('AUD', '341.85', date)}${item('CNY', '73.27', date)}${item('EUR', '593.72', date)}${item('RUB', '6.53', date)}${item('USD', usd, date)}
</channel></rss>`

/** `get_rates.cfm?fdate=…` */
export const nationalBankDay = ({ date = '15.01.2026', usd = '510.99' }: Shown = {}) => `<?xml version="1.0" encoding="utf-8"?>
<rates><generator>Alternate RSS Builder</generator><title>Official exchange rates</title><link>www.nationalbank.kz</link><date>${date}</date>
${[
  ['ДОЛЛАР США', 'USD', usd],
  ['ЕВРО', 'EUR', '593.72'],
  ['КИТАЙСКИЙ ЮАНЬ', 'CNY', '73.27'],
  ['РОССИЙСКИЙ РУБЛЬ', 'RUB', '6.53'],
]
  .map(
    ([name, code, rate]) =>
      `<item><fullname>${name}</fullname><title>${code}</title><description>${rate}</description><quant>1</quant><index></index><change>0.00</change></item>`,
  )
  .join('')}
</rates>`

const valute = (id: string, code: string, nominal: number, name: string, value: string) =>
  `<Valute ID="${id}"><NumCode>000</NumCode><CharCode>${code}</CharCode><Nominal>${nominal}</Nominal><Name>${name}</Name><Value>${value}</Value></Valute>`

/** `XML_daily.asp`, to be sent as windows-1251. */
export const bankOfRussia = ({ date = '15.01.2026', usd = '78,2267' }: Shown = {}) =>
  `<?xml version="1.0" encoding="windows-1251"?><ValCurs Date="${date}" name="Foreign Currency Market">${[
    valute('R01235', 'USD', 1, 'Доллар США', usd),
    valute('R01239', 'EUR', 1, 'Евро', '90,8900'),
    valute('R01335', 'KZT', 100, 'Тенге', '15,3088'),
    valute('R01375', 'CNY', 1, 'Юань', '11,2150'),
  ].join('')}</ValCurs>`

export const rss = ({
  title = 'Итоги года &laquo;СПК Алматы&raquo;: <b>Tom &amp;amp; Jerry</b>',
  at = 'Thu, 15 Jan 2026 09:30:00 +0500',
} = {}) => `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Новости</title><link>https://news.example/</link><description>Лента</description>
<item><title>Вчерашнее</title><link>https://news.example/1</link><pubDate>Wed, 14 Jan 2026 09:30:00 +0500</pubDate></item>
<item><title>${title.replaceAll('<b>', '&lt;b&gt;').replaceAll('</b>', '&lt;/b&gt;')}</title><link>https://news.example/2?a=1&amp;b=2</link><description>…&nbsp;</description><pubDate>${at}</pubDate>
<enclosure url="https://static.example/sound.mp3" type="audio/mpeg"/><media:content url="https://static.example/img/1.jpg" medium="image"/></item>
<item><title>Без ссылки</title><pubDate>Thu, 15 Jan 2026 09:50:00 +0500</pubDate></item>
</channel></rss>`

/** A text in windows-1251, Cyrillic as Russian has it. */
export const toWindows1251 = (text: string) =>
  Uint8Array.from(text, (c) => {
    const code = c.charCodeAt(0)
    if (code >= 0x410 && code <= 0x44f) return code - 0x410 + 0xc0
    return code === 0x401 ? 0xa8 : code === 0x451 ? 0xb8 : code
  })
