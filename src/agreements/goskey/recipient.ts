import type { Ctx } from '../../context.ts'
import { openData, openIdentity, type AgreementRow } from '../load.ts'
import type { Recipient } from './request-xml.ts'

/** Who signs, as far as it is known: by ESIA, or by the СНИЛС that was filled in. */
export async function recipientOf(ctx: Ctx, row: AgreementRow): Promise<Recipient | null> {
  const [identity, data] = await Promise.all([openIdentity(ctx, row), openData(ctx, row)])
  const text = (name: string) => (typeof data[name] === 'string' && data[name] !== '' ? data[name] : null)
  const ogrn = row.type === 'fiz' ? null : text('ogrn')
  if (identity) return { oid: identity.oid, snils: identity.snils, ogrn }
  const snils = text('snils')?.replaceAll(/\D/g, '')
  return snils ? { oid: null, snils, ogrn } : null
}
