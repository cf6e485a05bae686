import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { freePort, withDirectory } from './service.ts'

const root = new URL('../..', import.meta.url).pathname

it('npm run demo takes a contract from a template to a signed PDF, checks it, and says where it is', async () => {
  await withDirectory(async (directory) => {
    const env = { ...process.env, PORT: String(await freePort()), STATE_DIR: `${directory}/state` }
    const { status, said } = await new Promise<{ status: number | null; said: string }>((done, fail) => {
      const demo = spawn('npm', ['run', 'demo'], { cwd: root, env })
      let text = ''
      for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
      demo.on('error', fail)
      demo.on('close', (code) => done({ status: code, said: text }))
    })
    expect(status, said).toBe(0)
    const last = said.trim().split('\n').at(-1) ?? ''
    expect(last).toContain('verified')
    const [path = ''] = /\/\S+\.pdf/.exec(last) ?? []
    const pdf = await readFile(path)
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
  })
}, 180_000)
