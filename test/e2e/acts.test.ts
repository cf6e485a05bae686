import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { registerCompany, type Company } from '../../.tools/demo-steps.ts'
import { baseUrl, download, tool, withDirectory } from './service.ts'

/** The documents of an act of sixty works, as LibreOffice Calc (`E2E_SOFFICE`, where it is not the system's), poppler and qpdf see them. */

const BASE = '/api/v1/admin'
const LINES = 60
const LONG =
  'Устройство монолитных железобетонных перекрытий безбалочных толщиной до 200 мм на высоте от опорной площадки до 6 м, с установкой и разборкой опалубки, вязкой арматуры и уходом за бетоном'
const KAZAKH = 'Қабырғаларды әрлеу және төсеніш төсеу жұмыстары: ұңғыма, іргетас, өңдеу'

let company: Company
let act: number
const expected: { name: string; quantity: number; price: number; amount: number }[] = []

interface Made {
  id?: number
  data?: { id: number }
}
async function make(path: string, body: Record<string, unknown>): Promise<number> {
  const made = await company.api.call<Made>('POST', `${BASE}${path}`, body)
  const id = made.data?.id ?? made.id
  if (id === undefined) throw new Error(`${path} gave no id`)
  return id
}

beforeAll(async () => {
  company = await registerCompany(baseUrl(), 'ТОО «Құрылыс Әлемі»')
  const { data: units } = await company.api.call<{ data: { id: number; short_name: string }[] }>(
    'GET',
    `${BASE}/measurement-units?per_page=100`,
  )
  const unit = units.find((u) => u.short_name === 'м²')?.id
  const names = ['Кладка кирпичных стен', LONG, KAZAKH, '=1+1']
  const types: number[] = []
  for (const [i, name] of names.entries()) types.push(await make('/work-types', { name, measurement_unit_id: unit, code: `W-${i}` }))
  const project_id = await make('/projects', {
    name: 'ЖК «Солнечный»',
    address: 'г. Алматы, ул. Абая, 1',
    customer: 'АО «Инвест»',
    status: 'active',
  })
  const contractor_id = await make('/contractors', {
    name: 'ООО «Строймонтаж»',
    inn: '7707083893',
    legal_address: 'г. Москва, ул. Тверская, 1',
  })
  const contract_id = await make('/contracts', {
    project_id,
    contractor_id,
    number: 'ДПХ-2024/001',
    date: '2024-01-15',
    subject: 'Общестроительные работы',
    total_amount: 9_000_000,
    status: 'active',
  })
  const { data } = await company.api.call<{ data: { user: { id: number } } }>('GET', `${BASE}/auth/me`)
  const works: number[] = []
  for (let i = 0; i < LINES; i++) {
    const [quantity, price] = [i + 0.5, 1250]
    const day = String((i % 28) + 1).padStart(2, '0')
    works.push(
      await make('/completed-works', {
        project_id,
        contract_id,
        work_type_id: types[i % types.length],
        user_id: data.user.id,
        quantity,
        price,
        total_amount: quantity * price,
        completion_date: `2024-${i < 28 ? '10' : i < 56 ? '11' : '12'}-${day}`,
        status: 'confirmed',
      }),
    )
    expected.push({ name: names[i % names.length] ?? '', quantity, price, amount: quantity * price })
  }
  act = await make('/act-reports', { contract_id, act_document_number: 'АКТ-2024-001', act_date: '2024-12-20', work_ids: works })
})

const total = () => expected.reduce((sum, line) => sum + line.amount, 0)
const spoken = (n: number) =>
  n
    .toFixed(2)
    .replace('.', ',')
    .replaceAll(/\B(?=(\d{3})+(?!\d))/g, ' ')

describe('the act', () => {
  it('is a PDF of several pages, each with the head of the table, with every line and the sum', async () => {
    const pdf = await download(company.api, `${BASE}/act-reports/${act}/export/pdf`)
    await withDirectory(async (directory) => {
      const path = join(directory, 'act.pdf')
      await writeFile(path, pdf)
      if (process.env.E2E_KEEP) await writeFile(join(process.env.E2E_KEEP, 'act.pdf'), pdf)
      const [check, text, fonts, pages] = await Promise.all([
        tool('qpdf', ['--check', path]),
        tool('pdftotext', ['-layout', path, '-']),
        tool('pdffonts', [path]),
        tool('qpdf', ['--show-npages', path]),
      ])
      expect([check.status, check.stderr, text.stderr]).toEqual([0, '', ''])
      expect(fonts.stdout).toMatch(/Tinos/)
      expect(Number(pages.stdout)).toBeGreaterThan(2)
      const sheets = text.stdout.split('\f').slice(0, -1)
      for (const sheet of sheets.slice(0, -1)) expect(sheet).toMatch(/Выполнено работ/)
      const words = text.stdout.replaceAll(/[\s\u00a0]+/g, ' ')
      for (const said of [
        'Инвестор АО «Инвест»',
        'ТОО «Құрылыс Әлемі»',
        'ООО «Строймонтаж»',
        '№ ДПХ-2024/001 от 15.01.2024',
        '01.10.2024',
        '04.12.2024',
        'Сдал',
        'Принял',
      ])
        expect(words).toContain(said)
      expect(words).toContain(spoken(total()))
      expect(words).toContain('Қабырғаларды')
      for (const [i, line] of expected.entries()) expect(words).toMatch(new RegExp(`\\b${i + 1} .*${spoken(line.amount)}`))
    })
  })

  it('is a workbook that LibreOffice opens, the same cell by cell', async () => {
    const xlsx = await download(company.api, `${BASE}/act-reports/${act}/export/excel`)
    await withDirectory(async (directory) => {
      await writeFile(join(directory, 'act.xlsx'), xlsx)
      if (process.env.E2E_KEEP) await writeFile(join(process.env.E2E_KEEP, 'act.xlsx'), xlsx)
      // Semicolons, UTF-8, cells as they are kept (not as shown), every sheet.
      const filter = 'csv:Text - txt - csv (StarCalc):59,34,76,1,,1033,false,false,false,false,false,-1'
      const { status } = await tool(process.env.E2E_SOFFICE ?? 'soffice', [
        `-env:UserInstallation=file://${directory}/profile`,
        '--headless',
        '--convert-to',
        filter,
        '--outdir',
        directory,
        join(directory, 'act.xlsx'),
      ])
      expect(status).toBe(0)
      const names = (await readdir(directory)).filter((name) => name.endsWith('.csv')).toSorted()
      expect(names).toEqual(['act-КС-2.csv', 'act-Материалы.csv'])
      const text = await readFile(join(directory, 'act-КС-2.csv'), 'utf8')
      const rows = text.split('\n').map((line) => line.split(';').map((cell) => cell.replaceAll(/^"|"$/g, '')))
      const lines = rows.filter((row) => /^W-\d$/.test(row[1] ?? ''))
      expect(lines.map((row) => [row[0], row[2], row[3], Number(row[4]), Number(row[5]), Number(row[6])])).toEqual(
        expected.map((line, i) => [String(i + 1), line.name, 'м²', line.quantity, line.price, line.amount]),
      )
      expect(Number(rows.find((row) => row[0] === 'Итого по акту')?.[6])).toBe(total())
      const numbers = rows.find((row) => row[2] === 'АКТ-2024-001') ?? []
      expect([numbers[3], numbers[5], numbers[6]]).toEqual(['12/20/2024', '10/01/2024', '12/04/2024'])
      expect(rows.find((row) => row[0] === 'Подрядчик (Субподрядчик)')?.[2]).toContain('ООО «Строймонтаж»')
    })
  })
})
