/** The service's answers as this page uses them, read from JSON that may as well be a proxy's. */
export interface Contract {
  id: number
  client_filled: boolean
  /** Changes with every rendering. */
  generated_pdf_path: string | undefined
  template_name: string | undefined
  company_name: string | undefined
  signed_at: string | undefined
  package_id: string | undefined
  rendering: { status: 'none' | 'rendering' | 'ready' | 'failed'; reason: string | undefined } | undefined
}

const FIELD_TYPES = ['text', 'number', 'date', 'phone', 'iin', 'checkbox'] as const
const RENDERING = ['none', 'rendering', 'ready', 'failed'] as const

export interface Field {
  field_name: string
  field_type: (typeof FIELD_TYPES)[number]
  value: string | undefined
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A JSON object as a record; anything else is an empty one. */
export const record = (value: unknown): Record<string, unknown> => (isObject(value) ? { ...value } : {})

export function text(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `undefined` when it is no contract. */
export function toContract(json: unknown): Contract | undefined {
  const it = record(json)
  if (typeof it.id !== 'number') return undefined
  const rendering = record(it.rendering)
  const status = RENDERING.find((known) => known === rendering.status)
  return {
    id: it.id,
    client_filled: it.client_filled === true,
    generated_pdf_path: text(it.generated_pdf_path),
    template_name: text(it.template_name),
    company_name: text(it.company_name),
    signed_at: text(it.signed_at),
    package_id: text(it.package_id),
    rendering: status && { status, reason: text(rendering.reason) },
  }
}

/** `undefined` when it is no list. A type that this page does not know is text. */
export function toFields(json: unknown): Field[] | undefined {
  if (!Array.isArray(json)) return undefined
  return json.map((item: unknown) => {
    const it = record(item)
    return {
      field_name: text(it.field_name) ?? '',
      field_type: FIELD_TYPES.find((type) => type === it.field_type) ?? 'text',
      value: typeof it.value === 'string' ? it.value : undefined,
    }
  })
}
