/** Prints a value for `JWT_SIGNING_KEYS`. */
import { makeSigningKey } from './local.ts'

console.log(JSON.stringify([makeSigningKey()]))
