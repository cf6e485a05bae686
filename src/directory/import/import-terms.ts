import { TERM_FIELDS, type TermKind } from '../kinds.ts'
import type { Entry } from './records.ts'
import type { Report } from './report.ts'
import type { Terms } from './terms.ts'

type TermEntry = Extract<Entry, { kind: TermKind }>

/** Records of one reference list. The same name with another parent moves there. */
export async function importTerms(terms: Terms, kind: TermKind, entries: TermEntry[], report: Report): Promise<void> {
  if (entries.length === 0) return
  const { parent } = TERM_FIELDS[kind]
  const parents = entries.flatMap(({ record }) => record.parent ?? [])
  await terms.meet(
    new Map([[kind, new Set(entries.map(({ record }) => record.name))], ...(parent ? [[parent.kind, new Set(parents)] as const] : [])]),
  )
  const changed = new Map<string, { parentId: number | null; line: number }>()
  for (const { line, record } of entries) {
    const parentId = parent && record.parent !== undefined ? terms.resolve(parent.kind, record.parent, line) : null
    if (parentId === undefined) {
      report.fault({ line, kind, error: `${parent?.field}: there is no such ${parent?.field} yet` })
      continue
    }
    const before = changed.get(record.name) ?? terms.get(kind, record.name)
    const isSame = before?.parentId === parentId
    report.count(before, isSame)
    if (!isSame) changed.set(record.name, { parentId, line: before?.line ?? line })
  }
  if (changed.size > 0) await terms.write(kind, changed)
}
