import { wait } from '../dom.ts'
import { failed } from './provider.ts'
import type { KeyFailure } from './provider.ts'

/**
 * How the plug-in comes to a page. Its makers' loader (cadesplugin_api.js) is a script of a foreign site, which this page does not load; what follows are its
 * rules. The browser extension answers messages of the page and has a script of its own, nmcades_plugin_api.js, which the page takes from the extension – from
 * this very machine; the page's policy does not apply to what the browser serves from an extension. That script wants a `cadesplugin` to hand its objects to.
 * Where something else has put a complete `cadesplugin` into the page already, that is used as it is.
 */
export interface Plugin {
  CreateObjectAsync: <T>(name: string) => Promise<T>
}

interface Bridge {
  check_chrome_plugin: (ok: () => void, fail: (reason: unknown) => void) => void
}

declare global {
  interface Window {
    cadesplugin?: unknown
    cpcsp_chrome_nmcades?: Bridge
  }
}

const ANSWER_MS = 3000
const START_MS = 20_000
/** The extensions of CryptoPro in the shops of Chrome (new and old) and Opera. */
const EXTENSIONS = ['pfhgbfnnjiafkhfdkmpiflachepdcjod', 'iifchhfnnmpdbibifmljnfjhpififfog', 'epebfcehmdedogndhlcacafjaacknbcm']
const SCRIPT = 'nmcades_plugin_api.js'
/** Firefox and Safari give an extension another address on each machine, and it tells that address. */
const TOLD = /url:((?:moz-extension:\/\/[\w-]+|safari-(?:web-)?extension:\/\/[\w-]+(?:\/\w+)?)\/nmcades_plugin_api\.js)$/

const isPlugin = (value: unknown): value is Plugin =>
  typeof value === 'object' && value !== null && 'CreateObjectAsync' in value && typeof value.CreateObjectAsync === 'function'

/** Asks by a message of the page to itself, which the extension listens to. `undefined` when nobody answers. */
function ask(question: string, answer: RegExp, signal: AbortSignal): Promise<RegExpExecArray | undefined> {
  return new Promise((resolve) => {
    const settle = (found?: RegExpExecArray): void => {
      removeEventListener('message', listen)
      resolve(found)
    }
    function listen({ source, data }: MessageEvent<unknown>): void {
      const found = source === window && typeof data === 'string' ? answer.exec(data) : null
      if (found) settle(found)
    }
    addEventListener('message', listen)
    void wait(ANSWER_MS, signal).then(() => settle())
    postMessage(question, location.origin)
  })
}

async function scriptAddress(signal: AbortSignal): Promise<string | undefined> {
  const loaded = await ask('cadesplugin_echo_request', /^cadesplugin_loaded.*$/s, signal)
  if (!loaded) return undefined
  const told = TOLD.exec(loaded[0] ?? '')?.[1]
  if (told !== undefined) return told
  const named = await ask('cadesplugin_extension_id_request', /^cadesplugin_extension_id_response:([a-p]{32})$/, signal)
  const id = EXTENSIONS.find((known) => known === named?.[1]) ?? (/OPR|YaBrowser/.test(navigator.userAgent) ? EXTENSIONS[2] : EXTENSIONS[1])
  return `chrome-extension://${id}/${SCRIPT}`
}

const loadScript = (src: string): Promise<boolean> =>
  new Promise((resolve) => {
    const script = document.createElement('script')
    script.src = src
    script.addEventListener('load', () => resolve(true))
    script.addEventListener('error', () => resolve(false))
    document.head.append(script)
  })

/** What the extension's script expects of the page: somewhere to put its objects, and a runner of its generators. */
function makeReceiver(): { plugin: () => unknown } {
  let plugin: unknown
  window.cadesplugin = {
    LOG_LEVEL_ERROR: 1,
    LOG_LEVEL_INFO: 2,
    LOG_LEVEL_DEBUG: 4,
    current_log_level: 1,
    set: (object: unknown) => (plugin = object),
    async async_spawn(generate: (args: unknown[]) => Generator<unknown, unknown>, ...args: unknown[]) {
      const steps = generate(args)
      for (let step = steps.next(); ;) {
        if (step.done) return step.value
        try {
          step = steps.next(await step.value)
        } catch (error) {
          step = steps.throw(error)
        }
      }
    },
  }
  return { plugin: () => plugin }
}

async function settled<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return Promise.race([promise, wait(START_MS, signal).then(() => undefined)])
}

export async function loadPlugin(signal: AbortSignal): Promise<Plugin | KeyFailure> {
  const given = window.cadesplugin
  if (isPlugin(given)) {
    // it is a promise as well, kept when it is ready
    const ready = await settled(
      Promise.resolve(given).then(
        () => true,
        () => false,
      ),
      signal,
    )
    // not the promise itself: giving that back would give what it is kept with
    return ready ? { CreateObjectAsync: (name) => given.CreateObjectAsync(name) } : failed('broken')
  }
  const address = await scriptAddress(signal)
  if (address === undefined) return failed('absent')
  const receiver = makeReceiver()
  if (!(await loadScript(address))) return failed('broken')
  const reason = await settled(
    new Promise<string>((resolve) => {
      const bridge = window.cpcsp_chrome_nmcades
      if (bridge)
        bridge.check_chrome_plugin(
          () => resolve(''),
          () => resolve('native'),
        )
      else resolve('script')
    }),
    signal,
  )
  const plugin = receiver.plugin()
  // The extension is there, the program that it talks to is not: the plug-in itself has to be installed.
  return reason === '' && isPlugin(plugin) ? plugin : failed('broken')
}
