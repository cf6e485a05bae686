/** Verification of CMS inside workerd, held against `openssl cms -verify` and against the bare signature verifications of `openssl speed`. */
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decode, vectors } from '../signing/cms/vectors.ts'
import { PEOPLE } from './signers.ts'
import { startWorkerd } from './workerd.ts'

const run = promisify(execFile)
const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN

/** What `run.ts` has for its parts. */
interface Tools {
  directory: string
  report: (what: string, value: number, unit: string, bound: { most?: number; least?: number }, detail?: string) => void
}

/** Milliseconds of one bare verification, by the processor's clock. */
async function bare(): Promise<Record<string, number>> {
  const { stdout } = await run('openssl', ['speed', '-mr', '-seconds', '2', 'rsa2048', 'ecdsap256'])
  // +F2:index:bits:signed a second:verified a second for RSA, +F4 for ECDSA.
  const of = (mark: string) => 1000 / Number(new RegExp(`^\\+${mark}:\\d+:\\d+:[^:]+:([\\d.e-]+)`, 'm').exec(stdout)?.[1])
  return { 'RSA 2048': of('F2'), 'ECDSA P-256': of('F4') }
}

/** Milliseconds of `openssl cms -verify`, a process for each signature. */
async function cmsVerify(directory: string): Promise<number> {
  const files = { cms: join(directory, 'ecdsa.p7s'), content: join(directory, 'content'), root: join(directory, 'root.pem') }
  writeFileSync(files.cms, decode(vectors.ecdsa))
  writeFileSync(files.content, 'Qoltanba')
  writeFileSync(files.root, `-----BEGIN CERTIFICATE-----\n${vectors.root.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`)
  const input = ['-inform', 'DER', '-in', files.cms, '-content', files.content, '-CAfile', files.root]
  const times: number[] = []
  for (let i = 0; i < 21; i++) {
    const began = performance.now()
    await run('openssl', ['cms', '-verify', '-cades', '-binary', ...input, '-purpose', 'any', '-out', join(directory, 'out')])
    times.push(performance.now() - began)
  }
  return median(times)
}

/** A signature of somebody new is two bare verifications at least: its own, and that of its certificate. */
const BARE = 2
const KINDS = ['RSA 2048', 'ECDSA P-256'] as const
const TURNS = 5
const ROUNDS = 15
/** The compiler works beside the first ones, and its time is of the same process. */
const WARM = 60

export async function verification({ directory, report }: Tools): Promise<void> {
  const ours = new Map<string, number[]>()
  const theirs: Record<string, number>[] = []
  const worker = await startWorkerd('test/bench/cms-worker.ts', directory)
  try {
    // By turns, so that whatever else the machine does meets both alike.
    for (let turn = 0; turn < TURNS; turn++) {
      theirs.push(await bare())
      for (const kind of KINDS) {
        for (const query of [`kind=${kind}`, `kind=${kind}&same`]) {
          if (turn === 0) for (let i = 0; i < WARM; i++) await worker.ask(query)
          const times = ours.get(query) ?? []
          ours.set(query, times)
          for (let i = 0; i < ROUNDS; i++) {
            const before = worker.processorMs()
            await worker.ask(query)
            times.push((worker.processorMs() - before) / PEOPLE)
          }
        }
      }
    }
  } finally {
    await worker.stop()
  }
  const process = await cmsVerify(directory)
  // Other work on the machine only adds to what is measured.
  const lowest = (query: string) => Math.min(...(ours.get(query) ?? []))
  const micro = (ms: number) => `${(ms * 1000).toFixed(0)} µs`
  for (const kind of KINDS) {
    const [other, same] = [lowest(`kind=${kind}`), lowest(`kind=${kind}&same`)]
    const raw = Math.min(...theirs.map((t) => t[kind] ?? Number.NaN)) * BARE
    const detail = `${micro(other)} against ${micro(raw)}, ${(1000 / other).toFixed(0)} a second; ${micro(same)} for more of one signer, ${(1000 / same).toFixed(0)} a second`
    report(`CMS verification in workerd, ${kind}, times its two verifications by openssl speed`, other / raw, 'times', { most: 4 }, detail)
    const faster = `${process.toFixed(1)} ms a process`
    report(`CMS verification in workerd, ${kind}, times faster than openssl cms -verify`, process / other, 'times', { least: 3 }, faster)
  }
}
