import * as z from 'zod'
import { email, password } from '../http/fields.ts'
import { drfPageOf, drfPageQuery } from '../http/drf-page.ts'
import { operation } from '../http/operation.ts'
import { logIn, logOut, refreshSession } from './sessions.ts'
import { getStaff, listStaff, presentStaff } from './staff.ts'

export const token = z.string().meta({ example: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' })
export const EmailLogin = z.object({ email, password }).meta({ id: 'EmailLogin' })
export const loginExample = { email: 'company@example.com', password: 'password123' }
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
