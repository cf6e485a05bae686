/** Sealing of PDFs inside workerd, held against poppler's `pdfsig -add-signature` on the same file. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pagesToSeal } from './pages-to-seal.ts'

const run = promisify(execFile)
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

/** What `run.ts` has for its parts. */
interface Tools {
  directory: string
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
  inWorkerd: (file: string, mark: string) => Promise<string[][]>
}

/** A store of NSS with a key in it, as pdfsig wants it. */
async function newStore(directory: string): Promise<string> {
  const [store, noise] = [`sql:${directory}/nss`, join(directory, 'noise')]
  mkdirSync(join(directory, 'nss'))
  writeFileSync(noise, randomBytes(64))
  const certutil = (...args: string[]) =>
    run('certutil', ['-d', store, ...args]).catch((error: unknown) => {
      throw new Error('The bench needs certutil: apt-get install libnss3-tools', { cause: error })
    })
  await certutil('-N', '--empty-password')
  await certutil('-S', '-n', 'seal', '-s', 'CN=Seal', '-x', '-t', ',,', '-k', 'rsa', '-g', '2048', '-z', noise)
  return store
}

export async function sealing({ directory, report, inWorkerd }: Tools): Promise<void> {
  const [store, input, output] = [await newStore(directory), join(directory, 'ten.pdf'), join(directory, 'signed.pdf')]
  writeFileSync(input, await pagesToSeal(10))
  const theirs: number[] = []
  const pdfsig = async () => {
    const began = performance.now()
    await run('pdfsig', [input, output, '-add-signature', '-nick', 'seal', '-nssdir', store, '-digest', 'SHA256'])
    theirs.push(performance.now() - began)
  }
  const ours = new Map<string, number[]>()
  // By turns, so that whatever else the machine does meets both alike.
  for (let turn = 0; turn < 3; turn++) {
    for (let i = 0; i < 5; i++) await pdfsig()
    for (const [what = '', ...times] of await inWorkerd('test/bench/seal.test.ts', 'SEAL')) {
      ours.set(what, [...(ours.get(what) ?? []), ...times.map(Number)])
    }
  }
  const { stdout } = await run('pdfsig', ['-nocert', output])
  if (!stdout.includes('Signature is Valid')) throw new Error('pdfsig made no valid signature')
  // Nothing else happens in the isolate, so that the time of a loop is CPU time; other work on the machine only adds to it.
  for (const [what, times] of ours) {
    const detail = `median ${median(times)} of ${times.length} rounds`
    const most = what.startsWith('stamp') ? 20 : 10
    report(`sealing in workerd, CPU: ${what}, lowest`, Math.min(...times), 'ms', { most }, detail)
  }
  const seal = ours.get('seal, 10 pages') ?? []
  const detail = `${median(theirs).toFixed(0)} ms a process against ${median(seal)} ms; with a time stamp, which pdfsig does not make`
  report('PAdES seal of 10 pages, times faster than pdfsig -add-signature', median(theirs) / median(seal), 'times', { least: 5 }, detail)
}
