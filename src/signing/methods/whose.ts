import type { SubjectIdentifiers } from '../cms/identifiers.ts'

/** By which numbers a certificate must name a participant. */
export interface ExpectedParticipant {
  /** IIN or BIN of Kazakhstan. */
  identifier: string | null
  /** INN of Russia, a person's or a company's. */
  inn: string | null
  /** BIN or INN of the company for which it acts. */
  companyInn?: string | null
  /** СНИЛС of Russia. */
  snils?: string | null
}

const isAnother = (wanted: string | null | undefined, named: readonly (string | undefined)[]): boolean =>
  Boolean(wanted) && named.some(Boolean) && !named.includes(wanted ?? undefined)

/**
 * Why a certificate is not the participant's; undefined when it is, or when nothing is known to tell by. An authority of one country knows nothing of the
 * other's numbers: of a participant who has numbers in both, the certificate must name one, and no other in place of either. A company's number in it must
 * be that of the company for which the participant acts; a person's own certificate names none.
 */
export function notTheirs(who: SubjectIdentifiers, { identifier, inn, companyInn, snils }: ExpectedParticipant): string | undefined {
  const [kz, ru] = [
    [who.iin, who.bin],
    [who.inn, who.innLegal],
  ] as const
  if (isAnother(identifier, kz)) return 'The certificate is of another IIN or BIN than the participant’s'
  if (isAnother(inn, ru)) return 'The certificate is of another INN than the participant’s'
  const wanted = [identifier, inn].filter(Boolean)
  const named = [...kz, ...ru]
  if (wanted.length > 0 && !wanted.some((number) => named.includes(number ?? undefined)))
    return `The certificate names no ${[identifier ? 'IIN or BIN' : '', inn ? 'INN' : ''].filter(Boolean).join(' and no ')}, and the participant has one`
  if (isAnother(companyInn, [who.bin, who.innLegal]))
    return 'The certificate is of another company than the one for which the participant acts'
  if (isAnother(snils, [who.snils])) return 'The certificate is of another СНИЛС than the participant’s'
  return undefined
}
