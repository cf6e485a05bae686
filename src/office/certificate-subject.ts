import { kzNumberKind } from '../lib/identifiers.ts'
import type { Subject } from '../signing/pki/names.ts'
import type { ClientRow } from './load-client.ts'
import type { officeCompanies } from './tables.ts'

type Person = Pick<ClientRow, 'lastName' | 'firstName' | 'middleName' | 'fullName' | 'email' | 'iin' | 'inn' | 'snils'>
type Employer = Pick<typeof officeCompanies.$inferSelect, 'inn' | 'name'>

/** Russia's, where the company's number is of its register, or the person's alone is. */
function isRussian({ iin, inn }: Person, company: Employer | null): boolean {
  if (company?.inn.length === 10) return true
  if (iin !== null) return false
  if (inn !== null) return true
  return company !== null && kzNumberKind(company.inn) === undefined
}

/**
 * Who a client's certificate is of, as the authorities of their state write it: Kazakhstan's in capitals with IIN and BIN, Russia's with INN,
 * SNILS and the legal entity's INN. A number that the organization did not give is not in it.
 */
export function certificateSubject(client: Person, company: Employer | null, position: string | null = null): Subject {
  const { lastName, firstName, middleName, fullName, iin, inn, snils } = client
  // Of both states, where the person has both: whoever checks either finds it.
  const numbers = { ...(iin === null ? {} : { iin }), ...(inn === null ? {} : { inn }) }
  // Certificates hold addresses of ASCII alone.
  const email = client.email !== null && /^[\x20-\x7e]+$/.test(client.email) ? { email: client.email } : {}
  const organization = company ? { organization: company.name } : {}
  if (isRussian(client, company)) {
    return {
      kind: 'ru',
      commonName: fullName,
      surname: lastName,
      givenName: [firstName, middleName].filter(Boolean).join(' '),
      ...numbers,
      ...(company?.inn.length === 10 ? { innle: company.inn } : {}),
      ...(snils === null ? {} : { snils }),
      ...organization,
      ...(position === null ? {} : { title: position }),
      ...email,
    }
  }
  return {
    kind: 'kz',
    commonName: `${lastName} ${firstName}`.toUpperCase(),
    surname: lastName.toUpperCase(),
    ...(middleName === null ? {} : { givenName: middleName.toUpperCase() }),
    ...numbers,
    ...(company && kzNumberKind(company.inn) === 'bin' ? { bin: company.inn } : {}),
    ...organization,
    ...email,
  }
}
