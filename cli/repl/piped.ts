// Lines from standard input that is no terminal: what one would type at the prompt, run one after the other. Not the
// prompt itself, which would go on after an error, and begin a line before the last one is done.

import type { EventEmitter } from 'node:events'
import { createInterface } from 'node:readline'
import { type REPLServer, Recoverable, start } from 'node:repl'
import { PassThrough } from 'node:stream'
import type { Connection } from '../connection.js'
import { describeError, LineError } from '../exit-codes.js'
import { enter } from './scope.js'

/**
 * Hands on the results of lines as they come, and tells whether there was any line but empty ones. Throws LineError
 * for the first that fails, and what `print` throws.
 */
export async function runPiped(
  connection: Connection,
  api: unknown,
  print: (value: unknown) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const input = process.stdin
  if (input.readableEnded || input.destroyed) return false
  let server: REPLServer | undefined
  let code = ''
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
    number++
    if (code === '' && line.trim() === '') continue
    server ??= evaluator(connection, api)
    code += `${line}\n`
    const value = await evaluated(server, code).catch((error: unknown) => {
      if (error instanceof Recoverable) return unfinished
      throw new LineError(`line ${number}: ${describeError(error, false)}`, { cause: error })
    })
    if (value === unfinished) continue
    code = ''
    if (value !== undefined) await print(value)
  }
  signal.throwIfAborted()
  if (code !== '') throw new LineError(`line ${number}: the input ends within a statement`)
  return server !== undefined
}

/** What has more lines to come. */
const unfinished = Symbol('unfinished')

/** A prompt that nobody types at. */
function evaluator(connection: Connection, api: unknown): REPLServer {
  const nobody = new PassThrough()
  const server = start({ prompt: '', input: nobody, output: nobody, terminal: false })
  enter(server, api, connection.options)
  return server
}

/** What code throws goes to the domain of the prompt, not to its callback, which hears of syntax errors only. */
const evaluated = (server: REPLServer, code: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { _domain: thrown } = server as unknown as { readonly _domain?: EventEmitter }
    thrown?.removeAllListeners('error').once('error', reject)
    server.eval(code, server.context, 'stdin', (error, value) => (error ? reject(error) : resolve(value)))
  })
