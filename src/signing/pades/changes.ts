import { PDFArray, PDFDict, PDFName, PDFRawStream, PDFRef } from 'pdf-lib'
import type { PDFObject } from 'pdf-lib'
import { sameBytes } from './bytes.ts'
import { signatureFields } from './fields.ts'
import type { PdfReader } from './reader.ts'
import { arePartOfPages } from './shared.ts'
import { serialize } from './update.ts'

/**
 * What was done to a document after it was signed: nothing; only further signatures, time stamps and validation material; or anything
 * else, be it innocent (a mark on the page, a comment) or not. A visible signature is signing, whatever its appearance shows.
 */
export type Changes = 'none' | 'signing' | 'content'

/** What later signing may change in the catalog and in the form (PAdES, ETSI EN 319 142-1, 5.4 and ISO 32000-1, 12.7.2). */
const CATALOG_KEYS = ['AcroForm', 'DSS', 'Extensions', 'Metadata', 'Version'] as const
const FORM_KEYS = ['Fields', 'SigFlags', 'DA', 'DR'] as const

/**
 * Compares a signed revision with a later one, object by object as the cross-reference of each has them, so that objects hidden in the
 * signed bytes and brought to light afterwards are seen too. Whatever is not recognised as part of signing counts as content.
 */
export function changesSince(signed: PdfReader, now: PdfReader): Changes {
  const differing = differingObjects(signed, now)
  if (differing.size === 0 && signed.catalogRef === now.catalogRef) return 'none'
  if (signed.catalogRef !== now.catalogRef) return 'content'
  const allowed = new Set<number>()
  if (!catalogHolds(signed, now, allowed) || !pagesHold(signed, now, allowed)) return 'content'
  if (![...differing].every((number) => allowed.has(number) || isPlumbing(signed, now, number))) return 'content'
  // Pages themselves were compared; what else has changed of the old must be of the signatures alone.
  const pages = new Set(now.pages().map((ref) => ref.objectNumber))
  const old = [...differing].filter((number) => signed.get(number) !== undefined && !pages.has(number))
  return arePartOfPages(signed, new Set(old)) ? 'content' : 'signing'
}

/** Numbers of objects that came, went or read differently. */
function differingObjects(signed: PdfReader, now: PdfReader): Set<number> {
  const out = new Set<number>()
  for (const number of new Set([...signed.xref.entries.keys(), ...now.xref.entries.keys()])) {
    const [a, b] = [signed.xref.entries.get(number), now.xref.entries.get(number)]
    if (a && b && a.type === b.type) {
      if (a.type === 'offset' && b.type === 'offset' && a.offset === b.offset && a.generation === b.generation) continue
      if (a.type === 'free') continue
    }
    if (!sameValue(signed.get(number), now.get(number))) out.add(number)
  }
  return out
}

function sameValue(a: PDFObject | undefined, b: PDFObject | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameBytes(serialize(a), serialize(b))
}

function catalogHolds(signed: PdfReader, now: PdfReader, allowed: Set<number>): boolean {
  if (!sameBut(signed.catalog, now.catalog, CATALOG_KEYS)) return false
  allowed.add(now.catalogRef.objectNumber)
  const roles = (from: PDFDict | undefined, to: PDFDict, keys: readonly string[]) => {
    for (const key of keys) allowRole(signed, from?.get(PDFName.of(key)), to.get(PDFName.of(key)), allowed)
  }
  roles(signed.catalog, now.catalog, ['AcroForm', 'DSS', 'Extensions'])
  allowStore(signed, now, allowed)
  allowMetadata(signed, now, allowed)

  const [before, after] = [signed.dictAt(signed.catalog, 'AcroForm'), now.dictAt(now.catalog, 'AcroForm')]
  if (!after) return !before
  if (before && !sameBut(before, after, FORM_KEYS)) return false
  if (!before && after.keys().some((key) => !FORM_KEYS.some((k) => key === PDFName.of(k)))) return false
  roles(before, after, ['Fields'])
  const resources = after.get(PDFName.of('DR'))
  if (resources) allowNew(signed, now, resources, allowed, 0)
  const newFields = added(before && signed.arrayAt(before, 'Fields'), now.arrayAt(after, 'Fields'))
  return newFields !== undefined && fieldsHold(signed, now, newFields, allowed)
}

/** New fields must be signatures; of the old ones only an empty signature field may have got its signature. */
function fieldsHold(signed: PdfReader, now: PdfReader, newFields: PDFRef[], allowed: Set<number>): boolean {
  const [before, after] = [signatureFields(signed), signatureFields(now)]
  if (!newFields.every((ref) => after.some((f) => f.ref === ref))) return false
  for (const field of after) {
    const old = before.find((f) => f.ref === field.ref)
    if (old && (old.value || !field.value)) continue
    if (old && !sameBut(old.dict, field.dict, ['V', 'AP', 'M'])) return false
    if (!old && signed.get(field.ref.objectNumber) !== undefined) return false
    // A widget that shows nothing over the page, or a new one with its own appearance, belongs to the signature.
    allow(allowed, field.ref)
    if (field.valueRef && signed.get(field.valueRef.objectNumber) === undefined) allow(allowed, field.valueRef)
    const appearance = now.dictAt(field.dict, 'AP')
    if (appearance) allowNew(signed, now, appearance, allowed, 0)
  }
  return true
}

