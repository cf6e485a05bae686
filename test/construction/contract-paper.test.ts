import { PDFDocument } from 'pdf-lib'
import { expect, it } from 'vitest'
import { agreementTitle, contractTitle, drawAgreement, drawContract } from '../../src/construction/contracts/draw-contract.ts'
import type { AgreementPaper, ContractPaper } from '../../src/construction/contracts/paper.ts'

const MADE = new Date('2024-02-01T10:00:00Z')
const PAPER: ContractPaper = {
  number: 'ДПХ-2024/001',
  date: '2024-02-01',
  customer: { name: 'ТОО «Главстрой»', taxId: null, facts: ['+7 701 000 00 00', 'office@example.com'], person: null },
  contractor: {
    name: 'ООО Строймонтаж',
    taxId: 'ИНН/БИН 7707083893',
    facts: ['КПП 770701001', 'г. Москва, ул. Сущевская, д. 21', 'р/с 40702810400000000001 в ПАО Сбербанк', '+7 (495) 123-45-67'],
    person: 'Иванов Иван Иванович',
  },
  site: 'ЖК Солнечный, г. Москва, ул. Солнечная, д. 15',
  subject: 'Выполнение строительно-монтажных работ по объекту',
  total: 2_500_000_00,
  share: { percentage: 155_000, amount: 387_500_00, totalWith: 2_887_500_00 },
  plannedAdvance: 500_000_00,
  paymentTerms: 'Оплата в течение 10 банковских дней с момента подписания акта',
  startDate: '2024-02-05',
  endDate: '2024-08-30',
  notes: 'Особые условия: работа в зимний период',
  specifications: [
    {
      number: 'SPEC-2024-001',
      date: '2024-12-20',
      total: 150_000_50,
      items: ['Кирпичная кладка стен 1-го этажа', 'Устройство монолитного перекрытия'],
    },
  ],
}
const AGREEMENT: AgreementPaper = {
  contract: PAPER,
  number: 'ДС-4',
  date: '2024-04-01',
  changeAmount: -10_000_00,
  subjects: ['Увеличение объема работ по отделке', 'Изменение сроков выполнения работ с 30.06.2025 на 15.07.2025'],
  subcontract: ['name: Отделка; amount: 50000'],
  share: ['Услуги генподряда 12 %'],
  advance: ['Аванс 400 000 тенге'],
  superseded: [{ number: 'ДС-2', date: '2024-03-01' }],
}
/** As little as a contract may say. */
const BARE: ContractPaper = {
  ...PAPER,
  customer: { name: 'А', taxId: null, facts: [], person: null },
  contractor: { name: 'Б', taxId: null, facts: [], person: null },
  site: null,
  subject: null,
  total: 0,
  share: { percentage: 0, amount: 0, totalWith: 0 },
  plannedAdvance: 0,
  paymentTerms: null,
  startDate: null,
  endDate: null,
  notes: null,
  specifications: [],
}

it('draws a contract and an agreement, the same bytes each time', async () => {
  const [contract, again] = [await drawContract(PAPER, MADE), await drawContract(PAPER, MADE)]
  expect(contract).toEqual(again)
  expect((await PDFDocument.load(contract, { updateMetadata: false })).getTitle()).toBe(contractTitle(PAPER))
  const agreement = await drawAgreement(AGREEMENT, MADE)
  expect((await PDFDocument.load(agreement, { updateMetadata: false })).getTitle()).toBe(agreementTitle(AGREEMENT))
})

it('draws what says nothing, and what says far too much', async () => {
  const long = 'Ж'.repeat(5000)
  const odd = 'строка\u0000с\tразными\nзнаками 😀 ﷽ \u202E'
  const much: ContractPaper = {
    ...PAPER,
    number: long.slice(0, 255),
    subject: long,
    notes: `${odd}\n${long}`,
    contractor: { name: long.slice(0, 255), taxId: odd, facts: [odd, long.slice(0, 2000)], person: long.slice(0, 255) },
    total: 900_000_000_000_000,
    share: { percentage: 1_000_000, amount: 900_000_000_000_000, totalWith: 1_800_000_000_000_000 },
    specifications: Array.from({ length: 50 }, (_, i) => ({
      number: String(i),
      date: '2024-01-01',
      total: i,
      items: Array.from({ length: 20 }, () => long.slice(0, 200)),
    })),
  }
  const bare = await PDFDocument.load(await drawContract(BARE, MADE))
  expect(bare.getPageCount()).toBe(1)
  const full = await PDFDocument.load(await drawContract(much, MADE))
  expect(full.getPageCount()).toBeGreaterThan(20)
  const agreement = {
    ...AGREEMENT,
    contract: much,
    changeAmount: null,
    subjects: Array.from({ length: 100 }, () => long.slice(0, 2000)),
    superseded: [],
  }
  expect((await PDFDocument.load(await drawAgreement(agreement, MADE))).getPageCount()).toBeGreaterThan(20)
})
