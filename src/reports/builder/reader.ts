import type { FieldIssue } from '../../http/errors.ts'
import type { Compared } from './conditions.ts'
import { fieldOf, sourceOf, type Field } from './sources.ts'

/** A name of a definition, found in the registry. */
export interface Resolved extends Compared {
  source: string
  key: string
  /** Both: `projects.name`. */
  name: string
  field: Field
}
/** Reads a definition against the registry, collecting what is wrong with it. */
export class Reader {
  readonly errors: FieldIssue[] = []
  readonly sources = new Set<string>()

  wrong(path: string, message: string): void {
    this.errors.push({ path, message })
  }

  /** `source.field`, or a field of the primary source; what is wrong with it otherwise. */
  find(name: string, primary: string): Resolved | string {
    const [first = '', second, ...rest] = name.split('.')
    const [sourceKey, key] = second === undefined ? [primary, first] : [first, second]
    const source = rest.length === 0 ? sourceOf(sourceKey) : undefined
    if (!source || !this.sources.has(sourceKey)) return `источник поля «${name}» не подключён к отчёту`
    const field = fieldOf(source, key)
    if (!field) return `поля «${name}» нет`
    return {
      source: sourceKey,
      key,
      name: `${sourceKey}.${key}`,
      field,
      sql: `"${sourceKey}"."${key}"`,
      type: field.type,
      scale: field.scale,
    }
  }

  resolve(name: string, path: string, primary: string): Resolved | undefined {
    const found = this.find(name, primary)
    if (typeof found !== 'string') return found
    this.wrong(path, found)
    return undefined
  }
}
