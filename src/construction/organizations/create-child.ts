import { orgOf, type Ctx } from '../../context.ts'
import { AppError } from '../../http/errors.ts'
import { registerCompany } from '../../identity/companies.ts'
import { invalid } from '../registry/registry.ts'

/** An organization of its own under the caller's, with an owner who logs in with that e-mail and password. */
export async function createChild(ctx: Ctx, input: { name: string; email: string; phone: string; password: string }) {
  const parentId = orgOf(ctx)
  try {
    const made = await registerCompany(ctx, input, parentId)
    return { ...made, parent_organization_id: parentId }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    const path = error.message.includes('phone') ? 'phone' : 'email'
    throw invalid([{ path, message: path === 'phone' ? 'Этот телефон уже занят.' : 'Этот e-mail уже занят.' }])
  }
}
