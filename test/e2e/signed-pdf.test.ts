import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { inventIin, inventPhone, registerCompany, uploadTemplate, type Company } from '../../.tools/demo-steps.ts'
import { docx, p } from '../documents/files.ts'
import { bilingualContract, bilingualData } from '../fixtures/docx.ts'
import { baseUrl, download, draftContract, rendered, signBySms, tool, until, withDirectory, withFile, type Person } from './service.ts'

/** The main job, from an uploaded template to the PDF that people keep, judged by outside tools. */

const STATUS_POINTS = [
  'Я подтверждаю, что принимаю договор оферты и все введенные данные верны',
  'Предупреждение: Ответственность за все действия возлагается на лицо, Чей ИИН/БИН указан.',
  'Қазіргі уақытта сайт және келісім-шарт қазақ тілінде жасалуда. Егер орыс тілін түсінбесеңіз, ақылы аудармашы жалдау құқығыңыз бар. (Қосымша ақпарат алу үшін, менеджерімізбен хабарласуыңызды өтінеміз)',
]
const KAZAKH = ['Ә', 'Ғ', 'Қ', 'Ң', 'Ө', 'Ұ', 'Ү', 'Һ', 'І', 'ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і']
/** With every letter that Russian does not have. */
const SENTENCE = 'Әділ Ғазиз, Қаһарман Ңұр, Өмір Ұлан, Үміт, Һәм Іңкәр көшеңізге тоғызға бірдей қол қойды'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** As one line: how text is broken into lines is the layout's affair. */
const oneLine = (text: string) => text.normalize('NFC').replaceAll(/\s+/g, ' ')

/** What poppler reads on each page, after checking that neither it nor qpdf finds fault with the file. */
async function readPages(pdf: Uint8Array): Promise<string[]> {
  return withFile(pdf, 'a.pdf', async (path) => {
    const [check, text] = await Promise.all([tool('qpdf', ['--check', path]), tool('pdftotext', ['-enc', 'UTF-8', path, '-'])])
    expect([check.status, check.stderr]).toEqual([0, ''])
    expect([text.status, text.stderr]).toEqual([0, ''])
    return text.stdout.split('\f').slice(0, -1).map(oneLine)
  })
}

interface Picture {
  width: number
  height: number
  /** Grey, 0 is black. */
  pixels: Uint8Array
}

/** The pages as poppler draws them. */
async function draw(pdf: Uint8Array, dpi: number, box: string[] = []): Promise<Picture[]> {
  return withFile(pdf, 'a.pdf', async (path, directory) => {
    const made = await tool('pdftoppm', ['-gray', '-r', String(dpi), ...box, path, `${directory}/p`])
    expect([made.status, made.stderr]).toEqual([0, ''])
    const { stdout } = await tool('sh', ['-c', `ls ${directory}/p-*.pgm`])
    return Promise.all(
      stdout
        .trim()
        .split('\n')
        .map(async (file) => {
          const bytes = new Uint8Array(await readFile(file))
          const [, width = '', height = ''] =
            /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(Buffer.from(bytes.subarray(0, 40)).toString('latin1')) ?? []
          const size = Number(width) * Number(height)
          return { width: Number(width), height: Number(height), pixels: bytes.subarray(bytes.length - size) }
        }),
    )
  })
}

/** How much of a picture is ink, between 0 and 1. */
const ink = ({ pixels }: Picture) => pixels.reduce((sum, grey) => sum + (255 - grey), 0) / (255 * pixels.length)

/** Where poppler finds a word, in points from the top left corner. */
async function boxesOf(pdf: Uint8Array, page: number): Promise<{ text: string; x: number; y: number; width: number; height: number }[]> {
  return withFile(pdf, 'a.pdf', async (path) => {
    const { stdout } = await tool('pdftotext', ['-bbox', '-f', String(page), '-l', String(page), path, '-'])
    const found = stdout.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<\/word>/g)
    return Array.from(found, ([, x0, y0, x1, y1, text = '']) => ({
      text,
      x: Number(x0),
      y: Number(y0),
      width: Number(x1) - Number(x0),
      height: Number(y1) - Number(y0),
    }))
  })
}

