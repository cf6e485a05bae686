import { record, text } from '../answers.ts'
import { bareBase64, failed } from './provider.ts'
import type { KeyFailure, KeyProvider } from './provider.ts'

/**
 * NCALayer of the national authority of Kazakhstan: JSON over a WebSocket to the person's own machine, one request at a time. It greets with its version, and
 * asks for the key and its password in a window of its own.
 */
const ADDRESS = 'wss://127.0.0.1:13579'
/** Long enough to answer the browser's question whether the page may talk to programs on this machine. */
const CONNECT_MS = 60_000
/** Certificates for signing (emailProtection); those for logging in have clientAuth. */
const SIGNING = '1.3.6.1.5.5.7.3.4'

const parse = (data: unknown): Record<string, unknown> => {
  try {
    return record(typeof data === 'string' ? JSON.parse(data) : undefined)
  } catch {
    // a heartbeat is no JSON
    return {}
  }
}

function connect(signal: AbortSignal): Promise<WebSocket | KeyFailure> {
  return new Promise((resolve) => {
    const socket = new WebSocket(ADDRESS)
    const timer = setTimeout(() => {
      socket.close()
      resolve(failed('absent'))
    }, CONNECT_MS)
    const settle = (outcome: WebSocket | KeyFailure): void => {
      clearTimeout(timer)
      resolve(outcome)
    }
    signal.addEventListener('abort', () => socket.close())
    socket.addEventListener('close', () => settle(failed('absent')))
    socket.addEventListener('message', ({ data }) => {
      if (text(record(parse(data).result).version) !== undefined) settle(socket)
    })
  })
}

/** What an answer says; `undefined` for what is no answer. */
export function readAnswer(data: unknown): string | KeyFailure | undefined {
  const answer = parse(data)
  const code = text(answer.code)
  const message = text(answer.message)
  if (answer.status === true) {
    const { result } = record(answer.body)
    const signature = text(Array.isArray(result) ? result[0] : result)
    return signature === undefined ? failed('cancelled') : bareBase64(signature)
  }
  if (message === 'action.canceled' || code === 'USER_CANCELED') return failed('cancelled')
  if (answer.status === false) return failed('refused', [message, text(answer.details)].filter(Boolean).join('. ') || code)
  // an NCALayer from before 2022 does not have the module
  if (answer.success === false) return failed('broken', text(answer.errorCode) ?? code)
  return code === '500' ? failed('refused', message) : undefined
}

const request = (data: string, lang: string): string =>
  JSON.stringify({
    module: 'kz.gov.pki.knca.basics',
    method: 'sign',
    args: {
      allowedStorages: null,
      format: 'cms',
      data,
      // No time stamp is asked for: the service adds its own.
      signingParams: { decode: true, encapsulate: false, digested: false },
      signerParams: { extKeyUsageOids: [SIGNING] },
      locale: lang,
    },
  })

export const openKeys: KeyProvider['openKeys'] = async (lang, signal) => {
  const socket = await connect(signal)
  if ('failure' in socket) return socket
  return {
    certificates: undefined,
    sign: (base64) =>
      new Promise((resolve) => {
        if (socket.readyState !== WebSocket.OPEN) return resolve(failed('lost'))
        const done = new AbortController()
        const settle = (outcome: string | KeyFailure): void => {
          done.abort()
          resolve(outcome)
        }
        socket.addEventListener('close', () => settle(failed('lost')), { signal: done.signal })
        socket.addEventListener(
          'message',
          ({ data }) => {
            const outcome = readAnswer(data)
            if (outcome !== undefined) settle(outcome)
          },
          { signal: done.signal },
        )
        socket.send(request(base64, lang))
      }),
  }
}
