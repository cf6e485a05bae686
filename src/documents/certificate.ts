import type { PDFDocument, PDFPage } from 'pdf-lib'
import { rgb } from 'pdf-lib'
import { encode } from 'uqr'
import { formatDateTime } from '../lib/dates.ts'
import { wrapText } from './fonts.ts'
import type { Face, PdfFonts } from './fonts.ts'
import { cleanText } from './values.ts'

export type SigningMethod = 'sms' | 'ecp' | 'server'

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

/** What is known of a finished signing, as the certificate tells it. */
export interface SigningEvidence {
  packageId: string
  /** Public page that checks the document; printed and put into the QR code. */
  verifyUrl: string
  documentName: string
  /** Of the file that was signed, before it was stamped; hexadecimal. */
  documentSha256: string
  /** IANA name; `Asia/Almaty` unless given. */
  timeZone?: string
  signers: SignerEvidence[]
  /** ISO 8601: when the certificate was made. */
  producedAt: string
}

export interface CertificateFaces {
  regular: Face
  bold: Face
}

export const DEFAULT_TIME_ZONE = 'Asia/Almaty'
export const TITLE = 'Сертификат онлайн подписания'

/** The three points of «Статус», word for word as document 000 prints them. */
export const STATUS_POINTS = [
  'Я подтверждаю, что принимаю договор оферты и все введенные данные верны',
  'Предупреждение: Ответственность за все действия возлагается на лицо, Чей ИИН/БИН указан.',
  'Қазіргі уақытта сайт және келісім-шарт қазақ тілінде жасалуда. Егер орыс тілін түсінбесеңіз, ақылы аудармашы жалдау құқығыңыз бар. (Қосымша ақпарат алу үшін, менеджерімізбен хабарласуыңызды өтінеміз)',
] as const

const METHODS: Record<SigningMethod, string> = {
  sms: 'одноразовый код из SMS',
  ecp: 'электронная цифровая подпись (ЭЦП)',
  server: 'ключ подписи на сервере Qoltanba',
}

const PAGE = { width: 595.28, height: 841.89, left: 62, right: 62, top: 60, bottom: 56 } as const
const BODY = 10
const LEADING = 1.4
const QR_SIZE = 104
const GREY: [number, number, number] = [0.35, 0.35, 0.35]

/** A piece of the page that is not split: a line of text, or a gap. Heights in points. */
interface Piece {
  height: number
  /** Draws with its top at `y`. */
  draw?: (page: PDFPage, y: number) => void
}

/**
 * Appends the certificate to a document: a block for each signer laid out like the end of document 000, then how to check it.
 * It takes as many A4 pages as it needs; a block moves to the next page rather than break, unless it is longer than a page.
 */
export function appendCertificate(doc: PDFDocument, fonts: PdfFonts, faces: CertificateFaces, evidence: SigningEvidence): void {
  const write = new Writer(fonts, faces)
  const zone = evidence.timeZone ?? DEFAULT_TIME_ZONE
  const title = [
    ...write.text(TITLE, { size: 17, bold: true }),
    ...write.text('Онлайн қол қою сертификаты', { size: BODY, color: GREY }),
    gap(14),
  ]
  const blocks = [...evidence.signers.map((signer) => signerBlock(write, signer, zone)), checkBlock(write, evidence, zone)]

  const room = PAGE.height - PAGE.top - PAGE.bottom
  let page = doc.addPage([PAGE.width, PAGE.height])
  let y = PAGE.height - PAGE.top
  const put = (piece: Piece) => {
    if (y - piece.height < PAGE.bottom) {
      page = doc.addPage([PAGE.width, PAGE.height])
      y = PAGE.height - PAGE.top
      if (!piece.draw) return
    }
    piece.draw?.(page, y)
    y -= piece.height
  }
  for (const piece of title) put(piece)
  for (const block of blocks) {
    const height = block.reduce((sum, piece) => sum + piece.height, 0)
    const fits = y - height >= PAGE.bottom
    if (!fits && height <= room) y = 0
    for (const piece of block) put(piece)
  }
}

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

