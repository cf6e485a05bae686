import { expect, it } from 'vitest'
import { parseSettings } from '../../src/env.ts'
import { makeKeyRing, makeSigningKey } from '../../.tools/local.ts'

const base = {
  ENVIRONMENT: 'development',
  APP_SECRET: 'x'.repeat(43),
  JWT_SIGNING_KEYS: JSON.stringify([makeSigningKey()]),
  KEY_ENCRYPTION_KEYS: JSON.stringify(makeKeyRing()),
}
const read = (more: Record<string, string>) => parseSettings({ ...base, ...more })

it('feeds are web addresses, with the day in them or without, or off as in development', () => {
  expect(read({})).toMatchObject({ RATES_KZ_URL: 'off', RATES_RU_URL: 'off', RATES_MARGIN: 20, NEWS_FEEDS: [] })
  expect(read({ RATES_KZ_URL: 'https://bank.example/rates?d={date}' }).RATES_KZ_URL).toBe('https://bank.example/rates?d={date}')
  for (const url of ['ftp://bank.example', 'javascript:alert(1)', 'bank.example', 'file:///etc/passwd'])
    expect(() => read({ RATES_KZ_URL: url }), url).toThrow(/RATES_KZ_URL/)
})

it('news feeds have a name and an address', () => {
  const feeds = [{ name: 'Forbes.kz', url: 'https://news.example/rss' }]
  expect(read({ NEWS_FEEDS: JSON.stringify(feeds) }).NEWS_FEEDS).toEqual(feeds)
  for (const bad of [
    'https://news.example/rss',
    '[{"name":"x"}]',
    '[{"name":"","url":"https://news.example"}]',
    '[{"name":"x","url":"ftp://x"}]',
  ])
    expect(() => read({ NEWS_FEEDS: bad }), bad).toThrow(/NEWS_FEEDS/)
})
