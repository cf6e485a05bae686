/**
 * Node's own modules, loaded when they are first asked for: a plain import of either is evaluated at every start of the Worker, and takes
 * some 25 ms of the start-up time that a Worker is given.
 */
export const nodeCrypto = () => (crypto ??= process.getBuiltinModule('node:crypto'))
export const nodeZlib = () => process.getBuiltinModule('node:zlib')

let crypto: typeof import('node:crypto') | undefined
