import { hasKzChecksum } from '../../src/lib/identifiers.ts'

/** A made-up directory of any size: nothing in it belongs to anybody. The same size gives the same records. */

export interface Size {
  clients: number
  phones: number
  emails: number
  rubrics: number
  types: number
}

/** The directory of document 001. */
export const DOCUMENT_SIZE: Size = { clients: 9532, phones: 17_980, emails: 7970, rubrics: 1050, types: 1762 }

export const sizeOf = (clients: number): Size => ({
  ...DOCUMENT_SIZE,
  clients,
  phones: Math.round((clients * DOCUMENT_SIZE.phones) / DOCUMENT_SIZE.clients),
  emails: Math.round((clients * DOCUMENT_SIZE.emails) / DOCUMENT_SIZE.clients),
})

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const SYLLABLES = 'ка ра то ми ле но ви са ри да ба на лу ко ше за ты мо ре пи го ду ха ер ал ом ас ын ол ен қа ғы жа ұл өр ің'.split(' ')
const TRADES = 'строй трейд сервис групп логистик снаб торг инвест консалт агро пром авто мед эко тех'.split(' ')
const ACTIVITIES = 'Оптовая торговля|Перевозка грузов|Строительство зданий|Ремонт машин|Юридические услуги|Производство мебели'.split('|')
const CITIES = ['Алматы', 'Алматы', 'Алматы', 'Алматы', 'Алматы', 'Каскелен', 'Капшагай', 'Талгар', 'с. Коянкус']
const REGIONS = ['Алматинская область', 'Жетысуская область']
const KRP = ['Малые предприятия (<= 5)', 'Малые предприятия (6 - 10)', 'Малые предприятия (11-15)', 'Малые предприятия (16-20)']
const SECTIONS = ['B2B-услуги', 'Автосервис', 'Продукты', 'Услуги', 'Остальное']

/** A BIN of 1960 to 1979, when there were none: number `i` of a million and more. */
export function binOf(i: number): string {
  const month = i % 240
  const start = `${60 + Math.floor(month / 12)}${String((month % 12) + 1).padStart(2, '0')}4`
  const serial = String(Math.floor(i / 240)).padStart(5, '0')
  for (const kind of '0123')
    for (const check of '0123456789') if (hasKzChecksum(`${start}${kind}${serial}${check}`)) return `${start}${kind}${serial}${check}`
  throw new Error(`there is no BIN number ${i}`)
}

const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const word = (random: () => number) => Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(random, SYLLABLES)).join('')
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The words that names and streets are made of: as many in a large directory as in a small one, rare and frequent. */
export function vocabulary(seed = 1): { words: string[]; streets: string[]; surnames: string[] } {
  const random = randomOf(seed)
  const many = (count: number) => Array.from({ length: count }, () => word(random))
  return { words: many(60_000), streets: many(3000).map(upper), surnames: many(8000).map((w) => `${w}ов`) }
}

export interface Client {
  kind: 'clients'
  bin: string
  company_name: string
  director: string
  address: string
  [field: string]: unknown
}

/** Client number `i`. */
export function clientOf(i: number, { words, streets, surnames }: ReturnType<typeof vocabulary>, { rubrics, types }: Size): Client {
  const random = randomOf(i + 1_000_003)
  const name = [
    upper(pick(random, words)),
    ...(random() < 0.6 ? [upper(pick(random, TRADES))] : []),
    ...(random() < 0.3 ? [pick(random, words)] : []),
  ].join(' ')
  const city = pick(random, CITIES)
  const street = pick(random, streets)
  return {
    kind: 'clients',
    bin: binOf(i),
    company_name: `ТОО "${name.toUpperCase()}"`,
    alternative_name: `ТОО "${name.toUpperCase()}"`,
    company_name_ex: name,
    director: [pick(random, surnames), pick(random, words), `${pick(random, words)}ұлы`].join(' ').toUpperCase(),
    registration_date: `20${10 + (i % 10)}-05-28T00:00:00+06:00`,
    oked: String(10_000 + (i % 600) * 100),
    description: pick(random, ACTIVITIES),
    krp_code: '105',
    kato: '751910000',
    address: `Г.${city.toUpperCase()}, ТУРКСИБСКИЙ РАЙОН, УЛИЦА ${street.toUpperCase()}, ${1 + Math.floor(random() * 300)}`,
    index_ex: '50010',
    address_ex: `${street}, ${1 + Math.floor(random() * 300)}`,
    krp_name: pick(random, KRP),
    region_ex: pick(random, REGIONS),
    locality_ex: city,
    district_ex: `${1 + Math.floor(random() * 154)}-й микрорайон`,
    rubrics: [`Рубрика ${Math.floor(random() * rubrics)}`],
    types: [`вид деятельности ${Math.floor(random() * types)}`],
  }
}

/** A phone of a code that no operator has. */
export function phoneOf(i: number): string {
  const [, ...groups] = /(\d{3})(\d\d)(\d\d)$/.exec(String(i % 10_000_000).padStart(7, '0')) ?? []
  return `+7(70${9 - Math.floor(i / 10_000_000)})${groups.join('-')}`
}
export const emailOf = (i: number) => `office${i}@company${i % 5000}.example`

/** All records in an order in which each line refers to what is above it. */
export function* recordsOf(size: Size): Generator<object> {
  for (const section of SECTIONS) yield { kind: 'sections', section }
  for (let i = 0; i < 98; i++) yield { kind: 'sub_sections', sub_section: `Подраздел ${i}`, section: SECTIONS[i % SECTIONS.length] }
  for (let i = 0; i < size.rubrics; i++) yield { kind: 'rubrics', rubric: `Рубрика ${i}`, sub_section: `Подраздел ${i % 98}` }
  for (const region of REGIONS) yield { kind: 'regions', region }
  for (const locality of new Set(CITIES)) yield { kind: 'localities', locality }
  for (let i = 1; i <= 154; i++) yield { kind: 'districts', district: `${i}-й микрорайон` }
  for (let i = 0; i < size.types; i++) yield { kind: 'types', type: `вид деятельности ${i}` }
  for (const krp_name of KRP) yield { kind: 'krp_names', krp_name }
  const words = vocabulary()
  for (let i = 0; i < size.clients; i++) yield clientOf(i, words, size)
  for (let i = 0; i < size.phones; i++) yield { kind: 'phone_numbers', phone_number: phoneOf(i), clients_bin: binOf(i % size.clients) }
  for (let i = 0; i < size.emails; i++) yield { kind: 'emails', email: emailOf(i), clients_bin: binOf(i % size.clients) }
}

/** Records as a stream of NDJSON, made as it is read. */
export function ndjsonOf(records: Iterable<object>): ReadableStream<Uint8Array> {
  const left = records[Symbol.iterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    pull(controller) {
      const lines: string[] = []
      for (let next = left.next(); ; next = left.next()) {
        if (next.done) break
        lines.push(JSON.stringify(next.value))
        if (lines.length >= 200) break
      }
      if (lines.length === 0) controller.close()
      else controller.enqueue(encoder.encode(`${lines.join('\n')}\n`))
    },
  })
}
