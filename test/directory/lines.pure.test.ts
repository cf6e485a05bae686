import { describe, expect, it } from 'vitest'
import { MAX_IMPORT, MAX_LINE, readLines } from '../../src/directory/import/lines.ts'

const encoder = new TextEncoder()
async function* streamOf(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}
async function linesOf(...chunks: (string | Uint8Array)[]) {
  const lines: [number, string | undefined][] = []
  for await (const { number, bytes } of readLines(streamOf(...chunks))) lines.push([number, bytes && new TextDecoder().decode(bytes)])
  return lines
}

describe('lines of a stream', () => {
  it('are the same however it is cut', async () => {
    const text = 'первая\n\nтретья\r\nпоследняя'
    const bytes = encoder.encode(text)
    const whole = await linesOf(text)
    expect(whole.map(([n]) => n)).toEqual([1, 3, 4])
    for (const size of [1, 2, 3, 7]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size))
      expect(await linesOf(...cut)).toEqual(whole)
    }
    expect(await linesOf('a\n')).toEqual([[1, 'a']])
    expect(await linesOf()).toEqual([])
  })

  it('hold no more than the longest that is taken', async () => {
    const longest = 'x'.repeat(MAX_LINE)
    expect(await linesOf(longest, '\n', longest, 'x\nнет\n', ...Array.from({ length: 50 }, () => longest), '\nда')).toEqual([
      [1, longest],
      [2, undefined],
      [3, 'нет'],
      [4, undefined],
      [5, 'да'],
    ])
  })

  it('end where the whole is too large, and nothing more is asked of the sender', async () => {
    const part = encoder.encode(`${' '.repeat(1023)}\n`.repeat(1024))
    let sent = 0
    async function* endless() {
      for (;;) {
        sent++
        yield part
      }
    }
    const read = async () => {
      for await (const line of readLines(endless())) if (!line.bytes) throw new Error('no line is too long')
    }
    await expect(read()).rejects.toMatchObject({ code: 'too_large' })
    expect(sent).toBe(MAX_IMPORT / part.length + 1)
  })
})
