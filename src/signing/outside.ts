// Everything by which a package's object reaches D1, queues and settings, in one lazily loaded piece.
export { logUnknown } from '../http/log.ts'
export { takeUnit } from '../billing/balances.ts'
export { AppError } from '../http/errors.ts'
export { makeEvidence, readEmployeeAct } from './evidence.ts'
export { judgeRights } from './rights.ts'
export { serviceContext } from '../context.ts'
export { EffectRunner } from './effects.ts'
