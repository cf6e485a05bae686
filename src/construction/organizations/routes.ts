import * as z from 'zod'
import { operation } from '../../http/operation.ts'
import { Company, RegisterCompany } from '../../identity/schemas.ts'
import { successOf, wrap } from '../registry/registry-routes.ts'
import { createChild } from './create-child.ts'

const ChildOrganization = Company.extend({ parent_organization_id: z.int() }).meta({ id: 'ChildOrganization' })

export const organizationRoutes = [
  operation(
    {
      id: 'post-organizations-children',
      method: 'post',
      path: '/organizations/children',
      summary: 'Create a child organization and its owner',
      description:
        'The child is an organization like any other; the caller’s is its head, and offers it first where organizations join a project.',
      tag: 'Organizations',
      access: 'admin.users.create',
      body: RegisterCompany,
      returns: { 201: { schema: successOf(ChildOrganization) } },
      errors: [422],
      idempotent: true,
      example: { name: 'ТОО «Филиал»', email: 'branch@example.com', phone: '+77771234568', password: 'password123' },
    },
    async (ctx, { body }) => wrap('success', await createChild(ctx, body), 'Дочерняя организация создана.'),
  ),
]
