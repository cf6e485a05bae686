import { gap, type Piece, type Writer } from '../documents/certificate-layout.ts'
import { textFile } from '../documents/text-file.ts'
import { formatDateTime } from '../lib/dates.ts'
import { actText, offerText, type DocumentText } from './certificate-texts.ts'
import type { ClientRow } from './load-client.ts'
import type { officeCompanies } from './tables.ts'

/** What the documents say of this very request. */
export interface RequestFacts {
  id: string
  createdAt: string
  timeZone: string
  platform: string
  organization: string
  client: Pick<ClientRow, 'fullName' | 'iin' | 'inn' | 'phone' | 'email'>
  company: Pick<typeof officeCompanies.$inferSelect, 'name' | 'inn'> | null
  position: string | null
}

const GREY = 0.35

function facts(write: Writer, { id, createdAt, timeZone, organization, client, company, position, platform }: RequestFacts): Piece[] {
  const rows: [string, string | null][] = [
    ['Заявка / Өтінім', id],
    ['Дата / Күні', formatDateTime(createdAt, timeZone)],
    ['Клиент', client.fullName],
    ['ИИН / ЖСН', client.iin],
    ['ИНН', client.inn],
    ['Телефон', client.phone],
    ['E-mail', client.email],
    ['Место работы / Жұмыс орны', company && `${company.name}, ${company.inn}`],
    ['Должность / Лауазымы', position],
    ['Организация / Ұйым', organization],
    ['Оператор сервиса / Сервис операторы', platform],
  ]
  return [...rows.flatMap(([label, value]) => (value ? write.labelled(label, value) : [])), gap(12)]
}

/** One language after the other, each whole, with the same numbers. */
function textIn(write: Writer, { sections }: DocumentText, language: 'ru' | 'kk'): Piece[][] {
  let number = 0
  return sections.flatMap((section) => {
    const [first = [], ...rest] = section.points.map((point) => write.numbered(++number, point[language]))
    return [[...write.text(section[language], { size: 11, bold: true }), gap(3), ...first], ...rest, [gap(7)]]
  })
}

const compose = (text: DocumentText, request: RequestFacts) => (write: Writer) => [
  [
    ...write.text(text.title.ru, { size: 15, bold: true }),
    ...write.text(text.title.kk, { size: 10, gray: GREY }),
    gap(12),
    ...facts(write, request),
  ],
  ...textIn(write, text, 'ru'),
  [...write.text(text.title.kk, { size: 13, bold: true }), gap(6)],
  ...textIn(write, text, 'kk'),
]

/** The two documents that a client signs for a certificate: «Оферта.pdf» and «Акт признания ключа.pdf», in Russian and Kazakh. */
export async function requestDocuments(request: RequestFacts) {
  const [offer, act] = [offerText(request), actText(request)]
  return [
    { kind: 'offer' as const, name: 'Оферта.pdf', bytes: await textFile(offer.title.ru, compose(offer, request)) },
    { kind: 'key_acceptance_act' as const, name: 'Акт признания ключа.pdf', bytes: await textFile(act.title.ru, compose(act, request)) },
  ]
}
