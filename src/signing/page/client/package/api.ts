import { ApiError, call, createSender, LONG_TIMEOUT_MS, readBytes, readJson } from '../http.ts'
import { toPackage } from './answers.ts'
import type { PackageAnswer, SignedFile } from './answers.ts'

export interface Signature {
  file_id: string
  /** Base64 of the detached CMS. */
  cms: string
}

export interface PackageApi {
  fileUrl: (id: string) => string
  read: () => Promise<PackageAnswer>
  file: (id: string) => Promise<Uint8Array<ArrayBuffer>>
  /** The bytes that are to be signed: those and no others. */
  original: (file: SignedFile) => Promise<Uint8Array<ArrayBuffer>>
  requestCode: () => Promise<void>
  signByCode: (code: string) => Promise<void>
  signByKey: (signatures: readonly Signature[]) => Promise<void>
  approve: () => Promise<void>
  decline: (reason: string) => Promise<void>
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function createPackageApi(token: string): PackageApi {
  const base = `/sign/${encodeURIComponent(token)}`
  const fileUrl = (id: string): string => `${base}/files/${encodeURIComponent(id)}`
  const post = createSender()
  const send = (action: string, body: object, timeoutMs?: number): Promise<void> =>
    post(`${base}/${action}`, JSON.stringify(body), async () => undefined, timeoutMs)
  const file = (id: string) => readBytes(fileUrl(id))

  return {
    fileUrl,
    file,
    async read() {
      const response = await call(`${base}/package`)
      return readJson(response, (json) => toPackage(json, response.headers.get('date')))
    },
    async original({ id, sha256: expected }) {
      const bytes = await file(id)
      // Where the page is not served safely there is no digest to be had; the service checks what was signed in any case.
      if (isSecureContext && (await sha256(bytes)) !== expected) throw new ApiError('unexpected')
      return bytes
    },
    requestCode: () => send('otp', {}),
    signByCode: (code) => send('sign', { method: 'sms', code, consent: true }),
    signByKey: (signatures) => send('sign', { method: 'cms', signatures, consent: true }, LONG_TIMEOUT_MS),
    approve: () => send('approve', { consent: true }),
    decline: (reason) => send('decline', { reason }),
  }
}
