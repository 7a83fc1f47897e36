import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'

const MAIN = resolve('src/main.ts')

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface Running {
  child: ChildProcess
  /** Resolves with the text written to stderr so far as soon as it matches; rejects when the process ends before. */
  says(pattern: RegExp): Promise<string>
  /** Waits for `event`; rejects when the process ends before. */
  before(event: Promise<unknown>): Promise<unknown>
  ended: Promise<Ended>
}

/** Starts the real command. Nothing of the surrounding environment reaches it but the path. */
export function start(args: string[], env: Record<string, string> = {}, cwd = process.cwd()): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended)
  const says = (pattern: RegExp) =>
    new Promise<string>((done, fail) => {
      const look = () => pattern.test(stderr) && done(stderr)
      child.stderr.on('data', look)
      look()
      void ended.then(({ code }) => fail(new Error(`ended with ${code} before saying ${pattern}: ${stderr}`)))
    })
  const early = ended.then(({ code }) => Promise.reject(new Error(`ended with ${code}: ${stderr}`)))
  early.catch(() => undefined)
  return { child, says, before: event => Promise.race([event, early]), ended }
}

export const leadtime = (args: string[], env?: Record<string, string>): Promise<Ended> =>
  start(args, env).ended

/** The last line of stderr: what a person reads when it goes wrong. */
export const complaint = ({ stderr }: Ended): string => stderr.trimEnd().split('\n').at(-1) ?? ''
