import { worksContract, worksData } from '../fixtures/docx.ts'

/** What is timed: the works contract, with as many rows as make three pages of it. */
export function threePages(): { template: Uint8Array; values: Record<string, unknown> } {
  const data = worksData()
  return { template: worksContract(), values: { ...data, works: [...data.works, ...data.works.slice(0, 20)] } }
}
