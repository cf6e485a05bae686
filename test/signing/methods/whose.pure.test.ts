import { describe, expect, it } from 'vitest'
import type { SubjectIdentifiers } from '../../../src/signing/cms/identifiers.ts'
import { type ExpectedParticipant, notTheirs } from '../../../src/signing/methods/whose.ts'

const [iin, other, bin, anotherBin] = ['850504300018', '900101400010', '180540034205', '190140000013']
const [inn, otherInn, innLegal, anotherLegal] = ['500100732259', '500100732260', '7707083893', '7736050003']
const kz: SubjectIdentifiers = { iin }
const kzEmployee: SubjectIdentifiers = { iin, bin }
const ru: SubjectIdentifiers = { inn }
const ruEmployee: SubjectIdentifiers = { inn, innLegal }

describe('a certificate is the participant’s', () => {
  it.each<[string, SubjectIdentifiers, Partial<ExpectedParticipant>]>([
    ['when it names the IIN', kz, { identifier: iin }],
    ['when an employee’s names the IIN beside a company', kzEmployee, { identifier: iin }],
    ['when it names the BIN of a company that takes part', kzEmployee, { identifier: bin }],
    ['when it names the INN', ru, { inn }],
    ['when it names the INN of a company that takes part', ruEmployee, { inn: innLegal }],
    ['when nothing is known to tell by', {}, {}],
    ['when nothing is known of the participant', kzEmployee, {}],
    ['when it names one of the numbers of a participant of two countries', kz, { identifier: iin, inn }],
    ['and the other', ruEmployee, { identifier: iin, inn }],
    ['when it is of the company for which it acts', kzEmployee, { identifier: iin, companyInn: bin }],
    ['and in Russia', ruEmployee, { inn, companyInn: innLegal }],
    ['when it is a person’s own, who acts for a company', kz, { identifier: iin, companyInn: bin }],
    ['when only the company is known', kzEmployee, { companyInn: bin }],
    ['when it names the СНИЛС', { snils: '11223344595' }, { snils: '11223344595' }],
    ['when it names no СНИЛС', ru, { inn, snils: '11223344595' }],
  ])('%s', (_, who, expected) => expect(notTheirs(who, { identifier: null, inn: null, ...expected })).toBeUndefined())
})

describe('a certificate is not', () => {
  it.each<[string, SubjectIdentifiers, Partial<ExpectedParticipant>, RegExp]>([
    ['of another IIN', kz, { identifier: other }, /another IIN or BIN/],
    ['of another person of a company', kzEmployee, { identifier: other }, /another IIN or BIN/],
    ['without IIN and BIN', { commonName: 'X' }, { identifier: iin }, /names no IIN or BIN/],
    ['of Russia, of a participant of Kazakhstan', ru, { identifier: iin }, /names no IIN or BIN/],
    ['of another INN', ru, { inn: otherInn }, /another INN/],
    ['of a company alone, of a participant who is a person', { innLegal }, { inn }, /another INN/],
    ['without INN', { snils: '11223344595' }, { inn }, /names no INN/],
    ['without any number, of a participant of two', {}, { identifier: iin, inn }, /no IIN or BIN and no INN/],
    ['that names one number right and the other wrong', { iin, inn: otherInn }, { identifier: iin, inn }, /another INN/],
    ['of another company', kzEmployee, { identifier: iin, companyInn: anotherBin }, /another company/],
    ['of another company of Russia', ruEmployee, { inn, companyInn: anotherLegal }, /another company/],
    ['of a company of Kazakhstan for one of Russia', kzEmployee, { identifier: iin, companyInn: innLegal }, /another company/],
    ['of another СНИЛС', { inn, snils: '11223344595' }, { inn, snils: '16416416488' }, /another СНИЛС/],
  ])('%s', (_, who, expected, why) => expect(notTheirs(who, { identifier: null, inn: null, ...expected })).toMatch(why))
})
