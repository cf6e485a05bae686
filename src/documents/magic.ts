// What a file is by its first bytes, whatever it is called.

const startsWith = (bytes: Uint8Array, ...magic: number[]) => magic.every((b, i) => bytes[i] === b)

/** A ZIP archive, which every DOCX is. */
export const looksLikeZip = (bytes: Uint8Array) => startsWith(bytes, 0x50, 0x4b, 0x03, 0x04)

/** A compound file: an old .doc, or a DOCX behind a password. */
export const looksLikeOle = (bytes: Uint8Array) => startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)

/** A PDF: its header may stand anywhere within the first kilobyte, as readers accept it (ISO 32000-1, appendix H). */
export const looksLikePdf = (bytes: Uint8Array) => String.fromCharCode(...bytes.subarray(0, 1024)).includes('%PDF-')
