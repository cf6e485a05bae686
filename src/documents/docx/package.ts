import { AppError } from '../../http/errors.ts'
import { openDocx } from './guard.ts'
import type { DocxParts } from './guard.ts'
import { parseXml } from './xml.ts'
import type { XmlNode } from './xml.ts'

interface Relation {
  type: string
  target: string
  external: boolean
}

/** The parts of a DOCX by role (ECMA-376 part 2: packaging). */
export interface DocxPackage {
  /** Name of the main document part. */
  main: string
  /** A part as a tree; undefined when there is none. */
  xml(name: string): XmlNode | undefined
  bytes(name: string): Uint8Array | undefined
  /** Relations of a part by id; targets are part names unless external. */
  relations(name: string): Map<string, Relation>
  /** Target of the first relation of the main part whose type ends so: `styles`, `numbering` … */
  related(kind: string): string | undefined
}

/** Part name of a target written relative to the part that names it. */
export function resolveTarget(base: string, target: string): string {
  const path = target.startsWith('/') ? [] : base.split('/').slice(0, -1)
  for (const step of target.split('/')) {
    if (step === '..') path.pop()
    else if (step !== '.' && step !== '') path.push(step)
  }
  return path.join('/')
}

/** @throws AppError `bad_file` when there is no main document */
export function openPackage(source: Uint8Array | DocxParts): DocxPackage {
  const { main, parts } = source instanceof Uint8Array ? openDocx(source) : source
  const decoder = new TextDecoder()
  const bytes = (name: string) => parts.get(name)
  const xml = (name: string) => {
    const part = parts.get(name)
    return part && parseXml(decoder.decode(part))
  }
  const known = new Map<string, Map<string, Relation>>()
  const relations = (name: string) => {
    let found = known.get(name)
    if (!found) {
      found = new Map()
      const slash = name.lastIndexOf('/') + 1
      for (const { attributes } of xml(`${name.slice(0, slash)}_rels/${name.slice(slash)}.rels`)?.children ?? []) {
        const { Id: id, Target: target = '', Type: type = '' } = attributes
        const external = attributes['TargetMode'] === 'External'
        if (id !== undefined) found.set(id, { type, external, target: external ? target : resolveTarget(name, target) })
      }
      known.set(name, found)
    }
    return found
  }
  const related = (kind: string) => [...relations(main).values()].find((r) => !r.external && r.type.endsWith(`/${kind}`))?.target
  if (!parts.has(main)) throw new AppError('bad_file', 'The document has no main part.')
  return { main, xml, bytes, relations, related }
}
