import { formatDateTime } from '../lib/dates.ts'
import { BESIDE_QR, besideQr, BODY, gap, GREY, paginate, Writer } from './certificate-layout.ts'
import type { Piece } from './certificate-layout.ts'
import { METHODS, partyBlocks } from './certificate-parties.ts'
import type { PartyEvidence, SigningMethod } from './certificate-parties.ts'
import type { StampFonts } from './stamp-fonts.ts'

export type { CertificateEvidence, PartyEvidence, SigningMethod } from './certificate-parties.ts'

export interface SignerEvidence {
  /** Number of the party in the contract, from 1: «Сторона 2». */
  side: number
  fullName: string
  /** ИИН or БИН; null when it is not known. */
  identifier: string | null
  /** E.164; null when the method used none. */
  phone: string | null
  method: SigningMethod
  /** ISO 8601. */
  signedAt: string
}

/** What every certificate tells of its package. */
export interface CertificateBasis {
  packageId: string
  /** Public page that checks the document; printed and put into the QR code. */
  verifyUrl: string
  /** IANA name; `Asia/Almaty` unless given. */
  timeZone?: string
  /** ISO 8601: when the certificate was made. */
  producedAt: string
}

/** Of the page that is appended to a document. */
interface DocumentBasis extends CertificateBasis {
  documentName: string
  /** Of the file that was signed, before it was stamped; hexadecimal. */
  documentSha256: string
}

/** A contract of document 000: what is known of its finished signing, as the certificate tells it. */
export interface ContractEvidence extends DocumentBasis {
  signers: SignerEvidence[]
}

/** A document of a package that went along a route. */
export interface RouteEvidence extends DocumentBasis {
  title: string
  organization: string
  parties: PartyEvidence[]
}

export type SigningEvidence = ContractEvidence | RouteEvidence

/** The whole package, for its one certificate. */
export interface PackageEvidence extends CertificateBasis {
  title: string
  organization: string
  /** ISO 8601. */
  createdAt: string
  finishedAt: string
  documents: { name: string; sha256: string }[]
  parties: PartyEvidence[]
  /** Of the event that ended the signing; it covers all those before it. */
  trailHash: string
}

export const DEFAULT_TIME_ZONE = 'Asia/Almaty'
export const TITLE = 'Сертификат онлайн подписания'

/** The three points of «Статус», word for word as document 000 prints them. */
export const STATUS_POINTS = [
  'Я подтверждаю, что принимаю договор оферты и все введенные данные верны',
  'Предупреждение: Ответственность за все действия возлагается на лицо, Чей ИИН/БИН указан.',
  'Қазіргі уақытта сайт және келісім-шарт қазақ тілінде жасалуда. Егер орыс тілін түсінбесеңіз, ақылы аудармашы жалдау құқығыңыз бар. (Қосымша ақпарат алу үшін, менеджерімізбен хабарласуыңызды өтінеміз)',
] as const

const ATTACHED =
  'Автор документа заверил его так, что менять в нём ничего нельзя. Поэтому документ приложен к этому файлу целиком и без изменений: откройте список вложений. Құжат осы файлға өзгеріссіз тіркелген.'

export const zoneOf = ({ timeZone }: CertificateBasis) => timeZone ?? DEFAULT_TIME_ZONE

/**
 * The pages that are appended to a signed document: of a contract a block for each signer laid out like the end of document 000, of a package
 * who did what; then how to check it.
 *
 * @param attached the document is not before these pages but within the file
 * @returns the content of each A4 page, in the fonts of `fonts`
 */
export function certificatePages(fonts: StampFonts, evidence: SigningEvidence, { attached = false } = {}): string[] {
  const write = new Writer(fonts)
  const zone = zoneOf(evidence)
  const note = attached ? [[...write.text(ATTACHED), gap(14)]] : []
  const blocks = 'signers' in evidence ? evidence.signers.map((signer) => signerBlock(write, signer, zone)) : routeBlocks(write, evidence)
  return paginate([titleBlock(write), ...note, ...blocks, documentCheck(write, evidence)])
}

