/**
 * Smart documents through the service, as poppler reads and draws them.
 * `UPDATE_GOLDENS=1` writes the pictures anew: look at them before they are committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { registerCompany, type Api } from '../../.tools/demo-steps.ts'
import { blankGlyphs, difference, pageImages, readGray, writeGray } from './pages.ts'
import { baseUrl, download, tool, withDirectory } from './service.ts'

const goldens = fileURLToPath(new URL('goldens', import.meta.url).href)
/** The codes of works are other ones each time. */
const TOLERANCE = 0.12

const SELLER = {
  bin: '180540034205',
  name: 'ТОО "DELUXE TRADE COMPANY"',
  address: 'Г.АЛМАТЫ, ТУРКСИБСКИЙ РАЙОН, МИКРОРАЙОН ҚАЙРАТ, 181',
  contacts: '+7 (727) 382-15-31',
}
const BUYER = {
  bin: '120240004698',
  name: 'Товарищество с ограниченной ответственностью «Өскемен құрылыс материалдары және жобалау-іздестіру жұмыстары ғылыми-өндірістік бірлестігі»',
  address: 'Г.АЛМАТЫ, ЖЕТЫСУСКИЙ РАЙОН, ПРОСПЕКТ СУЮНБАЯ, 12, кв 15',
  director: 'ӘБДІҒАППАРҰЛЫ ҒАНИ ҚАҺАРМАНҰЛЫ',
}
const WORKS = [
  ['Доставка посылки курьером', 'шт', '21.00', '2'],
  ['Қазақ тіліндегі құжаттарды әзірлеу, аудару және іс жүргізуге көмек көрсету қызметтері', 'қызмет', '1234567.89', '1.5'],
  ['Разработка, внедрение и сопровождение программного обеспечения для учета рабочего времени', 'услуга', '350000.00', '0.333'],
] as const

let api: Api
let known: { items: object[]; beneficiary: string; actor: string }

beforeAll(async () => {
  ;({ api } = await registerCompany(baseUrl(), 'ТОО «Смарт»'))
  const make = async (name: string, body: Record<string, unknown>) =>
    (await api.call<{ id: string }>('POST', `/smart_doc/${name}/`, body)).id
  const items: object[] = []
  for (const [name, measure, price, quantity] of WORKS) items.push({ work: await make('works', { name, measure, price }), quantity })
  const beneficiary = await make('beneficiaries', {
    beneficiary: SELLER.name,
    beneficiary_bank: 'АО "CAPITAL BANK KAZAKHSTAN”',
    PIC: 'KZ417812870193980012',
    BIC: 'TBKBKZKA',
    KBe: '17',
    Knp: '859',
  })
  known = { items, beneficiary, actor: await make('actors', { full_name: 'Боранбаев Азамат Қайратұлы', role: 'Директор' }) }
})

const delivery = {
  responsible: 'Ермеков Ж. А.',
  carrier: 'ТОО «Қазжол транс»',
  proxy_number: '12',
  proxy_date: '2026-11-21',
  receiver: 'Оспанов К.',
}
const terms = {
  city: 'Алматы',
  start_date: '2026-12-01',
  end_date: '2027-02-28',
  prepayment_percent: 30,
  penalty_percent: '0.1',
  warranty_months: 12,
}

