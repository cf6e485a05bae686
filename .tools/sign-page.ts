/**
 * Builds what the signing page and the check page load: `node .tools/sign-page.ts` puts it into .build/assets/sign/, served at /sign/.
 * pdf.js goes next to it, so that the pages ask no other host for anything.
 */
import { build } from 'esbuild'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const client = join(root, 'src/signing/page/client')
const pdfjs = join(root, 'node_modules/pdfjs-dist')

/** Each is whole in itself: a script that a browser still keeps must not ask for a part that the next version has under another name. */
const ENTRIES = ['sign.ts', 'package.ts', 'keys/ncalayer.ts', 'keys/cryptopro.ts', 'verify.ts', 'sign.css']

/** Writes the scripts, sign.css, icon.svg and pdf.js with its fonts and character maps into `<outDir>/sign/`. */
export async function buildSignPage(outDir: string): Promise<void> {
  const out = join(outDir, 'sign')
  await mkdir(join(out, 'wasm'), { recursive: true })
  await build({
    entryPoints: ENTRIES.map((file) => join(client, file)),
    outdir: out,
    entryNames: '[name]',
    bundle: true,
    minify: true,
    format: 'esm',
    // pdf.js asks for about the same browsers
    target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    tsconfig: join(client, 'tsconfig.json'),
  })
  const copies: [from: string, to: string][] = [
    [join(client, 'icon.svg'), 'icon.svg'],
    [join(pdfjs, 'legacy/build/pdf.min.mjs'), 'pdf.min.mjs'],
    [join(pdfjs, 'legacy/build/pdf.worker.min.mjs'), 'pdf.worker.min.mjs'],
    [join(pdfjs, 'cmaps'), 'cmaps'],
    [join(pdfjs, 'standard_fonts'), 'standard_fonts'],
    // the script that stands in for WebAssembly, which the page's policy forbids
    [join(pdfjs, 'wasm/openjpeg_nowasm_fallback.js'), 'wasm/openjpeg_nowasm_fallback.js'],
    [join(pdfjs, 'LICENSE'), 'pdfjs.LICENSE.txt'],
  ]
  for (const [from, to] of copies) await cp(from, join(out, to), { recursive: true })
}

if (import.meta.filename === process.argv[1]) {
  await buildSignPage(join(root, '.build/assets'))
}
