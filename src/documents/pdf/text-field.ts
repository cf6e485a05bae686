import { PDFName, PDFString } from 'pdf-lib'
import type { PDFTextField } from 'pdf-lib'
import { wrapText } from '../fonts.ts'
import type { Face } from '../fonts.ts'

const SMALLEST = 5
const USUAL = 10
/** What pdf-lib leaves free at each edge of a field, with its border. */
const EDGE = 2

/**
 * Sets a text field so that the whole value shows: a size that fits the field, from the form's own down to 5 points.
 *
 * @param warn told what could not be kept, as the end of a sentence that begins with the field's name
 */
export function setTextOf(field: PDFTextField, value: string, face: Face, warn: (what: string) => void): void {
  const text = field.isMultiline() ? value : value.replaceAll(/\s*\n\s*/g, ' ')
  const max = field.getMaxLength()
  if (max !== undefined && text.length > max) {
    warn(`is longer than the ${max} characters that the form allows`)
    if (field.isCombed()) field.disableCombing()
    field.setMaxLength(undefined)
  }
  if (field.isRichFormatted()) field.disableRichFormatting()
  if (Array.from(text).some((c) => c > ' ' && face.isMissing(c.codePointAt(0) ?? 0))) warn('has characters that the font lacks')
  const { acroField } = field
  // setFontSize needs a default appearance to change; forms may leave it out.
  if (acroField.getDefaultAppearance() === undefined) acroField.dict.set(PDFName.of('DA'), PDFString.of('/Helv 0 Tf 0 g'))
  field.setText(text)

  const boxes = acroField.getWidgets().map((widget) => {
    const { width, height } = widget.getRectangle()
    const turned = (widget.getAppearanceCharacteristics()?.getRotation() ?? 0) % 180 !== 0
    return turned ? { width: height, height: width } : { width, height }
  })
  const width = Math.min(...boxes.map((b) => b.width)) - 2 * EDGE
  const height = Math.min(...boxes.map((b) => b.height)) - 2 * EDGE
  if (!(width > 0 && height > 0) || field.isCombed()) return
  const own = Number(/(\d+(?:\.\d+)?)\s+Tf/.exec(acroField.getDefaultAppearance() ?? '')?.[1] ?? 0)
  const size = field.isMultiline() ? sizeOfParagraph(face, text, own || USUAL, width, height) : sizeOfLine(face, text, own, width)
  if (size !== 0 && size < SMALLEST) warn('does not fit its field')
  if (size !== own) field.setFontSize(Math.max(size, SMALLEST))
}

/** 0 leaves the choice to pdf-lib, as the form does; it fits the line then. */
function sizeOfLine(face: Face, text: string, own: number, width: number): number {
  const wanted = face.measure(text, own)
  return wanted <= width ? own : (own * width) / wanted
}

function sizeOfParagraph(face: Face, text: string, own: number, width: number, height: number): number {
  for (let size = own; size >= SMALLEST; size -= 0.5) {
    // pdf-lib spaces lines by 1.2 of the font's height.
    if (wrapText(face, text, size, width).length * size * face.lineHeight * 1.2 <= height) return size
  }
  return SMALLEST - 1
}
