import { must } from '../app.ts'
import { newCompany, newEmail, next, type Company } from '../factories.ts'

export const ADMIN = '/api/v1/admin'

interface Shown {
  id: number
  data: { id: number }
}
/** Creates through the API, as people do; gives the id. */
export async function makeThing(company: Pick<Company, 'token'>, path: string, body: object): Promise<number> {
  const made = await must<Shown>(201, 'POST', `${ADMIN}${path}`, { token: company.token, body })
  return made.data?.id ?? made.id
}

export interface Site {
  company: Company
  project: number
  workType: number
  material: number
  foreman: number
  contractor: number
}

/** An organization with what works name: a project, a work type, a material, a foreman, a contractor. */
export async function newSite(company?: Company): Promise<Site> {
  const of = company ?? (await newCompany({ name: `ТОО «Стройка ${next()}»` }))
  const unit = await makeThing(of, '/measurement-units', { name: `кладка ${next()}`, short_name: 'м²', type: 'work' })
  const [project, workType, material, foreman, contractor] = await Promise.all([
    makeThing(of, '/projects', { name: `Дом ${next()}`, status: 'active' }),
    makeThing(of, '/work-types', { name: `Кладка ${next()}`, measurement_unit_id: unit, category: 'Каменные работы' }),
    makeThing(of, '/materials', { name: `Кирпич ${next()}`, measurement_unit_id: unit, default_price: 12.5 }),
    newForeman(of),
    makeThing(of, '/contractors', { name: `Подрядчик ${next()}` }),
  ])
  return { company: of, project, workType, material, foreman, contractor }
}

const STRONG = 'Прочный-пароль1'
export async function newForeman(of: Pick<Company, 'token'>, email = newEmail()): Promise<number> {
  return makeThing(of, '/users', { name: 'Прораб', email, password: STRONG, password_confirmation: STRONG })
}

/** A foreman with a token, as `/clients/login/` gives one. */
export async function foremanSession(of: Pick<Company, 'token'>): Promise<{ id: number; token: string }> {
  const email = newEmail()
  const id = await newForeman(of, email)
  const { access } = await must<{ access: string }>(200, 'POST', '/clients/login/', { body: { email, password: STRONG } })
  return { id, token: access }
}

export const newContract = ({ company, project, contractor }: Site, total_amount: number, more: object = {}) =>
  makeThing(company, '/contracts', {
    project_id: project,
    contractor_id: contractor,
    number: `Д-${next()}`,
    date: '2024-01-15',
    total_amount,
    status: 'active',
    ...more,
  })

export const workOf = ({ project, workType, foreman }: Site, more: object = {}) => ({
  project_id: project,
  work_type_id: workType,
  user_id: foreman,
  quantity: 10,
  price: 100,
  completion_date: '2024-02-15',
  status: 'confirmed',
  ...more,
})
