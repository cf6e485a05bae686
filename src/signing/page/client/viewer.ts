import type { PDFDocumentProxy, PDFPageProxy, RenderTask } from 'pdfjs-dist'
import { announce, h } from './dom.ts'
import { readBytes } from './http.ts'

/** What the pages and their tools are called. */
export interface ViewerTexts {
  page: (page: number, total: number) => string
  open: string
  zoomIn: string
  zoomOut: string
  zoom: (percent: number) => string
  tools: string
}

/** A document's pages, drawn once and kept while the person moves between steps. */
export interface Viewer {
  element: HTMLElement
  total: number
  seen: () => number
  /** Scrolls to the first page that was not looked at. */
  showUnseen: () => void
  setTexts: (t: ViewerTexts) => void
  onSeen: (listener: () => void) => void
  destroy: () => void
}

interface Sheet {
  page: PDFPageProxy
  frame: HTMLElement
  canvas: HTMLCanvasElement
  text: HTMLElement
  label: HTMLElement
  task?: RenderTask | undefined
  drawnAt?: number | undefined
  isSeen: boolean
}

const ZOOMS = [1, 1.5, 2, 3]
const MAX_CANVAS_PIXELS = 12_000_000

const asset = (path: string): string => new URL(path, import.meta.url).href

async function open(data: Uint8Array): Promise<PDFDocumentProxy> {
  // The library is half a megabyte: fetched when there is something to show. An import or a worker that the network once failed stays failed until the page
  // is loaded anew, so both scripts are brought into the browser's cache first, which can be tried again.
  await Promise.all(['pdf.min.mjs', 'pdf.worker.min.mjs'].map((name) => readBytes(asset(name), 'default')))
  const pdfjs: typeof import('pdfjs-dist') = await import(asset('pdf.min.mjs'))
  pdfjs.GlobalWorkerOptions.workerSrc = asset('pdf.worker.min.mjs')
  const task = pdfjs.getDocument({
    data,
    cMapUrl: asset('cmaps/'),
    cMapPacked: true,
    standardFontDataUrl: asset('standard_fonts/'),
    wasmUrl: asset('wasm/'),
    // The page's policy forbids compiling WebAssembly; the library has a script for the one format that needs it.
    useWasm: false,
    enableXfa: false,
    stopAtErrors: false,
  })
  return task.promise
}

async function readText(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent()
  return items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
}

/** Fits the sheet into its frame at the given zoom; sharp on dense screens, within what a phone's memory takes. */
async function draw(sheet: Sheet, zoom: number): Promise<void> {
  const width = sheet.frame.clientWidth * zoom
  if (width === 0 || sheet.drawnAt === width) return
  sheet.task?.cancel()
  sheet.drawnAt = width
  const unit = sheet.page.getViewport({ scale: 1 })
  const fit = width / unit.width
  const dense = Math.min(window.devicePixelRatio || 1, 3, Math.sqrt(MAX_CANVAS_PIXELS / (unit.width * unit.height * fit * fit)))
  const viewport = sheet.page.getViewport({ scale: fit * dense })
  const canvas = h('canvas', { 'aria-hidden': 'true', width: Math.floor(viewport.width), height: Math.floor(viewport.height) })
  canvas.style.width = `${width}px`
  sheet.task = sheet.page.render({ canvas, viewport })
  try {
    await sheet.task.promise
    sheet.canvas.replaceWith(canvas)
    sheet.canvas = canvas
    if (sheet.text.textContent === '') sheet.text.textContent = await readText(sheet.page)
  } catch {
    // cancelled by a later draw, or a broken page: the frame stays and the link to the PDF is there
    if (sheet.drawnAt === width) sheet.drawnAt = undefined
  }
}

/** Gives a far page's pixels back: a long contract would otherwise fill a phone. */
function release(sheet: Sheet): void {
  sheet.task?.cancel()
  sheet.canvas.width = 0
  sheet.canvas.height = 0
  sheet.drawnAt = undefined
}

function makeSheet(page: PDFPageProxy): Sheet {
  const { width, height } = page.getViewport({ scale: 1 })
  const canvas = h('canvas', { 'aria-hidden': 'true', width: 0, height: 0 })
  const text = h('div', { class: 'sr-only sheet-text' })
  const label = h('p', { class: 'sheet-label' })
  const frame = h('div', { class: 'sheet-frame', role: 'group' }, canvas, text)
  frame.style.setProperty('--ratio', String(width / height))
  return { page, frame, canvas, text, label, isSeen: false }
}

