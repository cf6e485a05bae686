import { looksLikeOle, looksLikePdf, looksLikeZip } from '../../documents/magic.ts'
import { readPicture } from '../../documents/picture.ts'

const OPEN_XML: Record<string, string> = {
  'word/': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'xl/': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'ppt/': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}
const OLD_OFFICE: Record<string, string> = {
  doc: 'application/msword',
  xls: 'application/vnd.ms-excel',
  ppt: 'application/vnd.ms-powerpoint',
}

const latin = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

/** What an archive of an office program says it is: the first entry of OpenDocument, the folder of Office Open XML in the directory at its end. */
function officeMime(bytes: Uint8Array): string | undefined {
  const open = /^mimetype(application\/vnd\.oasis\.opendocument\.[a-z]+)/.exec(latin(bytes.subarray(30, 130)))?.[1]
  if (open) return open
  const directory = latin(bytes.subarray(-65_536))
  if (!directory.includes('[Content_Types].xml')) return undefined
  return Object.entries(OPEN_XML).find(([folder]) => directory.includes(folder))?.[1]
}

/**
 * What a receipt or a report is by its bytes: a PDF, a picture, a document of an office program. Undefined for anything else, programs and pages among them.
 * Of old office documents, which look all alike, the name says which.
 */
export function receiptMime(bytes: Uint8Array, name: string): string | undefined {
  if (looksLikePdf(bytes)) return 'application/pdf'
  if (looksLikeZip(bytes)) return officeMime(bytes)
  if (looksLikeOle(bytes)) return OLD_OFFICE[name.split('.').at(-1)?.toLowerCase() ?? '']
  return readPicture(bytes)?.mime
}
