// The vectors that lie beside the checkout, where they do.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SHARED = join(import.meta.dirname, '../../../../shared/vectors')
export const hasShared = existsSync(SHARED)
export const shared = (name: string): Uint8Array => new Uint8Array(readFileSync(join(SHARED, name)))
