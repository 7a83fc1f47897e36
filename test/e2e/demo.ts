import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { OnceReport } from '../../src/demo/once.ts'

const execute = promisify(execFile)
/** Only what the command needs: no DATABASE_URL or policy of whoever runs the tests. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME }

/** Runs `leadtime demo --once --json` as a person would; its one JSON object. Fails on any other exit code than 0. */
export async function demoOnce(...flags: string[]): Promise<OnceReport> {
  const { stdout } = await execute('node', ['src/main.ts', 'demo', '--once', '--json', ...flags], {
    env,
    maxBuffer: 1 << 28,
  })
  return JSON.parse(stdout) as OnceReport
}
