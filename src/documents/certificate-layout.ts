import { encode } from 'uqr'
import { pdfNumber, wrapText } from './fonts.ts'
import type { StampFonts } from './stamp-fonts.ts'
import { cleanText } from './values.ts'

export const PAGE = { width: 595.28, height: 841.89, left: 62, right: 62, top: 60, bottom: 56 } as const
export const BODY = 10
const LEADING = 1.4
export const QR_SIZE = 104
export const GREY = 0.35

/** A piece of the page that is not split: a line of text, or a gap. Heights in points. */
export interface Piece {
  height: number
  /** Operators that draw it with its top at `y`. */
  draw?: ((y: number) => string) | undefined
}

export const gap = (height: number): Piece => ({ height })
export const heightOf = (pieces: readonly Piece[]) => pieces.reduce((sum, piece) => sum + piece.height, 0)

/**
 * Puts blocks onto A4 pages, as many as it takes: a block moves to the next page rather than break, unless it is longer than a page.
 *
 * @returns the content of each page
 */
export function paginate(blocks: readonly (readonly Piece[])[]): string[] {
  const pages: string[][] = [[]]
  let y: number = PAGE.height - PAGE.top
  const turn = () => {
    pages.push([])
    y = PAGE.height - PAGE.top
  }
  for (const block of blocks) {
    const height = heightOf(block)
    if (y - height < PAGE.bottom && height <= PAGE.height - PAGE.top - PAGE.bottom) turn()
    for (const piece of block) {
      if (y - piece.height < PAGE.bottom) {
        turn()
        if (!piece.draw) continue
      }
      if (piece.draw) pages.at(-1)?.push(piece.draw(y))
      y -= piece.height
    }
  }
  return pages.map((page) => page.join('\n'))
}

export interface TextOptions {
  size?: number
  bold?: boolean
  /** 0 is black. */
  gray?: number
  /** From the left margin, points. */
  indent?: number
}

/** Wraps text into pieces of one line each, so that nothing is ever clipped. */
export class Writer {
  readonly #fonts: StampFonts
  /** What stands in every block is wrapped once. */
  readonly #wrapped = new Map<string, string[]>()

  constructor(fonts: StampFonts) {
    this.#fonts = fonts
  }

  text(text: string, { size = BODY, bold = false, gray = 0, indent = 0 }: TextOptions = {}): Piece[] {
    return this.#lines(text, size, bold, indent).map((line) => ({
      height: size * LEADING,
      draw: (y) => textAt(PAGE.left + indent, y - size, this.#fonts.show(line, { bold, size }), gray),
    }))
  }

  #lines(text: string, size: number, bold: boolean, indent: number): string[] {
    const key = `${size} ${bold} ${indent} ${text}`
    let lines = this.#wrapped.get(key)
    if (!lines) this.#wrapped.set(key, (lines = wrapText(this.#fonts.face({ bold }), cleanText(text), size, widthFrom(indent))))
    return lines
  }

  /** `Label: value`, the value wrapped at its own left edge. Labels are short. */
  labelled(label: string, value: string, { indent = 0, size = BODY }: Pick<TextOptions, 'indent' | 'size'> = {}): Piece[] {
    const name = `${label}: `
    const taken = this.#fonts.face({ bold: true }).measure(name, size)
    const [head = gap(0)] = this.text(name, { bold: true, indent, size })
    const [first, ...rest] = this.text(value, { indent: indent + taken, size })
    return [both(head, first), ...rest]
  }

  numbered(number: number, text: string): Piece[] {
    const indent = 18
    const [first, ...rest] = this.text(text, { indent })
    return [both({ height: 0, draw: this.text(`${number}.`)[0]?.draw }, first), ...rest, gap(2)]
  }
}

const widthFrom = (indent: number) => PAGE.width - PAGE.left - PAGE.right - indent

const textAt = (x: number, y: number, shown: string, gray: number) => `BT ${gray} g 1 0 0 1 ${pdfNumber(x)} ${pdfNumber(y)} Tm ${shown} ET`

export const both = (one: Piece, two: Piece = gap(0)): Piece => ({
  height: Math.max(one.height, two.height),
  draw: (y) => [one, two].map((piece) => piece.draw?.(y) ?? '').join('\n'),
})

/** The QR code on the left, lines of text beside it. */
export function besideQr(url: string, text: readonly Piece[]): Piece[] {
  const [first = gap(0), ...rest] = text
  return [both({ height: 0, draw: (y) => qrAt(url, PAGE.left, y) }, first), ...rest, gap(Math.max(0, QR_SIZE - heightOf(text)))]
}
export const BESIDE_QR = QR_SIZE + 14

let latest: { url: string; size: number; path: string } | undefined

/** A QR code (ISO/IEC 18004, level M) as one filled path, its top left corner at (x, top). */
function qrAt(url: string, x: number, top: number): string {
  latest = latest?.url === url ? latest : { url, ...qrPath(url) }
  const scale = QR_SIZE / latest.size
  return `q 0 g ${pdfNumber(scale)} 0 0 ${pdfNumber(-scale)} ${pdfNumber(x)} ${pdfNumber(top)} cm ${latest.path} f Q`
}

function qrPath(url: string): { size: number; path: string } {
  // Any mask can be read; trying out all eight for the most even one takes longer than the rest of the page.
  const { data, size } = encode(url, { ecc: 'M', border: 2, maskPattern: 2 })
  const runs = data.flatMap((row, y) =>
    row.flatMap((dark, from) => {
      if (!dark || row[from - 1]) return []
      const to = row.indexOf(false, from)
      return `${from} ${y} ${(to < 0 ? size : to) - from} 1 re`
    }),
  )
  return { size, path: runs.join(' ') }
}
