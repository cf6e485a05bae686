import { AppError } from '../../http/errors.ts'
import { looksLikeOle, looksLikeZip } from '../magic.ts'
import { unzip } from './unzip.ts'
import { checkXml } from './xml-check.ts'

/** A Word document whose container and XML have been checked: nothing in it needs to be distrusted as ZIP or XML again. */
export interface DocxParts {
  /** Name of the main document part, usually `word/document.xml`. */
  main: string
  /** Every part's unpacked bytes by its name, in the order of the archive: `word/styles.xml`, `word/media/image1.png`, … */
  parts: Map<string, Uint8Array>
}

const CONTENT_TYPES = '[Content_Types].xml'
const RELATIONS = '_rels/.rels'
const WORD_NAMESPACES = ['http://schemas.openxmlformats.org/wordprocessingml/2006/main', 'http://purl.oclc.org/ooxml/wordprocessingml/main']

const bad = (message: string) => new AppError('bad_file', message)

/**
 * Opens a DOCX (ECMA-376 part 2 container, WordprocessingML inside) that comes from a stranger.
 *
 * Everything that later reads the document reads these parts and never the archive again, so what was checked is what is used.
 * Refused: what is not a DOCX whatever its name says, bombs, damaged or ambiguous archives, macros, malformed XML, document type
 * declarations. Custom XML data is carried along unread, hence unchecked.
 *
 * @throws AppError `bad_file` with a reason that may be shown to whoever sent the file
 */
export function openDocx(bytes: Uint8Array): DocxParts {
  if (looksLikeOle(bytes)) throw bad('This is an old .doc file or a document with a password. Save it as .docx without a password.')
  if (!looksLikeZip(bytes)) throw bad('This is not a Word document (.docx).')
  const parts = unzip(bytes)
  refuseOtherKinds(parts)
  const mainName = findMain(parts)
  for (const [name, part] of parts) {
    if (!/\.(xml|rels)$/i.test(name) || /^customxml\//i.test(name) || name === CONTENT_TYPES || name === RELATIONS) continue
    const { root, namespace } = checkXml(name, part)
    if (name === mainName && (root !== 'document' || !WORD_NAMESPACES.includes(namespace)))
      throw bad('This is not a Word document (.docx).')
  }
  return { main: mainName, parts }
}

/** A part as text; undefined when there is none. Only for XML parts, which were found to be UTF-8. */
export function partText({ parts }: DocxParts, name: string): string | undefined {
  const part = parts.get(name)
  return part && new TextDecoder().decode(part)
}

function refuseOtherKinds(parts: Map<string, Uint8Array>): void {
  const names = [...parts.keys()].map((n) => n.toLowerCase())
  if (names.includes('mimetype')) throw bad('This is an OpenDocument or EPUB file. Save it as .docx.')
  if (names.some((n) => /(^|\/)(vbaproject\.bin|vbadata\.xml)$/.test(n)))
    throw bad('The document contains macros. Save it as .docx without macros.')
  if (!names.includes(CONTENT_TYPES.toLowerCase())) throw bad('This is a ZIP archive but not a Word document (.docx).')
}

/** The main part by the package's relationships and its content type; ECMA-376 part 2, 9.3 and 10.1.2. */
function findMain(parts: Map<string, Uint8Array>): string {
  const contentTypes = parts.get(CONTENT_TYPES)
  const relations = parts.get(RELATIONS)
  if (!contentTypes || !relations) throw bad('This is a ZIP archive but not a Word document (.docx).')

  const targets: string[] = []
  checkXml(RELATIONS, relations, (local, _ns, at) => {
    const internal = at['TargetMode']?.toLowerCase() !== 'external'
    if (local === 'Relationship' && internal && at['Type']?.endsWith('/officeDocument') && at['Target']) targets.push(at['Target'])
  })
  const target = targets[0]?.replace(/^\//, '')

  const types: string[] = []
  let mainType: string | undefined
  checkXml(CONTENT_TYPES, contentTypes, (local, _ns, at) => {
    const type = at['ContentType']?.toLowerCase()
    if ((local !== 'Override' && local !== 'Default') || type === undefined) return
    types.push(type)
    if (local === 'Override' && at['PartName']?.toLowerCase() === `/${target}`.toLowerCase()) mainType = type
    else if (local === 'Default' && target?.toLowerCase().endsWith(`.${at['Extension']?.toLowerCase()}`)) mainType ??= type
  })
  if (types.some((t) => t.includes('macroenabled') || t.includes('vbaproject'))) {
    throw bad('The document contains macros. Save it as .docx without macros.')
  }
  if (mainType?.includes('spreadsheetml')) throw bad('This is a spreadsheet, not a Word document (.docx).')
  if (mainType?.includes('presentationml')) throw bad('This is a presentation, not a Word document (.docx).')
  const isWord = /wordprocessingml\.(document|template)\.main\+xml$/.test(mainType ?? '')
  if (targets.length !== 1 || target === undefined || !isWord || !parts.has(target)) {
    throw bad('This is not a Word document (.docx): its main part is missing.')
  }
  return target
}
