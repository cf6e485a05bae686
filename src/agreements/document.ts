import { gap, type Piece, type Writer } from '../documents/certificate-layout.ts'
import { textFile } from '../documents/text-file.ts'
import { dayText, formatDate } from '../lib/dates.ts'
import { agreementText } from './document-text.ts'
import { LATIN, type AgreementData } from './fields.ts'
import type { Kind } from './statuses.ts'

/** What the document is made of. */
export interface AgreementFacts {
  name: string
  kind: Kind
  data: AgreementData
  platform: string
  /** ISO 8601: when it was made. */
  at: string
  timeZone: string
}

const SMALL = 8.5
const GREY = 0.35
const WIDE_LINE = '_'.repeat(34)

const valueOf = (data: AgreementData, name: string): string => (typeof data[name] === 'string' ? data[name].trim() : '')
const joined = (separator: string, ...parts: string[]) => parts.filter((part) => part !== '').join(separator)

const fullName = (data: AgreementData) => joined(' ', valueOf(data, 'last_name'), valueOf(data, 'first_name'), valueOf(data, 'middle_name'))

/** Иванов И. И. */
function shortName(data: AgreementData): string {
  const initials = ['first_name', 'middle_name'].map((name) => valueOf(data, name).charAt(0)).filter(Boolean)
  return joined(' ', valueOf(data, 'last_name'), ...initials.map((letter) => `${letter}.`))
}

const companyName = (data: AgreementData) => {
  const form = valueOf(data, 'legal_form_full') || valueOf(data, 'legal_form')
  return `${form} «${valueOf(data, 'name').replace(/^[«"]|[»"]$/g, '')}»`
}

/** The subscriber as the preamble names it. */
function subscriberOf(kind: Kind, data: AgreementData): string {
  if (kind === 'fiz') return fullName(data)
  if (kind === 'ip') return `индивидуальный предприниматель ${fullName(data)}`
  return `${companyName(data)} в лице подписанта ${fullName(data)} (должность: ${valueOf(data, 'position')}), действующего на основании: ${valueOf(data, 'foundation_authority')}`
}

function addressOf(data: AgreementData, which: 'billing' | 'shipping'): string {
  const [postcode, city, street] = ['postalcode', 'city', 'street'].map((part) => valueOf(data, `${which}_address_${part}`))
  // People write the city into the street's field, too.
  const said = city && street?.toLowerCase().includes(city.toLowerCase()) ? '' : (city ?? '')
  return joined(', ', postcode ?? '', said, street ?? '')
}

const passportOf = (data: AgreementData) =>
  `серия ${valueOf(data, 'passport_series')} № ${valueOf(data, 'passport_number')}, выдан ${dayText(valueOf(data, 'date_of_issue'))}, ${valueOf(data, 'issue')}`

/** The subscriber's details, as they stand at the end. */
function details(kind: Kind, data: AgreementData): [label: string, value: string][] {
  const field = (name: string) => valueOf(data, name)
  const identity: [string, string][] =
    kind === 'jur'
      ? [
          ['Наименование', companyName(data)],
          ['ИНН', field('inn')],
          ['КПП', field('kpp')],
          ['ОГРН', field('ogrn')],
          ['Юридический адрес', addressOf(data, 'billing')],
          ['Фактический адрес', addressOf(data, 'shipping')],
        ]
      : [
          [kind === 'ip' ? 'Индивидуальный предприниматель' : 'ФИО', fullName(data)],
          ['Дата рождения', dayText(field('birthday'))],
          ['Паспорт', passportOf(data)],
          ['ИНН', field('inn')],
          ['ОГРНИП', field('ogrn')],
          ['Адрес регистрации', addressOf(data, 'billing')],
          ['Фактический адрес', addressOf(data, 'shipping')],
        ]
  return [
    ...identity,
    ['Банк', field('bank')],
    ['БИК', field('bik')],
    ['Расчётный счёт', field('payment_account')],
    ['Корреспондентский счёт', field(LATIN)],
    ['E-mail', field('email')],
    ['Телефон', field('phone')],
  ]
}

function sectionsOf(write: Writer, sections: ReturnType<typeof agreementText>['sections']): Piece[][] {
  let number = 0
  return sections.flatMap(({ title, points }) => {
    const [first = [], ...rest] = points.map((point) => write.numbered(++number, point))
    return [[...write.text(title, { size: 11, bold: true }), gap(3), ...first], ...rest, [gap(7)]]
  })
}

/** Where a side signs by hand. */
const signatureLine = (write: Writer, side: string, name: string): Piece[] => [
  gap(20),
  ...write.text(`${side}: ${WIDE_LINE} ${name === '' ? '' : `/ ${name} /`}`),
  ...write.text('подпись, дата', { size: SMALL, gray: GREY, indent: 150 }),
]

const compose =
  ({ name, kind, data, platform, at, timeZone }: AgreementFacts) =>
  (write: Writer): Piece[][] => {
    const text = agreementText({ platform, subscriber: subscriberOf(kind, data) })
    const position = kind === 'jur' ? `${valueOf(data, 'position')} ` : ''
    const consent = `Согласие с условиями оказания услуг связи дано ${formatDate(at, timeZone)} при подаче заявления.`
    return [
      [
        ...write.text(`Договор об оказании услуг связи № ${name}`, { size: 15, bold: true }),
        gap(2),
        ...write.text(formatDate(at, timeZone), { gray: GREY }),
        gap(10),
        ...write.text(text.preamble),
        gap(10),
      ],
      ...sectionsOf(write, text.sections),
      [
        ...write.text('Реквизиты и подписи Сторон', { size: 11, bold: true }),
        gap(3),
        ...write.labelled('Оператор', platform),
        gap(6),
        ...write.text('Абонент', { bold: true }),
        ...details(kind, data).flatMap(([label, value]) => (value === '' ? [] : write.labelled(label, value))),
        gap(6),
        ...write.text(consent, { size: SMALL, gray: GREY }),
        ...signatureLine(write, 'Оператор', ''),
        ...signatureLine(write, 'Абонент', `${position}${shortName(data)}`),
      ],
    ]
  }

/** The agreement's PDF. Equal facts give equal bytes. */
export const agreementDocument = (facts: AgreementFacts): Promise<Uint8Array> => textFile(`Договор № ${facts.name}`, compose(facts))