/** The QR code on the left; on the right what the certificate belongs to. */
function checkBlock(write: Writer, evidence: SigningEvidence, zone: string): Piece[] {
  const indent = QR_SIZE + 14
  const text = [
    ...write.text('Проверка подлинности', { size: 11, bold: true, indent }),
    gap(3),
    ...write.labelled('Документ', evidence.documentName, indent),
    ...write.labelled('Пакет', evidence.packageId, indent),
    ...write.text('SHA-256 подписанного документа:', { bold: true, indent }),
    ...write.text(evidence.documentSha256.toLowerCase(), { indent }),
    ...write.labelled('Сертификат создан', formatDateTime(evidence.producedAt, zone), indent),
    ...write.text('Проверить:', { bold: true, indent }),
    ...write.text(evidence.verifyUrl, { indent }),
  ]
  const [first = gap(0), ...rest] = text
  const code: Piece = {
    height: first.height,
    draw(page, y) {
      drawQr(page, evidence.verifyUrl, PAGE.left, y)
      first.draw?.(page, y)
    },
  }
  const filler = QR_SIZE - text.reduce((sum, piece) => sum + piece.height, 0)
  return [code, ...rest, gap(Math.max(0, filler))]
}

/** A QR code (ISO/IEC 18004, level M) as one filled path, its top left corner at (x, top). */
function drawQr(page: PDFPage, text: string, x: number, top: number): void {
  const { data, size } = encode(text, { ecc: 'M', border: 2 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, from) => {
      if (!dark || row[from - 1]) return []
      const to = row.indexOf(false, from)
      const length = (to < 0 ? size : to) - from
      return `M${from} ${y}h${length}v1h-${length}z`
    }),
  )
  page.drawSvgPath(runs.join(''), { x, y: top, scale: QR_SIZE / size, color: rgb(0, 0, 0) })
}

const gap = (height: number): Piece => ({ height })

interface TextOptions {
  size?: number
  bold?: boolean
  color?: [number, number, number]
  /** From the left margin, points. */
  indent?: number
}

/** Wraps text into pieces of one line each, so that nothing is ever clipped. */
class Writer {
  readonly #fonts: PdfFonts
  readonly #faces: CertificateFaces

  constructor(fonts: PdfFonts, faces: CertificateFaces) {
    this.#fonts = fonts
    this.#faces = faces
  }

  text(text: string, { size = BODY, bold = false, color, indent = 0 }: TextOptions = {}): Piece[] {
    const face = bold ? this.#faces.bold : this.#faces.regular
    const style = { face, size, ...(color && { color }) }
    return wrapText(face, cleanText(text), size, width(indent)).map((line) => ({
      height: size * LEADING,
      draw: (page, y) => void this.#fonts.drawText(page, line, PAGE.left + indent, y - size, style),
    }))
  }

  /** `Label: value`, the value wrapped at its own left edge. Labels are short. */
  labelled(label: string, value: string, indent = 0): Piece[] {
    const { bold } = this.#faces
    const name = `${label}: `
    const taken = bold.measure(name, BODY)
    const [head = gap(0)] = this.text(name, { bold: true, indent })
    const [first, ...rest] = this.text(value, { indent: indent + taken })
    return [both(head, first), ...rest]
  }

  numbered(number: number, text: string): Piece[] {
    const indent = 18
    const [first, ...rest] = this.text(text, { indent })
    return [both({ height: 0, draw: this.text(`${number}.`)[0]?.draw }, first), ...rest, gap(2)]
  }
}

const width = (indent: number) => PAGE.width - PAGE.left - PAGE.right - indent

const both = (one: { height: number; draw?: Piece['draw'] | undefined }, two: Piece = gap(0)): Piece => ({
  height: Math.max(one.height, two.height),
  draw(page, y) {
    one.draw?.(page, y)
    two.draw?.(page, y)
  },
})
