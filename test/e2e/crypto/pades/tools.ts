// PDFs to sign, made by this library and by other people's tools, and what those tools say of the result.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PDFDocument, StandardFonts } from 'pdf-lib'

export class Bench {
  readonly dir = mkdtempSync(join(tmpdir(), 'pades-'))
  #count = 0

  close(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  path(name: string): string {
    return join(this.dir, name)
  }

  /** Writes bytes to a file of their own. */
  file(bytes: Uint8Array | string, suffix = 'bin'): string {
    const path = this.path(`${this.#count++}.${suffix}`)
    writeFileSync(path, bytes)
    return path
  }

  run(command: string, ...args: string[]): string {
    return execFileSync(command, args, {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: this.dir },
    }).toString()
  }

  /** What a tool says, whatever its exit code. */
  say(command: string, ...args: string[]): string {
    const { stdout, stderr } = spawnSync(command, args, { cwd: this.dir, env: { ...process.env, HOME: this.dir } })
    return `${String(stdout)}${String(stderr)}`
  }

  /** A key and a self-signed certificate, made by openssl. */
  signer(name: string): { sign: (data: Uint8Array) => Promise<Uint8Array>; pem: string; der: Uint8Array } {
    const [key, pem, der] = [this.path(`${name}.key`), this.path(`${name}.pem`), this.path(`${name}.der`)]
    this.run(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      pem,
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
    )
    this.run('openssl', 'x509', '-in', pem, '-outform', 'DER', '-out', der)
    const sign = (data: Uint8Array) => {
      const out = this.path('cms')
      this.run(
        'openssl',
        'cms',
        '-sign',
        '-binary',
        '-cades',
        '-in',
        this.file(data),
        '-signer',
        pem,
        '-inkey',
        key,
        '-outform',
        'DER',
        '-md',
        'sha256',
        '-out',
        out,
      )
      return Promise.resolve(new Uint8Array(readFileSync(out)))
    }
    return { sign, pem, der: new Uint8Array(readFileSync(der)) }
  }

  /** Whether openssl accepts a detached CMS over these bytes, by this certificate. */
  accepts(cms: Uint8Array, covered: Uint8Array, pem: string): boolean {
    const args = [
      '-verify',
      '-cades',
      '-binary',
      '-purpose',
      'any',
      '-inform',
      'DER',
      '-in',
      this.file(cms),
      '-content',
      this.file(covered),
    ]
    return this.say('openssl', 'cms', ...args, '-CAfile', pem, '-out', '/dev/null').includes('CAdES Verification successful')
  }

  /** qpdf's version of a file. */
  qpdf(bytes: Uint8Array, ...flags: string[]): Uint8Array {
    const out = this.path('qpdf.pdf')
    this.run('qpdf', ...flags, this.file(bytes, 'pdf'), out)
    return new Uint8Array(readFileSync(out))
  }

  qpdfCheck(bytes: Uint8Array): string {
    return this.say('qpdf', '--check', this.file(bytes, 'pdf'))
  }

  /** pdfsig's word on each signature, oldest field first. */
  pdfsig(bytes: Uint8Array): { validation: string; total: boolean }[] {
    const said = this.say('pdfsig', '-nocert', this.file(bytes, 'pdf'))
    return said
      .split(/^Signature #/m)
      .slice(1)
      .map((part) => ({ validation: /Signature Validation: (.*)/.exec(part)?.[1] ?? '', total: part.includes('Total document signed') }))
  }
}

export const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** A plain document of `count` pages; a table or a stream at its end. */
export async function plainPdf(count: number, useObjectStreams: boolean): Promise<Uint8Array> {
  const doc = await PDFDocument.create()
  const font = await doc.embedFont(StandardFonts.Helvetica)
  for (let i = 0; i < count; i++) doc.addPage([595, 842]).drawText(`Page ${i + 1}`, { x: 50, y: 780, font, size: 14 })
  return doc.save({ useObjectStreams })
}

/** Whether one file begins with the other. */
export const isPrefix = (before: Uint8Array, after: Uint8Array) =>
  after.length > before.length && Buffer.compare(before, after.subarray(0, before.length)) === 0

/** Bytes with a text replaced by one of equal length, the first time it stands there from `from`. */
export function altered(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from, 0, 'latin1')
  if (at < 0 || from.length !== to.length) throw new Error(`no ${from} to alter`)
  const out = new Uint8Array(bytes)
  out.set(Buffer.from(to, 'latin1'), at)
  return out
}

/** A PDF of these objects, by number from 1 (the catalog), with a table. */
export function pdf(objects: (string | Uint8Array)[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from(`%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n`, 'latin1')]
  const offsets: number[] = []
  let size = parts[0]?.length ?? 0
  const put = (part: Buffer) => {
    parts.push(part)
    size += part.length
  }
  for (const [i, object] of objects.entries()) {
    offsets.push(size)
    put(Buffer.concat([Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object as string, 'latin1'), Buffer.from('\nendobj\n')]))
  }
  const start = size
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  put(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer}>>\nstartxref\n${start}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}
export const CATALOG = '<< /Type /Catalog /Pages 2 0 R >>'
export const PAGES = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'
export const PAGE = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>'
export const form = (fields: string) => CATALOG.replace('>>', `/AcroForm << /Fields [${fields}] >> >>`)
