/** Which of our four families stands in for a font that a document names. */
export type Family = 'tinos' | 'arimo' | 'cousine' | 'carlito'

/** Fonts with the same advance widths as ours: nothing moves when they are replaced. Names in lower case. */
const EXACT: Record<string, Family> = {
  ...named('tinos', 'times new roman, times, liberation serif, nimbus roman, pt astra serif, xo thames, thorndale, tinos'),
  ...named('arimo', 'arial, helvetica, liberation sans, nimbus sans, albany, xo oriel, arial unicode ms, arimo'),
  ...named('cousine', 'courier new, courier, liberation mono, nimbus mono, cumberland, xo courser, cousine'),
  ...named('carlito', 'calibri, carlito, calibri light'),
}

/** Known fonts that we can only imitate: lines may break elsewhere. */
const ALIKE: Record<string, Family> = {
  ...named(
    'tinos',
    'cambria, georgia, garamond, palatino linotype, book antiqua, bookman old style, century, century schoolbook, constantia',
  ),
  ...named('tinos', 'pt serif, noto serif, dejavu serif, freeserif, caladea, linux libertine, roboto serif, times new roman kz, times kaz'),
  ...named('arimo', 'verdana, tahoma, segoe ui, trebuchet ms, roboto, open sans, pt sans, pt astra sans, noto sans, dejavu sans, ubuntu'),
  ...named(
    'arimo',
    'arial narrow, arial black, century gothic, franklin gothic book, lato, montserrat, inter, microsoft sans serif, freesans',
  ),
  ...named('cousine', 'consolas, lucida console, pt mono, dejavu sans mono, menlo, monaco, freemono, roboto mono'),
  ...named('carlito', 'candara, corbel, aptos, gill sans mt'),
}

function named(family: Family, names: string): Record<string, Family> {
  return Object.fromEntries(names.split(', ').map((name) => [name, family]))
}

export interface FontHints {
  /** Ten bytes in hexadecimal, as `w:panose1` has them. */
  panose?: string
  /** `w:family` of the font table: roman, swiss, modern … */
  family?: string
  altName?: string
}

/**
 * The family that stands in for a font named in a document.
 * @returns `exact` when the advance widths are the same, so that lines break where the author saw them break
 */
export function resolveFamily(name: string, hints: FontHints = {}): { family: Family; exact: boolean } {
  for (const candidate of [name, ...(hints.altName ?? '').split(',')]) {
    const lower = candidate.trim().toLowerCase()
    const exact = Object.hasOwn(EXACT, lower) ? EXACT[lower] : undefined
    if (exact) return { family: exact, exact: true }
    const alike = Object.hasOwn(ALIKE, lower) ? ALIKE[lower] : undefined
    if (alike) return { family: alike, exact: false }
  }
  // PANOSE: byte 1 = 2 is Latin text, byte 2 = 11…15 sans serif, byte 4 = 9 monospaced.
  const [kind, serif, , proportion] = (hints.panose?.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))
  if (kind === 2 && proportion === 9) return { family: 'cousine', exact: false }
  if (kind === 2 && serif !== undefined && serif >= 11 && serif <= 15) return { family: 'arimo', exact: false }
  if (kind === 2 && serif !== undefined && serif >= 2) return { family: 'tinos', exact: false }
  if (hints.family === 'swiss') return { family: 'arimo', exact: false }
  if (hints.family === 'modern') return { family: 'cousine', exact: false }
  return { family: /sans|gothic|grotesk/i.test(name) ? 'arimo' : 'tinos', exact: false }
}
