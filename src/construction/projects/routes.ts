import * as z from 'zod'
import type { BackOffice } from '../../identity/roles.ts'
import type { Ctx } from '../../context.ts'
import { idParam, operation } from '../../http/operation.ts'
import { CostCategory } from '../cost-categories/schemas.ts'
import { Material } from '../materials/schemas.ts'
import { registryRoutes, successOf, successPageOf, wrap, wrapPage } from '../registry/registry-routes.ts'
import { WorkTypeOfWork } from '../works/schemas.ts'
import { listAvailableCategories } from './available-categories.ts'
import { childWorkPages, listChildWorks } from './child-works.ts'
import { addParticipant, listAvailable, listParticipants, removeParticipant } from './participants.ts'
import { projectPages, projectVerbs } from './projects.ts'
import { ChangeProject, ChildWork, NewProject, OrganizationName, Participant, Project, ProjectFull, ProjectStatistics } from './schemas.ts'
import { showFull, showStatistics } from './summary.ts'
import { assignForeman, releaseForeman } from './team.ts'
import { listUsedMaterials, listUsedWorkTypes } from './used.ts'

const tag = 'Projects'
const params = z.object({ id: idParam })

/** What an operation on one project gives, without a body. */
interface Asked {
  summary: string
  description?: string
  access?: BackOffice
  schema: z.ZodType
  message: string
  give: (ctx: Ctx, id: number) => Promise<unknown>
}
const ofProject = (path: string, { summary, description, access = 'admin.projects.view', schema, message, give }: Asked) =>
  operation(
    {
      id: `get-projects-id-${path}`,
      method: 'get',
      path: `/projects/{id}/${path}`,
      summary,
      ...(description === undefined ? {} : { description }),
      tag,
      access,
      params,
      returns: { 200: { schema: successOf(schema) } },
      errors: [404],
    },
    async (ctx, { params: p }) => wrap('success', await give(ctx, p.id), message),
  )

interface Linked {
  method: 'post' | 'delete'
  of: 'foremen' | 'organizations'
  summary: string
  description?: string
  message: string
  errors?: readonly number[]
  run: (ctx: Ctx, projectId: number, otherId: number) => Promise<void>
}
/** Joins a project with somebody, or parts them. */
const link = ({ method, of, summary, description, message, errors = [], run }: Linked) => {
  const other = of === 'foremen' ? 'userId' : 'organizationId'
  return operation(
    {
      id: `${method}-projects-projectId-${of}-${other}`,
      method,
      path: `/projects/{projectId}/${of}/{${other}}`,
      summary,
      ...(description === undefined ? {} : { description }),
      tag,
      access: 'admin.projects.edit',
      params: z.object({ projectId: idParam, [other]: idParam }),
      returns: { 200: { schema: successOf(z.null()) } },
      errors: [403, 404, ...errors],
    },
    async (ctx, { params: p }) => {
      await run(ctx, Number(p.projectId), Number(p[other]))
      return wrap('success', null, message)
    },
  )
}

export const projectRoutes = [
  // Before the routes with an id: the router takes the first that fits.
  operation(
    {
      id: 'get-projects-available-cost-categories',
      method: 'get',
      path: '/projects/available-cost-categories',
      summary: 'Active cost categories that a project may be booked under',
      tag,
      access: 'admin.catalogs.view',
      returns: { 200: { schema: successOf(z.array(CostCategory)) } },
    },
    async (ctx) => wrap('success', await listAvailableCategories(ctx), 'Доступные категории затрат получены успешно.'),
  ),
  ...registryRoutes(projectVerbs, {
    path: '/projects',
    tag,
    access: { read: 'admin.projects.view', write: 'admin.projects.edit' },
    schemas: { New: NewProject, Change: ChangeProject, Shown: Project },
    wrap: 'bare',
    page: 'linked',
    list: projectPages,
    words: {
      list: { summary: 'Own projects, newest first; with `shared=true` those of others in which the organization takes part' },
      create: { summary: 'Create a project', access: 'admin.projects.create', errors: [403, 422] },
      get: { summary: 'A project with its foremen and cost category' },
      change: { summary: 'Change a project: its head alone', wrap: 'success', message: 'Проект успешно обновлён.', errors: [403, 422] },
      remove: { summary: 'Delete a project: its head alone', access: 'admin.projects.delete', errors: [403] },
    },
    example: { name: 'Жилой комплекс Березовая роща', status: 'active', start_date: '2024-02-01', end_date: '2024-12-31' },
  }),
  ofProject('statistics', {
    summary: 'Sums over works and materials, the team, the newest fifty acts with their works',
    description:
      'Works and materials of all organizations for the head of the project, its own for any other; contracts and acts are one’s own.',
    access: 'admin.contracts.view',
    schema: ProjectStatistics,
    message: 'Статистика проекта получена успешно.',
    give: showStatistics,
  }),
  ofProject('full', {
    summary: 'A project with what it adds up to and who takes part',
    description:
      'Confirmed works and the materials that they took: of all organizations for the head of the project, its own for any other; overall_cost is both together. Contracts, approved acts and payments are one’s own.',
    access: 'admin.contracts.view',
    schema: ProjectFull,
    message: 'Проект получен успешно.',
    give: showFull,
  }),
  ofProject('materials', {
    summary: 'Materials that the works of a project took',
    schema: z.array(Material),
    message: 'Материалы проекта получены успешно.',
    give: listUsedMaterials,
  }),
  ofProject('work-types', {
    summary: 'Work types of the works of a project',
    schema: z.array(WorkTypeOfWork),
    message: 'Виды работ проекта получены успешно.',
    give: listUsedWorkTypes,
  }),
  ofProject('organizations', {
    summary: 'Organizations that take part, the head first',
    schema: z.array(Participant),
    message: 'Организации проекта получены успешно.',
    give: listParticipants,
  }),
  ofProject('available-organizations', {
    summary: 'Organizations that do not take part yet: children and contractors first, then the newest',
    access: 'admin.projects.edit',
    schema: z.array(OrganizationName),
    message: 'Доступные организации получены успешно.',
    give: listAvailable,
  }),
  operation(
    {
      id: 'get-projects-id-child-works',
      method: 'get',
      path: '/projects/{id}/child-works',
      summary: 'Works that other organizations recorded in a project: for its head alone',
      tag,
      access: 'projects.view_child_works',
      params,
      query: childWorkPages.query,
      returns: { 200: { schema: successPageOf(ChildWork) } },
      errors: [403, 404, 422],
    },
    async (ctx, { params: p, query, request }) =>
      wrapPage('success', await listChildWorks(ctx, p.id, query), request.url, 'Работы дочерних организаций получены успешно.'),
  ),
  link({
    method: 'post',
    of: 'foremen',
    summary: 'Assign a foreman; one who is assigned already stays',
    message: 'Прораб назначен на проект.',
    run: assignForeman,
  }),
  link({
    method: 'delete',
    of: 'foremen',
    summary: 'Release a foreman; the works that they recorded stay',
    message: 'Прораб снят с проекта.',
    run: releaseForeman,
  }),
  link({
    method: 'post',
    of: 'organizations',
    summary: 'Let an organization take part',
    description: 'It gets the role collaborator, sees the project and may record its own works there.',
    message: 'Организация добавлена в проект.',
    errors: [409],
    run: addParticipant,
  }),
  link({
    method: 'delete',
    of: 'organizations',
    summary: 'End an organization’s part; what it recorded stays',
    message: 'Организация исключена из проекта.',
    errors: [409],
    run: removeParticipant,
  }),
]
