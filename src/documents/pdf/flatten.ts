import {
  concatTransformationMatrix,
  drawObject,
  PDFArray,
  PDFDict,
  PDFName,
  PDFNumber,
  PDFRef,
  PDFStream,
  popGraphicsState,
  pushGraphicsState,
} from 'pdf-lib'
import type { PDFDocument, PDFPage } from 'pdf-lib'

const name = (text: string) => PDFName.of(text)
const HIDDEN = 2
const NO_VIEW = 32
type Box = [x1: number, y1: number, x2: number, y2: number]
type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number]

/**
 * Makes a form part of its pages: each widget's appearance is drawn as page content and the form is removed.
 *
 * pdf-lib's own `flatten()` leaves references to deleted widgets in `Annots` and places an appearance by its rectangle alone; here it is
 * mapped as ISO 32000-1, 12.5.5 says, so that appearances made by other programs keep their place. Annotations that lead nowhere go too.
 */
export function flattenForm(doc: PDFDocument): void {
  const form = doc.catalog.lookup(name('AcroForm'))
  const defaults = form instanceof PDFDict ? form.get(name('DR')) : undefined
  for (const page of doc.getPages()) {
    const annotations = page.node.lookup(name('Annots'))
    if (!(annotations instanceof PDFArray)) continue
    const left = PDFArray.withContext(doc.context)
    for (const entry of annotations.asArray()) {
      const annotation = doc.context.lookup(entry)
      if (!(annotation instanceof PDFDict)) continue
      if (annotation.lookup(name('Subtype')) === name('Widget')) drawWidget(doc, page, annotation, defaults)
      else left.push(entry)
    }
    // Its own array: pages may share one.
    page.node.set(name('Annots'), left)
  }
  doc.catalog.delete(name('AcroForm'))
}

function drawWidget(doc: PDFDocument, page: PDFPage, widget: PDFDict, defaults: ReturnType<PDFDict['get']>): void {
  const flags = widget.lookup(name('F'))
  if (flags instanceof PDFNumber && flags.asNumber() & (HIDDEN | NO_VIEW)) return
  const ref = appearance(widget)
  const stream = ref && doc.context.lookup(ref)
  const rect = boxOf(widget, 'Rect')
  if (!ref || !(stream instanceof PDFStream) || !rect) return
  const { dict } = stream
  const box = boxOf(dict, 'BBox')
  if (!box) return
  const placed = place(box, matrixOf(dict), rect)
  if (!placed) return
  dict.set(name('Type'), name('XObject'))
  dict.set(name('Subtype'), name('Form'))
  if (!dict.has(name('Resources')) && defaults) dict.set(name('Resources'), defaults)
  const key = page.node.newXObject('Field', ref)
  page.pushOperators(pushGraphicsState(), concatTransformationMatrix(...placed), drawObject(key), popGraphicsState())
}

/** The normal appearance: a stream, or one of several by the widget's state. */
function appearance(widget: PDFDict): PDFRef | undefined {
  const set = widget.lookup(name('AP'))
  if (!(set instanceof PDFDict)) return undefined
  const normal = set.get(name('N'))
  const states = set.lookup(name('N'))
  if (!(states instanceof PDFDict)) return normal instanceof PDFRef ? normal : undefined
  const state = widget.lookup(name('AS'))
  const chosen = state instanceof PDFName ? states.get(state) : undefined
  return chosen instanceof PDFRef ? chosen : undefined
}

/** The matrix that takes the appearance's box, turned by its own matrix, onto the widget's rectangle. */
function place(box: Box, [a, b, c, d, e, f]: Matrix, rect: Box): Matrix | undefined {
  const corners = [
    [box[0], box[1]],
    [box[2], box[1]],
    [box[0], box[3]],
    [box[2], box[3]],
  ] as const
  const xs = corners.map(([x, y]) => a * x + c * y + e)
  const ys = corners.map(([x, y]) => b * x + d * y + f)
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)]
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - bottom]
  if (!(width > 0 && height > 0)) return undefined
  const [sx, sy] = [(rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height]
  return [sx, 0, 0, sy, rect[0] - left * sx, rect[1] - bottom * sy]
}

function numbers(dict: PDFDict, key: string, count: number): number[] | undefined {
  const array = dict.lookup(name(key))
  if (!(array instanceof PDFArray) || array.size() !== count) return undefined
  const list = array.asArray().map((_, i) => array.lookup(i, PDFNumber).asNumber())
  return list.every(Number.isFinite) ? list : undefined
}

function boxOf(dict: PDFDict, key: string): Box | undefined {
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers(dict, key, 4) ?? []
  return x1 === x2 || y1 === y2 ? undefined : [Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2)]
}

function matrixOf(dict: PDFDict): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = numbers(dict, 'Matrix', 6) ?? []
  return [a, b, c, d, e, f]
}
