/** `npm run reset`: forgets everything that the local service has stored. */
import { rm } from 'node:fs/promises'
import { defaultStateDir } from './local.ts'

const dir = defaultStateDir()
await rm(dir, { recursive: true, force: true })
console.log(`${dir} is cleared.`)