/** Opens the PDF and lays its pages out; they are drawn as they come near. @throws `ApiError` when the viewer's scripts did not come; another error when it is not a PDF that can be shown. */
export async function createViewer(data: Uint8Array, pdfUrl: string, texts: ViewerTexts): Promise<Viewer> {
  const document_ = await open(data)
  const numbers = Array.from({ length: document_.numPages }, (_, i) => i + 1)
  const sheets = await Promise.all(numbers.map(async (number) => makeSheet(await document_.getPage(number))))
  const listeners: (() => void)[] = []
  let t = texts
  let zoom = 0

  const scale = (): number => ZOOMS[zoom] ?? 1
  const byFrame = new Map<Element, Sheet>(sheets.map((sheet) => [sheet.frame, sheet]))
  const seen = (): number => sheets.filter((sheet) => sheet.isSeen).length

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const sheet = byFrame.get(entry.target)
        if (sheet && entry.isIntersecting) void draw(sheet, scale())
        else if (sheet) release(sheet)
      }
    },
    { rootMargin: '1200px 0px' },
  )
  // A page counts as looked at when the line under it has come up above the foot bar. The page itself would not do: of one taller than the screen the
  // observer is silent at the moment its end comes in.
  const byLabel = new Map<Element, Sheet>(sheets.map((sheet) => [sheet.label, sheet]))
  const look = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const sheet = byLabel.get(target)
        if (!sheet || sheet.isSeen || !isIntersecting) continue
        sheet.isSeen = true
        for (const listener of listeners) listener()
      }
    },
    { rootMargin: '0px 0px -76px 0px' },
  )

  const percent = h('span', { class: 'zoom' })
  const smaller = h('button', { type: 'button', class: 'tool', onclick: () => setZoom(zoom - 1) }, '−')
  const larger = h('button', { type: 'button', class: 'tool', onclick: () => setZoom(zoom + 1) }, '+')
  const link = h('a', { class: 'tool-link', href: pdfUrl, target: '_blank', rel: 'noopener noreferrer' })
  const tools = h('div', { class: 'tools', role: 'group' }, smaller, percent, larger, link)
  const sheetList = h('div', { class: 'sheets' }, ...sheets.flatMap((sheet) => [sheet.frame, sheet.label]))
  const element = h('div', { class: 'viewer' }, tools, sheetList)

  function setZoom(next: number): void {
    zoom = Math.max(0, Math.min(ZOOMS.length - 1, next))
    sheetList.classList.toggle('zoomed', zoom > 0)
    for (const sheet of sheets) {
      // once zoomed a page scrolls sideways within its frame, so it must be reachable from the keyboard
      if (zoom > 0) sheet.frame.tabIndex = 0
      else sheet.frame.removeAttribute('tabindex')
      if (sheet.drawnAt !== undefined) void draw(sheet, scale())
    }
    setLabels()
    announce(t.zoom(scale() * 100))
  }

  function setLabels(): void {
    percent.textContent = `${scale() * 100} %`
    smaller.setAttribute('aria-label', t.zoomOut)
    larger.setAttribute('aria-label', t.zoomIn)
    smaller.disabled = zoom === 0
    larger.disabled = zoom === ZOOMS.length - 1
    tools.setAttribute('aria-label', t.tools)
    link.textContent = t.open
    for (const [i, sheet] of sheets.entries()) {
      const label = t.page(i + 1, sheets.length)
      sheet.label.textContent = label
      sheet.frame.setAttribute('aria-label', label)
    }
  }

  const resize = new ResizeObserver(() => {
    for (const sheet of sheets) if (sheet.drawnAt !== undefined) void draw(sheet, scale())
  })
  resize.observe(sheetList)
  for (const { frame, label } of sheets) {
    near.observe(frame)
    look.observe(label)
  }
  setLabels()

  return {
    element,
    total: sheets.length,
    seen,
    showUnseen: () => {
      const next = sheets.find((sheet) => !sheet.isSeen)
      next?.label.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' })
    },
    setTexts: (next) => {
      t = next
      setLabels()
    },
    onSeen: (listener) => {
      listeners.splice(0, listeners.length, listener)
    },
    destroy: () => {
      near.disconnect()
      look.disconnect()
      resize.disconnect()
      void document_.destroy()
    },
  }
}
