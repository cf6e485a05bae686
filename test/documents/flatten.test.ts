import { decodePDFRawStream, PDFArray, PDFDocument, PDFName, PDFRawStream } from 'pdf-lib'
import { describe, expect, it } from 'vitest'
import { flattenForm } from '../../src/documents/pdf/flatten.ts'
import { utf8 } from './files.ts'

const stream = (dict: string, data: string) => `<<${dict}/Length ${data.length}>>\nstream\n${data}\nendstream`
const widget = (more: string) => `<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/Rect[200 120 100 100] ${more}>>`

/** A page with widgets, a link and a reference that leads nowhere. Object 5 is an appearance with a box and a matrix of its own. */
function pdf(...widgets: string[]): Uint8Array {
  const refs = widgets.map((_, i) => `${i + 10} 0 R`).join(' ')
  const objects = [
    `1 0 obj <</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${refs}]/DR<</Font<<>>>>>>>> endobj`,
    '2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj',
    `3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[${refs} 4 0 R 99 0 R]>> endobj`,
    '4 0 obj <</Type/Annot/Subtype/Link/Rect[0 0 9 9]>> endobj',
    `5 0 obj ${stream('/BBox[0 0 50 10]/Matrix[1 0 0 1 5 5]', '0 0 50 10 re f')} endobj`,
    `6 0 obj ${stream('/BBox[0 0 20 100]/Matrix[0 1 -1 0 0 0]', '0 0 20 100 re f')} endobj`,
    ...widgets.map((w, i) => `${i + 10} 0 obj ${w} endobj`),
  ]
  return utf8(`%PDF-1.7\n${objects.join('\n')}\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF`)
}

async function flattened(...widgets: string[]) {
  const doc = await PDFDocument.load(pdf(...widgets))
  flattenForm(doc)
  const again = await PDFDocument.load(await doc.save())
  const contents = again.getPage(0).node.Contents()
  const streams = contents instanceof PDFArray ? contents.asArray().map((_, i) => contents.lookup(i)) : [contents]
  const drawn = streams.map((s) => (s instanceof PDFRawStream ? new TextDecoder().decode(decodePDFRawStream(s).decode()) : '')).join('\n')
  return { doc: again, placed: Array.from(drawn.matchAll(/([-\d. ]+) cm\s+\/Field/g), (m) => m[1]?.trim()) }
}

describe('flattenForm', () => {
  it('maps an appearance onto its rectangle by its box and matrix', async () => {
    const { placed } = await flattened(widget('/AP<</N 5 0 R>>'), widget('/AP<</N 6 0 R>>'))
    expect(placed).toEqual(['2 0 0 2 90 90', '1 0 0 1 200 100'])
  })

  it('draws the appearance of the state that is set, and nothing of hidden widgets', async () => {
    const states = '/AP<</N<</Yes 5 0 R/Off 6 0 R>>>>'
    expect((await flattened(widget(`/AS/Yes${states}`))).placed).toEqual(['2 0 0 2 90 90'])
    expect((await flattened(widget(states), widget('/F 2/AP<</N 5 0 R>>'), widget('/F 32/AP<</N 5 0 R>>'), widget(''))).placed).toEqual([])
  })

  it('leaves other annotations, and no reference that leads nowhere', async () => {
    const { doc } = await flattened(widget('/AP<</N 5 0 R>>'))
    const left = doc.getPage(0).node.Annots()?.asArray() ?? []
    expect(left.map((ref) => doc.context.lookup(ref)?.toString())).toEqual([expect.stringContaining('/Link')])
    expect(doc.catalog.has(PDFName.of('AcroForm'))).toBe(false)
  })
})
