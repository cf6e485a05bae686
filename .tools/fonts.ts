/** Makes the subset TrueType faces in `.build/fonts/` that the Worker carries. Run directly, or through `.tools/build.ts`. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

interface Subset {
  default: (font: Buffer, text: string, options: Record<string, unknown>) => Promise<Buffer>
}

const root = join(import.meta.dirname, '..')
// A variable, because the package has no types.
const subsetter: string = 'subset-font'
const outDir = `${root}/.build/fonts`

/** What contracts in Kazakh, Russian and English are written with. Inclusive ranges of code points. */
const TEXT: [number, number][] = [
  [0x20, 0x7e], // Basic Latin
  [0xa0, 0x17f], // Latin-1, Latin Extended-A
  [0x192, 0x192],
  [0x218, 0x21b], // Romanian letters
  [0x2c6, 0x2dd], // spacing accents
  [0x391, 0x3c9], // Greek letters
  [0x400, 0x52f], // Cyrillic and its supplement: every Kazakh letter
  [0x2000, 0x200b], // spaces
  [0x2010, 0x2027], // dashes, quotation marks, bullets, ellipsis
  [0x202f, 0x205f], // narrow no-break space, per mille, primes, guillemets
  [0x2070, 0x209f], // superscripts and subscripts
  [0x20a0, 0x20bf], // currencies: tenge, rouble, euro …
  [0x2113, 0x2116], // litre, numero
  [0x2120, 0x2122], // service mark, trade mark
  [0x2126, 0x2126],
  [0x2150, 0x215e], // fractions
  [0x2190, 0x2195],
  [0x2202, 0x2265], // common mathematics
  [0x25a0, 0x25cf], // squares, circles
]

/** The fallback face: whatever a text face may lack, and the symbols that word processors use as bullets and check boxes. */
const SYMBOLS: [number, number][] = [
  ...TEXT.filter(([from]) => from >= 0x2000),
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x370, 0x3ff], // Greek
  [0x2100, 0x214f],
  [0x2190, 0x21ff],
  [0x2200, 0x22ff],
  [0x2300, 0x2328],
  [0x2460, 0x2473], // circled digits
  [0x2500, 0x257f], // box drawing
  [0x25a0, 0x25ff],
  [0x2600, 0x2667],
  [0x2701, 0x27be], // dingbats: ticks, crosses, arrows
  [0x2a7d, 0x2a7e],
  [0xfffd, 0xfffd],
]

const charactersOf = (ranges: [number, number][]) =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i))).join('')

const STYLES = { regular: '400Regular', italic: '400Regular_Italic', bold: '700Bold', 'bold-italic': '700Bold_Italic' }

/** Output name, source file, ranges: four styles of four metric-compatible families, and the fallback. */
const faces: [string, string, [number, number][]][] = [
  ...['Tinos', 'Arimo', 'Cousine', 'Carlito'].flatMap((family) =>
    Object.entries(STYLES).map(([style, dir]): [string, string, [number, number][]] => {
      const lower = family.toLowerCase()
      return [`${lower}-${style}`, `@expo-google-fonts/${lower}/${dir}/${family}_${dir}.ttf`, TEXT]
    }),
  ),
  ['symbols', 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf', SYMBOLS],
]

const modified = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0

/**
 * Builds every face that is missing or older than its source or this script.
 * @returns the number of faces written
 */
export async function buildFonts(): Promise<number> {
  await mkdir(outDir, { recursive: true })
  const script = await modified(import.meta.filename)
  let written = 0
  for (const [name, specifier, ranges] of faces) {
    const source = `${root}/node_modules/${specifier}`
    const target = `${outDir}/${name}.ttf`
    if ((await modified(target)) > Math.max(script, await modified(source))) continue
    // Loaded only when there is work: it starts a WebAssembly HarfBuzz.
    const { default: subsetFont }: Subset = await import(subsetter)
    const font = await subsetFont(await readFile(source), charactersOf(ranges), {
      targetFormat: 'truetype',
      noHinting: true,
      noLayoutClosure: true,
      keepFeatures: [],
      // Shaping tables are not used: one glyph per character, no kerning, as word processors do by default.
      dropTables: ['GSUB', 'GPOS', 'GDEF', 'kern', 'MATH', 'FFTM', 'STAT', 'gasp', 'DSIG', 'LTSH', 'VDMX', 'hdmx'],
    })
    await writeFile(target, font)
    written++
  }
  return written
}

if (import.meta.main) console.log(`fonts: ${await buildFonts()} written to .build/fonts`)
