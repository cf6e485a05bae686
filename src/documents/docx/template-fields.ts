import { AppError } from '../../http/errors.ts'
import type { TemplateField } from '../tables.ts'
import { guessFieldType, MAX_FIELD_NAME, MAX_FIELDS } from '../values.ts'

export interface TemplateSection {
  name: string
  /** A loop repeats its contents for each row; a condition shows or hides them. */
  kind: 'loop' | 'condition'
  /** What a row holds, named `works[].name`. Empty for a condition, whose fields are the document's own. */
  fields: TemplateField[]
}

export interface DocxFields {
  /** Everything that wants a value, sections too, in the order of the document, each once. */
  fields: TemplateField[]
  sections: TemplateSection[]
  warnings: string[]
}

/** A placeholder or a section, as docxtemplater parses it. */
export interface Tag {
  type: string
  value: string
  module?: string
  inverted?: boolean
  subparsed?: Tag[]
}

const NAME = /^(?=.*[\p{L}\p{N}_])[\p{L}\p{N}_.-]+$/u
const CONDITION = /^(is|has|have|with|if|no|not|есть|без|нет)([_.-]|\p{Lu})/u

const bad = (message: string) => new AppError('bad_file', message)

/**
 * What the tags of a template ask for.
 *
 * @throws AppError `bad_file` for names that are not taken, raw markup, or too many fields
 */
export function collectFields(tags: Tag[]): DocxFields {
  const fields = new Map<string, TemplateField>()
  const sections = new Map<string, TemplateSection>()
  const warnings = new Set<string>()
  const seen = new Set<string>()
  const read = (list: Tag[], path: string) => {
    for (const tag of list) {
      if (tag.type !== 'placeholder') continue
      if (tag.module === 'rawxml') throw bad(`The tag "{@${tag.value}}" would put markup into the document, which is not allowed.`)
      const name = tag.value.trim()
      if (name === '.' && path) continue
      if (name.length > MAX_FIELD_NAME || !NAME.test(name)) {
        throw bad(
          `The placeholder "{${name.slice(0, 40)}}" has a name that is not made of letters, digits, "_", "." and "-" (100 at most).`,
        )
      }
      seen.add(path + name)
      if (seen.size > MAX_FIELDS) throw bad(`The template holds more than ${MAX_FIELDS} placeholders.`)
      if (tag.subparsed) readSection(tag, name, path)
      else add({ name: path + name, type: guessFieldType(name) }, path)
    }
  }
  const add = (field: TemplateField, path: string) => {
    if (!path) {
      if (!fields.has(field.name)) fields.set(field.name, field)
      return
    }
    const own = sections.get(path.slice(0, -'[].'.length))?.fields
    if (own && own.every((f) => f.name !== field.name)) own.push(field)
  }
  const readSection = (tag: Tag, name: string, path: string) => {
    const inner = tag.subparsed ?? []
    const isLoop = !tag.inverted && !CONDITION.test(name) && hasPlaceholder(inner)
    const known = sections.get(path + name)
    if (!known) sections.set(path + name, { name: path + name, kind: isLoop ? 'loop' : 'condition', fields: [] })
    else if (isLoop) known.kind = 'loop'
    add({ name: path + name, type: isLoop || known?.kind === 'loop' ? 'text' : 'checkbox' }, path)
    // A field of a loop's row; what stands in a condition is looked up around it.
    read(inner, isLoop ? `${path}${name}[].` : path)
  }
  read(tags, '')
  for (const section of sections.values()) {
    const field = fields.get(section.name)
    if (field && section.kind === 'loop') field.type = 'text'
    if (section.kind === 'loop' && section.fields.length) warnings.add(`"${section.name}" is a list: its value is a JSON array of rows.`)
  }
  return { fields: [...fields.values()], sections: [...sections.values()], warnings: [...warnings] }
}

const hasPlaceholder = (tags: Tag[]): boolean => tags.some((t) => t.type === 'placeholder')
