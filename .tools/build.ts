/** What has to be made before the Worker can start: fonts, the pages' assets, the API document and its reference. `npm run build`. */
import { build, type Plugin } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildFonts } from './fonts.ts'
import { environment } from './local.ts'
import { buildSignPage } from './sign-page.ts'

const root = join(import.meta.dirname, '..')
const out = join(root, '.build')
const assets = join(out, 'assets')

/** Runtime-only modules, out of the way of reading the specs in Node. */
const runtimeStub: Plugin = {
  name: 'runtime-stub',
  setup(b) {
    b.onResolve({ filter: /^cloudflare:/ }, ({ path }) => ({ path, namespace: 'stub' }))
    b.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: 'export class DurableObject {}' }))
  },
}

async function buildApiDocument(): Promise<void> {
  const bundle = join(out, 'openapi.mjs')
  await build({
    entryPoints: [join(root, 'src/http/openapi.ts')],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    loader: { '.ttf': 'empty' },
    plugins: [runtimeStub],
    packages: 'external',
    external: ['../../.build/*'],
  })
  const { openApiDocument } = (await import(pathToFileURL(bundle).href)) as { openApiDocument: () => Promise<object> }
  await writeFile(join(assets, 'openapi.json'), `${JSON.stringify(await openApiDocument())}\n`)
}

/** What wrangler.toml puts in the place of Node's modules: the same, asked for when it is needed. */
async function buildNodeModules(): Promise<void> {
  const directory = join(out, 'node')
  await mkdir(directory, { recursive: true })
  const toml = await readFile(join(root, 'wrangler.toml'), 'utf8')
  for (const [, name = ''] of toml.matchAll(/^"node:(\w+)" = /gm))
    await writeFile(join(directory, `${name}.cjs`), `module.exports = process.getBuiltinModule('node:${name}')\n`)
}

const DOCS = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Qoltanba API</title><link rel="icon" href="/sign/icon.svg" type="image/svg+xml"></head>
<body><div id="app"></div><script src="/docs/scalar.js"></script><script src="/docs/start.js"></script></body>
</html>
`
const DOCS_START = `Scalar.createApiReference('#app', { url: '/openapi.json', withDefaultFonts: false, telemetry: false, agent: { disabled: true }, mcp: { disabled: true }, showDeveloperTools: 'never', hideClientButton: true })\n`

/** Headers of what is served without the Worker. */
const HEADERS = `/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
/openapi.json
  Access-Control-Allow-Origin: *
/docs*
  Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
/sign/*
  Cache-Control: public, max-age=3600
`

async function buildDocs(): Promise<void> {
  await mkdir(join(assets, 'docs'), { recursive: true })
  await cp(join(root, 'node_modules/@scalar/api-reference/dist/browser/standalone.js'), join(assets, 'docs/scalar.js'))
  // Beside its folder, so that /docs itself answers; an index within would redirect there.
  await writeFile(join(assets, 'docs.html'), DOCS)
  await rm(join(assets, 'docs/index.html'), { force: true })
  await writeFile(join(assets, 'docs/start.js'), DOCS_START)
  await writeFile(join(assets, '_headers'), HEADERS)
}

export async function buildAll(): Promise<void> {
  await mkdir(assets, { recursive: true })
  await buildFonts()
  await Promise.all([buildSignPage(assets), buildDocs(), buildApiDocument(), buildNodeModules()])
  execFileSync(join(root, 'node_modules/.bin/wrangler'), ['types', '.build/worker-configuration.d.ts'], {
    cwd: root,
    stdio: 'ignore',
    env: environment,
  })
}

if (import.meta.main) await buildAll()
