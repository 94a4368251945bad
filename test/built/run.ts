// Runs a program to its end, as the tests of what is built do.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A file below `node_modules`. */
export const installed = (path: string): string => `${root}node_modules/${path}`

export interface Finished {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** What a program printed, and its exit code; a signal's name where it was killed, as after `timeout` milliseconds. */
export function run(
  program: string,
  parameters: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeout?: number } = {},
): Promise<Finished> {
  const { cwd = root, env = process.env, timeout = 110_000 } = options
  const quiet = { ...env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE_OPTIONS: undefined }
  return new Promise(resolve => {
    execFile(
      program,
      parameters,
      { cwd, env: quiet, timeout, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.code ?? error.signal ?? 'unknown'), stdout, stderr })
      },
    )
  })
}

/** Runs a TypeScript file with tsx. */
export const runTypeScript = (file: string, cwd: string = root): Promise<Finished> =>
  run(process.execPath, ['--import', import.meta.resolve('tsx'), file], { cwd })
