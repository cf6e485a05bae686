import type { Actor } from '../model.ts'
import { grid, type Cell } from '../../documents/paper/grid.ts'
import type { Sheet } from '../../documents/paper/sheet.ts'

// Pieces that the forms of order 562 of the Minister of Finance (20 December 2012) share.

const SMALL = 6

export const caption = (text: string, columns = 1): Cell => ({ text, size: SMALL, align: 'center', edge: 'none', columns })
export const blank = (columns = 1): Cell => ({ text: '', edge: 'none', columns })
export const plain = (text: string, columns = 1): Cell => ({ text, edge: 'none', columns })

/** «Приложение N к приказу …», «Форма …» in the upper right corner. */
export function formMark(sheet: Sheet, annex: number, form: string): void {
  const lines = [`Приложение ${annex} к приказу Министра финансов`, 'Республики Казахстан от 20 декабря 2012 года № 562']
  for (const text of lines) sheet.text(text, { size: 6.5, align: 'right' })
  sheet.gap(4)
  sheet.text(form, { size: 8, bold: true, align: 'right', after: 2 })
}

/** Number and date of the document, in a frame of two columns at the right. */
export function numberBlock(sheet: Sheet, number: number, date: string): void {
  const width = 170
  grid(sheet, {
    x: sheet.left + sheet.room - width,
    widths: [85, 85],
    look: { align: 'center', valign: 'middle' },
    together: true,
    rows: [
      [{ text: 'Номер документа' }, { text: 'Дата составления' }],
      [
        { text: String(number), bold: true },
        { text: date, bold: true },
      ],
    ],
  })
}

/** A party of the form: who it is on a line of its own, its ИИН/БИН in a box. */
export function partyRow(sheet: Sheet, label: string, facts: string, bin: string, hint: string): void {
  grid(sheet, {
    widths: [74, sheet.room - 74 - 14 - 110, 14, 110],
    look: { size: 8.5, valign: 'bottom' },
    together: true,
    rows: [
      [plain(label), { text: facts, edge: 'under', bold: true }, blank(), { text: bin, edge: 'box', align: 'center', bold: true }],
      [blank(), caption(hint), blank(), blank()],
    ],
  })
}

/** «ИИН/БИН» above the boxes of the parties. */
export function partyHead(sheet: Sheet): void {
  grid(sheet, {
    widths: [sheet.room - 110, 110],
    look: { size: 7.5 },
    rows: [[blank(), { text: 'ИИН/БИН', edge: 'none', align: 'center' }]],
  })
}

/** Who signs: role, signature, name, each on a line with its hint below. `width` is what it may take from `x`. */
export function signRow(label: string, person: Actor | null, hints = true): Cell[][] {
  const under = (text: string): Cell => ({ text, edge: 'under', align: 'center' })
  return [
    [
      { text: label, edge: 'none', bold: true },
      under(person?.role ?? ''),
      { text: '/', edge: 'none', align: 'center' },
      under(''),
      { text: '/', edge: 'none', align: 'center' },
      under(person?.fullName ?? ''),
    ],
    ...(hints ? [[blank(), caption('должность'), blank(), caption('подпись'), blank(), caption('расшифровка подписи')]] : []),
  ]
}

/** The widths that `signRow` wants, of `width` in all. */
export const signWidths = (width: number, label: number) => {
  const left = width - label - 16
  return [label, left * 0.3, 8, left * 0.26, 8, left * 0.44]
}
