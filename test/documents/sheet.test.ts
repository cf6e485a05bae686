import { expect, it } from 'vitest'
import { Sheet } from '../../src/documents/paper/sheet.ts'
import { readPdfText } from './pdf-text.ts'

it('the foot of a page has room for the number of the page, however long the title is', async () => {
  const sheet = await Sheet.open({ title: `Акт № ${'Ы'.repeat(300)}`, made: new Date('2026-01-01'), family: 'tinos' })
  sheet.turn()
  const { room } = sheet
  const width = (text: string) => sheet.face().measure(text, 7)
  const feet = (await readPdfText(await sheet.bytes())).flatMap((page) => page.split('\n')).filter((line) => line.includes('стр.'))
  expect(feet).toHaveLength(2)
  for (const [i, foot] of feet.entries()) {
    expect(foot).toMatch(new RegExp(`^Акт № Ы+… · стр. ${i + 1} из 2$`))
    expect(width(foot)).toBeLessThanOrEqual(room)
    expect(width(foot)).toBeGreaterThan(room - 10)
  }
})
