import { PDFArray, PDFDict, PDFName, PDFRef } from 'pdf-lib'
import type { PDFDocument, PDFObject } from 'pdf-lib'
import { dictOfStream, everyDict } from './load.ts'

const name = (text: string) => PDFName.of(text)
const names = (list: string) => list.split(' ').map(name)

/** What an action may do (ISO 32000-1, 12.6.4) without surprising a reader: move about in the document or open a web page. */
const HARMLESS = new Set(names('GoTo URI Named Thread'))
const ACTIVE_ANNOTATIONS = new Set(names('FileAttachment RichMedia Movie Screen Sound 3D'))

/**
 * Takes out of a PDF what acts by itself or carries other files: scripts, launch and submit actions, actions on opening, attachments,
 * media. A document that people sign must show the same to everyone and do nothing.
 *
 * @returns a warning for each kind that was found
 */
export function stripActive(doc: PDFDocument): string[] {
  const found = new Set<string>()
  const drop = (dict: PDFDict, key: string, what: string) => {
    if (dict.delete(name(key))) found.add(what)
  }
  const { catalog } = doc
  if (isHarmful(catalog.lookup(name('OpenAction')))) drop(catalog, 'OpenAction', 'actions on opening')
  drop(catalog, 'Collection', 'attached files')
  // Usage rights, which a rewritten file loses anyway.
  catalog.delete(name('Perms'))
  const tree = catalog.lookup(name('Names'))
  if (tree instanceof PDFDict) {
    drop(tree, 'JavaScript', 'scripts')
    drop(tree, 'EmbeddedFiles', 'attached files')
  }
  for (const dict of everyDict(doc)) {
    drop(dict, 'AA', 'scripts')
    drop(dict, 'AF', 'attached files')
    if (dict.has(name('JS'))) {
      drop(dict, 'JS', 'scripts')
      dict.delete(name('S'))
    }
    for (const key of ['A', 'PA', 'Next']) {
      if (isHarmful(dict.lookup(name(key))) && isAction(dict, key)) drop(dict, key, 'actions that act by themselves')
    }
    const annotations = dict.lookup(name('Annots'))
    if (annotations instanceof PDFArray && dropActive(annotations)) found.add('attached files')
  }
  return [...found].map((what) => `The PDF contains ${what}, which are left out of what is signed.`)
}

function isHarmful(action: PDFObject | undefined): boolean {
  const kind = action instanceof PDFDict ? action.lookup(name('S')) : undefined
  return kind instanceof PDFName && !HARMLESS.has(kind)
}

/** `A` also names attributes of structure elements, which are dictionaries without an action's `S`, or with a layout name in it. */
const isAction = (dict: PDFDict, key: string) => key !== 'A' || dict.lookup(name('S')) === undefined || dict.has(name('Subtype'))

function dropActive(annotations: PDFArray): boolean {
  let dropped = false
  for (let i = annotations.size() - 1; i >= 0; i--) {
    const annotation = annotations.lookup(i)
    const kind = annotation instanceof PDFDict ? annotation.lookup(name('Subtype')) : undefined
    if (kind instanceof PDFName && ACTIVE_ANNOTATIONS.has(kind)) {
      annotations.remove(i)
      dropped = true
    }
  }
  return dropped
}

/** Deletes what nothing points to any more, so that it does not travel along. Call before anything new is drawn. */
export function dropUnreachable(doc: PDFDocument): void {
  const { context } = doc
  const kept = new Set<PDFRef>()
  const { Root, Info, ID } = context.trailerInfo
  const stack: (PDFObject | undefined)[] = [Root, Info, ID]
  while (stack.length) {
    const item = stack.pop()
    if (item instanceof PDFRef) {
      if (kept.has(item)) continue
      kept.add(item)
      stack.push(context.lookup(item))
    } else {
      const inner = item instanceof PDFArray ? item.asArray() : (item instanceof PDFDict ? item : dictOfStream(item))?.values()
      for (const value of inner ?? []) stack.push(value)
    }
  }
  for (const [ref] of context.enumerateIndirectObjects()) if (!kept.has(ref)) context.delete(ref)
}