/** A PDF form with one text field for each name (ISO 32000-1, 12.7). */
function formPdf(names: string[]): Uint8Array {
  const fields = names.map((_, i) => `${i + 6} 0 R`).join(' ')
  const content = 'BT /Helv 18 Tf 72 760 Td (Contract) Tj ET'
  const objects = [
    `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${fields}]/DR<</Font<</Helv 5 0 R>>>>/DA(/Helv 12 Tf 0 g)>>>>`,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</Helv 5 0 R>>>>/Annots[${fields}]>>`,
    `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    ...names.map(
      (name, i) =>
        `<</Type/Annot/Subtype/Widget/FT/Tx/T(${name})/V()/DA(/Helv 12 Tf 0 g)/Rect[72 ${700 - 40 * i} 500 ${720 - 40 * i}]/P 3 0 R/F 4>>`,
    ),
  ]
  let out = '%PDF-1.7\n'
  const starts = objects.map((object, i) => {
    const start = out.length
    out += `${i + 1} 0 obj\n${object}\nendobj\n`
    return start
  })
  const size = objects.length + 1
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  out += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF\n`
  return Buffer.from(out, 'latin1')
}

let company: Company
beforeAll(async () => {
  company = await registerCompany(baseUrl(), 'ТОО «Құрылыс Сервис»')
})

interface Signed {
  person: Person
  packageId: string
  /** Before and after signing. */
  original: Uint8Array
  stamped: Uint8Array
  signedAt: string
}

async function signOne(template: Uint8Array, fileName: string, values: (person: Person) => Record<string, string>): Promise<Signed> {
  const person = { client_name: 'Сейтқазыұлы Нұрғиса Әбдірахманұлы', client_iin: inventIin(), client_phone: inventPhone() }
  const { api } = company
  const { id } = await uploadTemplate(company, template, 'Договор аренды', fileName)
  const { contract } = await draftContract(company, id)
  await api.call('PUT', `/contracts/token/${contract.contract_token}/fields`, { values: values(person) })
  const ready = await rendered(api, contract.contract_token)
  const path = `/contracts/${contract.id}/pdf`
  const original = await download(api, path)
  const { signed_at: signedAt } = await signBySms(api, contract.id, person)
  const stamped = await until('the stamped version', async () => {
    const response = await api.raw('GET', path)
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
  })
  const packageId = ready.package_id
  if (!packageId) throw new Error('a rendered contract has no package')
  return { person, packageId, original, stamped, signedAt }
}

/** What every stamped PDF must be, whatever it was made from. */
function describeSigned(what: string, make: () => Promise<Signed>, texts: () => string[]): void {
  describe(what, () => {
    let signed: Signed
    let before: string[]
    let after: string[]
    beforeAll(async () => {
      signed = await make()
      ;[before, after] = await Promise.all([readPages(signed.original), readPages(signed.stamped)])
    })

    it('keeps its own pages and text, and gains the certificate', () => {
      expect(after.length).toBeGreaterThan(before.length)
      for (const [i, page] of before.entries()) expect(after[i]).toContain(page.trim())
      for (const text of texts()) expect(before.join(' ')).toContain(text)
      expect(before.join(' ')).not.toContain('Сертификат онлайн подписания')
    })

    it('has the certificate word for word', () => {
      const certificate = after.slice(before.length).join(' ')
      const { person, signedAt } = signed
      expect(certificate).toContain('Сертификат онлайн подписания')
      expect(certificate).toContain('Сторона 2')
      expect(certificate).toContain(`ФИО: ${person.client_name}`)
      expect(certificate).toContain(`ИИН/БИН: ${person.client_iin}`)
      expect(certificate).toContain(`Телефон: ${person.client_phone}`)
      for (const point of STATUS_POINTS) expect(certificate).toContain(point)
      // The same moment as the API told, in Kazakhstan's time, with its offset.
      const local = new Intl.DateTimeFormat('ru-RU', { timeZone: 'Asia/Almaty', dateStyle: 'short', timeStyle: 'medium' }).formatToParts(
        new Date(signedAt),
      )
      const part = (type: string) => local.find((x) => x.type === type)?.value ?? '?'
      const time = `${part('hour')}:${part('minute')}`
      const [told = ''] = /Дата подписания: (.{10,60}?) Способ/.exec(certificate)?.slice(1) ?? []
      expect(told).toContain(time)
      expect(told).toMatch(/\d{2}\.\d{2}\.\d{4}|\d{4}-\d{2}-\d{2}/)
      expect(told).toMatch(/(UTC|GMT)\s?[+−-]\s?0?5(:00)?/)
      expect(certificate).toContain(`Подписан: ${told}`)
    })

    it('has the mark on each page', () => {
      for (const [i, page] of after.entries()) {
        expect(page).toContain(`Подписано через Qoltanba · ${signed.packageId}`)
        expect(page).toContain(`стр. ${i + 1} из ${after.length}`)
      }
    })

    it('has a QR code that leads to the public check, which tells no secrets', async () => {
      const address = `${baseUrl()}/verify/${signed.packageId}`
      const codes = await withFile(signed.stamped, 'a.pdf', async (path, directory) => {
        await tool('pdftoppm', ['-r', '150', '-f', String(before.length + 1), '-png', path, `${directory}/p`])
        const { stdout } = await tool('sh', ['-c', `zbarimg --nodbus --quiet --raw ${directory}/p-*.png`])
        return stdout.trim().split('\n')
      })
      expect(codes).toEqual([address])
      const page = await fetch(codes[0] ?? '')
      const html = await page.text()
      expect(page.status).toBe(200)
      expect(html).toContain(sha256(signed.original))
      const { client_iin, client_phone, client_name } = signed.person
      for (const secret of [client_iin, client_phone, client_phone.slice(1), client_phone.slice(-7), client_name, 'Сейтқазыұлы'])
        expect(html).not.toContain(secret)
    })

    it('is found valid, over the bytes that were signed', async () => {
      const answer = await fetch(`${baseUrl()}/api/v1/verify/${signed.packageId}`)
      const said: unknown = await answer.json()
      expect(said).toMatchObject({
        valid: true,
        package_id: signed.packageId,
        status: 'signed',
        documents: [{ sha256: sha256(signed.original), stamped_sha256: sha256(signed.stamped) }],
        signatures: [{ method: 'sms', signed_at: signed.signedAt, valid: true }],
      })
      expect(JSON.stringify(said)).not.toContain(signed.person.client_iin)
      expect(JSON.stringify(said)).not.toContain(signed.person.client_phone)
    })

    it('is drawn: each page has ink where its text is', async () => {
      const pages = await draw(signed.stamped, 40)
      expect(pages.length).toBe(after.length)
      for (const page of pages) expect(ink(page)).toBeGreaterThan(0.001)
    })
  })
}

const words = () => ({
  ...bilingualData(),
  lessee: 'Іңкәр Ұлықбекқызы Һәсенова',
})
describeSigned(
  'a bilingual Word contract',
  () => signOne(bilingualContract(), 'договор.docx', () => words()),
  () => ['Іңкәр Ұлықбекқызы Һәсенова', 'Шымкент қ., Тәуке хан даңғылы, 15'],
)
describeSigned(
  'a PDF form',
  () =>
    signOne(formPdf(['client_name', 'client_iin', 'city']), 'form.pdf', ({ client_name, client_iin }) => ({
      client_name,
      client_iin,
      city: 'Өскемен',
    })),
  () => ['Сейтқазыұлы Нұрғиса Әбдірахманұлы', 'Өскемен', 'Contract'],
)

describe('letters', () => {
  /** The letters as they are drawn: cut out of the page at their places, and the empty box that stands for a missing one. */
  it('no Kazakh letter, tenge or rouble is drawn blank or as a box', async () => {
    const symbols = [...KAZAKH, 'Ё', 'ё', '№', '₸', '₽', '€', '«', '»', '—', '☐', '☑']
    const template = docx(symbols.map((letter) => p(`${letter}${letter}${letter}`)).join('') + p('{client_name}'))
    const { id } = await uploadTemplate(company, template, 'Буквы')
    const { contract } = await draftContract(company, id)
    await company.api.call('PUT', `/contracts/token/${contract.contract_token}/fields`, { values: { client_name: SENTENCE } })
    await rendered(company.api, contract.contract_token)
    const pdf = await download(company.api, `/contracts/${contract.id}/pdf`)
    expect((await readPages(pdf)).join(' ')).toContain(SENTENCE)

    const found = (await boxesOf(pdf, 1)).filter((box) => symbols.some((letter) => box.text === letter.repeat(3)))
    expect(found.map((box) => box.text)).toEqual(symbols.map((letter) => letter.repeat(3)))
    const dpi = 200
    const scale = dpi / 72
    const [page] = await draw(pdf, dpi, ['-f', '1', '-l', '1'])
    if (!page) throw new Error('no page was drawn')
    const drawn = new Map<string, string>()
    for (const { text, x, y, width, height } of found) {
      const [left, top, wide, high] = [Math.round(x * scale), Math.round(y * scale), Math.round(width * scale), Math.round(height * scale)]
      const rows = Array.from({ length: high }, (_, row) =>
        page.pixels.subarray((top + row) * page.width + left, (top + row) * page.width + left + wide),
      )
      const dark = rows.reduce((sum, row) => sum + row.reduce((s, grey) => s + (255 - grey), 0), 0) / (255 * wide * high)
      // A dash has the least ink of them all, some 2 %; a blank has none.
      expect.soft([text, dark > 0.012 && dark < 0.6], `${text}: ${dark}`).toEqual([text, true])
      const shape = sha256(Buffer.concat(rows.map((row) => Buffer.from(row))))
      // A missing glyph is the same box for each letter; different letters are different pictures.
      expect.soft(drawn.get(shape), `${text} looks like another`).toBeUndefined()
      drawn.set(shape, text)
    }
  })
})

describe('the certificate', () => {
  it('is made again from the same evidence as the same bytes: the file is given out unchanged', async () => {
    const { packageId, stamped } = await signOne(docx(p('Договор {client_name}')), 'a.docx', ({ client_name }) => ({ client_name }))
    const { documents } = (await (await fetch(`${baseUrl()}/api/v1/verify/${packageId}`)).json()) as {
      documents: { stamped_sha256: string }[]
    }
    expect(documents.map((d) => d.stamped_sha256)).toEqual([sha256(stamped)])
    await withDirectory(async () => {
      const pages = await readPages(stamped)
      expect(pages.at(-1)).toContain('Проверка подлинности')
    })
  })
})
