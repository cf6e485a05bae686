import { PDFDocument, StandardFonts } from 'pdf-lib'

/** What is sealed: pages full of text. */
export async function pagesToSeal(count: number): Promise<Uint8Array> {
  const doc = await PDFDocument.create()
  const font = await doc.embedFont(StandardFonts.Helvetica)
  for (let page = 1; page <= count; page++) {
    const sheet = doc.addPage([595, 842])
    for (let line = 1; line <= 40; line++)
      sheet.drawText(`Page ${page}, line ${line}: the quick brown fox jumps over the lazy dog`, {
        x: 50,
        y: 800 - 18 * line,
        font,
        size: 10,
      })
  }
  return doc.save()
}
