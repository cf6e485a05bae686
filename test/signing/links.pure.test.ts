import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isGone, makeToken, readToken, reminderToken } from '../../src/signing/links.ts'
import type { Link } from '../../src/signing/model.ts'
import type { Settings } from '../../src/env.ts'
import { at } from './package-kit.ts'

const PACKAGE = '0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6e'
const settings = { APP_SECRET: 'c2VjcmV0' } as Settings

describe('a token', () => {
  it('is 64 characters of base64url: the package, and 256 bits that nobody can guess', () => {
    const tokens = Array.from({ length: 200 }, () => makeToken(PACKAGE))
    expect(new Set(tokens).size).toBe(200)
    for (const token of tokens) {
      expect(token).toMatch(/^[\w-]{64}$/)
      expect(readToken(token)?.packageId).toBe(PACKAGE)
    }
    const secrets = tokens.map((token) => Buffer.from(token, 'base64url').subarray(16))
    expect(secrets.every((s) => s.length === 32)).toBe(true)
    // Every bit of it moves.
    for (let i = 0; i < 32; i++) {
      const [all, none] = [secrets.reduce((v, s) => v & (s[i] ?? 0), 255), secrets.reduce((v, s) => v | (s[i] ?? 0), 0)]
      expect([all, none]).toEqual([0, 255])
    }
  })

  it('is kept as its SHA-256', () => {
    const token = makeToken(PACKAGE)
    expect(readToken(token)?.tokenHash).toBe(createHash('sha256').update(token).digest('hex'))
  })

  it('is made of an id and a secret of their sizes, of nothing else', () => {
    for (const id of ['', 'x', PACKAGE.slice(2), `${PACKAGE}00`]) expect(() => makeToken(id), id).toThrow(TypeError)
    expect(() => makeToken(PACKAGE, new Uint8Array(16))).toThrow(TypeError)
  })

  it.each([
    '',
    'x'.repeat(43),
    'x'.repeat(63),
    'x'.repeat(65),
    `${'x'.repeat(63)}+`,
    `${'x'.repeat(63)}=`,
    `${'x'.repeat(63)}/`,
    `${'x'.repeat(63)}ы`,
    ` ${'x'.repeat(63)}`,
    PACKAGE,
  ])('%s is none', (text) => expect(readToken(text)).toBeUndefined())
})

describe('a reminder’s token', () => {
  const token = (packageId = PACKAGE, participant = 'a', when = at(0).now, s = settings) => reminderToken(s, packageId, participant, when)

  it('is the same each time that the reminder is sent', async () => {
    expect(await token()).toBe(await token())
    expect(readToken(await token())?.packageId).toBe(PACKAGE)
  })

  it('is another for another package, participant, reminder or service', async () => {
    const others = [
      token(),
      token('0192f0c1-7d3a-7b1e-9c55-3f1a2b4c5d6f'),
      token(PACKAGE, 'b'),
      token(PACKAGE, 'a', at(1).now),
      token(PACKAGE, 'a', at(0).now, { APP_SECRET: 'b3RoZXI=' } as Settings),
    ]
    const secrets = (await Promise.all(others)).map((t) => t.slice(22))
    expect(new Set(secrets).size).toBe(secrets.length)
  })
})

describe('a link', () => {
  const link = (more: Partial<Link> = {}): Link => ({
    id: 'l',
    participantId: 'a',
    tokenHash: 'h',
    createdAt: at(0).now,
    expiresAt: at(60).now,
    revokedAt: null,
    openedAt: null,
    ...more,
  })
  const open = { status: 'in_progress' } as const

  it.each([
    ['before it expires', link(), open, 59, false],
    ['at its last moment', link(), open, 60, true],
    ['withdrawn', link({ revokedAt: at(1).now }), open, 2, true],
    ['of a withdrawn package', link(), { status: 'revoked' } as const, 2, true],
    // What was signed, refused or has expired can still be looked at.
    ['of a signed package', link(), { status: 'signed' } as const, 2, false],
    ['of a declined package', link(), { status: 'declined' } as const, 2, false],
    ['of an expired package', link(), { status: 'expired' } as const, 2, false],
  ])('%s', (_, l, state, seconds, gone) => expect(isGone(l, state, at(seconds).now)).toBe(gone))
})
