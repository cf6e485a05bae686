import { describe, expect, it } from 'vitest'
import { must, signedContract } from '../app.ts'
import { newCompany, balanceOf } from '../factories.ts'

describe('a contract', () => {
  it('goes from a template to a signed PDF', async () => {
    const company = await newCompany()
    const { contract, signature } = await signedContract(company)
    expect(signature.signed_at).toMatch(/^\d{4}-/)
    expect(await must(200, 'GET', `/contracts/${contract.id}`, { token: company.token })).toMatchObject({ signed_at: signature.signed_at })
    expect((await balanceOf(company.id)).left.sms_signatures).toBe(9)
  })
})
