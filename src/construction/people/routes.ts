import * as z from 'zod'
import { idParam, operation } from '../../http/operation.ts'
import { linkedOf, successOf, wrapPage } from '../registry/registry-routes.ts'
import { setForemanActive } from './block-foreman.ts'
import { changeForeman } from './change-foreman.ts'
import { createForeman } from './create-foreman.ts'
import { foremanPages, listForemen, showForeman } from './foremen.ts'
import { changeProfile, getProfile } from './profile.ts'
import { ChangeForeman, ChangeProfile, Foreman, NewForeman, Profile } from './schemas.ts'

const tag = 'Users'
const params = z.object({ id: idParam })
const profileRoutes = (['/profile', '/profile-settings'] as const).flatMap((path) => {
  const message = path === '/profile' ? null : 'Профиль успешно обновлен.'
  const id = path.slice(1)
  return [
    operation(
      {
        id: `get-${id}`,
        method: 'get',
        path,
        summary: 'One’s own account',
        tag: 'Profile',
        access: 'account:read',
        returns: { 200: { schema: successOf(Profile) } },
      },
      async (ctx) => ({ success: true, message, data: await getProfile(ctx) }),
    ),
    ...(['put', 'patch'] as const).map((method) =>
      operation(
        {
          id: `${method}-${id}`,
          method,
          path,
          summary: 'Change one’s own account: what is sent',
          description:
            'A new e-mail is unverified. A new password ends the other sessions. A picture is a JPEG, PNG or GIF of 2 MB at most; what it does not show (place, camera, notes) is not kept.',
          tag: 'Profile',
          access: 'account:read',
          body: ChangeProfile,
          bodyAs: 'either',
          emptyIsNull: true,
          returns: { 200: { schema: successOf(Profile) } },
          errors: [422],
          example: { name: 'Иванов Иван Иванович' },
        },
        async (ctx, { body }) => ({ success: true, message: 'Профиль успешно обновлен.', data: await changeProfile(ctx, body) }),
      ),
    ),
  ]
})

export const peopleRoutes = [
  ...profileRoutes,
  operation(
    {
      id: 'get-users',
      method: 'get',
      path: '/users',
      summary: 'Foremen of the organization',
      tag,
      access: 'admin.users.view',
      query: foremanPages.query,
      returns: { 200: { schema: linkedOf(Foreman) } },
    },
    async (ctx, { query, request }) => wrapPage('linked', await listForemen(ctx, query), request.url),
  ),
  operation(
    {
      id: 'post-users',
      method: 'post',
      path: '/users',
      summary: 'Create a foreman, or let somebody of another organization join as one',
      description:
        'Who has an account elsewhere keeps it as it is, with its password; name, phone, position and picture that are sent here are this organization’s own note of the person.',
      tag,
      access: 'admin.users.create',
      body: NewForeman,
      bodyAs: 'either',
      emptyIsNull: true,
      returns: { 201: { schema: Foreman } },
      errors: [403, 409, 422],
      idempotent: true,
      example: {
        name: 'Александр Сидоров',
        email: 'alexander.sidorov@example.com',
        password: 'SecurePass123!',
        password_confirmation: 'SecurePass123!',
      },
    },
    (ctx, { body }) => createForeman(ctx, body),
  ),
  operation(
    {
      id: 'get-users-id',
      method: 'get',
      path: '/users/{id}',
      summary: 'A foreman',
      tag,
      access: 'admin.users.view',
      params,
      returns: { 200: { schema: Foreman } },
      errors: [404],
    },
    (ctx, { params: { id } }) => showForeman(ctx, id),
  ),
  ...(['put', 'patch'] as const).map((method) =>
    operation(
      {
        id: `${method}-users-id`,
        method,
        path: '/users/{id}',
        summary: 'Change a foreman: what is sent',
        description: 'Of somebody who joined from another organization only the position is ours to change.',
        tag,
        access: 'admin.users.edit',
        params,
        body: ChangeForeman,
        bodyAs: 'either',
        emptyIsNull: true,
        returns: { 200: { schema: Foreman } },
        errors: [403, 404, 422],
        example: { position: 'Старший прораб' },
      },
      (ctx, { params: { id }, body }) => changeForeman(ctx, id, body),
    ),
  ),
  ...([true, false] as const).map((isActive) => {
    const verb = isActive ? 'unblock' : 'block'
    return operation(
      {
        id: `post-users-id-${verb}`,
        method: 'post',
        path: `/users/{id}/${verb}`,
        summary: isActive ? 'Let a foreman work again' : 'Put a foreman out at once',
        tag,
        access: 'admin.users.edit',
        params,
        returns: { 200: { schema: successOf(Foreman) } },
        errors: [403, 404],
      },
      async (ctx, { params: { id } }) => ({
        success: true,
        message: isActive ? 'Прораб разблокирован.' : 'Прораб заблокирован.',
        data: await setForemanActive(ctx, id, isActive),
      }),
    )
  }),
]
