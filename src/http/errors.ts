/** Every way a request may be refused, and the HTTP status it has unless an operation's contract says otherwise. */
export const ERROR_STATUS = {
  bad_request: 400,
  validation: 400,
  bad_file: 400,
  wrong_code: 400,
  unauthenticated: 401,
  payment_required: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  too_many_requests: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS
export type ErrorStatus = (typeof ERROR_STATUS)[ErrorCode]

/** One thing that is wrong with the input. `path` is dotted: `materials.0.quantity`; empty for the whole body. */
export interface FieldIssue {
  path: string
  message: string
}

export interface ErrorDetails {
  /** What is wrong, field by field. */
  issues?: FieldIssue[]
  /** Of bad input: the status that the operation's contract has for it. */
  status?: 400 | 422
  /** Seconds after which it is worth trying again; becomes `Retry-After`. */
  retryAfter?: number
}

/** The one error of the service: a refusal whose message may be shown to the caller. Anything else that is thrown is a defect. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get status(): ErrorStatus {
    return this.details.status ?? ERROR_STATUS[this.code]
  }
}

export const notFound = (message = 'Not found.') => new AppError('not_found', message)
