import { AppError, type FieldIssue } from './errors.ts'

/** How a surface words an error. */
export type ErrorShape = (error: AppError, requestId: string) => Response

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not authenticated',
  402: 'Nothing left to spend',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Can’t be processed',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
}

function send(error: AppError, body: object, type = 'application/json; charset=utf-8'): Response {
  const headers: Record<string, string> = { 'content-type': type }
  if (error.details.retryAfter !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.details.retryAfter)))
  if (error.status === 401) headers['www-authenticate'] = 'Bearer'
  return new Response(JSON.stringify(body), { status: error.status, headers })
}

const byField = (issues: FieldIssue[] = []) => {
  // Without a prototype: a caller may call its field `constructor`.
  const out = Object.create(null) as Record<string, string[]>
  for (const { path, message } of issues) (out[path || 'non_field_errors'] ??= []).push(message)
  return out
}

/** RFC 9457; `errors` says what is wrong by field, `request_id` finds the call in the log. */
export const problem: ErrorShape = (error, requestId) =>
  send(
    error,
    {
      type: 'about:blank',
      title: TITLES[error.status] ?? 'Error',
      status: error.status,
      detail: error.message,
      ...(error.details.issues ? { errors: byField(error.details.issues) } : {}),
      ...(requestId ? { request_id: requestId } : {}),
    },
    'application/problem+json',
  )

/** Document 001 (Django REST framework): `{"detail"}`, or the fields themselves. */
export const drf: ErrorShape = (error, requestId) =>
  send(
    error,
    error.details.issues?.length
      ? byField(error.details.issues)
      : { detail: error.message, ...(error.code === 'internal' ? { request_id: requestId } : {}) },
  )

/** Document 003. An unknown caller is told with the code 500 there, what is not there as an `error`, and what can't be done now without a code. */
export const plusofon: ErrorShape = (error) => {
  if (error.code === 'unauthenticated') return send(error, { message: 'User not found.', code: 500 })
  if (error.code === 'not_found') return send(error, { error: error.message, code: error.status })
  if (error.code === 'conflict') return send(error, { message: error.message })
  return send(error, {
    message: error.message,
    code: error.status,
    ...(error.details.issues ? { errors: byField(error.details.issues) } : {}),
  })
}

/**
 * Document 004 (Laravel): validation is 422 with `errors` by field, 400 where the operation says so. Acts, contracts and payments read the reason in `error`, others in
 * `message`: it is in both.
 */
export const laravel: ErrorShape = (error) => {
  if (error.code !== 'validation') return send(error, { success: false, message: error.message, error: error.message, data: null })
  const asked = error.details.status === undefined ? new AppError(error.code, error.message, { ...error.details, status: 422 }) : error
  const { issues } = error.details
  return send(asked, {
    success: false,
    message: 'The given data was invalid.',
    error: issues?.[0]?.message ?? error.message,
    errors: byField(issues),
  })
}