/** 2 × 21 + 1.5 × 1,234,567.89 (…,851.835 up) + 0.333 × 350,000 = 1,968,443.84, and 16 % of each on top. */
const DOCUMENTS: [kind: string, more: object, pages: number, says: string[]][] = [
  [
    'invoice',
    { contract: { number: '15/26', date: '2026-03-01' } },
    1,
    [
      'Счет на оплату № 1 от 22 ноября 2026 г.',
      'Образец платежного поручения',
      'KZ417812870193980012',
      'Код назначения платежа (КНП)',
      'БИН / ИИН: 180540034205',
      '42,00',
      '1 851 851,84',
      '116 550,00',
      'Итого: 1 968 443,84',
      'Сумма НДС (16%): 314 951,01',
      'Всего к оплате: 2 283 394,85',
      'Всего наименований 3, на сумму 2 283 394,85 KZT',
      'Всего к оплате: Два миллиона двести восемьдесят три тысячи триста девяносто четыре тенге 85 тиын',
      'Төлеуге барлығы: Екі миллион екі жүз сексен үш мың үш жүз тоқсан төрт теңге 85 тиын',
    ],
  ],
  [
    'act',
    { act: { stock_usage: 'Цемент, 3 т, 120 000 KZT', attachment_pages: 15 } },
    1,
    [
      'Форма Р-1',
      'ӘБДІҒАППАРҰЛЫ',
      '1 851 851,84',
      '296 296,29',
      'АКТ ВЫПОЛНЕННЫХ РАБОТ (ОКАЗАННЫХ УСЛУГ)*',
      'стоимость с НДС',
      '2 283 394,85',
      'Цемент, 3 т, 120 000 KZT',
      'Сдал (Исполнитель)',
      'Принял (Заказчик)',
      'М.П.',
    ],
  ],
  [
    'waybill',
    { delivery },
    1,
    [
      'Форма З-2',
      '48,72',
      '2 148 148,13',
      '314 951,01',
      'НАКЛАДНАЯ НА ОТПУСК ЗАПАСОВ НА СТОРОНУ',
      'Три целых восемьсот тридцать три тысячных',
      'Отпуск разрешил',
      '№ 12 от 21 ноября 2026 г.',
      'ТОО «Қазжол транс»',
    ],
  ],
  [
    'contract',
    { terms },
    2,
    [
      'ДОГОВОР № 1',
      'г. Алматы',
      'что составляет 685 018,46 KZT',
      'Остаток в размере 1 598 376,39 KZT',
      'Реквизиты и подписи Сторон',
      'БИК TBKBKZKA',
    ],
  ],
]

/** As one line: how text is broken into lines is the layout's affair. */
const oneLine = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, ' ')

describe.each(DOCUMENTS)('%s', (kind, more, pages, says) => {
  it('is sound, says what it should and looks as it should', () =>
    withDirectory(async (directory) => {
      const body = { kind, date: '2026-11-22', seller: SELLER, buyer: BUYER, vat: { mode: 'on_top' }, ...known, ...more }
      const { id } = await api.call<{ id: string }>('POST', '/smart_doc/documents/', body)
      const pdf = await download(api, `/smart_doc/documents/${id}/file/`)
      const path = join(directory, 'service.pdf')
      await writeFile(path, pdf)

      const check = await tool('qpdf', ['--check', path])
      expect([check.status, check.stderr]).toEqual([0, ''])
      const { stdout } = await tool('pdftotext', ['-enc', 'UTF-8', '-layout', path, '-'])
      const text = oneLine(stdout)
      for (const said of [...says, BUYER.bin, SELLER.bin]) expect(text).toContain(said)
      // Names are broken over lines, among those of other columns: each of their words is there.
      for (const word of [BUYER.name, 'Қайратұлы', ...WORKS.map(([name]) => name)].join(' ').split(' '))
        expect(text).toContain(word.split('-')[0])

      const images = await pageImages(pdf, directory, kind)
      expect(images).toHaveLength(pages)
      if (process.env.UPDATE_GOLDENS) {
        await mkdir(goldens, { recursive: true })
        for (const [i, image] of images.entries()) await writeFile(join(goldens, `smart-${kind}-${i + 1}.png`), writeGray(readGray(image)))
      }
      const blank = await pageImages(await blankGlyphs(pdf), directory, `${kind}-blank`)
      for (const [i, image] of images.entries()) {
        const golden = readGray(await readFile(join(goldens, `smart-${kind}-${i + 1}.png`)))
        expect(difference(golden, readGray(image)), `page ${i + 1}`).toBeLessThan(TOLERANCE)
        const blanked = blank[i]
        expect(blanked && difference(golden, readGray(blanked)), `page ${i + 1} without letters`).toBeGreaterThan(2 * TOLERANCE)
      }
    }))
})
