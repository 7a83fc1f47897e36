import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'

test.each([
  ['Starting the service', 'demo'],
  ['Syncing both CRMs', 'demo --once'],
])(
  'two signals at "%s" end the demo at once and leave nothing in the temporary folder',
  async (line, verb) => {
    const folder = await mkdtemp(join(tmpdir(), 'leadtime-end-'))
    await chmod(folder, 0o755)
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const args = [
      'src/main.ts',
      ...verb.split(' '),
      '--people',
      '100',
      ...(verb === 'demo' ? ['--port', '0'] : []),
    ]
    const env = { ...process.env, TMPDIR: folder, DATABASE_URL: '', REDIS_URL: '' }
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = once(child, 'exit')
    child.stderr.on('data', text => {
      if (!String(text).includes(line)) return
      child.kill('SIGINT')
      setImmediate(() => child.kill('SIGINT'))
    })
    await ended
    // The twins see their parent gone a moment later.
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), { timeout: 30_000 })
  },
)
