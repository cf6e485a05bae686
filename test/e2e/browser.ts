/** A real Chromium on the pages of the service under test, and what every page must hold to. */
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { baseUrl } from './service.ts'

const SHOTS = join(tmpdir(), 'qoltanba-shots')
const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
    ' ',
  )
/** The only other party that a page may talk to: a program on the person's own machine. */
const NCALAYER = 'wss://127.0.0.1:13579/'

export const launch = (...flags: string[]): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...flags] })

export interface Visit {
  page: Page
  /** What no page may do: errors, warnings, requests elsewhere, sideways scrolling, what axe finds serious. Empty when all is well. */
  problems: string[]
  /** Keeps a picture of the whole page, and looks at it as a screen reader's user and a thumb would. */
  shot: (name: string) => Promise<void>
  /** Waits for a view of the signing page. */
  view: (name: string) => Promise<unknown>
}

let axe: Promise<string> | undefined

interface Violation {
  id: string
  impact: string | null
  nodes: { html: string }[]
}

/** What axe finds that keeps people out. */
export async function barriers(page: Page): Promise<string[]> {
  axe ??= readFile(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8')
  await page.evaluate(await axe)
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(document, { resultTypes: ['violations'] })`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)
}

// as text, since the tests are compiled without the DOM's types
const OVERFLOWS = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
const SMALL = `[...document.querySelectorAll('a, button, textarea, input')].filter((element) => {
  const box = element.getBoundingClientRect()
  const whole = element.matches('[type=checkbox], [type=radio]') ? element.parentElement.getBoundingClientRect() : box
  return box.width > 1 && box.height > 1 && (whole.height < 43.5 || whole.width < 43.5)
}).map((element) => element.outerHTML.slice(0, 120))`

/** Opens a path at the width of a phone (390) or of a desk (1280). */
export async function visit(browser: Browser, path: string, width: number, lang: string): Promise<Visit> {
  const isPhone = width < 500
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    isMobile: isPhone,
    hasTouch: isPhone,
    deviceScaleFactor: isPhone ? 2 : 1,
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(baseUrl()).origin) problems.push(`foreign request: ${request.url()}`)
    const referrer = request.headers().referer
    if (referrer) problems.push(`tells where it comes from: ${referrer}`)
  })
  page.on('websocket', (socket) => {
    if (socket.url() !== NCALAYER) problems.push(`foreign connection: ${socket.url()}`)
  })
  await mkdir(SHOTS, { recursive: true })
  await page.goto(`${baseUrl()}${path}?lang=${lang}`)
  const shot = async (name: string): Promise<void> => {
    if (await page.evaluate(OVERFLOWS)) problems.push(`${name} overflows`)
    await page.screenshot({ path: join(SHOTS, `${lang}-${width}-${name}.png`), fullPage: true })
    problems.push(...(await barriers(page)).map((barrier) => `${name}: ${barrier}`))
    problems.push(...(await page.evaluate<string[]>(SMALL)).map((html) => `${name}: too small to hit: ${html}`))
  }
  return { page, problems, shot, view: async (name) => page.waitForSelector(`#app[data-view=${name}]`, { timeout: 20_000 }) }
}

/** Dark pixels of every page that is drawn now: none is a blank sheet. */
export const inkOfPages = (page: Page): Promise<number[]> =>
  page.evaluate(`[...document.querySelectorAll('canvas')].filter(({ width }) => width > 0).map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  let ink = 0
  for (let i = 0; i < data.length; i += 4) if (data[i] + data[i + 1] + data[i + 2] < 384 && data[i + 3] > 0) ink += 1
  return ink
})`)

/** Goes through all that there is to read, by the bar's button, until it leads on to the next step. */
export async function readToTheEnd(page: Page): Promise<void> {
  // a page's canvas gets its size when it has been drawn
  await page.locator('canvas:not([width="0"])').first().waitFor({ state: 'attached', timeout: 20_000 })
  // found and pressed in one go: what is seen by itself meanwhile turns the button into the one that leads on
  for (let i = 0; i < 60 && (await page.locator('.bar .button.secondary').count()) > 0; i++) {
    await page.evaluate(`document.querySelector('.bar .button.secondary')?.click()`)
    await page.waitForTimeout(500)
  }
}
