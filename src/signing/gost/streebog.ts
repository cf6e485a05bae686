// GOST R 34.11-2012 "Streebog" (RFC 6986). Numbers are held little-endian, two 32-bit words to each 64 bits.
import { type StreebogTables, streebogTables } from './streebog-tables.ts'

const BLOCK = 64

/** One 512-bit number that can be looked at as words or as bytes. */
function register(): { words: Uint32Array; bytes: Uint8Array } {
  const words = new Uint32Array(16)
  return { words, bytes: new Uint8Array(words.buffer) }
}

/** out ← L(P(S(a ⊕ b))), section 7: one lookup for each byte of the transposed state. `scratch` holds the sum meanwhile. */
function mix(
  out: Uint32Array,
  a: Uint32Array,
  b: Uint32Array,
  scratch: { words: Uint32Array; bytes: Uint8Array },
  t: StreebogTables,
): void {
  const { words, bytes } = scratch
  for (let i = 0; i < 16; i++) words[i] = (a[i] as number) ^ (b[i] as number)
  const { low, high } = t
  for (let i = 0; i < 8; i++) {
    const b0 = bytes[i] as number
    const b1 = 256 + (bytes[8 + i] as number)
    const b2 = 512 + (bytes[16 + i] as number)
    const b3 = 768 + (bytes[24 + i] as number)
    const b4 = 1024 + (bytes[32 + i] as number)
    const b5 = 1280 + (bytes[40 + i] as number)
    const b6 = 1536 + (bytes[48 + i] as number)
    const b7 = 1792 + (bytes[56 + i] as number)
    out[i * 2] =
      (low[b0] as number) ^
      (low[b1] as number) ^
      (low[b2] as number) ^
      (low[b3] as number) ^
      (low[b4] as number) ^
      (low[b5] as number) ^
      (low[b6] as number) ^
      (low[b7] as number)
    out[i * 2 + 1] =
      (high[b0] as number) ^
      (high[b1] as number) ^
      (high[b2] as number) ^
      (high[b3] as number) ^
      (high[b4] as number) ^
      (high[b5] as number) ^
      (high[b6] as number) ^
      (high[b7] as number)
  }
}

/** sum ← sum + addend mod 2^512. */
function add(sum: Uint32Array, addend: Uint32Array): void {
  let carry = 0
  for (let i = 0; i < 16; i++) {
    const total = (sum[i] as number) + (addend[i] as number) + carry
    sum[i] = total
    carry = total > 0xffffffff ? 1 : 0
  }
}

/**
 * The Streebog hash of `data`: 64 bytes, or 32 for `bits` 256. The bytes stand as implementations and signatures write them
 * (the standard prints its examples the other way round).
 */
export function streebog(data: Uint8Array, bits: 256 | 512): Uint8Array {
  const tables = streebogTables()
  const hash = register()
  if (bits === 256) hash.bytes.fill(1)
  const count = new Uint32Array(16)
  const total = new Uint32Array(16)
  const zero = new Uint32Array(16)
  const step = new Uint32Array(16)
  const scratch = register()
  const key = new Uint32Array(16)
  const state = new Uint32Array(16)
  const block = register()

  /** The compression function g_N(h, m), section 8. */
  const compress = (n: Uint32Array, m: Uint32Array): void => {
    mix(key, hash.words, n, scratch, tables)
    state.set(m)
    for (const round of tables.rounds) {
      mix(state, state, key, scratch, tables)
      mix(key, key, round, scratch, tables)
    }
    for (let i = 0; i < 16; i++) {
      hash.words[i] = (hash.words[i] as number) ^ (state[i] as number) ^ (key[i] as number) ^ (m[i] as number)
    }
  }
  const absorb = (length: number): void => {
    compress(count, block.words)
    step[0] = length * 8
    add(count, step)
    add(total, block.words)
  }

  let at = 0
  for (; at + BLOCK <= data.length; at += BLOCK) {
    block.bytes.set(data.subarray(at, at + BLOCK))
    absorb(BLOCK)
  }
  const rest = data.subarray(at)
  block.bytes.fill(0)
  block.bytes.set(rest)
  block.bytes[rest.length] = 1
  absorb(rest.length)
  compress(zero, count)
  compress(zero, total)
  return hash.bytes.slice(bits === 256 ? 32 : 0)
}
