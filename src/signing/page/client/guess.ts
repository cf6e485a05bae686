import type { Field } from './answers.ts'
import type { App } from './app.ts'

/** What the contract's fields already say about the signer saves typing it twice. */
export function guessSigner({ fields, values, signer }: App): void {
  const value = (match: (field: Field) => boolean): string => {
    const field = fields.find(match)
    return field ? (values[field.field_name] ?? field.value ?? '') : ''
  }
  signer.name ||= value(({ field_name }) => /^(client_name|full_name|fio|client_fio|signer_name)$/i.test(field_name))
  signer.iin ||= value((f) => /^(client_(iin|bin)|iin|signer_iin)$/i.test(f.field_name)) || value((f) => f.field_type === 'iin')
  signer.phone ||= value((f) => /^(client_phone|phone|signer_phone)$/i.test(f.field_name)) || value((f) => f.field_type === 'phone')
}
