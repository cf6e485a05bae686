import { it } from 'vitest'
import { renderTemplate } from '../../src/documents/template.ts'
import { threePages } from './contract.ts'

/** How long a contract of three pages takes to fill in and to lay out inside workerd. `run.ts` compares it with LibreOffice. */
it('fills and renders the works contract', async () => {
  const { template, values } = threePages()
  let pages = 0
  const once = async () => {
    const began = performance.now()
    const rendered = await renderTemplate('docx', template, values)
    pages = rendered.pages
    return performance.now() - began
  }
  // The first runs load fonts and compile; a Worker that serves contracts is past them.
  for (let i = 0; i < 10; i++) await once()
  const times: number[] = []
  for (let i = 0; i < 31; i++) times.push(await once())
  console.log(['RENDER', pages, ...times.map((ms) => ms.toFixed(1))].join('\t'))
})