/** Pages may only have got new signature fields among their annotations. */
function pagesHold(signed: PdfReader, now: PdfReader, allowed: Set<number>): boolean {
  const fields = new Set(signatureFields(now).map((f) => f.ref))
  for (const ref of now.pages()) {
    const [before, after] = [signed.deref(ref), now.deref(ref)]
    if (!(before instanceof PDFDict) || !(after instanceof PDFDict)) return false
    if (!sameBut(before, after, ['Annots'])) return false
    const fresh = added(signed.arrayAt(before, 'Annots'), now.arrayAt(after, 'Annots'))
    if (!fresh?.every((annotation) => fields.has(annotation))) return false
    allow(allowed, ref)
    allowRole(signed, before.get(PDFName.of('Annots')), after.get(PDFName.of('Annots')), allowed)
  }
  return true
}

/** New material in the store. A stream that was there before may not change, whoever else uses it. */
function allowStore(signed: PdfReader, now: PdfReader, allowed: Set<number>): void {
  const store = now.dictAt(now.catalog, 'DSS')
  const old = signed.dictAt(signed.catalog, 'DSS')
  if (!store) return
  for (const key of store.keys()) allowRole(signed, old?.get(key), store.get(key), allowed)
  for (const value of store.values()) allowNew(signed, now, value, allowed, 0)
}

/** Signing programs put the time of the change into the information dictionary and into the XMP packet. */
function allowMetadata(signed: PdfReader, now: PdfReader, allowed: Set<number>): void {
  const [before, after] = [signed.dictAt(signed.xref.trailer, 'Info'), now.dictAt(now.xref.trailer, 'Info')]
  const info = now.xref.trailer.get(PDFName.of('Info'))
  if (before && after && sameBut(before, after, ['ModDate'])) allowRole(signed, signed.xref.trailer.get(PDFName.of('Info')), info, allowed)
  const metadata = now.catalog.get(PDFName.of('Metadata'))
  const xmp = now.deref(metadata)
  if (xmp instanceof PDFRawStream && xmp.dict.get(PDFName.of('Subtype')) === PDFName.of('XML'))
    allowRole(signed, signed.catalog.get(PDFName.of('Metadata')), metadata, allowed)
}

/** What an appearance is made of, so far as it is new. */
function allowNew(signed: PdfReader, now: PdfReader, value: PDFObject, allowed: Set<number>, depth: number): void {
  if (depth > 20) return
  if (value instanceof PDFRef) {
    if (allowed.has(value.objectNumber) || signed.get(value.objectNumber) !== undefined) return
    allow(allowed, value)
  }
  const object = now.deref(value)
  const inner =
    object instanceof PDFRawStream
      ? object.dict.values()
      : object instanceof PDFDict
        ? object.values()
        : object instanceof PDFArray
          ? object.asArray()
          : []
  for (const next of inner) if (next !== value) allowNew(signed, now, next, allowed, depth + 1)
}

/** Object streams and cross-reference streams that are new: what is in them is judged by itself. */
function isPlumbing(signed: PdfReader, now: PdfReader, number: number): boolean {
  const object = now.get(number)
  if (signed.get(number) !== undefined || !(object instanceof PDFRawStream)) return false
  const type = object.dict.get(PDFName.of('Type'))
  return type === PDFName.of('XRef') || type === PDFName.of('ObjStm')
}

function allow(allowed: Set<number>, value: PDFObject | undefined): void {
  if (value instanceof PDFRef) allowed.add(value.objectNumber)
}

/** An object may change in the part that it had before, or come new into it; not an old object into a new part. */
function allowRole(signed: PdfReader, before: PDFObject | undefined, after: PDFObject | undefined, allowed: Set<number>): void {
  if (after instanceof PDFRef && (after === before || signed.get(after.objectNumber) === undefined)) allow(allowed, after)
}

function sameBut(a: PDFDict, b: PDFDict, keys: readonly string[]): boolean {
  const left = (dict: PDFDict) => new Map(dict.entries().filter(([key]) => !keys.some((k) => key === PDFName.of(k))))
  const [before, after] = [left(a), left(b)]
  return before.size === after.size && [...before].every(([key, value]) => sameValue(value, after.get(key)))
}

/** What was added to a list of references; undefined when anything of it was lost. */
function added(before: PDFArray | undefined, after: PDFArray | undefined): PDFRef[] | undefined {
  const [old, all] = [before?.asArray() ?? [], after?.asArray() ?? []]
  if (!old.every((item, i) => sameValue(item, all[i]))) return undefined
  const fresh = all.slice(old.length)
  return fresh.every((item) => item instanceof PDFRef) ? fresh : undefined
}
