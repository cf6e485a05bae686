import * as z from 'zod'
import { AppError } from '../../http/errors.ts'
import { email } from '../../http/fields.ts'
import { operation } from '../../http/operation.ts'
import { EmailLogin, loginExample, token } from '../../identity/session-routes.ts'
import { exchangeToken, logIn, logOut } from '../../identity/sessions.ts'
import { me } from './profile.ts'
import { Profile } from './schemas.ts'

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
const Me = Profile.omit({ last_login_at: true }).meta({ id: 'AdminMe' })
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
      errors: [404],
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
