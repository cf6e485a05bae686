/**
 * The reference contracts through the service, against LibreOffice and against pictures of how they should look.
 * `UPDATE_GOLDENS=1` writes the pictures anew: look at them before they are committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fillDocx } from '../../src/documents/docx/template.ts'
import { bilingualContract, bilingualData, numberedContract, numberedData, worksContract, worksData } from '../fixtures/docx.ts'
import { blankGlyphs, convert, difference, pageCount, pageImages, readGray, wordsOf, writeGray } from './pages.ts'
import { renderViaService, tool, withDirectory } from './service.ts'

const goldens = fileURLToPath(new URL('goldens', import.meta.url).href)
const TOLERANCE = 0.12

const contracts: [name: string, template: () => Uint8Array, data: () => Record<string, unknown>][] = [
  ['works', worksContract, worksData],
  ['numbered', numberedContract, numberedData],
  ['bilingual', bilingualContract, bilingualData],
]

/** As the service takes values: text for a placeholder, JSON for a loop. */
const asText = (data: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))

describe.each(contracts)('the %s contract', (name, template, data) => {
  it('has the pages and words that LibreOffice gives it, is sound, and looks as it should', { timeout: 180_000 }, () =>
    withDirectory(async (directory) => {
      const pdf = await renderViaService(template(), asText(data()))
      const path = join(directory, 'service.pdf')
      await writeFile(path, pdf)

      const check = await tool('qpdf', ['--check', path])
      expect(check.stdout + check.stderr).toContain('No syntax or stream encoding errors')
      expect(check.status).toBe(0)

      const other = await convert(fillDocx(template(), data()).bytes, directory, name)
      expect(await pageCount(path)).toBe(await pageCount(other))
      expect(await wordsOf(path)).toEqual(await wordsOf(other))

      const images = await pageImages(pdf, directory, name)
      if (process.env.UPDATE_GOLDENS) {
        await mkdir(goldens, { recursive: true })
        for (const [i, image] of images.entries()) await writeFile(join(goldens, `${name}-${i + 1}.png`), writeGray(readGray(image)))
      }
      const blank = await pageImages(await blankGlyphs(pdf), directory, `${name}-blank`)
      for (const [i, image] of images.entries()) {
        const golden = readGray(await readFile(join(goldens, `${name}-${i + 1}.png`)))
        expect(difference(golden, readGray(image)), `page ${i + 1}`).toBeLessThan(TOLERANCE)
        // The comparison is worth something only if it sees letters that are not drawn, which no check of the text does.
        const blanked = blank[i]
        expect(blanked && difference(golden, readGray(blanked)), `page ${i + 1} without letters`).toBeGreaterThan(2 * TOLERANCE)
      }
    }),
  )
})
