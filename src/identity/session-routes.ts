import * as z from 'zod'
import { AppError } from '../http/errors.ts'
import { email, password } from '../http/fields.ts'
import { drfPageOf, drfPageQuery } from '../http/drf-page.ts'
import { operation } from '../http/operation.ts'
import { me } from './profile.ts'
import { exchangeToken, logIn, logOut, refreshSession } from './sessions.ts'
import { getStaff, listStaff, presentStaff } from './staff.ts'

const token = z.string().meta({ example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' })
const EmailLogin = z.object({ email, password }).meta({ id: 'EmailLogin' })
const loginExample = { email: 'company@example.com', password: 'password123' }
export const Staff = z
  .object({
    user: z.string().meta({ example: 'd9adf1d9' }),
    role: z.string().meta({ example: 'Директор' }),
    phone_number: z.string().nullable().meta({ example: null }),
  })
  .meta({ id: 'Staff' })

/** Document 001: members of a company log in here, and see who else is in it. */
export const b2bSessionRoutes = [
  operation(
    {
      id: 'post-clients-login',
      method: 'post',
      path: '/clients/login/',
      summary: 'Log in as a member of a company',
      tag: 'Sessions',
      access: 'public',
      login: true,
      body: EmailLogin,
      returns: { 200: { schema: z.object({ access: token, refresh: token, user: Staff }).meta({ id: 'StaffSession' }) } },
      errors: [401, 429],
      example: loginExample,
    },
    async (ctx, { body }) => {
      const { access, refresh, user } = await logIn(
        ctx,
        { email: body.email },
        body.password,
        'No active account found with the given credentials',
      )
      return { access, refresh, user: presentStaff(user) }
    },
  ),
  operation(
    {
      id: 'post-clients-refresh',
      method: 'post',
      path: '/clients/refresh/',
      summary: 'Change a refresh token for a new pair; the old one is spent',
      tag: 'Sessions',
      access: 'public',
      login: true,
      body: z.object({ refresh: z.string().min(1).max(4000) }).meta({ id: 'Refresh' }),
      returns: { 200: { schema: z.object({ access: token, refresh: token }).meta({ id: 'TokenPair' }) } },
      errors: [401],
    },
    (ctx, { body }) => refreshSession(ctx, body.refresh, 'Token is invalid or expired'),
  ),
  operation(
    {
      id: 'post-clients-logout',
      method: 'post',
      path: '/clients/logout/',
      summary: 'End the session at once: its access and refresh tokens stop working',
      tag: 'Sessions',
      access: 'session',
      returns: { 204: {} },
    },
    (ctx) => logOut(ctx),
  ),
  operation(
    {
      id: 'get-clients-staff',
      method: 'get',
      path: '/clients/staff/',
      summary: 'List staff',
      tag: 'Staff',
      access: 'account:read',
      query: z.object(drfPageQuery),
      returns: { 200: { schema: drfPageOf(Staff, 'StaffPage') } },
      errors: [404],
    },
    (ctx, { query, request }) => listStaff(ctx, query, request.url),
  ),
  operation(
    {
      id: 'get-clients-staff-id',
      method: 'get',
      path: '/clients/staff/{id}/',
      summary: 'One of staff',
      tag: 'Staff',
      access: 'account:read',
      params: z.object({ id: z.string().regex(/^[0-9a-f]{8}$/) }),
      returns: { 200: { schema: Staff } },
      errors: [404],
      description: 'id is the eight hex digits of user. Only the caller’s own organization.',
    },
    (ctx, { params }) => getStaff(ctx, params.id),
  ),
]

const envelope = <T extends z.ZodType>(data: T) => z.object({ success: z.literal(true), message: z.string().nullable(), data })
const wrap = (message: string | null, data: unknown) => ({ success: true, message, data })
const AdminUser = z
  .object({
    id: z.int().meta({ example: 1 }),
    name: z.string().meta({ example: 'Иван Петров' }),
    email,
    role: z.string().meta({ example: 'admin' }),
  })
  .meta({ id: 'AdminUser' })
const Me = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.string(),
    phone: z.string().nullable(),
    position: z.string().nullable(),
    avatar_path: z.string().nullable(),
    avatar_url: z.string().nullable(),
    is_active: z.boolean(),
    current_organization_id: z.int().nullable(),
    created_at: z.string().nullable(),
    updated_at: z.string().nullable(),
  })
  .meta({ id: 'AdminMe' })
const EXPIRED = 'Токен недействителен или истек'

/** Document 004: the back office; foremen are refused here. */
export const adminSessionRoutes = [
  operation(
    {
      id: 'post-auth-login',
      method: 'post',
      path: '/auth/login',
      summary: 'Log in to the back office',
      tag: 'Auth',
      access: 'public',
      login: true,
      body: EmailLogin,
      returns: { 200: { schema: envelope(z.object({ token, user: AdminUser })).meta({ id: 'AdminSession' }) } },
      errors: [401, 403, 429],
      example: loginExample,
    },
    async (ctx, { body }) => {
      const { access, user } = await logIn(ctx, { email: body.email }, body.password, 'Неверный email или пароль', (role) => {
        if (role === 'foreman') throw new AppError('forbidden', 'У вас нет доступа к панели администратора')
      })
      return wrap('Вход выполнен успешно', { token: access, user: { id: user.id, name: user.name, email: user.email, role: user.role } })
    },
  ),
  operation(
    {
      id: 'get-auth-me',
      method: 'get',
      path: '/auth/me',
      summary: 'Who is logged in',
      tag: 'Auth',
      access: 'admin:access',
      returns: { 200: { schema: envelope(z.object({ user: Me })).meta({ id: 'AdminProfile' }) } },
    },
    async (ctx) => wrap(null, { user: await me(ctx) }),
  ),
  operation(
    {
      id: 'post-auth-refresh',
      method: 'post',
      path: '/auth/refresh',
      summary: 'Change a valid token for a new one that lives an hour; the old one stops',
      tag: 'Auth',
      access: 'admin:access',
      returns: { 200: { schema: envelope(z.object({ token })).meta({ id: 'AdminToken' }) } },
    },
    async (ctx) => wrap('Токен успешно обновлен', { token: await exchangeToken(ctx, EXPIRED) }),
  ),
  operation(
    {
      id: 'post-auth-logout',
      method: 'post',
      path: '/auth/logout',
      summary: 'End the session at once',
      tag: 'Auth',
      access: 'session',
      returns: { 200: { schema: envelope(z.null()).meta({ id: 'AdminDone' }) } },
    },
    async (ctx) => {
      await logOut(ctx)
      return wrap('Выход выполнен успешно', null)
    },
  ),
]