/** The pages of the package's own certificate. */
export function packageCertificatePages(fonts: StampFonts, evidence: PackageEvidence): string[] {
  const write = new Writer(fonts)
  const zone = zoneOf(evidence)
  const facts = [
    ...write.labelled('Пакет', evidence.title),
    ...write.labelled('Организация', evidence.organization),
    ...write.labelled('Номер пакета', evidence.packageId),
    ...write.labelled('Создан', formatDateTime(evidence.createdAt, zone)),
    ...write.labelled('Подписан всеми', formatDateTime(evidence.finishedAt, zone)),
    gap(14),
  ]
  const [first = [], ...documents] = evidence.documents.map(({ name, sha256 }, i) => [
    ...write.text(`${i + 1}. ${name}`, { bold: true }),
    ...write.text(`SHA-256: ${sha256.toLowerCase()}`, { size: 8.5, indent: 14 }),
    gap(5),
  ])
  const check = [
    ...checkHead(write),
    ...write.labelled('Сертификат создан', formatDateTime(evidence.producedAt, zone), { indent: BESIDE_QR }),
    ...write.text('Журнал событий, SHA-256 последней записи:', { bold: true, indent: BESIDE_QR }),
    ...write.text(evidence.trailHash, { indent: BESIDE_QR }),
    ...checkAddress(write, evidence.verifyUrl),
  ]
  return paginate([
    titleBlock(write),
    facts,
    [...heading(write, 'Документы', 'Құжаттар'), ...first],
    ...documents,
    [gap(10)],
    ...partyBlocks(write, heading(write, 'Участники', 'Қатысушылар'), evidence.parties, zone),
    besideQr(evidence.verifyUrl, check),
  ])
}

const titleBlock = (write: Writer): Piece[] => [
  ...write.text(TITLE, { size: 17, bold: true }),
  ...write.text('Онлайн қол қою сертификаты', { size: BODY, gray: GREY }),
  gap(14),
]

/** A section's name in Russian and, below it, in Kazakh. */
const heading = (write: Writer, russian: string, kazakh: string): Piece[] => [
  ...write.text(russian, { size: 13, bold: true }),
  ...write.text(kazakh, { size: 8.5, gray: GREY }),
  gap(5),
]

function signerBlock(write: Writer, signer: SignerEvidence, zone: string): Piece[] {
  const signed = formatDateTime(signer.signedAt, zone)
  return [
    ...write.text(`Сторона ${signer.side}`, { size: 13, bold: true }),
    gap(4),
    ...write.labelled('ФИО', signer.fullName),
    ...write.labelled('ИИН/БИН', signer.identifier ?? 'не указан'),
    ...write.labelled('Телефон', signer.phone ?? 'не указан'),
    ...write.labelled('Дата подписания', signed),
    ...write.labelled('Способ подписания', METHODS[signer.method]),
    gap(6),
    ...write.text('Статус', { size: 11, bold: true }),
    gap(2),
    ...STATUS_POINTS.flatMap((point, i) => write.numbered(i + 1, point)),
    gap(6),
    ...write.labelled('Подписан', signed),
    gap(22),
  ]
}

function routeBlocks(write: Writer, evidence: RouteEvidence): Piece[][] {
  const facts = [...write.labelled('Пакет', evidence.title), ...write.labelled('Организация', evidence.organization), gap(14)]
  return [facts, ...partyBlocks(write, heading(write, 'Кто подписал', 'Кім қол қойды'), evidence.parties, zoneOf(evidence))]
}

const checkHead = (write: Writer) => [...write.text('Проверка подлинности', { size: 11, bold: true, indent: BESIDE_QR }), gap(3)]
const checkAddress = (write: Writer, url: string) => [
  ...write.text('Проверить:', { bold: true, indent: BESIDE_QR }),
  ...write.text(url, { indent: BESIDE_QR }),
]

/** The QR code on the left; on the right what the certificate belongs to. */
function documentCheck(write: Writer, evidence: SigningEvidence): Piece[] {
  const beside = { indent: BESIDE_QR }
  return besideQr(evidence.verifyUrl, [
    ...checkHead(write),
    ...write.labelled('Документ', evidence.documentName, beside),
    ...write.labelled('Пакет', evidence.packageId, beside),
    ...write.text('SHA-256 подписанного документа:', { bold: true, ...beside }),
    ...write.text(evidence.documentSha256.toLowerCase(), beside),
    ...write.labelled('Сертификат создан', formatDateTime(evidence.producedAt, zoneOf(evidence)), beside),
    ...checkAddress(write, evidence.verifyUrl),
  ])
}
