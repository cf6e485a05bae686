import { record, text, toContract, toFields } from './answers.ts'
import type { Contract, Field } from './answers.ts'
import { ApiError, call, createSender, JSON_HEADERS, readBytes, readJson } from './http.ts'
import { lifetime } from './time.ts'

export { ApiError } from './http.ts'

export interface Signer {
  name: string
  iin: string
  phone: string
}

export interface Accepted {
  /** Milliseconds that the code lives. */
  lifetime: number
}

export interface Api {
  pdfUrl: string
  contract: () => Promise<Contract>
  fields: () => Promise<Field[]>
  fill: (values: Readonly<Record<string, string>>) => Promise<Contract>
  pdf: () => Promise<Uint8Array>
  /** Whether the PDF can be had now: right after signing its stamped version may still be in the making. */
  isPdfReady: () => Promise<boolean>
  /** Without a code asks for one, with a code signs. */
  sign: (contractId: number, signer: Signer, code?: string) => Promise<Accepted | { signedAt: string | undefined }>
}

export function createApi(token: string): Api {
  const base = `/contracts/token/${encodeURIComponent(token)}`
  const post = createSender()

  return {
    pdfUrl: `${base}/pdf`,
    contract: async () => readJson(await call(base), toContract),
    fields: async () => readJson(await call(`${base}/fields`), toFields),
    fill: async (values) =>
      readJson(await call(`${base}/fields`, { method: 'PUT', body: JSON.stringify({ values }), headers: JSON_HEADERS }), toContract),
    pdf: () => readBytes(`${base}/pdf`),
    async isPdfReady() {
      try {
        const response = await call(`${base}/pdf`, { method: 'HEAD' })
        return response.ok
      } catch (error) {
        if (error instanceof ApiError && error.kind === 'conflict') return false
        throw error
      }
    },
    async sign(contractId, signer, code) {
      const body = JSON.stringify({
        contract_id: contractId,
        contract_token: token,
        client_name: signer.name,
        client_iin: signer.iin,
        client_phone: signer.phone,
        method: 'sms',
        ...(code === undefined ? {} : { code }),
      })
      return post('/signatures/sign', body, async (response) => {
        const answer = await readJson(response, (json) => (typeof json === 'object' && json !== null ? record(json) : undefined))
        if (response.status === 201) return { signedAt: text(answer.signed_at) }
        return { lifetime: lifetime(text(answer.expires_at), response.headers.get('date')) }
      })
    },
  }
}
