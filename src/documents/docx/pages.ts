import { AppError } from '../../http/errors.ts'
import type { PageNumbers } from './atoms.ts'
import type { Box, Placed } from './boxes.ts'
import type { Area } from './flow.ts'
import { take } from './flow.ts'
import type { LayoutContext } from './layout.ts'
import { layoutBlocks } from './layout.ts'
import type { Looks } from './looks.ts'
import type { Block, DocumentModel, Section } from './model.ts'

export const MAX_PAGES = 500

/** Boxes with the place of their area on the page; `y` runs down from the top edge. Points. */
export interface PageArea {
  x: number
  y: number
  placed: Placed[]
}

export interface LaidPage {
  section: Section
  width: number
  height: number
  areas: PageArea[]
  number: number
  /** First page of its section. */
  first: boolean
}

interface HeaderRoom {
  top: number
  bottom: number
}

/** Fills pages with the sections of a document, then adds headers and footers, which may show the number of pages. */
export class Paginator {
  readonly #model: DocumentModel
  readonly #looks: Looks
  readonly #pages: LaidPage[] = []
  readonly #heights = new Map<Block[], number>()

  constructor(model: DocumentModel, looks: Looks) {
    this.#model = model
    this.#looks = looks
  }

  /** @throws AppError `bad_file` beyond 500 pages */
  run(): LaidPage[] {
    let used = 0
    for (const [index, section] of this.#model.sections.entries()) {
      const current = this.#pages.at(-1)
      const sameSheet = current && current.section.width === section.width && current.section.height === section.height
      const goesOn = index > 0 && section.start === 'continuous' && sameSheet
      const next = this.#model.sections[index + 1]
      used = this.#fill(section, goesOn ? used : undefined, next?.start === 'continuous')
    }
    for (const page of this.#pages) this.#addHeaders(page)
    return this.#pages
  }

  #context(section: Section, numbers: PageNumbers): LayoutContext {
    const width = section.width - section.left - section.right
    const height = section.height - Math.abs(section.top) - Math.abs(section.bottom)
    return { model: this.#model, looks: this.#looks, numbers, width, height, widest: section.width - Math.min(section.left, 20) }
  }

  #area(height: number, broken: boolean, force: boolean): Area {
    return { height, broken, force, cell: false, addSpacing: this.#model.addSpacing }
  }

  /**
   * @param used height already taken on the current page, for a section that goes on there
   * @param balance the next section goes on below, so that columns should end level
   * @returns the height taken on the last page
   */
  #fill(section: Section, used: number | undefined, balance: boolean): number {
    const { count, gap } = section.columns
    const context = this.#context(section, { page: 1, pages: 1, format: section.pageFormat })
    const width = Math.max(12, (context.width - gap * (count - 1)) / count)
    let boxes: Box[] = layoutBlocks(section.blocks, { ...context, width })
    let page = used === undefined ? this.#newPage(section, true) : (this.#pages.at(-1) ?? this.#newPage(section, true))
    let start = used ?? 0
    let deepest = start
    let column = 0
    let broken = false
    let height = 0
    do {
      const { top, bottom } = this.#room(page)
      const room = page.height - top - bottom - start
      if (column === 0) height = balance && count > 1 ? this.#level(boxes, count, room) : room
      const result = take(boxes, this.#area(height, broken, start === 0))
      if (result.placed.length > 0) page.areas.push({ x: section.left + column * (width + gap), y: top + start, placed: result.placed })
      boxes = result.rest
      deepest = Math.max(deepest, start + result.used)
      if (boxes.length > 0) {
        broken = result.ended === undefined
        if (column + 1 < count && result.ended !== 'page') column++
        else {
          page = this.#newPage(section, false)
          column = 0
          start = 0
          deepest = 0
        }
      } else if (result.ended === 'page') deepest = page.height
    } while (boxes.length > 0)
    return deepest
  }

  /** The least height at which everything fits into so many columns; all the room when it does not fit anyway. */
  #level(boxes: Box[], count: number, room: number): number {
    const fits = (height: number) => {
      let rest = boxes
      for (let i = 0; i < count && rest.length > 0; i++) rest = take(rest, this.#area(height, i > 0, false)).rest
      return rest.length === 0
    }
    if (room <= 0 || !fits(room)) return room
    let [low, high] = [0, room]
    while (high - low > 1) {
      const middle = (low + high) / 2
      if (fits(middle)) high = middle
      else low = middle
    }
    return high
  }

  #newPage(section: Section, first: boolean): LaidPage {
    const previous = this.#pages.at(-1)
    let number = first && section.pageStart !== undefined ? section.pageStart : (previous?.number ?? 0) + 1
    const parity = section.start === 'evenPage' ? 0 : section.start === 'oddPage' ? 1 : undefined
    if (first && previous && parity !== undefined && number % 2 !== parity) {
      this.#push({ section: previous.section, width: previous.width, height: previous.height, areas: [], number, first: false })
      number++
    }
    return this.#push({ section, width: section.width, height: section.height, areas: [], number, first })
  }

  #push(page: LaidPage): LaidPage {
    if (this.#pages.length >= MAX_PAGES) throw new AppError('bad_file', `The document is longer than ${MAX_PAGES} pages.`)
    this.#pages.push(page)
    return page
  }

  #header(page: LaidPage, kind: 'headers' | 'footers'): Block[] | undefined {
    const set = page.section[kind]
    if (page.first && page.section.titlePage) return set.first
    if (this.#model.evenAndOdd && page.number % 2 === 0) return set.even
    return set.default
  }

  /** Distances of the body from the top and bottom edges: headers and footers taller than the margin push it. */
  #room(page: LaidPage): HeaderRoom {
    const { section } = page
    const half = page.height / 2 - 40
    const side = (kind: 'headers' | 'footers', margin: number, distance: number) => {
      const blocks = this.#header(page, kind)
      // A negative margin is kept whatever the header does (17.6.11).
      if (!blocks || margin < 0) return Math.abs(margin)
      let height = this.#heights.get(blocks)
      if (height === undefined) {
        const boxes = layoutBlocks(blocks, this.#context(section, { page: 88, pages: 88, format: section.pageFormat }))
        height = take(boxes, this.#area(Infinity, false, true)).used
        this.#heights.set(blocks, height)
      }
      return Math.max(margin, Math.min(half, distance + height))
    }
    return { top: side('headers', section.top, section.header), bottom: side('footers', section.bottom, section.footer) }
  }

  #addHeaders(page: LaidPage) {
    const { section } = page
    const numbers = { page: page.number, pages: this.#pages.length, format: section.pageFormat }
    const place = (kind: 'headers' | 'footers') => {
      const blocks = this.#header(page, kind)
      if (!blocks || blocks.length === 0) return
      const boxes = layoutBlocks(blocks, this.#context(section, numbers))
      const { placed, used } = take(boxes, this.#area(page.height / 2, false, true))
      const y = kind === 'headers' ? section.header : page.height - section.footer - used
      const area = { x: section.left, y, placed }
      // Reading order: the header before the body, the footer after it.
      if (kind === 'headers') page.areas.unshift(area)
      else page.areas.push(area)
    }
    place('headers')
    place('footers')
  }
}
